//! The upstream Python client, as published.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::cache::once;
use crate::command::{Run, command};

const VERSION: &str = "1.36.1";

/// An installed upstream client.
#[derive(Debug, Clone)]
pub struct Upstream {
    dir: PathBuf,
}

impl Upstream {
    /// Installs it once, beside the system's Python packages (rpm, above all).
    pub fn get() -> Result<Upstream> {
        let dir = once(&format!("upstream-koji-{VERSION}"), |dir| {
            let mut make = command("/usr/bin/python3", ["-m", "venv", "--system-site-packages"]);
            make.arg(dir);
            Run::of(make)?.ok()?;
            let wanted = format!("koji=={VERSION}");
            Run::of(command(dir.join("bin/pip"), ["install", "--quiet", &wanted]))?.ok()?;
            Ok(())
        })?;
        Ok(Upstream { dir })
    }

    /// The Python that has its library.
    pub fn python(&self) -> Command {
        command(self.dir.join("bin/python"), [] as [&str; 0])
    }

    /// The command `koji` of that installation.
    pub fn koji(&self) -> Command {
        command(self.dir.join("bin/koji"), [] as [&str; 0])
    }
}
