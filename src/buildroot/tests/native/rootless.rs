//! The same builds by an ordinary user, in user namespaces.

use std::path::Path;
use std::process::Command;

use crate::common::*;

/// Tests that make up the proof; each runs as the user in a process of its own.
const TESTS: [&str; 6] = [
    "build::a_c_program_from_a_source_rpm",
    "engine::owners_modes_and_capabilities_are_the_packages",
    "failures::missing_build_requires",
    "isolation::a_build_sees_nothing_of_the_host",
    "isolation::nothing_survives_a_command",
    "isolation::each_root_is_fresh_and_the_cache_is_never_written",
];

/// A user account for the time of a test.
struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    fn make() -> Account {
        let name = format!("kojitest{}", std::process::id());
        run(Command::new("useradd").args(["--no-create-home", "--shell", "/bin/sh", &name]));
        let user = nix::unistd::User::from_name(&name).unwrap().unwrap();
        let subuid = std::fs::read_to_string("/etc/subuid").unwrap();
        if !subuid.lines().any(|l| l.starts_with(&format!("{name}:"))) {
            run(Command::new("usermod").args([
                "--add-subuids",
                "700000000-700065535",
                "--add-subgids",
                "700000000-700065535",
                &name,
            ]));
        }
        Account { name, uid: user.uid.as_raw(), gid: user.gid.as_raw() }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = Command::new("userdel").arg(&self.name).output();
    }
}

#[test]
fn an_ordinary_user_builds_too() {
    if !nix::unistd::Uid::effective().is_root() {
        // The tests above ran as an ordinary user already.
        return;
    }
    let text = as_ordinary_user(distro(), &[&["--exact"], TESTS.as_slice()].concat(), &[]);
    assert!(text.contains(&format!("{} passed", TESTS.len())), "{text}");
}

/// Runs this test program as an ordinary user with copies of a distribution and of further directories, each named by the
/// variable that says where it is; what the program printed. Files it leaves in a directory are copied back.
pub fn as_ordinary_user(distro: &Path, args: &[&str], directories: &[(&str, &Path)]) -> String {
    // Not below the checkout, whose parents may be closed to others.
    let dir = tempfile::Builder::new().prefix("koji-rootless-").tempdir_in("/var/tmp").unwrap();
    let account = Account::make();
    let tests = dir.path().join("tests");
    for (from, to) in
        [(std::env::current_exe().unwrap(), &tests), (helper()[0].clone().into(), &dir.path().join("helper"))]
    {
        std::fs::copy(from, to).unwrap();
    }
    let copy = |from: &Path, to: &Path| {
        run(Command::new("cp").args(["-r", "--reflink=auto", "-T", "--"]).arg(from).arg(to))
    };
    let repo = dir.path().join("repo");
    copy(distro, &repo);
    std::fs::copy(distro.parent().unwrap().join("comps.xml"), dir.path().join("comps.xml")).unwrap();
    for name in ["cache", "tmp"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    for (name, from) in directories {
        copy(from, &dir.path().join(name));
    }
    run(Command::new("chown").arg("-R").arg(format!("{}:{}", account.uid, account.gid)).arg(dir.path()));
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", &account.name, "--regid", &account.gid.to_string(), "--clear-groups", "--"])
        .arg(&tests)
        .args(["--test-threads=1", "--nocapture"])
        .args(args)
        .current_dir(dir.path())
        .env("TMPDIR", dir.path().join("tmp"))
        .env("KOJI_TEST_CACHE", dir.path().join("cache"))
        .env("KOJI_TEST_DISTRO", &repo)
        .env("KOJI_TEST_HELPER", dir.path().join("helper"));
    for (name, _) in directories {
        command.env(name, dir.path().join(name));
    }
    let out = command.output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{text}");
    for (name, to) in directories {
        copy(&dir.path().join(name), to);
    }
    text
}

fn run(command: &mut Command) {
    let out = command.output().unwrap();
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
}
