//! What the terminal UI costs, beside its targets: what drawing, searching and logs cost (two programs of the crates
//! concerned measure that), and what only the program in a terminal can tell. Started by `make bench-tui`, which
//! compiles for release first. `bench-tui [SCALE [PART]...]`: 1 is the size that the targets are for; the parts are those of
//! `PARTS`, all unless some are named.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use koji_tests::{Options, Run, System, Terminal, command, program};

const SIZE: (u16, u16) = (200, 60);

struct Row {
    what: String,
    value: f64,
    unit: String,
    target: Option<f64>,
}

impl Row {
    fn new(what: impl Into<String>, value: f64, unit: &str, target: Option<f64>) -> Row {
        let row = Row { what: what.into(), value, unit: unit.to_owned(), target };
        row.print();
        row
    }

    fn print(&self) {
        let (target, ratio) = match self.target {
            Some(target) => (format!("{target}"), format!("{:.2}", self.value / target)),
            None => (String::new(), String::new()),
        };
        println!("{:<58}{:>12.2} {:<9}{target:>10}{ratio:>8}", self.what, self.value, self.unit);
    }
}

/// Those that a hub is started for come last.
const PARTS: [&str; 9] = ["program", "start", "drawing", "logs", "keys", "idle", "notices", "tails", "tail"];

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let scale: f64 = words.next().map_or(Ok(1.0), |a| a.parse()).context("SCALE is a number")?;
    let named: Vec<String> = words.collect();
    if let Some(unknown) = named.iter().find(|n| !PARTS.contains(&n.as_str())) {
        bail!("there is no part {unknown}: {}", PARTS.join(", "));
    }
    let wanted = |part: &str| named.is_empty() || named.iter().any(|n| n == part);
    println!("{:<58}{:>12} {:<9}{:>10}{:>8}", "", "measured", "", "target", "ratio");
    let mut system = None;
    for part in PARTS.into_iter().filter(|p| wanted(p)) {
        match part {
            "program" => binary()?,
            "start" => first_frames()?,
            "drawing" => drawing(scale)?,
            "logs" => logs(scale)?,
            _ => {
                let system = match &system {
                    Some(system) => system,
                    None => system.insert(busy_hub(scale)?),
                };
                at_a_hub(part, system, scale)?;
            }
        }
    }
    Ok(())
}

fn binary() -> Result<()> {
    // as packages have it, without what debuggers read
    let stripped = tempfile::NamedTempFile::new()?;
    Run::of(command(
        "strip",
        [std::ffi::OsStr::new("-o"), stripped.path().as_os_str(), program("koji")?.as_os_str()],
    ))?
    .ok()?;
    let size = std::fs::metadata(stripped.path())?.len();
    Row::new("the program", size as f64 / 1e6, "MB", Some(15.0));
    Ok(())
}

/// A hub that is not there: nothing is waited for before the first picture.
fn first_frames() -> Result<()> {
    let home = tempfile::tempdir()?;
    let config = home.path().join("koji.conf");
    std::fs::write(&config, "[koji]\nserver = http://127.0.0.1:9/kojihub\nauthtype = noauth\n")?;
    // who is here for the first time is told where to begin
    std::fs::create_dir_all(home.path().join(".cache/koji"))?;
    let mut times = Vec::new();
    for _ in 0..30 {
        let mut tui = command(program("koji")?, ["--config"]);
        tui.arg(&config).arg("tui");
        environment(&mut tui, home.path());
        let start = Instant::now();
        let terminal = Terminal::start(tui, SIZE)?;
        // the last bytes of a frame
        until(|| terminal.model(|s| s.contents().contains("enter open")))?;
        times.push(ms(start.elapsed()));
        terminal.types("q")?;
    }
    Row::new("from exec to the first frame, p95 of 30", percentile(&mut times, 95), "ms", Some(50.0));
    Ok(())
}

fn environment(tui: &mut Command, home: &std::path::Path) {
    tui.env("HOME", home).env("TERM", "xterm-256color").env("COLORTERM", "truecolor").env_remove("NO_COLOR");
}

/// What koji-tui's own program measures.
fn drawing(scale: f64) -> Result<()> {
    let run = Run::of(command(example("measure-tui")?, [scale.to_string()]))?.ok()?;
    for line in run.stdout.lines() {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let (what, value, unit, target) = (next(), next(), next(), next());
        Row::new(what, value.parse().context("a figure")?, unit, target.parse().ok());
    }
    Ok(())
}

/// What koji-logs' own program measures: `what VALUE UNIT (target ...)`.
fn logs(scale: f64) -> Result<()> {
    let mib = (1024.0 * scale).max(1.0) as u64;
    let run = Run::of(command(example("bench")?, [mib.to_string()]))?.ok()?;
    for line in run.stdout.lines().skip(1) {
        let (line, target) = line.split_once("(target ").unwrap_or((line, ""));
        let Some((what, unit)) = line.trim_end().rsplit_once(' ') else { continue };
        let Some((what, value)) = what.trim_end().rsplit_once(' ') else { continue };
        let target = target.split(' ').next().and_then(|t| t.parse().ok());
        let Ok(value) = value.parse() else { continue };
        Row::new(format!("log of {mib} MiB: {}", what.trim_end()), value, unit, target);
    }
    Ok(())
}

