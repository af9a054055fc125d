//! One set-up and what the doctor says of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// A home directory with a configuration, and the environment.
pub struct SetUp {
    home: tempfile::TempDir,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    directory: Option<PathBuf>,
}

impl SetUp {
    /// The profile `koji` has these lines.
    pub fn profile(lines: &str) -> SetUp {
        SetUp::config(&format!("[koji]\n{lines}\n"))
    }

    /// This text is the configuration.
    pub fn config(text: &str) -> SetUp {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("koji.conf"), text).unwrap();
        let config = home.path().join("koji.conf").display().to_string();
        SetUp { home, environment: Vec::new(), arguments: vec!["-c".into(), config], directory: None }
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn env(mut self, name: &str, value: impl std::fmt::Display) -> SetUp {
        self.environment.push((name.into(), value.to_string()));
        self
    }

    pub fn arg(mut self, arg: impl std::fmt::Display) -> SetUp {
        self.arguments.push(arg.to_string());
        self
    }

    pub fn directory(mut self, path: &str) -> SetUp {
        self.directory = Some(path.into());
        self
    }

    /// A program of this name that is found first.
    pub fn program(self, name: &str, script: &str) -> SetUp {
        use std::os::unix::fs::PermissionsExt;
        let bin = self.home.path().join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        self.env("PATH", bin.display())
    }

    /// The findings: check, state, text and remedy; and the exit status.
    pub fn findings(&self) -> (Vec<[String; 4]>, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_koji"));
        command.env_clear().env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin");
        command.envs(self.environment.iter().map(|(k, v)| (k, v)));
        command.args(&self.arguments).args(["doctor", "--json", "--wait", "2"]);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let out = command.output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        let list: Vec<Json> = serde_json::from_str(&text)
            .unwrap_or_else(|e| panic!("{e}: {text}{}", String::from_utf8_lossy(&out.stderr)));
        let field = |finding: &Json, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let row = |f: &Json| ["check", "state", "found", "remedy"].map(|key| field(f, key));
        (list.iter().map(row).collect(), out.status.code().unwrap())
    }

    /// The check says this, with a remedy; nothing else has failed.
    #[track_caller]
    pub fn fails(&self, check: &str, words: &[&str]) {
        let (findings, status) = self.findings();
        let failed: Vec<_> = findings.iter().filter(|f| f[1] == "failed").collect();
        assert_eq!(status, 1, "{findings:#?}");
        assert_eq!(failed.len(), 1, "one cause: {findings:#?}");
        says(failed[0], check, words, &findings);
    }

    /// The check warns of this; nothing has failed.
    #[track_caller]
    pub fn warns(&self, check: &str, words: &[&str]) {
        let (findings, status) = self.findings();
        assert_eq!(status, 0, "{findings:#?}");
        let warning = findings.iter().find(|f| f[0] == check && f[1] == "warning");
        says(warning.unwrap_or_else(|| panic!("no warning: {findings:#?}")), check, words, &findings);
    }
}

#[track_caller]
fn says(finding: &[String; 4], check: &str, words: &[&str], all: &[[String; 4]]) {
    assert_eq!(finding[0], check, "{all:#?}");
    for word in words {
        let found = finding[2].contains(word) || finding[3].contains(word);
        assert!(found, "{word:?} is not said: {finding:#?}");
    }
    assert!(!finding[3].is_empty(), "no remedy: {finding:#?}");
}
