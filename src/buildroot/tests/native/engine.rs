//! What a tag's settings ask of the engine, and what packages ask of a root.

use crate::common::*;
use koji_buildroot::{Choice, Engine, Kind, Packages, Settings, SignPlugin};
use serde_json::json;

/// A package whose files have owners, modes and a capability; `rpm -V` compares all of them with what is on disk.
const OWNED: &str = "Name: owned\nVersion: 1\nRelease: 1\nSummary: A test\nLicense: MIT\nBuildArch: noarch\n\n%description\nA test.\n\n\
    %install\nmkdir -p %{buildroot}/opt/owned\ncd %{buildroot}/opt/owned\necho a > capable; echo b > other; echo c > setuid; ln other linked\n\n\
    %files\n%dir %attr(2750,root,mail) /opt/owned\n%caps(cap_net_raw,cap_dac_override=ep) /opt/owned/capable\n\
    %attr(0640,nobody,mail) /opt/owned/other\n%attr(0640,nobody,mail) /opt/owned/linked\n%attr(6755,root,mail) /opt/owned/setuid\n";

#[test]
fn owners_modes_and_capabilities_are_the_packages() {
    let work = tempfile::tempdir().unwrap();
    let repo = repo_with(work.path(), OWNED);
    let mut plan = plan("owned");
    plan.packages = Packages::Repo(vec![format!("file://{}", repo.display())]);
    plan.setup_packages.push("owned".into());
    for copy in [false, true] {
        let mut settings = Settings::new(work.path().join("cache"), work.path().join("roots"));
        settings.engine = Choice::Native;
        settings.helper = helper();
        settings.copy_roots = copy;
        let mut root = ready(&Engine::new(settings).unwrap(), &plan);
        let mut check = shell(
            "rpm -V owned && stat -c '%n %U:%G %a %h' /opt/owned /opt/owned/other; head -c1 /opt/owned/other",
        );
        check.as_root = true;
        let ran = root.run(&check).unwrap();
        let text = log(root.result_dir(), "shell.log");
        assert!(ran.succeeded(), "{text}");
        assert!(
            text.contains("/opt/owned root:mail 2750") && text.contains("/opt/owned/other nobody:mail 640 2"),
            "{text}"
        );
        root.remove().unwrap();
    }
}

fn signing(cmd: &str, opts: &str) -> koji_buildroot::Plan {
    let mut plan = plan("signs");
    plan.mock.sign = Some(SignPlugin { enable: json!(true), cmd: json!(cmd), opts: json!(opts) });
    plan
}

#[test]
fn the_sign_command_of_a_tag_runs_unprivileged_over_the_results() {
    let work = tempfile::tempdir().unwrap();
    let sections = "%global debug_package %{nil}\n\n%build\n\n%install\nmkdir -p %{buildroot}/usr/bin\ntouch %{buildroot}/usr/bin/sg\n\n%files\n/usr/bin/sg\n";
    let srpm = srpm(work.path(), &spec("sg", &[], sections), &[("sg.c", "")]);
    let mut settings = Settings::new(cache_dir().join("buildroots"), work.path().join("roots"));
    settings.engine = Choice::Native;
    settings.helper = helper();
    settings.mock.user = Some("nobody".into());
    let engine = Engine::new(settings).unwrap();

    let script =
        "id -u; for f in %(rpms)s; do echo signed >> $f; done; sleep 43211 & ls %(resultdir)s; echo 100%%";
    let mut root = ready(&engine, &signing("umask 022;", script));
    let built = root.rebuild(&srpm, None).unwrap();
    let text = log(root.result_dir(), "root.log");
    assert!(built.succeeded(), "{} {:?}\n{text}", built.verdict, built.verdict.lines);
    assert_eq!(built.results.len(), 2, "{:?}", built.results);
    assert!(std::fs::read(&built.results[0].path).unwrap().ends_with(b"signed\n"));
    assert!(text.contains("sg-1-1.x86_64.rpm") && text.contains("100%"), "{text}");
    let (uid, me) =
        (text.lines().rev().find_map(|l| l.trim().parse::<u32>().ok()), nix::unistd::Uid::effective());
    assert!(uid.is_some_and(|uid| uid != 0 && (me.is_root() || uid == me.as_raw())), "{text}");
    root.remove().unwrap();

    let mut root = ready(&engine, &signing("false", "%(rpms)s"));
    let built = root.rebuild(&srpm, None).unwrap();
    assert_eq!((built.status, built.verdict.kind), (1, Kind::Sign));
}

#[test]
fn modules_are_set_up_before_the_group() {
    let work = tempfile::tempdir().unwrap();
    let mut plan = plan("modules");
    plan.group = "srpm-build".into();
    plan.mock.module_setup_commands = Some(json!([["enable", "nothing:1"]]));
    let mut root = engine(work.path()).create(&plan).unwrap();
    let made = root.init().unwrap();
    let text = log(root.result_dir(), "root.log");
    // The small distribution has no modules, and dnf says so.
    assert_eq!(made.status, 30, "{text}");
    assert!(text.contains("'module', 'enable', 'nothing:1'") && !text.contains("'install'"), "{text}");
}

#[test]
fn a_foreign_architecture_names_what_is_missing() {
    let work = tempfile::tempdir().unwrap();
    let mut plan = plan("foreign");
    plan.target_arch = "ppc64".into();
    plan.mock.forcearch = true;
    let Err(error) = engine(work.path()).create(&plan) else { return };
    assert!(error.to_string().contains("qemu-user for ppc64"), "{error}");
}
