//! How long a repository takes from its request to ready: made anew, after one build was tagged, and a side tag's first one;
//! and until who waits for one has noticed. A real hub and builder, imported packages.
//!
//! Started by `make bench-repo`, which compiles the programs first. Options: `--sizes N,...` (2000 packages; the first counts),
//! `--runs N`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use koji_tests::rpms::sample;
use koji_tests::{ADMIN, Options, Run, System};
use serde_json::Value;

const TAG: &str = "bench";
/// Binary packages of a source package.
const PARTS: usize = 50;
/// Of those that are tagged between two repositories.
const NEW_PARTS: usize = 5;
/// Seconds from request to ready after one build was tagged.
const MOST: f64 = 2.0;
/// Seconds from ready until `koji wait-repo` says so.
const MOST_NOTICE: f64 = 1.0;
const COLUMNS: [&str; 4] = ["waiting", "newRepo", "by the hub", "the user"];

fn main() -> Result<()> {
    let (size, runs) = options(std::env::args().skip(1))?;
    let hub_conf = "Plugins = sidetag\n[policy]\nsidetag =\n    all :: allow\n".to_owned();
    let system = System::start(Options { builder: false, hub_conf, ..Options::default() })?;
    system.start_kojid()?;
    system.koji(["add-tag", TAG, "--arches", "x86_64"])?.ok()?;
    println!("importing {size} packages");
    let builds = size / PARTS;
    import(&system, &(0..builds).map(|number| (number, PARTS)).collect::<Vec<_>>())?;

    println!("{:<40}{}", "seconds", COLUMNS.map(|c| format!("{c:>12}")).concat());
    request(&system, TAG)?.print("first, no cache");
    let changed = median(runs, |run| {
        import(&system, &[(builds + run, NEW_PARTS)])?;
        request(&system, TAG)
    })?;
    changed.print("one build was tagged");
    let side = median(runs, |_| {
        let tag = system.call("createSideTag", &[TAG.into()])?;
        request(&system, tag["name"].as_str().context("createSideTag answered no name")?)
    })?;
    side.print("a side tag's first");
    let mut notices = (0..runs)
        .map(|run| {
            import(&system, &[(builds + runs + run, NEW_PARTS)])?;
            notice(&system)
        })
        .collect::<Result<Vec<_>>>()?;
    notices.sort_by(f64::total_cmp);
    let noticed = notices[notices.len() / 2];
    println!("{:<40}{noticed:>12.3}", "koji wait-repo, from ready to its end");

    let met = |value: f64, most: f64| if value <= most { "met" } else { "MISSED" };
    println!(
        "\nMedians of {runs}. waiting: until the task newRepo starts; newRepo: the task; by the hub: from request\n\
         to ready by the hub's clock; the user: `koji request-repo --wait` from start to end.\n\
         target: one build was tagged, by the hub at most {MOST} s: {}\n\
         target: koji wait-repo notices within {MOST_NOTICE} s: {}",
        met(changed.0[2], MOST),
        met(noticed, MOST_NOTICE),
    );
    Ok(())
}

fn options(mut words: impl Iterator<Item = String>) -> Result<(usize, usize)> {
    let (mut size, mut runs) = (2000, 5);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--sizes" => size = value.split(',').next().unwrap_or_default().parse().context("--sizes")?,
            "--runs" => runs = value.parse().context("--runs")?,
            _ => bail!("unknown option {word}; there are --sizes and --runs"),
        }
    }
    ensure!(size >= PARTS && runs > 0, "too small");
    Ok((size, runs))
}

/// Imports builds with so many binary packages and tags them.
fn import(system: &System, builds: &[(usize, usize)]) -> Result<()> {
    let dir = tempfile::tempdir_in(system.dir())?;
    let mut files = Vec::new();
    let mut names = Vec::new();
    for (number, parts) in builds {
        for part in 0..=*parts {
            files.push(sample(*number, 1, part).write(dir.path())?.path);
        }
        names.push(sample(*number, 1, 0).name);
    }
    let words = |words: &[&str], rest: &[String]| {
        words.iter().map(|w| (*w).to_owned()).chain(rest.iter().cloned()).collect::<Vec<_>>()
    };
    let files: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    system.koji(words(&["import"], &files))?.ok()?;
    system.koji(words(&["add-pkg", "--owner", ADMIN, TAG], &names))?.ok()?;
    for name in &names {
        system.call("tagBuildBypass", &[TAG.into(), format!("{name}-1.0-1").into()])?;
    }
    Ok(())
}

/// Seconds, by [`COLUMNS`].
struct Times([f64; COLUMNS.len()]);

impl Times {
    fn print(&self, what: &str) {
        println!("{what:<40}{}", self.0.map(|seconds| format!("{seconds:>12.3}")).concat());
    }
}

/// Requests a repository with all that is tagged, and waits for it.
fn request(system: &System, tag: &str) -> Result<Times> {
    let run = system.koji(["request-repo", "--json", "--wait", "--current", tag])?.ok()?;
    let answer: Value = serde_json::from_str(&run.stdout).with_context(|| run.to_string())?;
    let id = |key: &str| answer[key].as_i64().with_context(|| format!("no {key} in {answer}"));
    let request = system.call("repo.checkRequest", &[id("request_id")?.into()])?;
    let task = system.call("getTaskInfo", &[id("task_id")?.into()])?;
    let time = |row: &Value, key: &str| row[key].as_f64().with_context(|| format!("no {key} in {row}"));
    let asked = time(&request["request"], "create_ts")?;
    let (start, end) = (time(&task, "start_ts")?, time(&task, "completion_ts")?);
    Ok(Times([start - asked, end - start, end - asked, run.took.as_secs_f64()]))
}

/// Seconds from the moment a repository is ready until a `koji wait-repo` that has waited for it ends.
fn notice(system: &System) -> Result<f64> {
    let wait = system.command("reader", ["wait-repo", "--quiet", "--no-request", TAG])?;
    let waiting =
        std::thread::spawn(move || Ok::<_, anyhow::Error>((Run::of(wait)?.ok()?, SystemTime::now())));
    // it has asked, and waits to be told
    std::thread::sleep(Duration::from_secs(1));
    ensure!(!waiting.is_finished(), "koji wait-repo did not wait");
    let repo = system.koji(["request-repo", "--json", "--wait", "--current", TAG])?.ok()?;
    let (_, end) = waiting.join().map_err(|_| anyhow::anyhow!("the wait panicked"))??;
    let answer: Value = serde_json::from_str(&repo.stdout).with_context(|| repo.to_string())?;
    let task = system.call("getTaskInfo", &[answer["task_id"].clone()])?;
    let ready = task["completion_ts"].as_f64().with_context(|| format!("no end in {task}"))?;
    Ok(end.duration_since(UNIX_EPOCH)?.as_secs_f64() - ready)
}

/// Column by column.
fn median(runs: usize, mut run: impl FnMut(usize) -> Result<Times>) -> Result<Times> {
    let all = (0..runs).map(&mut run).collect::<Result<Vec<_>>>()?;
    let mut columns = [0.0; COLUMNS.len()];
    for (index, column) in columns.iter_mut().enumerate() {
        let mut times: Vec<f64> = all.iter().map(|times| times.0[index]).collect();
        times.sort_by(f64::total_cmp);
        *column = times[times.len() / 2];
    }
    Ok(Times(columns))
}
