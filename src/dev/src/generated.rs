//! Comparing and writing generated files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file that is generated.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Relative to the checkout.
    pub path: PathBuf,
    pub content: Vec<u8>,
}

/// Folders in which every file is generated, so that one that no longer is has to go.
const OWNED: [&str; 4] = ["man", "completions", "docs/json", "docs/pictures"];

/// The files that are missing, differ, or should not be there.
pub fn stale(root: &Path, files: &[File]) -> Result<Vec<PathBuf>> {
    let differing = files.iter().filter(|f| fs::read(root.join(&f.path)).ok().as_ref() != Some(&f.content));
    let mut found: Vec<PathBuf> = differing.map(|f| f.path.clone()).collect();
    found.extend(left_over(root, files)?);
    Ok(found)
}

/// Writes what is stale and removes what should not be there; how many files that were.
pub fn write(root: &Path, files: &[File]) -> Result<usize> {
    let stale = stale(root, files)?;
    for path in &stale {
        let target = root.join(path);
        match files.iter().find(|f| f.path == *path) {
            Some(file) => replace(&target, &file.content),
            None => fs::remove_file(&target).map_err(Into::into),
        }
        .with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(stale.len())
}

fn left_over(root: &Path, files: &[File]) -> Result<Vec<PathBuf>> {
    let wanted: BTreeSet<&Path> = files.iter().map(|f| f.path.as_path()).collect();
    let mut found = Vec::new();
    for folder in OWNED {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        for entry in entries {
            let path = Path::new(folder).join(entry?.file_name());
            if !wanted.contains(path.as_path()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes beside the file and renames, so that it is never half there.
fn replace(target: &Path, content: &[u8]) -> Result<()> {
    let folder = target.parent().context("no folder")?;
    fs::create_dir_all(folder)?;
    let name = target.file_name().context("no file name")?.to_string_lossy();
    let temporary = folder.join(format!(".{name}.new"));
    fs::write(&temporary, content)?;
    fs::File::open(&temporary)?.sync_all()?;
    fs::rename(&temporary, target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_files_are_found_written_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let file = |path: &str, text: &str| File { path: path.into(), content: text.into() };
        let files = [file("man/a.1", "a"), file("config/b.sample", "b")];
        fs::create_dir(root.path().join("man")).unwrap();
        fs::write(root.path().join("man/old.1"), "").unwrap();
        fs::create_dir(root.path().join("config")).unwrap();
        fs::write(root.path().join("config/other"), "not generated").unwrap();

        let paths =
            |list: Vec<PathBuf>| list.into_iter().map(|p| p.display().to_string()).collect::<Vec<_>>();
        assert_eq!(paths(stale(root.path(), &files).unwrap()), ["man/a.1", "config/b.sample", "man/old.1"]);
        assert_eq!(write(root.path(), &files).unwrap(), 3);
        assert_eq!(stale(root.path(), &files).unwrap(), Vec::<PathBuf>::new());
        assert!(root.path().join("config/other").exists() && !root.path().join("man/old.1").exists());
    }
}
