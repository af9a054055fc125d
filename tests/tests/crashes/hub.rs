//! `kill -9` of the hub while it imports a build.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{DEST_TAG, Options, Package, System, TARGET, wait_until};
use serde_json::Value;

/// The import takes tens of milliseconds: each round kills a little later in it.
const DELAYS_MS: [u64; 4] = [0, 20, 60, 150];

#[test]
fn an_import_is_whole_or_not_there() {
    let system = System::start(Options::default()).unwrap();
    for (round, delay) in DELAYS_MS.into_iter().enumerate() {
        let package = Package::new("imported").release(round + 1).blob(30);
        killed_in_import(&system, &package, delay).unwrap_or_else(|e| panic!("round {round}: {e:?}"));
    }
}

/// The moment between a build's import and its tagging: no new task of the tagging comes into the database.
const HOLD: &str = "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN IF NEW.method = 'tagBuild' THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$; \
    CREATE TRIGGER hold BEFORE INSERT ON task FOR EACH ROW EXECUTE FUNCTION hold()";
const LET_GO: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'; \
    DROP TRIGGER hold ON task; DROP FUNCTION hold()";

#[test]
fn a_build_that_was_imported_is_tagged_by_whoever_goes_on() {
    let system = System::start(Options::default()).unwrap();
    killed_before_tagging(&system, 1, || {
        system.kojid(|kojid| kojid.kill())?;
        system.sql(LET_GO)?;
        system.start_kojid()
    })
    .unwrap();
    killed_before_tagging(&system, 2, || {
        system.hub(|hub| hub.kill())?;
        system.kojid(|kojid| kojid.kill())?;
        system.start_hub()?;
        system.sql(LET_GO)?;
        system.start_kojid()
    })
    .unwrap();
}

fn killed_before_tagging(
    system: &System,
    release: usize,
    kill_and_go_on: impl FnOnce() -> Result<()>,
) -> Result<()> {
    system.sql(HOLD)?;
    let package = Package::new("held").release(release);
    let url = system.publish(&package)?;
    let task = system.submit(&[TARGET, &url])?;
    let imported = wait_until(Duration::from_secs(120), || {
        Ok(system.call("getBuild", &[package.nvr().into()])?["state"] == 1)
    })?;
    ensure!(imported, "the build was not imported");
    kill_and_go_on()?;
    let state = system.wait_for_task(task, Duration::from_secs(90))?;
    ensure!(state == "CLOSED", "the build task ended as {state}");
    whole(system, &package)?;
    system.koji(["list-tagged", DEST_TAG, "held"])?.ok()?.says(&[&package.nvr()])?;
    Ok(())
}

fn killed_in_import(system: &System, package: &Package, delay_ms: u64) -> Result<()> {
    let url = system.publish(package)?;
    let task = system.submit(&[TARGET, &url])?;
    let compiled = wait_until(Duration::from_secs(120), || {
        let children = system.call("getTaskChildren", &[task.into()])?;
        let done = |c: &Value| c["method"] == "buildArch" && c["state"] == 2;
        Ok(children.as_array().into_iter().flatten().any(done))
    })?;
    ensure!(compiled, "the package was not compiled");
    std::thread::sleep(Duration::from_millis(delay_ms));
    system.hub(|hub| hub.kill())?;

    system.start_hub()?;
    // whoever asked for the import asks again, perhaps between these two calls: rpms first, then what they belong to
    let rpms = system.call("listBuildRPMs", &[package.nvr().into()])?;
    let build = system.call("getBuild", &[package.nvr().into()])?;
    if build["state"] == 1 {
        whole(system, package)?;
    } else {
        ensure!(rpms == Value::Array(Vec::new()), "an unfinished build has rpms: {rpms}");
    }
    let state = system.wait_for_task(task, Duration::from_secs(90))?;
    ensure!(state == "CLOSED", "the build task ended as {state}");
    whole(system, package)?;
    system.koji(["list-tagged", DEST_TAG, "imported"])?.ok()?.says(&[&package.nvr()])?;
    Ok(())
}

/// The build is complete: every rpm that the hub knows is a file of the right size, and nothing else is there.
fn whole(system: &System, package: &Package) -> Result<()> {
    let build = system.call("getBuild", &[package.nvr().into()])?;
    ensure!(build["state"] == 1, "{} is not complete: {build}", package.nvr());
    let rpms = system.call("listBuildRPMs", &[package.nvr().into()])?;
    let rpms = rpms.as_array().context("no list of rpms")?;
    ensure!(rpms.len() >= 2, "a source and a binary package: {rpms:?}");
    let dir =
        system.topdir().join("packages").join(&package.name).join(&package.version).join(&package.release);
    for rpm in rpms {
        let text = |key: &str| rpm[key].as_str().with_context(|| format!("{key} of {rpm}"));
        let (name, arch) = (text("name")?, text("arch")?);
        let file =
            dir.join(arch).join(format!("{name}-{}-{}.{arch}.rpm", text("version")?, text("release")?));
        let size = std::fs::metadata(&file).with_context(|| format!("{}", file.display()))?.len();
        ensure!(
            Some(size) == rpm["size"].as_u64(),
            "{} has {size} bytes, the hub says {rpm}",
            file.display()
        );
    }
    let mut files = Vec::new();
    collect(&dir, &mut files)?;
    // logs, and the headers of the packages as they came
    let known = |f: &str| f.ends_with(".rpm") || f.contains("/data/logs/") || f.contains("/data/sigcache/");
    let stray: Vec<_> = files.iter().filter(|f| !known(f)).collect();
    ensure!(stray.is_empty(), "stray files: {stray:?}");
    ensure!(files.iter().filter(|f| f.ends_with(".rpm")).count() == rpms.len(), "files: {files:?}");
    Ok(())
}

fn collect(dir: &std::path::Path, files: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, files)?,
            false => files.push(path.to_string_lossy().into_owned()),
        }
    }
    Ok(())
}
