//! An upload that broke off goes on when the command is started again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use koji_tests::{Options, Run, System, TARGET, command, program};

use crate::proxy::Proxy;

const MIB: u64 = 1 << 20;

#[test]
fn an_upload_goes_on_where_it_broke_off() {
    let system = System::start(Options { builder: false, ..Default::default() }).unwrap();
    check(&system).unwrap();
}

fn check(system: &System) -> Result<()> {
    let proxy = Proxy::start(system.url("").trim_start_matches("http://").to_owned())?;
    let text = fs::read_to_string(system.client_config())?;
    let section = text.split("\n[").next().context("no profile in the configuration")?;
    let config = system.dir().join("through-the-proxy.conf");
    let changed =
        section.replace(&system.url("/kojihub"), &format!("http://127.0.0.1:{}/kojihub", proxy.port));
    // it ends when the line is cut
    fs::write(&config, changed.replace("max_retries = 60", "max_retries = 0"))?;
    let file = system.dir().join("big-1.0-1.src.rpm");
    let content: Vec<u8> = (0..6 * MIB).map(|n| (n % 251) as u8 ^ (n >> 16) as u8).collect();
    fs::write(&file, &content)?;

    let build = || -> Result<Run> {
        let mut koji = command(program("koji")?, ["-p", "admin", "-c"]);
        koji.arg(&config).args(["build", "--nowait", TARGET]).arg(&file);
        koji.env("XDG_CACHE_HOME", system.dir().join("cache"));
        Run::of(koji)
    };
    proxy.cut_after(7 * MIB / 2);
    build()?.status_is(1)?.says(&["hint"])?;
    proxy.mend();
    let before = proxy.sent();
    build()?.ok()?.says(&["Created task"])?;
    let second = proxy.sent() - before;
    ensure!((2 * MIB..4 * MIB).contains(&second), "{second} bytes were sent the second time");

    let there = uploads(&system.topdir().join("work/cli-build"))?;
    ensure!(there.len() == 1, "{there:?}");
    ensure!(fs::read(&there[0])? == content, "{} is another file", there[0].display());
    ensure!(fs::read_dir(system.dir().join("cache/koji/uploads"))?.count() == 0, "the note is still there");

    // a build of the same file later is an upload of its own
    build()?.ok()?;
    ensure!(uploads(&system.topdir().join("work/cli-build"))?.len() == 2);
    Ok(())
}

/// The files in the directories of this one.
fn uploads(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for dir in fs::read_dir(dir)? {
        for file in fs::read_dir(dir?.path())? {
            let path = file?.path();
            if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                files.push(path);
            }
        }
    }
    Ok(files)
}
