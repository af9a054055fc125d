//! Builders that die, that run side by side, that have no overlays.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::*;
use koji_buildroot::{Choice, Engine, Settings};

const WORD: &str = "KOJI_TEST_SLEEP";
const WORK: &str = "KOJI_TEST_WORK";

/// Run by the next test in a process of its own, which is then killed.
#[test]
fn a_builder_to_be_killed() {
    let (Some(word), Some(work)) = (std::env::var_os(WORD), std::env::var_os(WORK)) else { return };
    let mut root = ready(&engine(work.as_ref()), &plan("killed"));
    let word = word.into_string().unwrap();
    root.run(&shell(&format!("setsid sleep {word} & sleep {word}"))).unwrap();
}

#[test]
fn a_killed_builder_leaves_no_process_and_no_mount() {
    let work = tempfile::tempdir().unwrap();
    let word = format!("65432.{}", std::process::id());
    let before = mounts();
    let mut builder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lifecycle::a_builder_to_be_killed"])
        .env(WORD, &word)
        .env(WORK, work.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The log holds the command line as soon as it is about to run.
    wait(|| runs(&format!("sleep\0{word}")));
    builder.kill().unwrap();
    builder.wait().unwrap();
    wait(|| !runs(&word));
    assert_eq!(mounts(), before);
    let engine = engine(work.path());
    assert_eq!(engine.leftovers().unwrap(), ["killed"]);
    engine.remove("killed").unwrap();
    assert!(engine.leftovers().unwrap().is_empty());
    assert!(engine.remove("../outside").is_err());
}

const CACHE: &str = "KOJI_TEST_CACHE_OF_ITS_OWN";

/// Run by the next test, as above.
#[test]
fn a_builder_to_be_killed_while_it_makes_a_root() {
    let (Some(cache), Some(work)) = (std::env::var_os(CACHE), std::env::var_os(WORK)) else { return };
    ready(&engine_in(cache.as_ref(), work.as_ref()), &plan("killed"));
}

#[test]
fn half_a_root_is_never_used() {
    let work = tempfile::tempdir().unwrap();
    let (cache, roots) = (work.path().join("cache"), work.path().join("roots"));
    let mut builder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lifecycle::a_builder_to_be_killed_while_it_makes_a_root"])
        .env(CACHE, &cache)
        .env(WORK, &roots)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let drafts = || std::fs::read_dir(cache.join("tmp")).into_iter().flatten().flatten().map(|e| e.path());
    // packages are being unpacked: this one is needed by nearly all others, and so among the first
    wait(|| drafts().any(|draft| draft.join("fs/usr/bin").exists()));
    builder.kill().unwrap();
    builder.wait().unwrap();
    assert!(
        std::fs::read_dir(cache.join("layers")).unwrap().next().is_none(),
        "it was too fast to be killed"
    );

    let mut root = ready(&engine_in(&cache, &roots), &plan("killed"));
    let mut whole = shell("rpm -V bash coreutils glibc rpm-build && rpmbuild --version");
    whole.as_root = true;
    assert!(root.run(&whole).unwrap().succeeded(), "{}", log(root.result_dir(), "shell.log"));
}

fn wait(until: impl Fn() -> bool) {
    let start = Instant::now();
    while !until() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_at_once_make_one_root() {
    let work = tempfile::tempdir().unwrap();
    let cache = work.path().join("cache");
    let installs: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = ["side-1", "side-2"]
            .into_iter()
            .map(|name| {
                let (cache, roots) = (&cache, work.path().join("roots"));
                scope.spawn(move || {
                    let mut plan = plan(name);
                    plan.group = "srpm-build".into();
                    let root = ready(&engine_in(cache, &roots), &plan);
                    usize::from(log(root.result_dir(), "root.log").contains("install', '@srpm-build'"))
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(installs, 1);
    let mut settings = Settings::new(&cache, work.path().join("roots"));
    settings.engine = Choice::Native;
    settings.helper = helper();
    settings.cache_limits.bytes = 0;
    let report = Engine::new(settings).unwrap().gc().unwrap();
    assert_eq!((report.removed, report.kept), (1, 0));
    assert!(report.freed > 10 << 20);
}

#[test]
fn without_overlays_roots_are_copies() {
    let work = tempfile::tempdir().unwrap();
    let srpm = srpm(work.path(), &spec("copied", &["gcc"], &c_program("copied")), &[("copied.c", HELLO_C)]);
    let mut settings = Settings::new(work.path().join("cache"), work.path().join("roots"));
    settings.engine = Choice::Native;
    settings.helper = helper();
    settings.copy_roots = true;
    let engine = Engine::new(settings).unwrap();
    let mut root = ready(&engine, &plan("copies"));
    let built = root.rebuild(&srpm, Some("x86_64")).unwrap();
    assert!(built.succeeded(), "{}\n{}", built.verdict, log(root.result_dir(), "build.log"));
    assert!(root.installed().unwrap().iter().any(|p| p.name == "gcc"));
    let mut fresh = ready(&engine, &plan("copies-2"));
    assert!(
        fresh
            .run(&shell("test ! -e /builddir/build/SPECS/package.spec && ! command -v gcc"))
            .unwrap()
            .succeeded()
    );
}
