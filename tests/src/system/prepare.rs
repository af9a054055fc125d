//! What a hub needs before it can build.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use super::config::PASSWORD;
use super::{ADMIN, BUILD_TAG, BUILDER, DEST_TAG, System, TARGET};
use crate::command::{Run, command};
use crate::distro::Distro;

pub(super) fn accounts(system: &System) -> Result<()> {
    for (name, options) in [(ADMIN, &["--admin"][..]), ("user", &[]), (BUILDER, &["--host"]), ("kojira", &[])]
    {
        add_account(system, name, options)?;
    }
    Run::of(system.hub_admin(&["grant", "kojira", "repo"])?)?.ok()?;
    Ok(())
}

fn add_account(system: &System, name: &str, options: &[&str]) -> Result<()> {
    let mut add = system.hub_admin(&["add-user", name, "--password-stdin"])?;
    add.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = add.spawn()?;
    writeln!(child.stdin.take().context("no standard input")?, "{PASSWORD}")?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "add-user {name}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// The builder, two tags and a target.
pub(super) fn target(system: &System) -> Result<()> {
    let arch = machine()?;
    let run = |words: &[&str]| system.koji(words)?.ok();
    run(&["add-host", BUILDER, &arch, "--force"])?;
    run(&["call", "addHostToChannel", BUILDER, "createrepo"])?;
    run(&["add-tag", DEST_TAG])?;
    run(&["add-tag", BUILD_TAG, "--parent", DEST_TAG, "--arches", &arch])?;
    run(&["add-target", TARGET, BUILD_TAG, DEST_TAG])?;
    Ok(())
}

/// The packages that buildroots are made of.
pub(super) fn packages(system: &System, distro: &Distro) -> Result<()> {
    let run = |words: &[&str]| system.koji(words)?.ok();
    for (group, packages) in [("build", &distro.build_group), ("srpm-build", &distro.srpm_group)] {
        run(&["add-group", BUILD_TAG, group])?;
        let mut words = vec!["add-group-pkg", BUILD_TAG, group];
        words.extend(packages.iter().map(String::as_str));
        run(&words)?;
    }
    for (number, url) in distro.repos.iter().enumerate() {
        let name = format!("distro-{number}");
        let priority = ((number + 1) * 10).to_string();
        run(&[
            "add-external-repo",
            "--tag",
            BUILD_TAG,
            "--priority",
            &priority,
            "--mode",
            "bare",
            &name,
            url,
        ])?;
    }
    Ok(())
}

/// This machine's architecture as rpm calls it.
fn machine() -> Result<String> {
    Ok(Run::of(command("uname", ["-m"]))?.ok()?.stdout.trim().to_owned())
}
