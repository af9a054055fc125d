//! Relative paths that may come from outside.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A path of one or more plain names: no `..`, nothing absolute, no NUL, nothing too long for the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelPath(PathBuf);

/// Longest name of a directory entry.
const NAME_MAX: usize = 255;
/// Longest path, with room for what is before it.
const PATH_MAX: usize = 3000;

impl RelPath {
    /// Normalises as Python's `normpath` does (`a//b/./c/../d` is `a/b/d`), then refuses what leaves the directory, is the
    /// directory itself, or cannot be a file name.
    pub fn parse(text: &str) -> Option<RelPath> {
        if text.starts_with('/') || text.len() > PATH_MAX || text.contains(|c: char| c.is_control()) {
            return None;
        }
        let mut names: Vec<&str> = Vec::new();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop()?;
                }
                name if name.len() > NAME_MAX => return None,
                name => names.push(name),
            }
        }
        (!names.is_empty()).then(|| RelPath(names.iter().collect()))
    }

    /// One name that is not hidden.
    pub fn file_name(text: &str) -> Option<RelPath> {
        (!text.contains('/') && !text.starts_with('.')).then(|| RelPath::parse(text)).flatten()
    }

    /// A path written in this program.
    pub fn literal(text: &'static str) -> RelPath {
        RelPath(PathBuf::from(text))
    }

    pub fn join(&self, below: &RelPath) -> RelPath {
        RelPath(self.0.join(&below.0))
    }

    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The directory part, if there is more than a name.
    pub fn parent(&self) -> Option<RelPath> {
        self.0.parent().filter(|p| !p.as_os_str().is_empty()).map(|p| RelPath(p.to_path_buf()))
    }

    /// The last name.
    pub fn name(&self) -> &OsStr {
        self.0.file_name().unwrap_or_default()
    }

    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.0.iter()
    }
}

impl std::fmt::Display for RelPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.display().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        RelPath::parse(text).map(|p| p.to_string())
    }

    #[test]
    fn paths_are_normalised_or_refused() {
        assert_eq!(parsed("a//b/./c/../d/").as_deref(), Some("a/b/d"));
        assert_eq!(parsed("a/../b").as_deref(), Some("b"));
        for bad in [
            "",
            ".",
            "/",
            "/etc/x",
            "..",
            "../x",
            "a/../../x",
            "a//..//..",
            "a/..",
            "a\0b",
            "a\nb",
            "a/\u{7f}",
        ] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
        assert_eq!(parsed(&"x".repeat(256)), None);
        assert_eq!(parsed(&"x/".repeat(4096)), None);
        assert!(RelPath::file_name("build.log").is_some());
        assert!(RelPath::file_name(".hidden").is_none() && RelPath::file_name("a/b").is_none());
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_below(text in "[a./\\PC]{0,40}") {
            if let Some(path) = RelPath::parse(&text) {
                prop_assert!(path.names().count() > 0);
                for name in path.names() {
                    prop_assert!(name != ".." && name != "." && !name.is_empty());
                }
                prop_assert_eq!(RelPath::parse(&path.to_string()), Some(path));
            }
        }
    }
}
