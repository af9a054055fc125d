//! Where a build's files are, and how the directory of a new one comes to be.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_db::builds::Build;
use koji_db::names::Named;

use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store::{Dir, RelPath};

/// The place of a build's directory; it need not be there.
#[derive(Debug, Clone)]
pub struct BuildDir {
    volume_root: PathBuf,
    /// Below the volume: `packages/NAME/VERSION/RELEASE`.
    path: RelPath,
    /// Below the top directory.
    from_top: RelPath,
}

impl BuildDir {
    /// The directory of a build on its volume.
    pub fn of(paths: &PathInfo, build: &Build) -> Result<BuildDir, Fault> {
        BuildDir::on(paths, build, &build.release, &build.volume_name)
    }

    /// The directory that a build has, had or would have: with this release, on this volume.
    pub fn on(paths: &PathInfo, build: &Build, release: &str, volume: &str) -> Result<BuildDir, Fault> {
        let text = format!("packages/{}/{}/{release}", build.name, build.version);
        let path = RelPath::parse(&text).filter(|p| p.names().count() == 4 && p.to_string() == text);
        let path =
            path.ok_or_else(|| Fault::generic(format!("Build {} cannot have a directory", build.nvr())))?;
        let from_top = match volume {
            "" | "DEFAULT" => path.clone(),
            volume => RelPath::parse(&format!("vol/{volume}"))
                .filter(|p| p.names().count() == 2)
                .ok_or_else(|| Fault::generic(format!("Invalid volume: {volume}")))?
                .join(&path),
        };
        Ok(BuildDir { volume_root: PathBuf::from(paths.volume(Some(volume))), path, from_top })
    }

    /// The full path, for messages.
    pub fn shown(&self) -> String {
        self.volume_root.join(self.path.as_path()).display().to_string()
    }

    /// The path below the top directory, for links.
    pub fn from_top(&self) -> &RelPath {
        &self.from_top
    }

    /// The directory itself. A draft that was promoted left a link to a directory beside it.
    pub fn open(&self) -> io::Result<Dir> {
        let found = Dir::open(&self.volume_root)?.sub(&self.path);
        if let Err(e) = &found
            && e.kind() != io::ErrorKind::NotFound
            && let Some(parent) = self.existing_parent()?
            && let Some(beside) = parent.link_target(self.name())?.as_deref().and_then(RelPath::file_name)
        {
            return parent.sub(&beside);
        }
        found
    }

    pub fn open_or_make(&self) -> io::Result<Dir> {
        Dir::open(&self.volume_root)?.make_dirs(&self.path)
    }

    /// The directory above it, which is `packages/NAME/VERSION`.
    pub fn parent(&self) -> io::Result<Dir> {
        let volume = Dir::open(&self.volume_root)?;
        match self.path.parent() {
            Some(above) => volume.make_dirs(&above),
            None => Ok(volume),
        }
    }

    /// The directory above it, if it is there.
    pub fn existing_parent(&self) -> io::Result<Option<Dir>> {
        let above = self.path.parent();
        let open = || match &above {
            Some(above) => Dir::open(&self.volume_root)?.sub(above),
            None => Dir::open(&self.volume_root),
        };
        match open() {
            Ok(dir) => Ok(Some(dir)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub fn name(&self) -> &std::ffi::OsStr {
        self.path.name()
    }

    /// Makes this place a link to the build's real one on another volume.
    pub fn link_to(&self, real: &BuildDir) -> io::Result<()> {
        let target = crate::store::relative(self.from_top(), real.from_top());
        let parent = self.parent()?;
        parent.remove_tree(self.name())?;
        parent.link_over(self.name(), &target)
    }
}

/// A directory that is filled under a hidden name.
pub struct Staging {
    parent: Dir,
    hidden: OsString,
    name: OsString,
    dir: Dir,
    /// Directories that were made in it.
    made: BTreeSet<String>,
}

impl Staging {
    /// Starts with an empty directory beside the build's place; what an earlier attempt left goes. `key` tells the attempts of
    /// different builds apart.
    pub fn begin(place: &BuildDir, key: i64) -> io::Result<Staging> {
        let parent = place.parent()?;
        let hidden = hidden_name(key);
        parent.remove_tree(&hidden)?;
        let path = RelPath::parse(&hidden.to_string_lossy()).ok_or(io::ErrorKind::InvalidInput)?;
        let dir = parent.make_dirs(&path)?;
        Ok(Staging { parent, hidden, name: place.name().to_owned(), dir, made: BTreeSet::new() })
    }

    fn dir_for(&mut self, path: &RelPath) -> io::Result<Option<Dir>> {
        let Some(above) = path.parent() else { return Ok(None) };
        let dir = self.dir.make_dirs(&above)?;
        let mut at = Some(above);
        while let Some(path) = at {
            at = path.parent();
            self.made.insert(path.to_string());
        }
        Ok(Some(dir))
    }

    /// Adds an uploaded file. The name must be free.
    pub fn adopt(&mut self, path: &RelPath, file: &mut File) -> io::Result<()> {
        match self.dir_for(path)? {
            Some(dir) => dir.adopt(file, path.name()),
            None => self.dir.adopt(file, path.name()),
        }
    }

    /// Adds a file with this content.
    pub fn put(&mut self, path: &RelPath, content: &[u8]) -> io::Result<()> {
        match self.dir_for(path)? {
            Some(dir) => dir.put(path.name(), content),
            None => self.dir.put(path.name(), content),
        }
    }

    /// Gives the directory its name, all of it on disk. Whatever had the name is no build's and is removed: the caller holds
    /// the lock of a build without files.
    pub fn publish(self) -> io::Result<()> {
        // deepest first, so that a directory's entries are there before it is
        for path in self.made.iter().rev() {
            if let Some(path) = RelPath::parse(path) {
                self.dir.sub(&path)?.sync()?;
            }
        }
        self.dir.sync()?;
        self.parent.remove_tree(&self.name)?;
        self.parent.rename(&self.hidden, &self.parent, &self.name)
    }
}

/// What the directory of a build is called until it is complete.
fn hidden_name(build: i64) -> OsString {
    OsString::from(format!(".import-{build}"))
}

/// Removes the build's directory, or a link in its place, and what a broken import left, from every volume.
pub async fn remove_everywhere(cx: &mut Cx, build: &Build, volumes: Vec<Named>) -> Outcome<()> {
    let places: Result<Vec<BuildDir>, Fault> = volumes
        .iter()
        .map(|volume| BuildDir::on(&cx.hub.paths, build, &build.release, &volume.name))
        .collect();
    let places = match places {
        Ok(places) => places,
        // a build that never could have a directory has none
        Err(_) => return Ok(()),
    };
    let hidden = hidden_name(build.id);
    blocking(move || {
        for place in places {
            let Some(parent) = place.existing_parent()? else { continue };
            parent.remove_tree(&hidden)?;
            if parent.remove_tree(place.name())? {
                tracing::warn!(path = place.shown(), "removed what was in the place of a new build");
            }
        }
        Ok(())
    })
    .await
}
