//! Which files make up a configuration, and reading them.

use std::path::{Path, PathBuf};

use crate::ConfigError;
use crate::ini::Ini;

/// A file or directory of a configuration.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: PathBuf,
    /// Whether it is an error that it does not exist (or is a directory without any `*.conf`).
    pub required: bool,
}

impl Source {
    pub fn optional(path: impl Into<PathBuf>) -> Source {
        Source { path: path.into(), required: false }
    }

    pub fn required(path: impl Into<PathBuf>) -> Source {
        Source { path: path.into(), required: true }
    }
}

/// Reads the sources in order into one [`Ini`]; later ones override. Of a directory the files `*.conf` are
/// read, sorted by name.
pub fn read(sources: &[Source]) -> Result<Ini, ConfigError> {
    let mut ini = Ini::default();
    for file in expand(sources)? {
        let text = std::fs::read(&file).map_err(|source| ConfigError::Read { path: file.clone(), source })?;
        let text = String::from_utf8(text).map_err(|e| ConfigError::Read {
            path: file.clone(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, e.utf8_error()),
        })?;
        ini.add(&file, &text)?;
    }
    Ok(ini)
}

/// The files behind the sources, in the order in which they are read.
pub fn expand(sources: &[Source]) -> Result<Vec<PathBuf>, ConfigError> {
    let mut files = Vec::new();
    for Source { path, required } in sources {
        if path.is_dir() {
            let found = directory(path)?;
            if found.is_empty() && *required {
                return Err(ConfigError::EmptyDirectory(path.clone()));
            }
            files.extend(found);
        } else if path.is_file() {
            files.push(path.clone());
        } else if *required {
            return Err(ConfigError::Missing(path.clone()));
        }
    }
    Ok(files)
}

fn directory(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_path_buf(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|e| e == "conf") && file.is_file() {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}
