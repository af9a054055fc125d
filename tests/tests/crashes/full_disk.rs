//! An upload to a full disk.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use koji_tests::{Options, Package, Run, System, TARGET, command};

/// A small file system in memory; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounting takes root.
    fn mount(dir: &Path, mib: u32) -> Result<SmallDisk> {
        std::fs::create_dir_all(dir)?;
        Run::of(command(
            "mount",
            ["-t", "tmpfs", "-o", &format!("size={mib}m,mode=755"), "tmpfs"]
                .iter()
                .map(AsRef::as_ref)
                .chain([dir.as_os_str()]),
        ))?
        .ok()?;
        Ok(SmallDisk(dir.to_path_buf()))
    }

    fn grow(&self, mib: u32) -> Result<()> {
        let size = format!("remount,size={mib}m");
        Run::of(command("mount", ["-o", &size].iter().map(AsRef::as_ref).chain([self.0.as_os_str()])))?
            .ok()?;
        Ok(())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // lazily: the hub may still have files open
        let _ = Run::of(command("umount", [Path::new("-l"), &self.0]));
    }
}

#[test]
fn an_upload_to_a_full_disk_fails_cleanly() {
    let root = Run::of(command("id", ["-u"])).unwrap().stdout.trim() == "0";
    if !root {
        println!("not run: a small file system can only be mounted by root");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&dir.path().join("topdir"), 8).unwrap();
    let options = Options { builder: false, topdir: Some(disk.0.clone()), ..Options::default() };
    let system = System::start(options).unwrap();
    upload(&system, &disk).unwrap();
}

fn upload(system: &System, disk: &SmallDisk) -> Result<()> {
    let srpm = big_srpm(system, 12)?;
    let build = ["build", "--noprogress", "--nowait", TARGET, &srpm];
    let failed = system.koji(build)?.status_is(1)?;
    failed.says(&["no space left on the hub"])?;
    // `.user` says whose directory it is
    let files = ["-type", "f", "-not", "-name", ".user"].map(Path::new);
    let work = disk.0.join("work");
    let left = Run::of(command("find", [work.as_path()].into_iter().chain(files)))?;
    ensure!(left.stdout.is_empty(), "half-written files are left: {left}");
    ensure!(system.call("listTasks", &[])? == serde_json::Value::Array(Vec::new()), "a task was made");
    // nothing else has suffered, and with space it works
    system.koji(["list-tags"])?.ok()?;
    disk.grow(64)?;
    system.koji(build)?.ok()?.says(&["Created task: "])?;
    Ok(())
}

/// A source package with that many MiB of incompressible source.
fn big_srpm(system: &System, mib: u32) -> Result<String> {
    let dir = system.dir().join("big");
    std::fs::create_dir_all(&dir)?;
    let size = (u64::from(mib) << 20).to_string();
    Run::of(command("sh", ["-c", &format!("head -c {size} /dev/urandom > '{}/main.c'", dir.display())]))?
        .ok()?;
    let package = Package::new("big");
    let spec = package.files().remove(0).1;
    std::fs::write(dir.join("big.spec"), spec)?;
    let mut make = command("rpmbuild", ["-bs", "--nodeps", "--quiet"]);
    make.arg("--define").arg(format!("_sourcedir {}", dir.display()));
    make.arg("--define").arg(format!("_srcrpmdir {}", dir.display()));
    make.arg(dir.join("big.spec"));
    Run::of(make)?.ok()?;
    Ok(dir.join("big-1.0-1.src.rpm").to_string_lossy().into_owned())
}
