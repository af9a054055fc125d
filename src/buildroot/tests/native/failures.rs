//! Builds that fail, each with the verdict that tells its user where to look; and the less usual ways to succeed.

use std::path::Path;

use crate::common::*;
use koji_buildroot::{Kind, Network, Outcome, Packages, SrpmRequest};

fn rebuild(work: &Path, name: &str, spec: &str) -> (Outcome, String) {
    let srpm = srpm(work, spec, &[(&format!("{name}.c"), HELLO_C)]);
    let mut root = ready(&engine(&work.join("roots")), &plan(&format!("fails-{name}")));
    let built = root.rebuild(&srpm, Some("x86_64")).unwrap();
    let text = log(root.result_dir(), "build.log") + &log(root.result_dir(), "root.log");
    (built, text)
}

#[test]
fn missing_build_requires() {
    let work = tempfile::tempdir().unwrap();
    let spec = spec("missing", &["gcc", "no-such-thing-devel >= 2"], &c_program("missing"));
    let (built, text) = rebuild(work.path(), "missing", &spec);
    assert_eq!(built.status, 30, "{text}");
    assert_eq!(
        built.verdict.to_string(),
        "BuildRequires not available: no-such-thing-devel >= 2; see root.log",
        "{text}"
    );
}

#[test]
fn sections_that_fail() {
    let work = tempfile::tempdir().unwrap();
    let bad = c_program("bad").replace("gcc ", "echo 'int main(void) { return x; }' > bad.c\ngcc ");
    let (built, text) = rebuild(work.path(), "bad", &spec("bad", &["gcc"], &bad));
    assert_eq!((built.status, &built.verdict.kind), (1, &Kind::Section("%build".into())), "{text}");
    assert!(
        built.verdict.lines[0].contains("error: 'x' undeclared")
            || built.verdict.lines[0].contains("undeclared"),
        "{:?}",
        built.verdict
    );
    assert!(built.results.is_empty());

    let (built, text) = rebuild(
        work.path(),
        "chk",
        &spec("chk", &["gcc"], &(c_program("chk").replace("%files", "%check\nexit 3\n\n%files"))),
    );
    assert_eq!((built.status, built.verdict.kind), (1, Kind::Section("%check".into())), "{text}");
}

#[test]
fn files_that_do_not_match() {
    let work = tempfile::tempdir().unwrap();
    let more = c_program("more").replace("%files", "touch %{buildroot}/usr/bin/extra\n\n%files");
    let (built, text) = rebuild(work.path(), "more", &spec("more", &["gcc"], &more));
    assert_eq!(built.verdict.kind, Kind::UnpackagedFiles(vec!["/usr/bin/extra".into()]), "{text}");
    let less = c_program("less") + "/usr/share/absent\n";
    let (built, text) = rebuild(work.path(), "less", &spec("less", &["gcc"], &less));
    assert_eq!(built.verdict.kind, Kind::MissingFiles(vec!["/usr/share/absent".into()]), "{text}");
}

#[test]
fn what_cannot_even_begin() {
    let work = tempfile::tempdir().unwrap();
    let (built, text) = rebuild(
        work.path(),
        "arch",
        &spec("arch", &[], &c_program("arch")).replace("License:", "ExclusiveArch: s390x\nLicense:"),
    );
    assert_eq!((built.status, built.verdict.kind), (1, Kind::ArchExcluded), "{text}");

    let engine = engine(&work.path().join("roots"));
    let junk = work.path().join("junk.src.rpm");
    std::fs::write(&junk, "this is no rpm").unwrap();
    let mut root = ready(&engine, &plan("junk"));
    let built = root.rebuild(&junk, None).unwrap();
    assert_eq!(built.status, 1);
    assert!(built.verdict.to_string().contains("junk.src.rpm is no source rpm"), "{}", built.verdict);

    let mut group = plan("no-group");
    group.group = "no-such-group".into();
    let made = engine.create(&group).unwrap().init().unwrap();
    assert_eq!((made.status, made.verdict.kind), (30, Kind::GroupMissing("no-such-group".into())));

    let mut dead = plan("dead-repo");
    dead.packages = Packages::Repo(vec![format!("file://{}/nothing", work.path().display())]);
    let made = engine.create(&dead).unwrap().init().unwrap();
    assert_eq!((made.status, made.verdict.kind), (30, Kind::RepoUnavailable));
}

