//! Makes the recording that the terminal UI's snapshots and pictures are drawn from: a real hub with builds, tasks in every
//! state, tags, hosts and repositories, looked at screen by screen by `koji tui --record`. Started by `make record-tui`.

mod hub;
mod tidy;
mod tour;

use std::path::PathBuf;

use anyhow::{Context, Result};
use koji_tests::{Options, System};

fn main() -> Result<()> {
    let to = PathBuf::from(std::env::args().nth(1).context("usage: record-tui FILE")?);
    let system = System::start(Options { kojid_conf: "maxjobs = 4".into(), ..Options::default() })?;
    let stage = hub::fill(&system)?;
    let raw = system.dir().join("recording.jsonl");
    let visits = tour::tour(&system, &stage, &raw)?;
    let text = tidy::tidy(&std::fs::read_to_string(&raw)?, &visits, &system.dir().to_string_lossy())?;
    std::fs::write(&to, &text).with_context(|| format!("cannot write {}", to.display()))?;
    println!("{}: {} lines, {} bytes", to.display(), text.lines().count(), text.len());
    Ok(())
}
