//! The upstream Python client against our hub.

use anyhow::{Result, ensure};
use koji_tests::{ADMIN, DEST_TAG, Package, Run, Scenario, System, TARGET, Upstream};

pub const SCENARIOS: &[Scenario] = &[("upstream's client builds, watches and downloads", builds)];

fn builds(system: &System) -> Result<()> {
    let client = Upstream::get()?;
    let koji = |words: &[&str]| {
        let mut koji = client.koji();
        koji.arg("-c").arg(system.client_config()).args(["-p", "admin", "--user", ADMIN]);
        koji.args(["--password", "test-password"]).args(words).current_dir(system.dir());
        Run::of(koji)
    };
    koji(&["moshimoshi"])?.ok()?.says(&[ADMIN])?;
    koji(&["add-pkg", "--owner", ADMIN, DEST_TAG, "python-built"])?.ok()?;

    let url = system.git.commit(&Package::new("python-built"))?;
    let build = koji(&["build", "--wait", TARGET, &url])?.ok()?;
    build.says(&["build (t1, /python-built:", "completed successfully"])?;

    koji(&["list-tagged", DEST_TAG, "python-built"])?.ok()?.says(&["python-built-1.0-1"])?;
    let theirs = koji(&["buildinfo", "python-built-1.0-1"])?.ok()?;
    let ours = system.koji(["buildinfo", "python-built-1.0-1"])?.ok()?;
    ensure!(theirs.stdout == ours.stdout, "the clients differ:\n{theirs}\n{ours}");
    koji(&["download-build", "--noprogress", "python-built-1.0-1"])?.ok()?;
    ensure!(system.dir().join("python-built-1.0-1.src.rpm").is_file(), "nothing was downloaded");

    let srpm = Package::new("python-uploaded").srpm(system.dir())?;
    let srpm = srpm.to_string_lossy();
    koji(&["build", "--wait", "--noprogress", "--scratch", TARGET, &srpm])?
        .ok()?
        .says(&["completed successfully"])?;
    Ok(())
}