#[test]
fn a_source_rpm_from_a_checkout() {
    let work = tempfile::tempdir().unwrap();
    let checkout = work.path().join("checkout");
    std::fs::create_dir_all(checkout.join(".git")).unwrap();
    std::fs::write(checkout.join("co.spec"), spec("co", &["gcc"], &c_program("co"))).unwrap();
    let engine = engine(&work.path().join("roots"));
    let mut plan = plan("checkout");
    plan.group = "srpm-build".into();
    plan.network = Network::SourceCommand;
    let mut request =
        SrpmRequest { checkout: checkout.clone(), spec: "co.spec".into(), ..SrpmRequest::default() };

    let mut root = ready(&engine, &plan);
    let made = root.build_srpm(&request).unwrap();
    assert_eq!((made.status, made.verdict.kind), (1, Kind::SourceMissing(vec!["co.c".into()])));

    // What the repository does not hold, the source command fetches.
    request.source_command =
        Some(vec!["/bin/sh".into(), "-c".into(), "echo 'int main(void){return 0;}' > co.c".into()]);
    let mut root = ready(&engine, &plan);
    let made = root.build_srpm(&request).unwrap();
    assert!(made.succeeded(), "{}\n{}", made.verdict, log(root.result_dir(), "build.log"));
    assert_eq!(made.results[0].name, "co-1-1.src.rpm");
    assert!(!checkout.join("co.c").exists(), "the checkout itself was written to");

    plan.name = "checkout-again".into();
    let mut again = ready(&engine, &plan);
    let same = again.rebuild_srpm(&made.results[0].path).unwrap();
    assert_eq!(same.results[0].name, "co-1-1.src.rpm", "{}", log(again.result_dir(), "build.log"));

    request.source_command = Some(vec!["/bin/false".into()]);
    let mut root = ready(&engine, &plan);
    let made = root.build_srpm(&request).unwrap();
    assert_eq!((made.status, made.verdict.kind), (1, Kind::SourceCommand));
}

#[test]
fn build_requires_worked_out_while_building() {
    let work = tempfile::tempdir().unwrap();
    let sections = format!(
        "%generate_buildrequires\necho gcc\ncommand -v gcc >/dev/null && echo make || :\n\n{}",
        c_program("dyn")
    );
    let sections = sections.replace("%build\n", "%build\nmake --version\n");
    let (built, text) = rebuild(work.path(), "dyn", &spec("dyn", &[], &sections));
    assert!(built.succeeded(), "{}\n{text}", built.verdict);
    let names: Vec<&str> = built.results.iter().map(|r| r.name.as_str()).collect();
    assert!(names.contains(&"dyn-1-1.src.rpm") && names.contains(&"dyn-1-1.x86_64.rpm"), "{names:?}");
    assert!(!names.iter().any(|n| n.contains("nosrc")), "{names:?}");

    let sections = format!("%generate_buildrequires\necho no-such-thing\n\n{}", c_program("dynbad"));
    let (built, text) = rebuild(work.path(), "dynbad", &spec("dynbad", &[], &sections));
    assert_eq!(built.verdict.kind, Kind::MissingDependency(vec!["no-such-thing".into()]), "{text}");
}

#[test]
fn results_that_are_no_files() {
    let work = tempfile::tempdir().unwrap();
    let sections = c_program("evil")
        .replace("%files", "ln -s /etc/passwd %{_rpmdir}/evil-passwd-1-1.noarch.rpm\n\n%files");
    let (built, text) = rebuild(work.path(), "evil", &spec("evil", &["gcc"], &sections));
    assert_eq!(built.verdict.kind, Kind::BadResult("\"evil-passwd-1-1.noarch.rpm\"".into()), "{text}");
    assert!(!built.results.iter().any(|r| r.name.contains("passwd")));
}
