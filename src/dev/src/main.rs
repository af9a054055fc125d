//! Writes what is generated from declarations: man pages and completions from the command definitions, sample
//! configuration and its man pages from the settings, the page about the API from the methods' declarations, pictures of the
//! terminal UI from a recording.
//!
//! What it is not: a part of the product; it runs in the checkout, by `make generate` and `make check`.
//!
//! Where to start: [`generated`] decides what is written or compared; the other modules make the texts.

mod api_page;
mod completions;
mod conf_pages;
mod generated;
mod json_pages;
mod man_pages;
mod pictures;
mod samples;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "koji-dev", about = "Generators of the project")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write man pages, completions and sample configuration
    Generate {
        /// Write nothing; fail when a file is not what it would be
        #[arg(long)]
        check: bool,
        /// The checkout
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(status) => status,
        Err(e) => {
            eprintln!("koji-dev: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let Command::Generate { check, root } = cli.command;
    let root = root.unwrap_or_else(checkout);
    let files = everything()?;
    if !check {
        let written = generated::write(&root, &files)?;
        println!("{written} of {} generated files changed", files.len());
        return Ok(ExitCode::SUCCESS);
    }
    let stale = generated::stale(&root, &files)?;
    for path in &stale {
        eprintln!("{} is not current", path.display());
    }
    if stale.is_empty() {
        println!("all {} generated files are current", files.len());
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("run `make generate` and commit the result");
    Ok(ExitCode::FAILURE)
}

fn everything() -> Result<Vec<generated::File>> {
    let mut files = samples::files();
    files.extend(conf_pages::files());
    files.extend(man_pages::files()?);
    files.extend(completions::files());
    files.extend(api_page::files());
    files.extend(json_pages::files()?);
    files.extend(pictures::files()?);
    Ok(files)
}

fn checkout() -> PathBuf {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.ancestors().nth(2).unwrap_or(crate_dir).to_path_buf()
}
