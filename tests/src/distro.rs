//! The packages that test buildroots are made of.

use std::path::Path;

use anyhow::{Result, bail};

use crate::cache::{cache_dir, once};
use crate::command::{Run, command};
use crate::programs::checkout;

/// A distribution to build with.
#[derive(Debug, Clone)]
pub struct Distro {
    /// URLs of its repositories.
    pub repos: Vec<String>,
    /// Packages of the groups `build` and `srpm-build`.
    pub build_group: Vec<String>,
    pub srpm_group: Vec<String>,
}

const SRPM: &str = "bash coreutils gawk grep gzip redhat-rpm-config rpm-build sed shadow-utils tar xz";
const BUILD: &str = "bzip2 cpio diffutils findutils gcc make patch unzip util-linux which";

impl Distro {
    /// On Debian a small distribution made from Debian's packages, once; elsewhere the running release's own.
    pub fn get() -> Result<Distro> {
        let debian = Path::new("/usr/bin/apt-get").exists();
        let repos = if debian { vec![made_from_debian()?] } else { of_this_release()? };
        let own = if debian { "glibc minidistro-release" } else { "fedora-release" };
        let words = |texts: &[&str]| texts.iter().flat_map(|t| t.split(' ')).map(str::to_owned).collect();
        Ok(Distro { repos, build_group: words(&[SRPM, BUILD, own]), srpm_group: words(&[SRPM, own]) })
    }
}

fn made_from_debian() -> Result<String> {
    let apt = cache_dir()?.join("apt");
    let dir = once("distro", |dir| {
        Run::of(command(checkout().join("scripts/private-apt.sh"), [&apt]))?.ok()?;
        let script = checkout().join("tests/distro/mkdistro.py");
        let mut make = command("/usr/bin/python3", [script.as_path(), dir]);
        make.env("APT_CONFIG", apt.join("apt.conf"));
        Run::of(make)?.ok()?;
        Ok(())
    })?;
    Ok(format!("file://{}/repo", dir.display()))
}

fn of_this_release() -> Result<Vec<String>> {
    let mut repos = Vec::new();
    for repo in ["fedora", "updates"] {
        let only = format!("--enablerepo={repo}");
        let args = ["-q", "repoquery", "--disablerepo=*", &only, "--location", "filesystem", "bash"];
        let run = Run::of(command("dnf", args))?.ok()?;
        repos.extend(
            run.stdout.lines().find_map(|l| l.split_once("/Packages/")).map(|(base, _)| format!("{base}/")),
        );
    }
    if repos.is_empty() {
        bail!("dnf knows no repository called fedora or updates to build with");
    }
    Ok(repos)
}