fn example(name: &str) -> Result<PathBuf> {
    // beside the directory of the programs that are measured, compiled as `koji` there is
    let dist = program("koji")?;
    let target = dist.ancestors().nth(2).context("a directory of programs")?;
    let file = target.join("client/examples").join(name);
    ensure!(file.is_file(), "{} is missing: `make bench-tui` compiles it", file.display());
    Ok(file)
}

/// Tasks of the hub.
fn tasks(scale: f64) -> u64 {
    (10_000.0 * scale).max(10.0) as u64
}

fn busy_hub(scale: f64) -> Result<System> {
    let system = System::start(Options { builder: false, ..Options::default() })?;
    system.sql(&format!(
        "INSERT INTO task (state, method, request, owner, arch, channel_id, priority, create_time, label) \
         SELECT 0, 'build', '<?xml version=''1.0''?><methodCall><params><param><value><array><data><value><string>git://h/p' \
         || n || '#1</string></value></data></array></value></param></params></methodCall>', 1, 'noarch', 1, 20, now(), NULL \
         FROM generate_series(1, {}) n",
        tasks(scale)
    ))?;
    Ok(system)
}

fn at_a_hub(part: &str, system: &System, scale: f64) -> Result<()> {
    match part {
        "keys" => keys(&open(system, "tasks")?, tasks(scale)),
        "idle" => idle(&open(system, "tags")?),
        "notices" => notices(system, &open(system, "tags")?),
        "tails" => tails(system, scale),
        _ => tailing(system),
    }
}

/// The terminal UI at a place, when the hub has answered.
fn open(system: &System, place: &str) -> Result<Terminal> {
    let mut tui = system.command("admin", ["tui", place])?;
    environment(&mut tui, system.dir());
    let terminal = Terminal::start(tui, SIZE)?;
    until(|| terminal.screen().contains("● live"))?;
    Ok(terminal)
}

fn keys(terminal: &Terminal, count: u64) -> Result<()> {
    until(|| terminal.screen().contains(&format!("/{count}")))?;
    let mut times = Vec::new();
    for n in 0..600 {
        // the list is asked for again meanwhile, and the hub says what happens
        std::thread::sleep(Duration::from_millis(15 + n % 7));
        let before = terminal.written();
        let start = Instant::now();
        terminal.types(if n % 40 < 20 { "j" } else { "k" })?;
        while terminal.written() == before && start.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(Duration::from_micros(100));
        }
        times.push(ms(start.elapsed()));
    }
    let name = |what: &str| format!("{count} tasks at a hub: {what}");
    Row::new(name("key to bytes, p50"), percentile(&mut times, 50), "ms", None);
    Row::new(name("key to bytes, p99"), percentile(&mut times, 99), "ms", Some(16.0));
    Row::new(name("memory of the program"), resident(terminal.pid())?, "MiB", None);
    Ok(())
}

fn idle(terminal: &Terminal) -> Result<()> {
    std::thread::sleep(Duration::from_secs(3));
    let (cpu, frames) = over(terminal, Duration::from_secs(30))?;
    Row::new("nothing changes: frames a minute", frames * 2.0, "frames", None);
    Row::new("nothing changes: CPU", cpu, "%", Some(0.5));
    Ok(())
}

/// From the end of a task of the user's to the notice of it, whatever is looked at.
fn notices(system: &System, terminal: &Terminal) -> Result<()> {
    const COUNT: usize = 6;
    let task = |_| system.call("makeTask", &["sleep".into(), vec![1000].into()])?.as_i64().context("no task");
    let tasks = (0..COUNT).map(task).collect::<Result<Vec<_>>>()?;
    // the user's tasks are asked for every ten seconds; those that are known are watched
    std::thread::sleep(Duration::from_secs(12));
    let mut times = Vec::new();
    for (n, task) in tasks.iter().enumerate() {
        let start = Instant::now();
        system.call("cancelTask", &[(*task).into()])?;
        until(|| terminal.screen().contains(&format!("{} new", n + 1)))?;
        times.push(ms(start.elapsed()));
    }
    Row::new(
        format!("from the end of a task to its notice, most of {COUNT}"),
        percentile(&mut times, 100),
        "ms",
        Some(2000.0),
    );
    Ok(())
}

