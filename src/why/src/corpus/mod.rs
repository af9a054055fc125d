//! The corpus: recipes of builds that fail and what was recorded of them. For the recorder (`examples/record.rs`) and
//! the test that counts how many are explained rightly; corpus/README.md says how it is made.

mod pack;
mod tasks;

pub use pack::{pack, unpack};
pub use tasks::{TaskRow, Tasks};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use regex::Regex;
use serde::Deserialize;

/// `src/why/corpus`.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// One build that fails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the case and of its package.
    pub name: String,
    /// The label: name of the class.
    pub class: String,
    /// The label: the log that matters.
    pub log: String,
    /// The label: a pattern of the lines of which any one says why.
    pub line: String,
    /// Part of the third that was made after the rules were written.
    #[serde(default)]
    pub held: bool,
    /// Recorded with mock, not with the built-in engine.
    #[serde(default)]
    pub mock: bool,
    /// The spec file: whole when it begins with `Name:` or `%`, else the part after the usual head.
    #[serde(default)]
    pub spec: String,
    /// BuildRequires.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Sources: name and text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// With the machine's own /usr, that is its compilers and tools, inside.
    #[serde(default)]
    pub tools: bool,
    /// Spec files of packages that are added to the repository.
    #[serde(default)]
    pub repo: Vec<String>,
    /// URL of the repository instead of the distribution's.
    pub repo_url: Option<String>,
    /// Group that is installed instead of `build`.
    pub group: Option<String>,
    /// Packages installed together with the group.
    #[serde(default)]
    pub setup_packages: Vec<String>,
    /// rpm macros.
    #[serde(default)]
    pub macros: BTreeMap<String, String>,
    /// Seconds for one command.
    pub timeout: Option<u64>,
    /// Bytes that may be written.
    pub disk: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes of one log.
    pub log_limit: Option<u64>,
    /// End of the program's path that is killed from outside.
    pub kill: Option<String>,
}

#[derive(Deserialize)]
struct Family {
    case: Vec<Recipe>,
}

/// Every recipe, by name.
pub fn all() -> Result<Vec<Recipe>> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(directory().join("recipes"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let family: Family = toml::from_str(&text).with_context(|| path.display().to_string())?;
        list.extend(family.case);
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(list)
}

impl Recipe {
    /// Name of the package: that of the case.
    pub fn package(&self) -> String {
        self.name.replace('.', "-")
    }

    /// The checkout with spec file and sources.
    pub fn checkout(&self, work: &Path) -> Result<PathBuf> {
        let dir = work.join("checkout");
        std::fs::create_dir_all(&dir)?;
        for (name, text) in &self.files {
            std::fs::write(dir.join(name), text)?;
        }
        std::fs::write(dir.join(format!("{}.spec", self.package())), self.spec_text())?;
        Ok(dir)
    }

    fn spec_text(&self) -> String {
        let spec = self.spec.replace("@NAME@", &self.package());
        if spec.starts_with("Name:") || spec.starts_with('%') && spec.contains("\nName:") {
            return spec;
        }
        let mut text = format!(
            "Name: {}\nVersion: 1.0\nRelease: 1\nSummary: A package of the corpus\nLicense: MIT\n",
            self.package()
        );
        for (n, name) in self.files.keys().enumerate() {
            text.push_str(&format!("Source{n}: {name}\n"));
        }
        for name in &self.requires {
            text.push_str(&format!("BuildRequires: {name}\n"));
        }
        // tags of the recipe come before the description
        let first = ["%prep", "%generate_buildrequires", "%build", "%install", "%check", "%files"];
        let (tags, sections) = match first.iter().filter_map(|s| spec.find(s)).min() {
            Some(at) => spec.split_at(at),
            None => ("", spec.as_str()),
        };
        text.push_str(tags);
        text.push_str("%description\nA package of the corpus.\n\n");
        if !sections.starts_with("%prep") {
            text.push_str("%prep\n%setup -q -c -T\n");
            text.push_str(if self.files.is_empty() { "\n" } else { "cp %{sources} .\n\n" });
        }
        text.push_str(sections);
        if !spec.contains("%files") {
            text.push_str("\n%files\n");
        }
        text
    }

    /// Complains when the label names no line of the recording.
    pub fn check(&self, case: &Path) -> Result<()> {
        for task in ["1003", "1002"] {
            let log = case.join(task).join(&self.log);
            if log.exists() {
                let text = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
                if self.lines(&text)?.is_empty() {
                    let end: Vec<&str> = text.lines().rev().take(8).collect();
                    let end: Vec<&str> = end.into_iter().rev().collect();
                    bail!("no line of {}/{} matches {:?}:\n{}", task, self.log, self.line, end.join("\n"));
                }
                return Ok(());
            }
        }
        bail!("there is no {}", self.log)
    }

    /// Numbers, from 1, of the lines that the label allows.
    pub fn lines(&self, text: &str) -> Result<Vec<usize>> {
        let pattern = Regex::new(&self.line)?;
        Ok(text.lines().enumerate().filter(|(_, l)| pattern.is_match(l)).map(|(n, _)| n + 1).collect())
    }
}
