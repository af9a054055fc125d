//! The user's own files: themes, keys, what was seen last.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where they are.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// `~/.config/koji`: keymap.toml, themes/NAME.toml.
    pub config: Option<PathBuf>,
    /// Answers of the last run, by hub.
    pub cache: Option<PathBuf>,
}

pub fn theme_file(name: &str) -> String {
    format!("themes/{name}.toml")
}

/// Writes a new file, all of it or nothing.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is such a file already"));
    }
    replace(path, text)
}

/// Writes a file anew; what was there stays until all is written.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // the error is that of the writing
        let _ = std::fs::remove_file(&beside);
    }
    written
}

impl Files {
    /// Nothing was ever kept here.
    pub fn first_run(&self) -> bool {
        self.cache.as_ref().and_then(|c| c.parent()).is_some_and(|dir| !dir.exists())
    }

    /// Where reports of defects go.
    pub fn reports(&self) -> PathBuf {
        let dir = self.cache.as_ref().and_then(|c| c.parent()).map(Path::to_owned);
        dir.unwrap_or_else(std::env::temp_dir)
    }

    pub fn config_text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.config.as_ref()?.join(name)).ok()
    }

    pub fn config_time(&self, name: &str) -> Option<SystemTime> {
        std::fs::metadata(self.config.as_ref()?.join(name)).ok()?.modified().ok()
    }

    /// Names of all themes, the built-in ones first.
    pub fn themes(&self) -> Vec<String> {
        let mut names: Vec<String> = crate::theme::BUILT_IN.iter().map(|(n, _)| (*n).to_owned()).collect();
        let own = self.config.as_ref().and_then(|c| std::fs::read_dir(c.join("themes")).ok());
        for entry in own.into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(name) = name.strip_suffix(".toml").filter(|n| !names.iter().any(|k| k == n)) {
                names.push(name.to_owned());
            }
        }
        names
    }
}
