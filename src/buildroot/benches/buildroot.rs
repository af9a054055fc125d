//! What buildroots cost: fresh roots and a one-file C package, from a cache and without, by root and by an ordinary user;
//! beside dnf with a plain directory, and beside mock where there is one, in the same run.
//!
//! Started by `make bench-buildroot`. `KOJI_BENCH_MOCK` names another command than the installed mock; `--runs N` is how often
//! each is done.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a measurement, built on what tests share"
)]

#[path = "../tests/native/common.rs"]
mod common;
#[path = "../tests/native/rootless.rs"]
mod rootless;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::*;

/// Set where the measuring program is started again as an ordinary user: where its figures go.
const FIGURES: &str = "KOJI_BENCH_FIGURES";

/// How often each kind of work is done.
#[derive(Clone, Copy)]
struct Runs {
    fresh: usize,
    warm: usize,
    cold: usize,
}

impl Runs {
    /// By the command line.
    fn asked() -> Runs {
        let mut words = std::env::args().skip(1).skip_while(|word| word != "--runs").skip(1);
        match words.next() {
            Some(number) => {
                let runs = number.parse().expect("--runs wants a number");
                assert!(runs > 0, "--runs wants a number above 0");
                Runs { fresh: runs, warm: runs, cold: runs }
            }
            None => Runs { fresh: 20, warm: 5, cold: 3 },
        }
    }
}

/// Times of one kind of work, ascending.
struct Times(Vec<Duration>);

impl Times {
    fn of(count: usize, mut work: impl FnMut(usize) -> Duration) -> Times {
        let mut times: Vec<Duration> = (0..count).map(&mut work).collect();
        times.sort();
        Times(times)
    }

    fn median(&self) -> f64 {
        self.0[self.0.len() / 2].as_secs_f64()
    }

    fn row(&self, what: &str) -> String {
        format!("{what:<58}{:>9.3}{:>9.3}{:>4}", self.median(), self.0[0].as_secs_f64(), self.0.len())
    }
}

fn main() {
    let work = tempfile::tempdir().unwrap();
    let runs = Runs::asked();
    if let Some(dir) = std::env::var_os(FIGURES) {
        let srpm = PathBuf::from(&dir).join("one.src.rpm");
        let (fresh, warm, cold) = native(work.path(), &srpm, runs);
        let rows = [
            fresh.row("native, ordinary user: fresh root from the cache"),
            warm.row("native, ordinary user: one C file, warm cache"),
            cold.row("native, ordinary user: one C file, no cache"),
        ];
        std::fs::write(Path::new(&dir).join("rows"), rows.join("\n")).unwrap();
        return;
    }
    let made = srpm(work.path(), &spec("one", &["gcc"], &c_program("one")), &[("one.c", HELLO_C)]);
    println!("{:<58}{:>9}{:>9}{:>4}", "seconds", "median", "min", "n");
    let (fresh, warm, cold) = native(work.path(), &made, runs);
    println!("{}", fresh.row("native: fresh root from the cache"));
    println!("{}", warm.row("native: one C file, warm cache"));
    println!("{}", cold.row("native: one C file, no cache"));
    let root = nix::unistd::Uid::effective().is_root();
    if root {
        let dir = work.path().join("figures");
        std::fs::create_dir(&dir).unwrap();
        std::fs::copy(&made, dir.join("one.src.rpm")).unwrap();
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        rootless::as_ordinary_user(distro(), &words, &[(FIGURES, &dir)]);
        println!("{}", std::fs::read_to_string(dir.join("rows")).unwrap());
    }
    let plain = root.then(|| Times::of(runs.cold, |n| dnf(&work.path().join(format!("dnf-{n}")), &made)));
    if let Some(plain) = &plain {
        println!("{}", plain.row("dnf into a plain directory, rpmbuild in it: one C file"));
    }
    let mock = mock_command().map(|command| {
        let dir = work.path().join("mock");
        // The first one fills mock's cache of roots.
        mock(&command, &dir, &made, true);
        (
            Times::of(runs.cold, |_| mock(&command, &dir, &made, true)),
            Times::of(runs.cold, |_| mock(&command, &dir, &made, false)),
        )
    });
    if let Some((cached, uncached)) = &mock {
        println!("{}", cached.row("mock with its cache of roots: one C file"));
        println!("{}", uncached.row("mock without a cache: one C file"));
    }

    println!("\n{:<58}{:>9}{:>11}", "target", "measured", "");
    let verdict = |what: &str, value: f64, most: f64, unit: &str| {
        let met = if value <= most { "met" } else { "missed" };
        println!("{what:<58}{value:>9.3}{unit:>3}{met:>8}");
    };
    verdict("a fresh root from the cache: at most 0.050 s", fresh.median(), 0.05, " s");
    match &mock {
        Some((cached, uncached)) => {
            verdict(
                "warm: at most 1/8 of mock with its cache (0.125)",
                warm.median() / cached.median(),
                0.125,
                "",
            );
            verdict("cold: at most 1/2 of mock without (0.5)", cold.median() / uncached.median(), 0.5, "");
        }
        None => println!("there is no mock here: KOJI_BENCH_MOCK names one"),
    }
    if let Some(plain) = &plain {
        println!("{:<58}{:>9.3}", "warm, as a part of plain dnf", warm.median() / plain.median());
        println!("{:<58}{:>9.3}", "cold, as a part of plain dnf", cold.median() / plain.median());
    }
}