/// Six logs beside each other that grow by 10 MB each second, each.
fn tails(system: &System, scale: f64) -> Result<()> {
    const COUNT: usize = 6;
    let rate = 10e6 * scale.min(1.0);
    let paths: Vec<PathBuf> = (0..COUNT).map(|n| system.dir().join(format!("tail-{n}.log"))).collect();
    let mut files = paths.iter().map(std::fs::File::create).collect::<std::io::Result<Vec<_>>>()?;
    for file in &mut files {
        writeln!(file, "the beginning")?;
    }
    let mut tui = system.command("reader", ["tui", "logs"])?;
    tui.args(&paths);
    environment(&mut tui, system.dir());
    let terminal = Terminal::start(tui, SIZE)?;
    until(|| terminal.screen().matches("the beginning").count() == COUNT)?;
    let (cpu, mut keys) = growing(files, rate, || {
        let (cpu, _) = over(&terminal, Duration::from_secs(10))?;
        // a number is typed: each digit is looked for where it must appear
        terminal.types("#")?;
        until(|| terminal.screen().contains("line: "))?;
        let mut times = Vec::new();
        let mut typed = String::from("line: ");
        for n in 0..200 {
            if typed.len() > 60 {
                terminal.types("\x15")?;
                typed.truncate("line: ".len());
                std::thread::sleep(Duration::from_millis(50));
            }
            let digit = (b'0' + u8::try_from(n % 10).unwrap_or(0)) as char;
            typed.push(digit);
            let start = Instant::now();
            terminal.types(&digit.to_string())?;
            until(|| terminal.screen().contains(&typed))?;
            times.push(ms(start.elapsed()));
            std::thread::sleep(Duration::from_millis(10 + n % 7));
        }
        Ok((cpu, times))
    })?;
    let name = |what: &str| format!("{COUNT} logs that grow by {:.0} MB/s each: {what}", rate / 1e6);
    Row::new(name("CPU"), cpu, "%", Some(30.0));
    Row::new(name("key to picture, p50"), percentile(&mut keys, 50), "ms", None);
    Row::new(name("key to picture, p90"), percentile(&mut keys, 90), "ms", None);
    Row::new(name("key to picture, p99"), percentile(&mut keys, 99), "ms", Some(16.0));
    Row::new(name("memory"), resident(terminal.pid())?, "MiB", None);
    for path in paths {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// Does something while files grow by so many bytes a second each.
fn growing<T>(mut files: Vec<std::fs::File>, rate: f64, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| -> Result<()> {
            let line = "gcc -O2 -g -pipe -Wall -Werror=format-security -c -o object.o source.c -DNAME=value -I../include\n";
            let chunk = line.repeat((rate / 100.0) as usize / line.len());
            while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                for file in &mut files {
                    file.write_all(chunk.as_bytes())?;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(())
        });
        let done = work();
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
        writer.join().map_err(|_| anyhow::anyhow!("the writer failed"))??;
        done
    })
}

/// A log here that grows by 10 MB each second.
fn tailing(system: &System) -> Result<()> {
    let log = system.dir().join("growing.log");
    let mut file = std::fs::File::create(&log)?;
    let mut tui = system.command("reader", ["tui", "log"])?;
    tui.arg(&log);
    environment(&mut tui, system.dir());
    writeln!(file, "the beginning")?;
    let terminal = Terminal::start(tui, SIZE)?;
    until(|| terminal.screen().contains("the beginning"))?;
    let (cpu, frames) = growing(vec![file], 10e6, || over(&terminal, Duration::from_secs(10)))?;
    let size = std::fs::metadata(&log)?.len() as f64 / 1e7;
    Row::new("a log that grows: its growth", size, "MB/s", None);
    Row::new("a log that grows: CPU", cpu, "%", Some(30.0));
    Row::new("a log that grows: frames a second", frames / 10.0, "frames", None);
    Row::new("a log that grows: memory of the program", resident(terminal.pid())?, "MiB", None);
    Ok(())
}

/// CPU time in percent of one processor, and frames, of that time.
fn over(terminal: &Terminal, time: Duration) -> Result<(f64, f64)> {
    let frames = || {
        let bytes = terminal.bytes();
        bytes.windows(8).filter(|w| w == b"\x1b[?2026h").count()
    };
    let (cpu, seen) = (cpu(terminal.pid())?, frames());
    std::thread::sleep(time);
    let used = self::cpu(terminal.pid())? - cpu;
    Ok((used / time.as_secs_f64() * 100.0, (frames() - seen) as f64))
}

/// Seconds of processor time that the process used.
fn cpu(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after = stat.rsplit_once(')').context("stat")?.1;
    let field = |n: usize| after.split_whitespace().nth(n).and_then(|f| f.parse::<f64>().ok());
    // SAFETY: an integer goes in and one comes out
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    Ok((field(11).context("utime")? + field(12).context("stime")?) / ticks)
}

/// In MiB.
fn resident(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// Looks a thousand times a second.
fn until(done: impl Fn() -> bool) -> Result<()> {
    let start = Instant::now();
    while !done() {
        ensure!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn percentile(times: &mut [f64], part: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len().saturating_sub(1) * part / 100).copied().unwrap_or_default()
}
