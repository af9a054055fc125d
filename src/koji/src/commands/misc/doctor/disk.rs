//! Room for what commands write: downloads here, the cache in the home directory.

use std::path::Path;

use koji_config::environment;

use super::finding::Finding;
use crate::machine::nearest;

const CHECK: &str = "disk";
/// Less than this is soon full of logs and rpms.
const LITTLE: u64 = 1 << 30;
const NOTHING: u64 = 16 << 20;

pub fn check() -> Vec<Finding> {
    let mut found = Vec::new();
    match std::env::current_dir() {
        Ok(here) => found.push(place("the current directory", &here)),
        Err(e) => found.push(Finding::failed(
            CHECK,
            format!("the current directory is gone: {e}"),
            "cd to one that is there",
        )),
    }
    if let Some(cache) = environment::cache_dir() {
        found.push(place("the cache", &cache.join("koji")));
    }
    found
}

fn place(what: &str, dir: &Path) -> Finding {
    let shown = dir.display();
    let there = nearest(dir);
    if !there.is_dir() {
        let text = format!("{what}, {shown}, cannot be made: {} is not a directory", there.display());
        return Finding::failed(CHECK, text, format!("move {} away, or set XDG_CACHE_HOME", there.display()));
    }
    let usage = rustix::fs::statvfs(&there);
    if usage.as_ref().is_ok_and(|fs| fs.f_blocks == 0) {
        let text = format!("{what}, {shown}, is in a virtual file system that holds no files");
        return Finding::failed(CHECK, text, "work in another directory");
    }
    if let Err(e) = rustix::fs::access(&there, rustix::fs::Access::WRITE_OK) {
        let text = format!("{what}, {shown}, cannot be written to: {e}");
        return Finding::warning(CHECK, text, "downloads will fail there: work in another directory");
    }
    let free = match usage {
        Ok(fs) => fs.f_bavail.saturating_mul(fs.f_frsize),
        Err(e) => return Finding::warning(CHECK, format!("{what}, {shown}: {e}"), "look at the file system"),
    };
    let text = format!("{what}, {shown}, has {} MiB free", free >> 20);
    match free {
        f if f < NOTHING => Finding::failed(CHECK, text, "make room, or work on another file system"),
        f if f < LITTLE => Finding::warning(CHECK, text, "make room before you download builds"),
        _ => Finding::fine(CHECK, text),
    }
}
