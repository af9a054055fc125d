use std::path::{Path, PathBuf};

use koji_buildroot::{Buildroot, Choice, Engine, Packages};
use koji_localbuild::lock;

use super::logs::Follow;
use super::place::{self, Note, Place};
use super::steps;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// mock's name for it.
pub const FILE: &str = "buildroot_lock.json";

/// Write a root's exact content to a file
///
/// The file has the fields of mock's buildroot_lock.json 1.1.0, and in `config.koji` the digests of the rpms, the macros and
/// environment, and what of this machine can matter. All its rpms are then in the cache: `koji local build --lock FILE
/// --offline` builds in the same root again without a network.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Name of the root
    #[arg(value_name = "ROOT")]
    root: String,
    /// File to write
    #[arg(short, long, value_name = "FILE", default_value = FILE)]
    output: PathBuf,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let place = Place::here()?;
    place.check(&a.root)?;
    let engine = place.engine(choice)?;
    let root = engine.open(&a.root)?;
    let note = place.note(&a.root).unwrap_or_else(|| place::note(cx, &a.root, None));
    write(cx, &place, &engine, root, &note, &a.output).await?;
    cx.out.line(format!("Wrote {}", a.output.display()));
    Ok(())
}

/// Locks what is installed in the root now; its rpms go into the store.
pub async fn write(
    cx: &Cx,
    place: &Place,
    engine: &Engine,
    root: Buildroot,
    note: &Note,
    path: &Path,
) -> Result<Buildroot> {
    let logs = root.result_dir().to_path_buf();
    let mut follow = Follow::new(cx, &logs, true);
    let (root, installed) = steps::blocking(root, &mut follow, Buildroot::installed).await?;
    let installed = installed?;
    let counter = place::counter(cx);
    let source = place::source(cx, place, false, &counter)?;
    let plan = root.plan();
    let repos = match &plan.packages {
        Packages::Repo(urls) => urls.clone(),
        Packages::Exact(_) => Vec::new(),
    };
    let needs = source.installed(&installed, &repos).await?;
    let got = source.get(needs).await?;
    let origin = serde_json::to_value(note).map_err(|e| CommandError::new(e.to_string()))?;
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty());
    if let Some(dir) = dir {
        std::fs::create_dir_all(dir)?;
    }
    lock::lock(plan, &got, engine.kind(), origin)?.save(path)?;
    Ok(root)
}
