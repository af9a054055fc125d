//! Our part, in a process of its own: this program started again.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use koji_repodata::{Cache, Compression, LocalFetch, Merge, MergeMode, RepoWriter, Repomd, pkglist};

pub const MODES: [&str; 3] = ["koji", "simple", "bare"];

/// The command that writes the metadata of a list.
pub fn write(rpms: &Path, list: &Path, out: &Path, cache: &Path) -> Result<Command> {
    let mut command = this_program("write")?;
    command.args([rpms, list, out, cache]);
    Ok(command)
}

/// The command that merges repositories.
pub fn merge(mode: &str, sources: &[&Path], blocked: &Path, out: &Path, cache: &Path) -> Result<Command> {
    let mut command = this_program("merge")?;
    command.arg(mode).args([blocked, out, cache]).args(sources);
    Ok(command)
}

fn this_program(work: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["work", work]);
    Ok(command)
}

/// Does what those commands say.
pub fn work(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", rpms, list, out, cache] => {
            let list = Path::new(list);
            let mut packages = pkglist::parse(&std::fs::read_to_string(list.join("pkglist"))?)?;
            pkglist::identify(&mut packages, &std::fs::read_to_string(list.join("rpmlist.jsonl"))?)?;
            let writer = RepoWriter::new(Path::new(rpms)).cache(Cache::open(Path::new(cache))?);
            writer.write(&packages, Path::new(out))?;
        }
        ["merge", mode, blocked, out, cache, sources @ ..] => {
            let blocklist: HashSet<String> =
                std::fs::read_to_string(blocked)?.lines().map(str::to_owned).collect();
            let merge = Merge {
                mode: MergeMode::from_name(mode).context("no such mode")?,
                arch: "x86_64",
                blocklist: &blocklist,
                comps: None,
                compression: Compression::default(),
                cache: Some(&Cache::open(Path::new(cache))?),
                fetch: &LocalFetch,
            };
            let sources: Vec<String> = sources.iter().map(|source| format!("file://{source}/")).collect();
            merge.run(&sources, Path::new(out))?;
        }
        _ => bail!("unknown work: {words:?}"),
    }
    Ok(())
}

/// How many packages the primary file of a repository says it has.
pub fn packages(repository: &Path) -> Result<usize> {
    let list = repository.join("repodata/repomd.xml");
    let repomd = Repomd::parse(&std::fs::read_to_string(&list)?, &list.display().to_string())?;
    let primary = repomd.record("primary").context("there is no primary file")?;
    let unpacked = Command::new("gzip").arg("-cd").arg(repository.join(&primary.location)).output()?;
    let head = unpacked.stdout.get(..1000.min(unpacked.stdout.len())).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let count = head.split_once("packages=\"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(count.context("there is no number of packages")?.0.parse()?)
}