/// Fresh roots, the package from a warm cache, and without any.
fn native(work: &Path, srpm: &Path, runs: Runs) -> (Times, Times, Times) {
    let cache = work.join("cache");
    let engine = engine_in(&cache, &work.join("roots"));
    let build = |engine: &koji_buildroot::Engine| {
        let start = Instant::now();
        let mut root = ready(engine, &plan("bench"));
        let built = root.rebuild(srpm, None).unwrap();
        let took = start.elapsed();
        assert!(built.succeeded(), "{}", log(root.result_dir(), "build.log"));
        root.remove().unwrap();
        took
    };
    let empty = |n: usize| work.join(format!("cold-{n}"));
    let cold = Times::of(runs.cold, |n| build(&engine_in(&empty(n), &work.join("roots"))));
    // afterwards: some file systems are slow to make files while they remember many that just went
    for n in 0..runs.cold {
        let none = koji_buildroot::CacheLimits { bytes: 0, age: Duration::ZERO };
        let mut settings = koji_buildroot::Settings::new(empty(n), work.join("roots"));
        (settings.engine, settings.helper, settings.cache_limits) =
            (koji_buildroot::Choice::Native, helper(), none);
        koji_buildroot::Engine::new(settings).unwrap().gc().unwrap();
    }
    build(&engine);
    let fresh = Times::of(runs.fresh, |_| {
        let start = Instant::now();
        let root = ready(&engine, &plan("bench"));
        let took = start.elapsed();
        root.remove().unwrap();
        took
    });
    let warm = Times::of(runs.warm, |_| build(&engine));
    (fresh, warm, cold)
}

/// The same package with nothing but dnf and chroot.
fn dnf(dir: &Path, srpm: &Path) -> Duration {
    const SCRIPT: &str = r#"
set -e
mkdir -p "$1/root/proc" "$1/root/dev" "$1/root/tmp"
dnf -q -y -c "$1/dnf.conf" --installroot "$1/root" --releasever 1 --setopt cachedir="$1/cache" install @build gcc
mount -t proc proc "$1/root/proc"
mount --bind /dev "$1/root/dev"
cp "$2" "$1/root/tmp/one.src.rpm"
chroot "$1/root" rpmbuild --rebuild /tmp/one.src.rpm
"#;
    std::fs::create_dir_all(dir).unwrap();
    let repo = distro().display();
    std::fs::write(
        dir.join("dnf.conf"),
        format!("[main]\nreposdir=/dev/null\ngpgcheck=0\ninstall_weak_deps=0\n[build]\nname=build\nbaseurl=file://{repo}\n"),
    )
    .unwrap();
    // Debian's rpm keeps its database in the home directory.
    std::fs::write(dir.join(".rpmmacros"), "%_dbpath /var/lib/rpm\n").unwrap();
    let start = Instant::now();
    let out = Command::new("unshare")
        .args(["--mount", "--pid", "--fork", "sh", "-c", SCRIPT, "sh"])
        .args([dir, srpm])
        .env("HOME", dir)
        .output()
        .unwrap();
    let took = start.elapsed();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let removed = Command::new("rm").arg("-rf").arg(dir).status().unwrap();
    assert!(removed.success());
    took
}

fn mock_command() -> Option<PathBuf> {
    let named = std::env::var_os("KOJI_BENCH_MOCK").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from("/usr/bin/mock"))).filter(|p| p.is_file())
}

fn mock(command: &Path, dir: &Path, srpm: &Path, cache: bool) -> Duration {
    use std::os::unix::fs::PermissionsExt;
    for path in [dir, &dir.join("lib"), &dir.join("cache"), &dir.join("result")] {
        std::fs::create_dir_all(path).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o2777)).unwrap();
    }
    // mock gives up root and has to get here all the same
    std::fs::set_permissions(dir.parent().unwrap(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut plan = plan("bench");
    plan.mock.basedir = Some(dir.join("lib"));
    plan.mock.use_bootstrap = Some(false);
    plan.mock.releasever = Some("1".into());
    let more = format!(
        "config_opts['cache_topdir'] = {:?}\nconfig_opts['isolation'] = 'simple'\nconfig_opts['package_manager'] = 'dnf4'\n\
         config_opts['plugin_conf']['root_cache_enable'] = {}\n",
        dir.join("cache").display().to_string(),
        if cache { "True" } else { "False" },
    );
    let config = dir.join("bench.cfg");
    std::fs::write(&config, plan.mock_config() + &more).unwrap();
    let start = Instant::now();
    let out = Command::new(command)
        .arg("-r")
        .arg(&config)
        .arg("--resultdir")
        .arg(dir.join("result"))
        .arg("--rebuild")
        .arg(srpm)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let took = start.elapsed();
    assert!(
        out.status.success(),
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    took
}
