//! What a log of 1 GiB costs: to open, to read, to search, in memory. Started by `make bench-logs`.
//!
//! `bench [MIB [DIR]]`; the log is made in DIR (the system's temporary directory) and removed afterwards.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a program for developers

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use koji_logs::{Case, Errors, FileSource, Filter, Log, Options, Outline, Pattern, Search, Selection};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let size: u64 = arguments.next().map_or(1024, |a| a.parse().unwrap());
    let dir = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let file = tempfile::NamedTempFile::new_in(&dir).unwrap();
    let lines = write(file.path(), size << 20);
    println!("a log of {size} MiB with {lines} lines");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(file.path(), &dir, lines));
}

async fn measure(path: &Path, dir: &Path, lines: u64) {
    let base = resident("VmRSS");
    let options = Options { dir: dir.to_owned(), poll: Duration::from_millis(50) };
    let start = Instant::now();
    let log = Log::open(FileSource::new(path), options.clone()).unwrap();
    let mut changes = log.changes();
    changes.wait_for(|s| s.opened).await.unwrap();
    let body = log.body();
    let end = body.lines().end;
    assert_eq!(body.window(end - 50, 50).len(), 50);
    row("last lines shown", start.elapsed(), Some(100));
    changes.wait_for(|s| s.is_whole()).await.unwrap();
    row("whole index", start.elapsed(), Some(500));
    assert_eq!(body.number(body.lines().end - 1), Some(lines));

    let mut longest = Duration::ZERO;
    let start = Instant::now();
    for n in 0..1000 {
        let one = Instant::now();
        let line = body.numbered(1 + n * 7_919_993 % lines).unwrap();
        assert!(!body.window(line, 60).is_empty());
        longest = longest.max(one.elapsed());
    }
    row("goto any line, 60 lines (mean of 1000)", start.elapsed() / 1000, Some(1));
    row("goto any line, 60 lines (longest)", longest, None);

    let rare = search(
        &body,
        "literal search, 11 lines",
        Pattern::literal("needle_", Case::Matters).unwrap(),
        Some(500),
    );
    assert_eq!(rare.found().count(), 11);
    let literal = Pattern::literal("CC libfoo", Case::Matters).unwrap();
    search(&body, "literal search, many lines", literal, Some(500));
    search(
        &body,
        "regex search",
        Pattern::regex(r"error: .* in [a-z]+\.c", Case::Matters).unwrap(),
        Some(1000),
    );
    search(
        &body,
        "regex search, ignoring case",
        Pattern::regex(r"WARNING|needle_\d", Case::Ignored).unwrap(),
        Some(1000),
    );
    search(&body, "errors by the rules", Errors::new("build.log", &[]).unwrap(), None);

    let start = Instant::now();
    let outline = Outline::default();
    outline.update(&body).unwrap();
    row(&format!("outline ({} entries)", outline.entries(&body).len()), start.elapsed(), None);
    let start = Instant::now();
    let include = Some(Pattern::literal("needle_", Case::Matters).unwrap());
    let exclude = Some(Pattern::literal("libbar", Case::Matters).unwrap());
    let filter = Filter::new(Selection { include, exclude, context: 3 });
    filter.update(&body).unwrap();
    row(&format!("filter with context ({} lines)", filter.shown().count()), start.elapsed(), None);

    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let (used, most) = (resident("VmRSS").saturating_sub(base), resident("VmHWM").saturating_sub(base));
    println!(
        "{:<45}{:>9.1} MiB   (target 64 MiB over base; at most {:.1})",
        "resident",
        mib(used),
        mib(most)
    );

    // growth
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    let start = Instant::now();
    file.write_all(b"one more line\n").unwrap();
    log.nudge();
    let last = end;
    while log.body().lines().end <= last {
        changes.changed().await.unwrap();
    }
    row("a new line seen", start.elapsed(), Some(1000));
}

fn search<T: koji_logs::Test>(body: &koji_logs::Body, what: &str, test: T, target: Option<u64>) -> Search<T> {
    let search = Search::new(test);
    let start = Instant::now();
    search.update(body).unwrap();
    row(&format!("{what} ({})", search.found().count()), start.elapsed(), target);
    search
}

fn row(what: &str, time: Duration, target: Option<u64>) {
    let target = target.map_or_else(String::new, |ms| format!("   (target {ms} ms)"));
    println!("{what:<45}{:>9.2} ms{target}", time.as_secs_f64() * 1000.0);
}

/// In bytes.
fn resident(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix(field)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// A log like that of a big build; the number of its lines.
fn write(path: &Path, size: u64) -> u64 {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path).unwrap());
    let (mut lines, mut written) = (0_u64, 0);
    let part = size / 11;
    let mut needles = 0;
    while written < size {
        let text = match lines % 1000 {
            0 => format!("Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.{lines}\n"),
            _ if written >= part * needles + part / 2 && needles < 11 => {
                needles += 1;
                format!("needle_{needles} is here\n")
            }
            n if n % 7 == 0 => format!(
                "  CC libfoo/module_{n}/source_file_number_{lines}.o -O2 -g -fPIC -Wall -fstack-protector-strong -DNAME=value\n"
            ),
            n if n % 97 == 0 => format!("main.c:{n}:5: warning: unused variable 'x' [-Wunused-variable]\n"),
            n => format!(
                "gcc -DHAVE_CONFIG_H -I. -I../libbar -O2 -g -pipe -Wall -c -o object_{n}.o src_{lines}.c\n"
            ),
        };
        out.write_all(text.as_bytes()).unwrap();
        written += text.len() as u64;
        lines += 1;
    }
    out.flush().unwrap();
    lines
}
