//! Where spec file and sources lie in a checkout.

use std::path::{Path, PathBuf};

use crate::ScmError;

/// The parts of a checkout that a source rpm is made of, relative to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub spec: PathBuf,
    /// Directory of the sources; empty for the checkout itself.
    pub sources: PathBuf,
}

impl Layout {
    /// Finds and checks the spec file of a checkout; `rpm_layout` looks into `SPECS` and `SOURCES`, too.
    pub fn of(checkout: &Path, rpm_layout: bool) -> Result<Layout, ScmError> {
        let spec = find_spec(checkout, rpm_layout)?;
        check_spec(&checkout.join(&spec))?;
        let sources = if rpm_layout && checkout.join("SOURCES").is_dir() { "SOURCES" } else { "" };
        Ok(Layout { spec, sources: sources.into() })
    }
}

fn bad(text: impl Into<String>) -> ScmError {
    ScmError::Sources(text.into())
}

/// The spec file, relative to the checkout: the only one, or the one named like the directory.
fn find_spec(dir: &Path, rpm_layout: bool) -> Result<PathBuf, ScmError> {
    let specs = |sub: &str| -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = std::fs::read_dir(dir.join(sub))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|e| e.path().extension().is_some_and(|x| x == "spec"))
            .map(|e| Path::new(sub).join(e.file_name()))
            .collect();
        found.sort();
        found
    };
    let mut found = specs("");
    if found.is_empty() && rpm_layout {
        found = specs("SPECS");
    }
    match found.as_slice() {
        [] => Err(bad("No spec file found in the sources")),
        [one] => Ok(one.clone()),
        many => {
            let name = dir.file_name().unwrap_or_default().to_string_lossy();
            let wanted = format!("{name}.spec");
            many.iter()
                .find(|p| p.file_name().is_some_and(|n| n == wanted.as_str()))
                .cloned()
                .ok_or_else(|| bad(format!("Multiple spec files found, none is called {wanted}")))
        }
    }
}

/// Who packaged, vended and distributed is the build system's to say.
fn check_spec(path: &Path) -> Result<(), ScmError> {
    let read = |e: std::io::Error| bad(format!("cannot read {}: {e}", path.display()));
    if !std::fs::symlink_metadata(path).map_err(read)?.is_file() {
        return Err(bad("the spec file is not a regular file"));
    }
    let text = std::fs::read(path).map_err(read)?;
    for line in String::from_utf8_lossy(&text).lines() {
        let lower = line.trim_start().to_lowercase();
        for word in ["packager", "vendor", "distribution"] {
            let header = lower.strip_prefix(word).is_some_and(|r| r.trim_start().starts_with(':'));
            let is_macro = ["%define", "%global"]
                .iter()
                .any(|d| lower.strip_prefix(d).is_some_and(|r| r.split_whitespace().next() == Some(word)));
            if header || is_macro {
                return Err(bad(format!("{word} is not allowed to be set in spec file")));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn picks_the_spec() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("hello");
        std::fs::create_dir_all(top.join("SPECS")).unwrap();
        assert!(find_spec(&top, true).unwrap_err().to_string().contains("No spec file"));
        std::fs::write(top.join("SPECS/x.spec"), "").unwrap();
        assert_eq!(find_spec(&top, true).unwrap(), Path::new("SPECS/x.spec"));
        assert!(find_spec(&top, false).is_err());
        std::fs::write(top.join("a.spec"), "").unwrap();
        std::fs::write(top.join("b.spec"), "").unwrap();
        assert!(find_spec(&top, true).unwrap_err().to_string().contains("hello.spec"));
        std::fs::write(top.join("hello.spec"), "").unwrap();
        assert_eq!(find_spec(&top, true).unwrap(), Path::new("hello.spec"));
    }

    #[test]
    fn the_spec_leaves_vendor_alone() {
        let dir = tempfile::tempdir().unwrap();
        let spec = dir.path().join("a.spec");
        let check = |text: &str| {
            std::fs::write(&spec, text).unwrap();
            check_spec(&spec)
        };
        assert!(check("Name: a\n%description\nthe vendor: none\n").is_ok());
        assert!(check("Name: a\nVendor: me\n").is_err());
        assert!(check("%define packager me\n").is_err());
        std::fs::remove_file(&spec).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &spec).unwrap();
        assert!(check_spec(&spec).is_err());
    }
}
