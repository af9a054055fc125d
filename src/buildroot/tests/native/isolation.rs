//! What a build must not be able to do, tried by builds that do it.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::common::*;
use koji_buildroot::{Kind, Network, Packages};

/// Prints one line a fact about what is seen from inside.
const LOOK: &str = r#"
echo "id $(id -u):$(id -g):$(id -G)"
echo "caps $(grep -h -E 'CapEff|CapPrm|CapBnd|CapInh|CapAmb' /proc/self/status | tr -d '\t\n' | tr -s 0)"
echo "privs $(grep NoNewPrivs /proc/self/status | tr -d '\t')"
echo "host $(cat /proc/sys/kernel/hostname)"
echo "interfaces $(grep -c : /proc/net/dev)"
echo "fds $(cd /proc/self/fd; echo *)"
[ $(ls -d /proc/[0-9]* | wc -l) -lt 8 ] && echo "no processes of the host"
(exec 3<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null && echo "connected"
cat "$SECRET" 2>/dev/null && echo "secret read"
cat /proc/1/environ >/dev/null 2>&1 && echo "environment of init read"
ls /proc/1/root/ >/dev/null 2>&1 && echo "root of init seen"
touch /usr/bin/x 2>/dev/null && echo "wrote to /usr"
echo 1 2>/dev/null > /proc/sys/kernel/panic && echo "wrote to /proc/sys"
mount -t tmpfs none /mnt 2>/dev/null && echo "mounted"
mknod /tmp/sda b 8 0 2>/dev/null && echo "made a device"
kill -9 1 2>/dev/null && sleep 0.1 && echo "killed init" 
echo "devices $(ls /dev | tr '\n' ' ')"
echo "variables $(env | cut -d= -f1 | sort | tr '\n' ' ')"
echo data > /dev/shm/x && echo "shm works"
[ -w /tmp ] && echo "tmp works"
"#;

#[test]
fn a_build_sees_nothing_of_the_host() {
    let work = tempfile::tempdir().unwrap();
    let secret = work.path().join("secret");
    std::fs::write(&secret, "the keytab").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut plan = plan("sees-nothing");
    plan.environment.insert("PORT".into(), listener.local_addr().unwrap().port().to_string());
    plan.environment.insert("SECRET".into(), secret.display().to_string());
    let mut root = ready(&engine(work.path()), &plan);
    let ran = root.run(&shell(LOOK)).unwrap();
    let text = log(root.result_dir(), "shell.log");
    assert!(ran.succeeded(), "{text}");
    let facts: Vec<&str> =
        text.lines().filter(|l| !l.starts_with("Executing") && !l.starts_with("Child")).collect();
    assert_eq!(
        facts,
        [
            "id 1000:135:135",
            "caps CapInh:0CapPrm:0CapEff:0CapBnd:0CapAmb:0",
            "privs NoNewPrivs:1",
            "host builder.example.test",
            "interfaces 1",
            "fds 0 1 2 3",
            "no processes of the host",
            "devices fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ",
            "variables HOME HOSTNAME LANG PATH PORT PROMPT_COMMAND PWD SECRET SHELL SHLVL TERM _ ",
            "shm works",
            "tmp works",
        ],
        "{text}"
    );
    root.remove().unwrap();
}

#[test]
fn the_network_only_for_commands_that_may() {
    let work = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut plan = plan("network");
    plan.network = Network::SourceCommand;
    let mut root = ready(&engine(work.path()), &plan);
    let mut command = shell(&format!("exec 3<>/dev/tcp/127.0.0.1/{port}"));
    assert_eq!(root.run(&command).unwrap().verdict.kind, Kind::Command(1));
    command.network = true;
    assert!(root.run(&command).unwrap().succeeded(), "{}", log(root.result_dir(), "shell.log"));
}

#[test]
fn nothing_survives_a_command() {
    let work = tempfile::tempdir().unwrap();
    let before = mounts();
    let mut root = ready(&engine(work.path()), &plan("survivors"));
    let word = format!("98765.{}", std::process::id());
    let daemon = format!(
        "for n in 1 2 3; do setsid nohup sleep {word} >/dev/null 2>&1 & done; (sleep {word} &); sleep 0.1; kill -STOP $!; exit 7"
    );
    let ran = root.run(&shell(&daemon)).unwrap();
    assert_eq!((ran.status, ran.verdict.kind), (7, Kind::Command(7)));
    assert!(!runs(&word));
    assert_eq!(mounts(), before);
    root.remove().unwrap();
    assert_eq!(std::fs::read_dir(work.path()).unwrap().count(), 0);
}

#[test]
fn time_runs_out_for_all_processes() {
    let work = tempfile::tempdir().unwrap();
    let mut root = ready(&engine(work.path()), &plan("time-out"));
    let word = format!("87654.{}", std::process::id());
    let mut command = shell(&format!("trap '' TERM INT HUP; setsid sleep {word} & echo begun; sleep {word}"));
    command.timeout = Some(1);
    let start = Instant::now();
    let ran = root.run(&command).unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!((ran.status, ran.verdict.kind), (11, Kind::Timeout));
    assert!(log(root.result_dir(), "shell.log").contains("begun"));
    assert!(!runs(&word));
}

#[test]
fn a_fork_bomb_a_flood_of_output_and_a_full_disk_end() {
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    let mut plan = plan("floods");
    plan.limits.processes = Some(60);
    plan.limits.disk = Some(40 << 20);
    plan.limits.log = 1 << 20;
    // bash tries each fork that is refused again, for 15 seconds
    plan.limits.timeout = 150;
    let mut root = ready(&engine, &plan);

    let ran = root.run(&shell("bomb() { bomb 2>/dev/null | bomb 2>/dev/null & }; for n in $(seq 200); do sleep 60 & done; bomb; sleep 1; exit 0")).unwrap();
    assert_ne!(ran.verdict.kind, Kind::Timeout, "{ran:?}");
    let text = log(root.result_dir(), "shell.log");
    assert!(text.contains("Resource temporarily unavailable"), "{text}");

    let mut flood = shell(
        "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done",
    );
    flood.log = Some("flood.log".into());
    let ran = root.run(&flood).unwrap();
    assert_eq!(ran.verdict.kind, Kind::LogLimit);
    assert!(std::fs::metadata(root.result_dir().join("flood.log")).unwrap().len() < 2 << 20);

    let mut fill = shell(
        "n=0; while :; do n=$((n+1)); head -c 4000000 /dev/zero > /builddir/$n || sleep 0.2; sleep 0.05; done",
    );
    fill.log = Some("fill.log".into());
    let ran = root.run(&fill).unwrap();
    assert_eq!(ran.verdict.kind, Kind::DiskLimit, "{ran:?}");
    root.remove().unwrap();
}

#[test]
fn each_root_is_fresh_and_the_cache_is_never_written() {
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    let write = "echo x > /builddir/left && echo x > /tmp/left && echo x >> /etc/passwd && rm -rf /usr/bin/make /etc/hosts && chmod 777 /usr";
    let mut command = shell(write);
    command.as_root = true;
    let mut first = ready(&engine, &plan("fresh-1"));
    assert!(first.run(&command).unwrap().succeeded(), "{}", log(first.result_dir(), "shell.log"));
    assert!(first.run(&shell("test -e /builddir/left && test ! -e /etc/hosts")).unwrap().succeeded());
    let mut second = ready(&engine, &plan("fresh-2"));
    let check =
        "test ! -e /builddir/left && test ! -e /tmp/left && test -e /etc/hosts && ! grep -q '^x' /etc/passwd";
    assert!(second.run(&shell(check)).unwrap().succeeded(), "{}", log(second.result_dir(), "shell.log"));
    let packages = second.installed().unwrap();
    assert!(
        packages
            .iter()
            .any(|p| p.name == "bash" && p.payloadhash.len() == 32 && p.size > 0 && p.buildtime > 0)
    );
    // After a command as root the list is read again from the root itself.
    assert_eq!(first.installed().unwrap(), packages);
}

#[test]
fn a_fresh_root_takes_milliseconds() {
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    drop(ready(&engine, &plan("speed")));
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            let mut root = ready(&engine, &plan("speed"));
            assert!(root.run(&shell("exit 0")).unwrap().succeeded());
            start.elapsed()
        })
        .min()
        .unwrap();
    println!("a fresh root and a command in it: {best:?}");
    assert!(best < Duration::from_millis(400), "{best:?}");
}

