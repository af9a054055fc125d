//! The recipes of the corpus and what was recorded of them; shared by the recorder and the tests.

#![allow(dead_code, reason = "each of the two programs uses its part")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use regex::Regex;
use serde::{Deserialize, Serialize};

/// `src/why/corpus`.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// One build that fails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
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
    #[serde(default)]
    pub requires: Vec<String>,
    /// Sources.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// With the machine's own /usr, that is its compilers and tools, inside.
    #[serde(default)]
    pub tools: bool,
    /// Spec files of packages that are added to the repository.
    #[serde(default)]
    pub repo: Vec<String>,
    pub repo_url: Option<String>,
    pub group: Option<String>,
    #[serde(default)]
    pub setup_packages: Vec<String>,
    #[serde(default)]
    pub macros: BTreeMap<String, String>,
    /// Limits: seconds, bytes.
    pub timeout: Option<u64>,
    pub disk: Option<u64>,
    pub memory: Option<u64>,
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
    for entry in std::fs::read_dir(corpus().join("recipes"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let family: Family = toml::from_str(&text).with_context(|| path.display().to_string())?;
        list.extend(family.case);
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(list)
}

impl Recipe {
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

/// A task as the hub lists it, with the parts that matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskRow {
    pub id: i64,
    pub parent: Option<i64>,
    pub method: String,
    pub arch: String,
    pub label: String,
    /// Name of the state.
    pub state: String,
    pub host: Option<String>,
    pub completion_ts: Option<f64>,
    pub fault: Option<String>,
}

/// The tree of a build: 1001 build, 1002 its source rpm, 1003 and 1004 one for each architecture.
pub struct Tasks {
    pub list: Vec<TaskRow>,
    mock: bool,
}

impl Tasks {
    pub fn new(mock: bool) -> Tasks {
        let row = |id, parent, method: &str, arch: &str, host| TaskRow {
            id,
            parent,
            method: method.into(),
            arch: arch.into(),
            label: if method == "buildArch" { arch.into() } else { "srpm".into() },
            state: "CLOSED".into(),
            host: Some(format!("builder{host}.example.com")),
            completion_ts: Some(1_700_000_000.0 + id as f64),
            fault: None,
        };
        let list = vec![
            row(1001, None, "build", "noarch", 2),
            row(1002, Some(1001), "rebuildSRPM", "noarch", 2),
            row(1003, Some(1001), "buildArch", "x86_64", 1),
            row(1004, Some(1001), "buildArch", "aarch64", 3),
        ];
        Tasks { list, mock }
    }

    /// The end of the source rpm's task.
    pub fn srpm(&mut self, verdict: &str, status: i32) {
        if status != 0 {
            let text = self.fault("building srpm", "noarch", verdict, status);
            self.list.truncate(2);
            self.fail(1002, &text);
        }
    }

    /// The end of the task for the first architecture; the other one is cancelled then.
    pub fn arch(&mut self, verdict: &str, status: i32) {
        let text = self.fault("building package", "x86_64", verdict, status);
        self.fail(1003, &text);
        if let Some(other) = self.list.iter_mut().find(|t| t.id == 1004) {
            other.state = "CANCELED".into();
        }
    }

    /// What builders say: ours with the verdict, upstream's with mock's status.
    fn fault(&self, what: &str, arch: &str, verdict: &str, status: i32) -> String {
        if !self.mock {
            return format!("BuildError: error {what} (arch {arch}), {verdict}");
        }
        let log = if status == 1 || status == 11 { "build.log" } else { "root.log" };
        format!(
            "BuildError: error {what} (arch {arch}), mock exited with status {status}; see {log} for more information"
        )
    }

    fn fail(&mut self, id: i64, text: &str) {
        for task in &mut self.list {
            if task.id == id || task.id == 1001 {
                task.state = "FAILED".into();
                task.fault = Some(text.into());
            }
        }
    }
}

/// Writes a case as one compressed file, atomically.
pub fn pack(case: &Path, to: &Path) -> Result<()> {
    let dir = to.parent().context("no directory")?;
    let mut out = tempfile::NamedTempFile::new_in(dir)?;
    let gz = flate2::GzBuilder::new().mtime(0).write(&mut out, flate2::Compression::best());
    let mut tar = tar::Builder::new(gz);
    tar.mode(tar::HeaderMode::Deterministic);
    tar.append_dir_all(".", case)?;
    tar.into_inner()?.finish()?.flush()?;
    out.as_file().sync_all()?;
    out.persist(to)?;
    Ok(())
}

/// The files of a recorded case: path in the archive, content.
pub fn unpack(from: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(from)?));
    let mut files = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let name = entry.path()?.to_string_lossy().trim_start_matches("./").to_owned();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes)?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}
