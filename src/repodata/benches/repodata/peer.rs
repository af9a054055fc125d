//! createrepo_c and mergerepo_c as Koji's builders call them.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

/// `old` is a repository whose metadata is there already, as after a builder's copying of it.
pub fn createrepo(
    rpms: &Path,
    list: &Path,
    out: &Path,
    database: bool,
    old: Option<&Path>,
) -> Result<Command> {
    if out != rpms && out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    let mut command = Command::new("createrepo_c");
    command.args(["--error-exit-val", "-v", if database { "-d" } else { "--no-database" }]);
    command.arg("-o").arg(out).arg("-i").arg(list.join("pkglist"));
    if let Some(old) = old {
        let copied = Command::new("cp").arg("-r").arg(old.join("repodata")).arg(out).status()?;
        if !copied.success() {
            bail!("cannot copy {}", old.display());
        }
        command.args(["--update", "--skip-stat"]);
    }
    command.arg(rpms);
    Ok(command)
}

pub fn mergerepo(
    mode: &str,
    sources: &[&Path],
    blocked: &Path,
    out: &Path,
    database: bool,
) -> Result<Command> {
    std::fs::create_dir_all(out)?;
    let mut command = Command::new("mergerepo_c");
    command.args(match mode {
        "koji" => &["--koji"][..],
        "simple" => &["--koji", "--simple"],
        _ => &["--pkgorigins", "--all"],
    });
    if mode != "bare" {
        command.arg("-b").arg(blocked);
    }
    command.args(["-a", "x86_64", "--arch-expand", if database { "--database" } else { "--no-database" }]);
    command.arg("-o").arg(out);
    for source in sources {
        command.arg("-r").arg(format!("file://{}/", source.display()));
    }
    Ok(command)
}
