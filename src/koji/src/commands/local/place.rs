//! Where local roots are, and what is known about each.

use std::path::{Path, PathBuf};

use koji_api::paths::PathInfo;
use koji_buildroot::{Choice, Engine, EngineKind, Settings};
use koji_config::environment;
use koji_localbuild::{Origin, Source, Store};
use koji_xmlrpc::Value;
use serde::{Deserialize, Serialize};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::machine::{Machine, Problem, free};

/// Less than this is not enough for any root.
const NEEDED: u64 = 512 << 20;
/// What helps where the disk is full.
pub const MORE_ROOM: &str =
    "make room (koji local gc, koji local rm), or set XDG_CACHE_HOME to a larger file system";
/// Beside plan.json in a root's directory.
const NOTE: &str = "local.json";

/// The directories of this user.
pub struct Place {
    pub roots: PathBuf,
    pub cache: PathBuf,
    pub store: Store,
}

/// What a root was made for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// URL of the hub.
    pub hub: String,
    /// The buildroot of the server.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// What the user asked for.
    pub of: String,
    /// Seconds since 1970.
    pub made: i64,
}

impl Place {
    pub fn here() -> Result<Place> {
        let top = environment::cache_dir()
            .ok_or_else(|| CommandError::new("there is no home directory").with_remedy("set XDG_CACHE_HOME"))?
            .join("koji");
        if rustix::fs::access(&top, rustix::fs::Access::WRITE_OK) == Err(rustix::io::Errno::ACCESS) {
            return Err(CommandError::new(format!("{} belongs to another user", top.display())).with_remedy(
                "each user has a cache of their own: set XDG_CACHE_HOME to a directory of yours",
            ));
        }
        let store = Store::new(top.join("rpms"))?;
        Ok(Place { roots: top.join("local"), cache: top.join("buildroots"), store })
    }

    /// An engine that works here, or the one thing that is in the way and its remedy.
    pub fn engine(&self, choice: Choice) -> Result<Engine> {
        if let Some(free) = free(&self.roots).ok().filter(|free| *free < NEEDED) {
            let text = format!(
                "{} has {} MiB free, a buildroot needs {} and more",
                self.roots.display(),
                free >> 20,
                NEEDED >> 20
            );
            return Err(CommandError::new(text).with_remedy(MORE_ROOM));
        }
        let mut settings = Settings::new(&self.cache, &self.roots);
        settings.engine = choice;
        let engine = Engine::new(settings)?;
        if engine.kind() == EngineKind::Mock
            && let Err(Problem { text, remedy }) = Machine::here().mock()
        {
            return Err(CommandError::new(text).with_remedy(format!("{remedy}; or use --engine native")));
        }
        Ok(engine)
    }

    /// Names of the roots there are.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.roots)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|e| e.path().join("plan.json").is_file())
            .filter_map(|e| e.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    pub fn dir(&self, name: &str) -> PathBuf {
        self.roots.join(name)
    }

    /// Errors when there is no such root.
    pub fn check(&self, name: &str) -> Result<()> {
        if self.names().iter().any(|n| n == name) {
            return Ok(());
        }
        let names = self.names();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(CommandError::new(format!("there is no local root {name} (there are: {there})"))
            .with_remedy("koji local init makes one"))
    }

    pub fn note(&self, name: &str) -> Option<Note> {
        serde_json::from_slice(&std::fs::read(self.dir(name).join(NOTE)).ok()?).ok()
    }

    pub fn write_note(&self, name: &str, note: &Note) -> Result<()> {
        let text = serde_json::to_string_pretty(note).map_err(|e| CommandError::new(e.to_string()))?;
        Ok(std::fs::write(self.dir(name).join(NOTE), text + "\n")?)
    }
}

/// The hub's files: where they are mounted, else by URL.
pub fn files(cx: &Cx) -> Result<PathInfo> {
    if cx.settings.topdir.join("packages").is_dir() {
        return Ok(PathInfo::new(cx.settings.topdir.to_string_lossy()));
    }
    cx.urls()
}

/// Where rpms come from; fetching is shown where somebody looks.
pub fn source<'a>(
    cx: &Cx,
    place: &'a Place,
    offline: bool,
    progress: &'a (dyn Fn(usize, usize) + Sync),
) -> Result<Source<'a>> {
    // by a lock alone nothing of the hub is needed
    let files = files(cx).unwrap_or_else(|_| PathInfo::new("/nonexistent"));
    Ok(Source { downloader: cx.hub().downloader()?, files, store: &place.store, offline, progress })
}

/// Shows progress on standard error, in place.
pub fn counter(cx: &Cx) -> impl Fn(usize, usize) + Sync + use<> {
    let shown = cx.shows_progress(false);
    move |done, total| {
        if shown {
            let end = if done == total { "\n" } else { "" };
            eprint!("\rfetched {done} of {total} packages{end}");
        }
    }
}

/// A note of now.
pub fn note(cx: &Cx, of: &str, origin: Option<Origin>) -> Note {
    let made = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Note {
        hub: cx.settings.server.clone(),
        origin,
        of: of.to_owned(),
        made: i64::try_from(made.as_secs()).unwrap_or_default(),
    }
}

/// A root as data.
pub fn data(place: &Place, name: &str) -> Value {
    let note = place.note(name);
    let origin = note.as_ref().and_then(|n| n.origin.as_ref());
    let text = |s: Option<&str>| s.map_or(Value::Nil, Value::from);
    Value::record([
        ("name", Value::from(name)),
        ("path", place.dir(name).to_string_lossy().into_owned().into()),
        ("of", text(note.as_ref().map(|n| n.of.as_str()))),
        ("hub", text(note.as_ref().map(|n| n.hub.as_str()))),
        ("tag", text(origin.map(|o| o.tag.as_str()))),
        ("arch", text(origin.map(|o| o.arch.as_str()))),
        ("repo_id", origin.map_or(Value::Nil, |o| o.repo.id.into())),
        ("buildroot_id", origin.and_then(|o| o.buildroot).into()),
        ("task_id", origin.and_then(|o| o.task).into()),
        ("made_ts", note.as_ref().map_or(Value::Nil, |n| n.made.into())),
        ("files", files_of(&place.dir(name)).into()),
    ])
}

/// What steps left in a root's directory of results, by name.
fn files_of(root: &Path) -> Vec<Value> {
    let entries = std::fs::read_dir(root.join("result")).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|e| {
            Some((e.file_name().into_string().ok()?, e.metadata().ok().filter(|m| m.is_file())?.len()))
        })
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|(name, size)| {
            Value::record([
                ("path", Value::from(root.join("result").join(&name).to_string_lossy().into_owned())),
                ("name", name.into()),
                ("size", i64::try_from(size).unwrap_or(i64::MAX).into()),
            ])
        })
        .collect()
}

/// A word that can name a root.
pub fn root_name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._+~^-".contains(c) { c } else { '_' };
    let name: String = text.chars().map(plain).take(200).collect();
    name.trim_start_matches(['.', '-']).to_owned()
}

/// A path as it should be shown.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}
