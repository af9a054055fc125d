//! What `make install` puts where.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use koji_tests::{Run, command, program};

#[test]
fn programs_pages_completions_and_units() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (programs, root) = (dir.path().join("programs"), dir.path().join("root"));
    std::fs::create_dir(&programs)?;
    for name in ["koji", "koji-hub", "kojid", "kojira"] {
        // the real ones are large
        let file = programs.join(name);
        std::fs::write(&file, format!("#!/bin/sh\nexec {} \"$@\"\n", program(name)?.display()))?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))?;
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the checkout")?;
    let mut install = command(checkout.join("scripts/install.sh"), [""; 0]);
    install
        .env("BIN_DIR", &programs)
        .env("DESTDIR", &root)
        .env("PREFIX", "/opt/koji")
        .current_dir(dir.path());
    Run::of(install)?.ok()?;

    let there = root.join("opt/koji");
    let said = Run::of(command(there.join("bin/koji"), ["version", "--help"]))?.ok()?;
    ensure!(said.stdout.contains("koji version"), "{}", said.stdout);
    for file in [
        "share/man/man1/koji-build.1",
        "share/man/man5/hub.conf.5",
        "share/man/man8/kojid.8",
        "share/bash-completion/completions/koji",
        "share/zsh/site-functions/_koji",
        "share/fish/vendor_completions.d/koji.fish",
        "share/doc/koji/hub.conf.sample",
    ] {
        ensure!(there.join(file).is_file(), "{file} is missing");
    }
    // each unit starts what was installed
    for unit in ["koji-hub", "kojid", "kojira"] {
        let text = std::fs::read_to_string(there.join(format!("lib/systemd/system/{unit}.service")))?;
        let start = text.lines().find_map(|l| l.strip_prefix("ExecStart=")).context("ExecStart")?;
        let program = start.split(' ').next().unwrap_or_default();
        ensure!(root.join(program.trim_start_matches('/')).is_file(), "{unit} starts {program}");
    }
    Ok(())
}
