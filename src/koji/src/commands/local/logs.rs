//! Logs of a buildroot on the screen, as they grow.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::context::{Cx, base_name};

/// Logs that say nothing while one waits.
const DULL: [&str; 4] = ["hw_info.log", "installed_pkgs.log", "state.log", "shell.log"];
const PIECE: u64 = 1 << 20;

/// Follows the logs in a directory.
pub struct Follow<'a> {
    cx: &'a Cx,
    dir: PathBuf,
    read: BTreeMap<PathBuf, u64>,
    /// The heading that was printed last.
    last: Option<PathBuf>,
    silent: bool,
}

impl<'a> Follow<'a> {
    /// `silent`: logs are only in their files.
    pub fn new(cx: &'a Cx, dir: &Path, silent: bool) -> Follow<'a> {
        let silent = silent || cx.options.quiet || cx.out.is_json();
        let mut this = Follow { cx, dir: dir.into(), read: BTreeMap::new(), last: None, silent };
        // of a root that was used before, only what is new
        for path in this.logs() {
            let size = path.metadata().map_or(0, |m| m.len());
            this.read.insert(path, size);
        }
        this
    }

    /// Prints what is new.
    pub fn show(&mut self) {
        if self.silent {
            return;
        }
        for path in self.logs() {
            let from = self.read.get(&path).copied().unwrap_or(0);
            let Ok(new) = piece(&path, from) else { continue };
            if new.is_empty() {
                continue;
            }
            if self.last.as_ref() != Some(&path) {
                let gap = if self.last.is_some() { "\n" } else { "" };
                self.cx.out.text(format!("{gap}==> {} <==\n", base_name(&path)));
            }
            self.cx.out.bytes(&new);
            self.read.insert(path.clone(), from + new.len() as u64);
            self.last = Some(path);
        }
    }

    fn logs(&self) -> Vec<PathBuf> {
        let mut logs: Vec<PathBuf> = std::fs::read_dir(&self.dir)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "log"))
            .filter(|p| !DULL.contains(&base_name(p).as_str()))
            .collect();
        logs.sort();
        // what a build prints comes after what was installed for it
        logs.sort_by_key(|p| base_name(p) != "root.log");
        logs
    }
}

fn piece(path: &Path, from: u64) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut data = Vec::new();
    file.take(PIECE).read_to_end(&mut data)?;
    Ok(data)
}
