//! Manual pages of `koji` and of each of its commands.

use std::path::Path;

use anyhow::Result;
use clap_mangen::Man;

use crate::generated::File;

pub fn files() -> Result<Vec<File>> {
    let mut root = koji::command();
    root.build();
    let mut files = vec![page(root.clone(), "koji")?];
    for command in root.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        let name = format!("koji-{}", command.get_name());
        // the page's title; the synopsis keeps the two words
        files.push(page(command.clone(), &name)?);
    }
    Ok(files)
}

fn page(command: clap::Command, name: &str) -> Result<File> {
    let title = name.to_owned();
    let man =
        Man::new(command.display_name(title.clone())).title(title.to_uppercase()).manual("Koji").section("1");
    let mut content = Vec::new();
    man.render(&mut content)?;
    Ok(File { path: Path::new("man").join(format!("{name}.1")), content })
}
