use std::path::Path;

use super::place::{Place, shown};
use crate::context::Cx;
use crate::error::Result;

/// Show where the caches are and how large they are
#[derive(Debug, clap::Args)]
pub struct Arguments {}

pub fn run(cx: &Cx, _: Arguments) -> Result {
    let place = Place::here()?;
    let rpms = place.store.usage();
    let layers = std::fs::read_dir(place.cache.join("layers")).map_or(0, |d| d.flatten().count());
    let row = |title: &str, text: String| cx.out.line(format!("{title:<15}{text}"));
    row("rpms", format!("{} files, {} MiB", rpms.files, rpms.bytes >> 20));
    row(
        "cached roots",
        format!("{layers}, {} MiB, in {}", recorded(&place.cache) >> 20, shown(&place.cache)),
    );
    row("roots", format!("{} in {}", place.names().len(), shown(&place.roots)));
    cx.out.line("`koji local gc` removes what was not used for long");
    Ok(())
}

/// What the layers were measured to take when they were made.
fn recorded(cache: &Path) -> u64 {
    let layers = std::fs::read_dir(cache.join("layers")).into_iter().flatten().flatten();
    layers
        .filter_map(|l| {
            let meta: serde_json::Value =
                serde_json::from_slice(&std::fs::read(l.path().join("meta.json")).ok()?).ok()?;
            meta.get("bytes")?.as_u64()
        })
        .sum()
}
