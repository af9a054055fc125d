//! Which profile is used.

use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::Result;
use koji_tests::{Run, command, program};

#[test]
fn a_profile_is_added_and_chosen() {
    let home = tempfile::tempdir().unwrap();
    check(home.path()).unwrap();
}

fn check(home: &Path) -> Result<()> {
    let koji = |program: &Path, words: &[&str], variable: Option<&str>| {
        let mut koji = command(program, words);
        koji.env("HOME", home).env_remove("KOJI_PROFILE");
        if let Some(name) = variable {
            koji.env("KOJI_PROFILE", name);
        }
        Run::of(koji)
    };
    let plain = program("koji")?;
    let server = |name: &str| format!("https://{name}.example.com/kojihub");
    for name in ["main", "stage"] {
        koji(&plain, &["profile", "add", name, "--server", &server(name)], None)?.ok()?;
    }
    koji(&plain, &["profile", "add", "stage", "--server", &server("other")], None)?
        .status_is(1)?
        .says(&["--force"])?;
    koji(&plain, &["profile", "add", "a b", "--server", &server("x")], None)?.status_is(2)?;

    koji(&plain, &["profile", "show"], None)?
        .status_is(1)?
        .says(&["no configuration for profile name: koji"])?;
    koji(&plain, &["profile", "show"], Some("main"))?
        .ok()?
        .says(&[&server("main"), ".koji/config.d/main.conf:2"])?;
    koji(&plain, &["-p", "stage", "profile", "show"], Some("main"))?.ok()?.says(&[&server("stage")])?;
    // the program's name is the profile's
    let link = home.join("stage");
    symlink(&plain, &link)?;
    koji(&link, &["profile", "show"], None)?.ok()?.says(&["weburl", "https://stage.example.com/koji"])?;
    koji(&link, &["profile", "list"], None)?.ok()?.says(&["* stage", &server("stage")])?;
    Ok(())
}
