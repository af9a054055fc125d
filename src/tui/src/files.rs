//! The user's own files: themes, keys, what was seen last.

use std::path::PathBuf;
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

impl Files {
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
