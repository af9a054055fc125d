//! The mock engine's reading of mock: exit statuses and logs as recorded from mock 6.7, replayed by a script.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use koji_buildroot::{
    Choice, Engine, EngineKind, ExtraMap, Kind, Network, Packages, Plan, Settings, Site, SrpmRequest,
};

/// Writes down its arguments; answers with the status and the logs that lie next to it.
const REPLAY: &str = r#"#!/bin/sh
here=$(dirname "$0")
printf '%s|' "$@" >> "$here/calls"; echo >> "$here/calls"
echo "INFO: mock version 6.7"
[ "$(cat "$here/status")" = 3 ] && echo "ERROR: Could not find required config file"
mkdir -p "$here/base/t-1-2/result" "$here/base/t-1-2/root"
for log in build.log root.log; do [ -e "$here/$log" ] && cat "$here/$log" >> "$here/base/t-1-2/result/$log"; done
case "$*" in *--rebuild*|*--buildsrpm*) touch "$here/base/t-1-2/result/a-1-1.src.rpm";; esac
case "$*" in *--clean) exit 0;; esac
exit "$(cat "$here/status")"
"#;

fn engine(dir: &Path) -> Engine {
    let program = dir.join("mock");
    std::fs::write(&program, REPLAY).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(dir.join("status"), "0").unwrap();
    let mut settings = Settings::new(dir.join("cache"), dir.join("work"));
    settings.engine = Choice::Auto;
    settings.mock.program = Some(program);
    settings.helper = vec![env!("CARGO_BIN_EXE_koji-buildroot-helper").into()];
    settings.mock.config_dir = dir.join("config");
    Engine::new(settings).unwrap()
}

fn plan(dir: &Path) -> Plan {
    let packages = Packages::Repo(vec!["file:///r".into()]);
    let extra: ExtraMap = [("mock.new_chroot".to_string(), serde_json::json!(true))].into();
    let mut plan = Plan::for_tag("t-1-2", "x86_64", packages, "build", &Site::default(), &extra).unwrap();
    plan.mock.basedir = Some(dir.join("base"));
    plan
}

#[test]
fn the_calls_of_a_build() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(dir.path());
    assert_eq!(engine.kind(), EngineKind::Mock);
    let mut plan = plan(dir.path());
    plan.network = Network::All;
    let mut root = engine.create(&plan).unwrap();
    let config = dir.path().join("config/t-1-2.cfg");
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(
        text.contains("config_opts['root'] = 't-1-2'")
            && text.contains("config_opts['files']['etc/hosts'] = ")
    );
    assert!(root.init().unwrap().succeeded());
    let built = root.rebuild(Path::new("/w/a-1-1.src.rpm"), Some("x86_64")).unwrap();
    assert!(built.succeeded());
    assert_eq!(built.results[0].name, "a-1-1.src.rpm");
    let checkout = dir.path().join("checkout");
    std::fs::create_dir(&checkout).unwrap();
    std::fs::write(checkout.join("a.spec"), "").unwrap();
    let request = SrpmRequest {
        checkout,
        spec: "a.spec".into(),
        source_command: Some(vec!["make".into(), "sources".into()]),
        ..SrpmRequest::default()
    };
    assert!(root.build_srpm(&request).unwrap().succeeded());
    assert!(root.logs().iter().any(|l| l.ends_with("mock_output.log")));
    let head = format!("-r|{}|--new-chroot|", config.display());
    let inside = dir.path().join("base/t-1-2/root/chroot_tmpdir/scmroot/checkout");
    let inside = inside.display();
    let calls = std::fs::read_to_string(dir.path().join("calls")).unwrap();
    let calls: Vec<&str> = calls.lines().map(|l| l.strip_prefix(&head).unwrap()).collect();
    assert_eq!(
        calls,
        [
            "--init|",
            "--chroot|uname -r|",
            "--no-clean|--target|x86_64|--rebuild|/w/a-1-1.src.rpm|",
            "--no-clean|--unpriv|--cwd|/chroot_tmpdir/scmroot/checkout|--chroot|make|sources|",
            &format!("--no-clean|--buildsrpm|--spec|{inside}/a.spec|--sources|{inside}|--target|noarch|"),
        ]
    );
    root.remove().unwrap();
    assert!(!config.exists() && engine.leftovers().unwrap().is_empty());
}

#[test]
fn a_root_of_the_native_engine_is_left_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(dir.path());
    engine.create(&plan(dir.path())).unwrap();
    std::fs::create_dir(dir.path().join("work/t-1-2/upper")).unwrap();
    let Err(error) = engine.open("t-1-2") else { panic!("half a root was opened") };
    assert!(error.to_string().contains("was never completed"), "{error}");
    engine.remove("t-1-2").unwrap();
    assert!(!dir.path().join("work/t-1-2").exists() && !dir.path().join("calls").exists());
}

#[test]
fn statuses_and_logs_become_verdicts() {
    let build = "error: Bad exit status from /var/tmp/rpm-tmp.x (%build)\nChild return code was: 1\n";
    let missing = "DEBUG util.py:459:  No matching package to install: 'foo-devel'\nDEBUG util.py:459:  Not all dependencies satisfied\n";
    let dynamic = "error: Bad exit status from /var/tmp/rpm-tmp.x (%generate_buildrequires)\n";
    let cases = [
        (1, build, "", Kind::Section("%build".into()), Some("build.log")),
        (1, "", "ERROR: Could not find useradd in chroot\n", Kind::InstallFailed, Some("root.log")),
        (10, dynamic, "", Kind::Section("%generate_buildrequires".into()), Some("build.log")),
        (11, "make: all\n", "", Kind::Timeout, Some("build.log")),
        (30, "", missing, Kind::MissingDependency(vec!["foo-devel".into()]), Some("root.log")),
        (3, "", "", Kind::Command(3), Some("mock_output.log")),
    ];
    for (status, build_log, root_log, kind, log) in cases {
        let dir = tempfile::tempdir().unwrap();
        let mut root = engine(dir.path()).create(&plan(dir.path())).unwrap();
        std::fs::write(dir.path().join("status"), status.to_string()).unwrap();
        std::fs::write(dir.path().join("build.log"), build_log).unwrap();
        std::fs::write(dir.path().join("root.log"), root_log).unwrap();
        let built = root.rebuild(Path::new("/w/a.src.rpm"), None).unwrap();
        if log == Some("mock_output.log") {
            assert_eq!(built.verdict.lines, ["ERROR: Could not find required config file"]);
        }
        assert_eq!((built.status, built.verdict.kind, built.verdict.log), (status, kind, log));
    }
}
