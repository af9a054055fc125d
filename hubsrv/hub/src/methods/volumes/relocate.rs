//! Moving a build's files from one volume to another.
//!
//! The copy is complete under its name before the build's row says that it is there; what is old is removed after that is
//! committed. A crash in between leaves a copy too many, never one too few.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use koji_api::Fault;
use koji_api::types::{BuildState, TagUpdateType};
use koji_db::builds::{self, Build};
use koji_db::names::Named;
use koji_db::{Topic, tagging, volumes};
use koji_xmlrpc::Value;

use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::RelPath;

/// The build's directory on each volume.
struct Places {
    old: PathBuf,
    new: PathBuf,
    /// On the default volume, where a link shows the way.
    base: PathBuf,
    /// Everywhere else.
    others: Vec<PathBuf>,
    /// The root of the new volume.
    root: PathBuf,
    to_default: bool,
}

/// Moves the build to `volume`. With `strict` it must not be there already.
pub(super) async fn relocate(cx: &mut Cx, build: &Build, volume: &Named, strict: bool) -> Outcome<()> {
    if build.volume_id == volume.id {
        if strict {
            let text = format!("Build {} already on volume {}", build.nvr(), volume.name);
            return Err(Fault::generic(text).into());
        }
        return Ok(());
    }
    let state = builds::lock(&mut cx.tx, build.id).await?;
    if !matches!(state, Some(BuildState::Complete | BuildState::Deleted)) {
        let state = state.map_or("gone".to_owned(), |s| s.to_string());
        return Err(Fault::generic(format!("Build {} is {state}", build.nvr())).into());
    }
    let places = places(cx, build, volume).await?;
    let places = blocking(move || places.check().and_then(|()| places.copy()).map(|()| places)).await?;
    builds::set_volume(&mut cx.tx, build.id, volume.id).await?;
    for tag in tagging::tags_of(&mut cx.tx, build.id).await? {
        if let Some(id) = tag.get("id").and_then(Value::as_int) {
            tagging::note_update(&mut cx.tx, id, TagUpdateType::VolumeChange).await?;
            cx.tx.announce(Topic::Tag(id));
        }
    }
    cx.tx.after_commit(move || {
        if let Err(e) = places.tidy() {
            tracing::error!("{} was moved to another volume but is not removed: {e}", places.old.display());
        }
    });
    Ok(())
}

async fn places(cx: &mut Cx, build: &Build, volume: &Named) -> Outcome<Places> {
    let inside = RelPath::parse(&format!("packages/{}/{}/{}", build.name, build.version, build.release));
    let inside = inside.ok_or_else(|| Fault::generic(format!("Build {} cannot be a path", build.nvr())))?;
    let paths = cx.hub.paths.clone();
    let dir = |name: &str| Path::new(&paths.volume(Some(name))).join(inside.as_path());
    let all = volumes::all(&mut cx.tx).await?;
    let old = all.iter().find(|v| v.id == build.volume_id).map(|v| dir(&v.name));
    let old = old.ok_or_else(|| Fault::generic(format!("Build {} is on no volume", build.nvr())))?;
    let involved = [build.volume_id, volume.id, volumes::DEFAULT.0];
    Ok(Places {
        old,
        new: dir(&volume.name),
        base: dir(volumes::DEFAULT.1),
        others: all.iter().filter(|v| !involved.contains(&v.id)).map(|v| dir(&v.name)).collect(),
        root: PathBuf::from(paths.volume(Some(&volume.name))),
        to_default: volume.id == volumes::DEFAULT.0,
    })
}

impl Places {
    fn check(&self) -> Outcome<()> {
        let fault =
            |what: &str, path: &Path| Err(Fault::generic(format!("{what}: {}", path.display())).into());
        let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|m| m.is_symlink());
        if !self.root.is_dir() {
            return fault("Directory entry missing for volume", &self.root);
        }
        if self.new.symlink_metadata().is_ok() && !(self.to_default && is_link(&self.new)) {
            return fault("Destination directory exists", &self.new);
        }
        let base_is_foreign = self.base != self.old && self.base != self.new && !is_link(&self.base);
        let foreign = self.others.iter().chain(base_is_foreign.then_some(&self.base));
        if let Some(path) = foreign.into_iter().find(|p| p.symlink_metadata().is_ok()) {
            return fault("Unexpected cross-volume content", path);
        }
        match self.old.symlink_metadata() {
            Ok(m) if m.is_dir() => Ok(()),
            Ok(_) => fault("Not a directory", &self.old),
            Err(_) => fault("Build directory missing", &self.old),
        }
    }

    /// Copies under a temporary name, then renames.
    fn copy(&self) -> Outcome<()> {
        let parent = self.new.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent)?;
        let temp = parent.join(format!(".moving-{:016x}", rand::random::<u64>()));
        let done = copy_tree(&self.old, &temp).and_then(|()| {
            if self.to_default && self.new.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
                fs::remove_file(&self.new)?;
            }
            fs::rename(&temp, &self.new)?;
            fs::File::open(parent)?.sync_all()
        });
        if done.is_err() {
            let _ = fs::remove_dir_all(&temp);
        }
        Ok(done?)
    }

    /// Removes the old files, and leaves a link on the default volume.
    fn tidy(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.old)?;
        if self.to_default {
            return Ok(());
        }
        if self.base.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
            fs::remove_file(&self.base)?;
        }
        let (Some(from), Some(top)) = (self.base.parent(), self.top()) else { return Ok(()) };
        fs::create_dir_all(from)?;
        // up to the top, then down to the volume
        let up: PathBuf = from.strip_prefix(&top).unwrap_or(from).iter().map(|_| "..").collect();
        let down = self.new.strip_prefix(&top).unwrap_or(&self.new);
        symlink(up.join(down), &self.base)
    }

    /// The default volume's root: the base directory without `packages/N/V/R`.
    fn top(&self) -> Option<PathBuf> {
        self.base.ancestors().nth(4).map(Path::to_path_buf)
    }
}

/// Copies files with their modes, and links as links.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}
