//! The rpms.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use koji_tests::rpms::{Rpm, sample};

/// Binary packages of a source package.
pub const PARTS: usize = 5;

/// Rpm files in one directory.
pub struct Packages {
    pub dir: PathBuf,
    /// Of all files.
    pub bytes: usize,
    /// By number of the source package and release: lines of pkglist and of rpmlist.jsonl.
    lines: BTreeMap<(usize, u32), [String; 2]>,
}

impl Packages {
    /// `size` packages, and newer builds of the first `newer` source packages.
    pub fn make(dir: &Path, size: usize, newer: usize) -> Result<Packages> {
        let first = (0..size / PARTS).map(|number| (number, 1));
        Self::of(dir, first.chain((0..newer).map(|number| (number, 2))))
    }

    /// A tenth of `size`: a half has newer builds of its source packages, the other half none.
    pub fn make_external(dir: &Path, size: usize) -> Result<Packages> {
        let (sources, half) = (size / PARTS, size / PARTS / 20);
        Self::of(
            dir,
            (0..half).map(|number| (number, 3)).chain((sources..sources + half).map(|number| (number, 1))),
        )
    }

    fn of(dir: &Path, builds: impl Iterator<Item = (usize, u32)>) -> Result<Packages> {
        std::fs::create_dir_all(dir)?;
        let mut packages = Packages { dir: dir.to_owned(), bytes: 0, lines: BTreeMap::new() };
        for (number, release) in builds {
            let mut lines = [String::new(), String::new()];
            for part in 1..=PARTS {
                let Rpm { name, version, release, arch, .. } = &sample(number, release, part);
                let rpm = sample(number, release.parse()?, part);
                let written = rpm.write(dir)?;
                packages.bytes += written.size;
                lines[0] += &format!("{}\n", rpm.file_name());
                let (hash, size) = (written.payloadhash, written.size);
                lines[1] += &format!(
                    "{{\"name\":\"{name}\",\"version\":\"{version}\",\"release\":\"{release}\",\"arch\":\"{arch}\",\
                     \"payloadhash\":\"{hash}\",\"size\":{size}}}\n"
                );
            }
            packages.lines.insert((number, release), lines);
        }
        Ok(packages)
    }

    /// Writes `pkglist` and `rpmlist.jsonl` into `dir`, of the first builds, but of the second one of `changed`.
    pub fn list(&self, dir: &Path, changed: Option<usize>) -> Result<PathBuf> {
        std::fs::create_dir_all(dir)?;
        let wanted = |number: usize, release: u32| {
            let has_second = changed == Some(number);
            (release == 2) == has_second
        };
        for (index, name) in ["pkglist", "rpmlist.jsonl"].into_iter().enumerate() {
            let lines = self.lines.iter().filter(|((number, release), _)| wanted(*number, *release));
            std::fs::write(
                dir.join(name),
                lines.map(|(_, lines)| lines[index].as_str()).collect::<String>(),
            )?;
        }
        Ok(dir.to_owned())
    }
}
