//! Real packages from Debian's archive, with the spec files of tests/packages.
//!
//! All of them are built by `make test-packages`, as root and as an ordinary user, since that takes minutes; two of them
//! with the other tests.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use crate::common::*;
use crate::rootless::as_ordinary_user;
use koji_buildroot::{Buildroot, Engine, InstalledPackage, Packages, Plan};

/// What is compared of an rpm: what it requires and provides, and its files with modes, owners, capabilities and content.
const QUERY: &str = "[provides %{PROVIDENEVRS}\n][requires %{REQUIRENEVRS}\n][%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} \
    %{FILECAPS} %{FILELINKTOS} %{FILEDIGESTS}\n]";

fn plan_with(name: &str, repo: &Path) -> Plan {
    let mut plan = plan(name);
    plan.packages = Packages::Repo(vec![format!("file://{}", repo.display())]);
    plan.environment.insert("SOURCE_DATE_EPOCH".into(), "1700000000".into());
    plan.macros.insert("%dist".into(), ".mini1".into());
    plan
}

/// Builds one; a text that is the same wherever the same was built from the same.
fn build(engine: &Engine, repo: &Path, srpm: &Path) -> String {
    let name = srpm.file_name().unwrap().to_string_lossy().replace(".src.rpm", "");
    let start = std::time::Instant::now();
    let mut root = ready(engine, &plan_with(&name, repo));
    let built = root.rebuild(srpm, Some("x86_64")).unwrap();
    let text = log(root.result_dir(), "build.log");
    assert!(built.succeeded(), "{name}: {} {:?}\n{text}", built.verdict, built.verdict.lines);
    println!("{name}: {} rpms in {:.1} s", built.results.len(), start.elapsed().as_secs_f64());
    let mut record = String::new();
    for InstalledPackage { name, version, release, arch, payloadhash, .. } in root.installed().unwrap() {
        writeln!(record, "installed {name}-{version}-{release}.{arch} {payloadhash}").unwrap();
    }
    for result in &built.results {
        let out = Command::new("rpm")
            .args(["-qp", "--nosignature", "--qf", QUERY])
            .arg(&result.path)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        writeln!(record, "result {}\n{}", result.name, String::from_utf8_lossy(&out.stdout)).unwrap();
    }
    if name == "mksh" {
        install_and_erase(&mut root);
    }
    root.remove().unwrap();
    record
}

/// Scriptlets, triggers, owners and capabilities of what was built do what the spec says.
fn install_and_erase(root: &mut Buildroot) {
    let script = "set -e; cp -r /builddir/build/RPMS /tmp/rpms; rpm -Uvh --nodeps /tmp/rpms/mksh-[0-9]*.rpm; rpm -V mksh; \
        grep -qx /usr/bin/mksh /etc/shells; test -s /var/lib/mksh/seen; test -s /var/lib/mksh/programs; \
        stat -c %U:%a /var/lib/mksh | grep -qx mksh:750; mksh -c 'echo runs'; rpm -e mksh; ! grep -qx /usr/bin/mksh /etc/shells";
    let mut command = shell(script);
    command.as_root = true;
    let ran = root.run(&command).unwrap();
    assert!(ran.succeeded(), "{}", log(root.result_dir(), "shell.log"));
}

fn build_all(repo: &Path, srpms: &[std::path::PathBuf]) {
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    let out = std::env::var_os("KOJI_TEST_RECORDS").map(std::path::PathBuf::from);
    for srpm in srpms {
        let record = build(&engine, repo, srpm);
        if let Some(dir) = &out {
            std::fs::write(dir.join(srpm.file_name().unwrap()).with_extension("txt"), record).unwrap();
        }
    }
}

#[test]
fn two_real_packages() {
    build_all(distro(), &real_srpms(&["tree", "figlet"]));
}

/// Run by the next one, too, as an ordinary user.
#[test]
#[ignore = "minutes: make test-packages"]
fn all_real_packages() {
    build_all(&more(), &real_srpms(&[]));
}

#[test]
#[ignore = "minutes: make test-packages"]
fn root_and_ordinary_user_make_the_same() {
    assert!(nix::unistd::Uid::effective().is_root(), "only root can become somebody else");
    let (repo, dir) = (more(), tempfile::tempdir().unwrap());
    let (srpms, records) = (dir.path().join("srpms"), dir.path().join("records"));
    for path in [&srpms, &records] {
        std::fs::create_dir(path).unwrap();
    }
    let made = real_srpms(&[]);
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    let mut by_root = Vec::new();
    for srpm in &made {
        std::fs::copy(srpm, srpms.join(srpm.file_name().unwrap())).unwrap();
        by_root.push((srpm.file_name().unwrap().to_owned(), build(&engine, &repo, srpm)));
    }
    let args = ["--exact", "--ignored", "packages::all_real_packages"];
    let text =
        as_ordinary_user(&repo, &args, &[("KOJI_TEST_SRPMS", &srpms), ("KOJI_TEST_RECORDS", &records)]);
    println!("as an ordinary user:\n{text}");
    assert!(by_root.len() >= 12, "{by_root:?}");
    for (name, record) in by_root {
        let theirs = std::fs::read_to_string(records.join(&name).with_extension("txt")).unwrap();
        let differ: Vec<_> = record.lines().zip(theirs.lines()).filter(|(a, b)| a != b).collect();
        assert!(differ.is_empty() && record.len() == theirs.len(), "{name:?}: {differ:#?}");
    }
}

#[test]
#[ignore = "minutes: make test-packages"]
fn the_distributions_own_package_manager_makes_the_same_root() {
    let (repo, work) = (more(), tempfile::tempdir().unwrap());
    let engine = engine(work.path());
    let mut by_host = ready(&engine, &plan_with("by-host", &repo));
    let mut plan = plan_with("by-itself", &repo);
    plan.mock.use_bootstrap = Some(true);
    let mut by_itself = ready(&engine, &plan);
    assert_eq!(by_host.installed().unwrap(), by_itself.installed().unwrap());
    let key = |root: &Buildroot| log(root.result_dir(), "root.log");
    assert_ne!(key(&by_host), key(&by_itself));
    // BuildRequires are installed by it, too.
    let srpm = srpm(work.path(), &spec("boot", &["gcc"], &c_program("boot")), &[("boot.c", HELLO_C)]);
    let built = by_itself.rebuild(&srpm, None).unwrap();
    assert!(built.succeeded(), "{}\n{}", built.verdict, key(&by_itself));

    // A repository without a package manager cannot be asked for one.
    let mut plan = plan_with("by-nothing", distro());
    plan.mock.use_bootstrap = Some(true);
    assert_eq!(engine.create(&plan).unwrap().init().unwrap().status, 30);
}
