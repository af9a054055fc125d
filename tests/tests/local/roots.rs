//! Roots of targets and builds.

use std::path::Path;

use anyhow::{Result, ensure};
use koji_tests::{Package, System, TARGET};

use crate::server::{PLAIN, data, run, srpm, work};

pub fn of_a_target(system: &System) -> Result<()> {
    run(system, ["local", "init", TARGET, "--name", "first"])?
        .ok()?
        .says(&["The root first has the group build"])?;
    run(system, ["local", "init", TARGET, "--name", "first"])?
        .fails_with(&["there is a root first already"])?;
    run(system, ["local", "list"])?.ok()?.says(&["first", "t1", "repository"])?;
    let list = data(&run(system, ["local", "list", "--json"])?.ok()?, "local")?;
    ensure!(list[0]["name"] == "first" && list[0]["tag"] == "t1-build", "{list}");
    // as the build user, at a terminal, without a network; what is written stays
    let script = "id -un; test -t 0 && echo terminal; ls /sys/class/net | tr '\\n' ' '; touch ~/kept; exit 7";
    let shell = run(system, ["local", "shell", "first", "--", "sh", "-c", script])?.status_is(7)?;
    let shell = shell.says(&["mockbuild"])?.says(&["terminal"])?;
    ensure!(!shell.stdout.contains("eth"), "a network device in {shell}");
    run(system, ["local", "install", "first", "local-lib"])?.ok()?;
    let look = "rpm -q local-lib && test -e ~/kept && local-lib";
    run(system, ["local", "shell", "first", "--", "sh", "-c", look])?.ok()?.says(&["local-lib"])?;
    run(system, ["local", "install", "first", "no-such-package"])?.status_is(1)?;
    run(system, ["local", "init", "no-such-thing"])?
        .fails_with(&["no target, tag or build no-such-thing"])?;
    run(system, ["local", "shell", "second"])?.fails_with(&["no local root second", "first"])?;
    run(system, ["local", "init", "t1-dest"])?.fails_with(&["has no arch"])?;
    run(system, ["local", "init", TARGET, "--name", "plain-group"])?.ok()?;
    let diff = run(system, ["local", "diff", "plain-group", "first"])?.status_is(1)?;
    ensure!(diff.stdout.lines().count() == 1 && diff.stdout.starts_with("+ local-lib-1.0-1."), "{diff}");
    run(system, ["local", "rm", "first", "plain-group"])?.ok()?;
    ensure!(run(system, ["local", "list"])?.ok()?.stdout.is_empty());
    run(system, ["local", "cache"])?.ok()?.says(&["cached roots"])?;
    run(system, ["local", "gc", "--size", "0"])?.ok()?.says(&["Removed", "cached roots"])?;
    Ok(())
}

/// Builds the source package of a finished build like that build; the root stays as `build-local-plain-1.0-1`.
pub fn like_the_servers(system: &System) -> Result<()> {
    let (srpm, build) = (srpm(system, PLAIN)?, format!("{PLAIN}-1.0-1"));
    let local =
        run(system, ["local", "build", &srpm, "--like", &build, "--keep", "--resultdir", "like"])?.ok()?;
    // logs as they grow
    let local = local.says(&["==> root.log <=="])?.says(&["==> build.log <=="])?;
    let local = local.says(&["Executing(%build)"])?;
    let dir = work(system)?.join("like");
    for name in ["build.log", "root.log", "hw_info.log", "installed_pkgs.log", "srpm/build.log"] {
        ensure!(dir.join(name).is_file(), "no {name} after {local}");
    }
    let rpms =
        std::fs::read_dir(&dir)?.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "rpm"));
    ensure!(rpms.count() >= 2, "no rpms in {}", dir.display());
    // the very packages that the server's buildroot had, by digest
    let root = format!("build-{PLAIN}-1.0-1");
    run(system, ["local", "verify", &root])?.ok()?.says(&["with the BuildRequires", "digest by digest"])?;
    // and a root made of the record alone
    run(system, ["local", "init", &build, "--name", "record"])?.ok()?.says(&["that the server's had"])?;
    run(system, ["local", "diff", "record", &root])?.ok()?;
    run(system, ["local", "rm", "record"])?.ok()?;
    Ok(())
}

pub fn failure(system: &System) -> Result<()> {
    let dir = work(system)?.join("broken");
    write(&dir, &Package::new("broken").first("sed -i s/return/retrun/ main.c"))?;
    let source = dir.to_string_lossy().into_owned();
    let failed = run(system, ["local", "build", &source, "--target", TARGET, "--resultdir", "broken-out"])?
        .status_is(1)?;
    let failed = failed.says(&["Why:", "compile"])?.says(&[">", "retrun"])?;
    failed.says(&["koji local shell build-broken-1.0-1"])?;
    let look = ["local", "shell", "build-broken-1.0-1", "--", "grep", "-r", "retrun", "build/BUILD"];
    run(system, look)?.ok()?.says(&["main.c"])?;
    // a condition, a macro, and no %check
    let spec = "Name: broken\nVersion: 1.0\nRelease: 1%{?dist}\nSummary: A test\nLicense: MIT\nBuildArch: noarch\n\
                %{!?_with_extra:%{error:no condition}}\n%description\nA test.\n%build\ntest $HOME = /builddir\n\
                %install\nmkdir -p %{buildroot}/usr/share/broken\n%check\nexit 1\n%files\n/usr/share/broken\n";
    write(&dir, &Package::new("broken").spec(spec))?;
    let options = ["--nocheck", "--with", "extra", "--define", "dist .mine", "--resultdir", "fixed"];
    let mut words = vec!["local", "build", &source, "--target", TARGET];
    words.extend(options);
    let words: [&str; 12] = words.try_into().map_err(|_| anyhow::anyhow!("words"))?;
    run(system, words)?.ok()?.says(&["broken-1.0-1.mine.noarch.rpm"])?;
    run(system, ["local", "rm", "build-broken-1.0-1"])?.ok()?;
    Ok(())
}

fn write(dir: &Path, package: &Package) -> Result<()> {
    std::fs::create_dir_all(dir)?;
    for (name, text) in package.files() {
        std::fs::write(dir.join(name), text)?;
    }
    Ok(())
}

pub fn from_git(system: &System) -> Result<()> {
    let url = system.git.commit(&Package::new("from-git"))?;
    let built = run(system, ["local", "build", &url, "--target", TARGET, "--write-lock"])?.ok()?;
    built.says(&["from-git-1.0-1/buildroot_lock.json"])?;
    ensure!(work(system)?.join("from-git-1.0-1/srpm/checkout.log").is_file());
    // nothing is left of a build that went well
    let list = run(system, ["local", "list"])?.ok()?;
    ensure!(!list.stdout.contains("from-git"), "{list}");
    Ok(())
}