/// What the scriptlet of a build dependency tries; it runs as root. /dev/zero stands for the disk it would rather make.
const SCRIPTLET: &str = r#"
out=/scriptlet-report
echo ran > $out
cat SECRET >> $out 2>/dev/null && echo "secret read" >> $out
(exec 3<>/dev/tcp/127.0.0.1/PORT) 2>/dev/null && echo connected >> $out
echo 7 2>/dev/null > /proc/sys/kernel/panic && echo "wrote to /proc/sys" >> $out
echo h 2>/dev/null > /proc/sysrq-trigger && echo "wrote to sysrq-trigger" >> $out
mount -t tmpfs none /mnt 2>/dev/null && echo mounted >> $out
ls /proc/1/root/ >/dev/null 2>&1 && echo "root of init seen" >> $out
cat /proc/1/exe >/dev/null 2>&1 && echo "program of init seen" >> $out
for dir in /escape /dev /dev/shm /tmp /var/cache/dnf; do
    mkdir -p $dir
    mknod $dir/node c 1 5 && head -c 1 $dir/node >/dev/null 2>&1 && echo "opened a device of its own in $dir" >> $out
    rm -f $dir/node
done
setsid nohup sleep WORD >/dev/null 2>&1 &
exit 0
"#;

#[test]
fn scriptlets_of_packages_are_held_too() {
    let work = tempfile::tempdir().unwrap();
    let secret = work.path().join("secret");
    std::fs::write(&secret, "the keytab").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let word = format!("76543.{}", std::process::id());
    let script = SCRIPTLET
        .replace("SECRET", &secret.display().to_string())
        .replace("PORT", &listener.local_addr().unwrap().port().to_string())
        .replace("WORD", &word);
    let spec = format!(
        "Name: trojan\nVersion: 1\nRelease: 1\nSummary: A test\nLicense: MIT\nBuildArch: noarch\n\n%description\nA test.\n\n\
         %post -p /bin/bash\n{script}\n%files\n"
    );
    let repo = repo_with(work.path(), &spec);
    let before = mounts();
    let mut plan = plan("scriptlets");
    plan.packages = Packages::Repo(vec![format!("file://{}", repo.display())]);
    plan.setup_packages.push("trojan".into());
    // A cache of its own: this root must not be found by the next run.
    let mut root = ready(&engine_in(&work.path().join("cache"), &work.path().join("roots")), &plan);
    assert!(root.run(&shell("cat /scriptlet-report")).unwrap().succeeded());
    let text = log(root.result_dir(), "shell.log");
    let report: Vec<&str> =
        text.lines().filter(|l| !l.starts_with("Executing") && !l.starts_with("Child")).collect();
    assert_eq!(report, ["ran"], "{text}");
    assert!(!runs(&word));
    assert_eq!(mounts(), before);
}
