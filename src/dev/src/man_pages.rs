//! Manual pages of the programs and of each of the client's commands.

use std::path::Path;

use anyhow::Result;
use clap_mangen::Man;

use crate::generated::File;

/// Sections of the manual: commands of users, and of administrators.
const USERS: &str = "1";
const ADMINISTRATORS: &str = "8";

pub fn files() -> Result<Vec<File>> {
    let mut koji = koji::command();
    koji.build();
    let mut files = vec![page(koji.clone(), "koji", USERS)?];
    for command in koji.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        // the page's title; the synopsis keeps the two words
        tree(command, &format!("koji-{}", command.get_name()), USERS, &mut files)?;
    }
    for mut daemon in [koji_hub::cli::command(), kojid::command(), koji_regen::command()] {
        daemon.build();
        let name = daemon.get_name().to_owned();
        tree(&daemon, &name, ADMINISTRATORS, &mut files)?;
    }
    Ok(files)
}

/// The pages of a program and, as in `koji-hub-admin-grant(8)`, of all that it is made of.
fn tree(command: &clap::Command, name: &str, section: &str, files: &mut Vec<File>) -> Result<()> {
    files.push(page(command.clone(), name, section)?);
    for part in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        tree(part, &format!("{name}-{}", part.get_name()), section, files)?;
    }
    Ok(())
}

fn page(command: clap::Command, name: &str, section: &str) -> Result<File> {
    let title = name.to_owned();
    let man = Man::new(command.display_name(title.clone()))
        .title(title.to_uppercase())
        .manual("Koji")
        .section(section);
    let mut content = Vec::new();
    man.render(&mut content)?;
    Ok(File { path: Path::new("man").join(format!("{name}.{section}")), content })
}
