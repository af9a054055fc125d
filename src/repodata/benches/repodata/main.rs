//! What repositories cost: made anew, with nothing changed, after one build was tagged, and merged with an external one;
//! beside createrepo_c and mergerepo_c with Koji's options, in the same run.
//!
//! Started by `make bench-repo`. Options: `--sizes N,N` numbers of packages, `--runs N` (3; 1 of more than 5,000 packages).

mod packages;
mod peer;
mod worker;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use koji_tests::bench::Usage;

use packages::{PARTS, Packages};
use worker::MODES;

struct Options {
    sizes: Vec<usize>,
    runs: Option<usize>,
}

impl Options {
    fn runs(&self, size: usize) -> usize {
        self.runs.unwrap_or(if size > 5_000 { 1 } else { 3 })
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("work", words)) = words.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return worker::work(words);
    }
    let options = options(words.into_iter().filter(|word| word != "--bench"))?;
    println!("{:<58}{:>9}{:>9}{:>9}{:>4}", "", "wall s", "CPU s", "MiB", "n");
    let mut targets = Vec::new();
    for size in &options.sizes {
        let dir = tempfile::tempdir()?;
        targets.extend(repository(dir.path(), *size, options.runs(*size))?);
        targets.extend(merges(dir.path(), *size, options.runs(*size))?);
    }
    println!("\n{:<58}{:>9}{:>9}", "target, as a part of the peer's time", "wall", "CPU");
    targets.iter().for_each(|target| println!("{target}"));
    Ok(())
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options { sizes: vec![2_000, 20_000], runs: None };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--sizes" => options.sizes = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--runs" => options.runs = Some(value.parse().context("--runs")?),
            _ => bail!("unknown option {word}; there are --sizes and --runs"),
        }
    }
    let large_enough = options.runs != Some(0) && options.sizes.iter().all(|size| *size >= 20 * PARTS);
    ensure!(large_enough, "too few packages or runs");
    Ok(options)
}

/// Runs `work`, which gets the number of the run, and prints the median.
fn row(what: &str, runs: usize, mut work: impl FnMut(usize) -> Result<Command>) -> Result<Usage> {
    let all = (0..runs).map(|run| Usage::of(work(run)?)).collect::<Result<Vec<_>>>()?;
    let usage = Usage::median(all).context("no run")?;
    let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
    println!("{what:<58}{wall:>9.3}{cpu:>9.3}{:>9}{runs:>4}", usage.memory);
    Ok(usage)
}

/// Our part of the peer's time and CPU, and whether it is small enough.
fn target(what: &str, ours: Usage, peer: Usage, most: f64) -> String {
    let wall = ours.wall.as_secs_f64() / peer.wall.as_secs_f64();
    let cpu = ours.cpu.as_secs_f64() / peer.cpu.as_secs_f64();
    let met = if wall <= most { "met" } else { "MISSED" };
    format!("{what:<58}{wall:>9.4}{cpu:>9.4}  at most {most:.4}: {met}")
}

/// Whether two repositories have as many packages.
fn same(ours: &Path, theirs: &Path) -> Result<()> {
    let (ours, theirs) = (worker::packages(ours)?, worker::packages(theirs)?);
    ensure!(ours == theirs && ours > 0, "there are {ours} packages, where the peer has {theirs}");
    Ok(())
}

fn repository(dir: &Path, size: usize, runs: usize) -> Result<Vec<String>> {
    let packages = Packages::make(&dir.join("rpms"), size, runs)?;
    let base = packages.list(&dir.join("base"), None)?;
    let (ours, cache) = (dir.join("ours"), dir.join("cache"));
    let write = |list: &Path, cache: &Path| worker::write(&packages.dir, list, &ours, cache);

    println!("{size} packages of {} source packages, {} MiB", size / PARTS, packages.bytes >> 20);
    let cold = row("  ours: no cache", runs, |run| write(&base, &dir.join(format!("cold-{run}"))))?;
    row("  ours: first", 1, |_| write(&base, &cache))?;
    let unchanged = row("  ours: unchanged", runs, |_| write(&base, &cache))?;
    let changed = row("  ours: one build was tagged", runs, |run| {
        write(&packages.list(&dir.join("changed"), Some(run))?, &cache)
    })?;
    let mut targets = Vec::new();
    for (name, database, most) in [("Koji's options", true, 1.0 / 15.0), ("no database", false, 1.0 / 4.0)] {
        let from_nothing = |_| peer::createrepo(&packages.dir, &base, &dir.join("theirs"), database, None);
        let theirs = row(&format!("  createrepo_c, {name}: no old metadata"), runs, from_nothing)?;
        let old = dir.join("old");
        std::fs::rename(dir.join("theirs"), &old)?;
        same_size(dir, &packages, &base, &old)?;
        let update =
            |list: &Path| peer::createrepo(&packages.dir, list, &dir.join("theirs"), database, Some(&old));
        row(&format!("  createrepo_c --update, {name}: unchanged"), runs, |_| update(&base))?;
        let update = row(&format!("  createrepo_c --update, {name}: one build"), runs, |run| {
            update(&packages.list(&dir.join("changed"), Some(run))?)
        })?;
        same(&ours, &dir.join("theirs"))?;
        std::fs::remove_dir_all(&old)?;
        targets.push(target(&format!("{size}: one build was tagged, {name}"), changed, update, most));
        targets.push(target(&format!("{size}: unchanged, {name}"), unchanged, update, most));
        targets.push(target(&format!("{size}: no cache, {name}"), cold, theirs, 1.0));
    }
    Ok(targets)
}

/// Compares the metadata of the unchanged list.
fn same_size(dir: &Path, packages: &Packages, base: &Path, theirs: &Path) -> Result<()> {
    let ours = dir.join("compared");
    Usage::of(worker::write(&packages.dir, base, &ours, &dir.join("cache"))?)?;
    same(&ours, theirs)
}

/// The repository beside a smaller one with newer builds of some source packages and others of its own, in each mode.
fn merges(dir: &Path, size: usize, runs: usize) -> Result<Vec<String>> {
    let external = Packages::make_external(&dir.join("external"), size)?;
    let list = external.list(&dir.join("external-list"), None)?;
    Usage::of(peer::createrepo(&external.dir, &list, &external.dir, false, None)?)?;
    let (rpms, local) = (dir.join("rpms"), dir.join("ours"));
    Usage::of(worker::write(&rpms, &dir.join("base"), &local, &dir.join("cache"))?)?;
    let blocked = dir.join("blocklist");
    std::fs::write(&blocked, "sample-00003\nnosuch\n")?;
    let mut targets = Vec::new();
    for mode in MODES {
        let (ours, cache) = (dir.join(format!("merged-{mode}")), dir.join("cache"));
        let sources = [local.as_path(), &external.dir];
        let merge = || worker::merge(mode, &sources, &blocked, &ours, &cache);
        row(&format!("  ours: merge {mode}, first"), 1, |_| merge())?;
        let mine = row(&format!("  ours: merge {mode}"), runs, |_| merge())?;
        for (name, database, most) in
            [("Koji's options", true, 1.0 / 15.0), ("no database", false, 1.0 / 4.0)]
        {
            let theirs = dir.join("merged");
            let merge = |_| peer::mergerepo(mode, &sources, &blocked, &theirs, database);
            let peer = row(&format!("  mergerepo_c, {name}: merge {mode}"), runs, merge)?;
            same(&ours, &theirs)?;
            targets.push(target(&format!("{size}: merge {mode}, {name}"), mine, peer, most));
        }
    }
    Ok(targets)
}
