//! Hostile packages through the whole build, one attack of section H of docs/security.md after the other.

use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::*;
use koji_buildroot::{Kind, Outcome, Plan};

const ATTACKS: &str = include_str!("hostile.c");

/// Builds a package whose `%build` is this shell text; the outcome and build.log.
fn build(work: &Path, plan: &Plan, name: &str, requires: &[&str], text: &str) -> (Outcome, String) {
    let sections = format!(
        "%global debug_package %{{nil}}\n\n%build\n{text}\n\n%install\nmkdir -p %{{buildroot}}/usr/bin\ntouch %{{buildroot}}/usr/bin/{name}\n\n%files\n/usr/bin/{name}\n"
    );
    let srpm = srpm(&work.join("srpm"), &spec(name, requires, &sections), &[(&format!("{name}.c"), ATTACKS)]);
    let mut root = ready(&engine(&work.join("roots")), plan);
    let built = root.rebuild(&srpm, None).unwrap();
    let log = log(root.result_dir(), "build.log");
    (built, log)
}

#[test]
fn a_hostile_build_reaches_nothing() {
    let work = tempfile::tempdir().unwrap();
    let secret = work.path().join("kojid.keytab");
    std::fs::write(&secret, "the keytab").unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let abstract_name = format!("koji-test-{}", std::process::id());
    let _unix = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&abstract_name).unwrap()).unwrap();
    let mut plan = plan("hostile");
    for (name, value) in [
        ("PORT", tcp.local_addr().unwrap().port().to_string()),
        ("HOST_PID", std::process::id().to_string()),
        ("SECRET", secret.display().to_string()),
        ("ABSTRACT", abstract_name),
    ] {
        plan.environment.insert(name.into(), value);
    }
    let text = "gcc -o attack hostile.c\n./attack";
    let (built, log) = build(work.path(), &plan, "hostile", &["gcc", "kernel-headers"], text);
    assert!(built.succeeded(), "{}\n{log}", built.verdict);
    let facts: Vec<&str> =
        log.lines().filter(|l| l.starts_with("ESCAPE") || l.contains("attacks done")).collect();
    assert_eq!(facts, ["attacks done"], "{log}");
}

#[test]
fn nothing_of_a_build_stays_behind() {
    let work = tempfile::tempdir().unwrap();
    let before = mounts();
    let word = format!("43210.{}", std::process::id());
    let text = format!(
        "for n in 1 2 3; do setsid nohup sleep {word} >/dev/null 2>&1 & done\n(trap '' TERM; sleep {word} >/dev/null 2>&1 &)\n\
         echo '* * * * * x' > /var/spool/cron/x || :\necho x > /tmp/left"
    );
    let (built, log) = build(work.path(), &plan("stays"), "stays", &[], &text);
    assert!(built.succeeded(), "{}\n{log}", built.verdict);
    assert!(!runs(&word));
    assert_eq!(mounts(), before);
    // Set-uid programs of roots lie where nobody else can start them.
    let roots = work.path().join("roots/stays");
    for dir in [roots, cache_dir().join("buildroots/layers")] {
        assert_eq!(dir.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", dir.display());
    }
}

#[test]
fn names_and_kinds_of_results_that_are_refused() {
    let work = tempfile::tempdir().unwrap();
    for (name, text, shown) in [
        ("newline", r#"touch "%{_rpmdir}/a"$'\n'"b-1-1.noarch.rpm""#, r#""a\nb-1-1.noarch.rpm""#),
        ("fifo", "mkfifo %{_rpmdir}/pipe-1-1.noarch.rpm", r#""pipe-1-1.noarch.rpm""#),
        ("dash", "touch -- %{_rpmdir}/-x-1-1.noarch.rpm", r#""-x-1-1.noarch.rpm""#),
        ("kojid", "ln -s /etc/kojid/kojid.conf %{_rpmdir}/conf-1-1.noarch.rpm", r#""conf-1-1.noarch.rpm""#),
        ("dir", "mkdir %{_rpmdir}/dir-1-1.noarch.rpm", r#""dir-1-1.noarch.rpm""#),
    ] {
        let (built, log) = build(work.path(), &plan("odd-results"), name, &[], text);
        assert_eq!(built.verdict.kind, Kind::BadResult(shown.into()), "{log}");
        assert!(built.results.iter().all(|r| r.name.starts_with(name)), "{:?}", built.results);
    }
}

#[test]
fn a_build_that_stops_itself_runs_out_of_time() {
    let work = tempfile::tempdir().unwrap();
    let mut root = ready(&engine(work.path()), &plan("stops"));
    let mut command = shell("echo begun; kill -STOP $$; echo resumed");
    command.timeout = Some(1);
    let start = Instant::now();
    let ran = root.run(&command).unwrap();
    assert_eq!((ran.status, ran.verdict.kind), (11, Kind::Timeout));
    assert!(start.elapsed() < Duration::from_secs(30));
    let text = log(root.result_dir(), "shell.log");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"begun") && !lines.contains(&"resumed"), "{text}");
}

#[test]
fn rpmbuild_timeout_ends_a_build() {
    let work = tempfile::tempdir().unwrap();
    drop(ready(&engine(&work.path().join("roots")), &plan("timeout")));
    let mut plan = plan("timeout");
    plan.limits.timeout = 8;
    let (built, log) = build(work.path(), &plan, "timeout", &[], "echo begun\nsleep 600");
    assert_eq!((built.status, built.verdict.kind), (11, Kind::Timeout), "{log}");
}

#[test]
fn memory_and_files_have_limits() {
    let work = tempfile::tempdir().unwrap();
    let mut plan = plan("limits");
    plan.limits.memory = Some(128 << 20);
    plan.limits.files = Some(20_000);
    plan.limits.timeout = 120;
    let mut root = ready(&engine(work.path()), &plan);
    // Without a line end all of it is held.
    let ran = root.run(&shell("head -c 300M /dev/zero | tail > /dev/null; exit ${PIPESTATUS[1]}")).unwrap();
    assert!(!ran.succeeded());
    let ran = root.run(&shell("head -c 300M /dev/zero > /dev/shm/x")).unwrap();
    assert!(!ran.succeeded());
    let ran = root.run(&shell("cd /builddir; n=0; while :; do n=$((n+1)); mkdir $n; (cd $n; seq 1000 | xargs touch); sleep 0.05; done")).unwrap();
    assert_eq!(ran.verdict.kind, Kind::DiskLimit, "{ran:?}");
    let made = std::fs::read_dir(work.path().join("limits/upper/builddir")).unwrap().count();
    assert!(made < 2000, "{made}");
    root.remove().unwrap();
}
