//! Certificates that are used when they lie in the usual place.

use std::path::{Path, PathBuf};

use crate::environment::expand_user;

/// `setting` with `~` expanded, or `usual` when it is not set and that file exists.
pub(crate) fn cert_or_usual(setting: Option<PathBuf>, usual: &Path) -> Option<PathBuf> {
    match setting {
        Some(path) => Some(expand_user(&path)),
        None => Some(expand_user(usual)).filter(|p| p.is_file()),
    }
}
