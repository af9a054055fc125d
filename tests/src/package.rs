//! Small packages to build.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{Run, command};

/// A package of one C file: a program that prints its own name.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub release: String,
    build_requires: Vec<String>,
    build: String,
    /// MiB of incompressible data in the package.
    blob: u32,
    /// The whole spec, instead of the one made from the rest.
    spec: Option<String>,
}

impl Package {
    pub fn new(name: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0".to_owned(),
            release: "1".to_owned(),
            build_requires: vec!["gcc".to_owned()],
            blob: 0,
            build: "gcc %{optflags} -o program main.c".to_owned(),
            spec: None,
        }
    }

    pub fn release(mut self, release: impl ToString) -> Package {
        self.release = release.to_string();
        self
    }

    pub fn build_requires(mut self, name: &str) -> Package {
        self.build_requires.push(name.to_owned());
        self
    }

    /// Shell lines run in `%build` before the compiler.
    pub fn first(mut self, lines: &str) -> Package {
        self.build = format!("{lines}\n{}", self.build);
        self
    }

    /// Adds MiB that no compression makes smaller.
    pub fn blob(mut self, mib: u32) -> Package {
        self.blob = mib;
        self
    }

    /// Replaces the spec file.
    pub fn spec(mut self, text: &str) -> Package {
        self.spec = Some(text.to_owned());
        self
    }

    pub fn nvr(&self) -> String {
        format!("{}-{}-{}", self.name, self.version, self.release)
    }

    /// File names and contents.
    pub fn files(&self) -> Vec<(String, String)> {
        let Package { name, version, release, build, .. } = self;
        let requires: String = self.build_requires.iter().map(|r| format!("BuildRequires: {r}\n")).collect();
        let spec = format!(
            "Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: A test\nLicense: MIT\n\
             Source0: main.c\n{requires}\n%description\nA package of one C file.\n\n\
             %prep\n%setup -q -c -T\ncp %{{SOURCE0}} .\n\n%build\n{build}\n\n\
             %install\ninstall -D -m 755 program %{{buildroot}}%{{_bindir}}/{name}\n\
             head -c {blob} /dev/urandom > blob\ninstall -D -m 644 blob %{{buildroot}}%{{_datadir}}/{name}/blob\n\n\
             %files\n%{{_bindir}}/{name}\n%{{_datadir}}/{name}\n",
            blob = u64::from(self.blob) << 20,
        );
        let spec = self.spec.clone().unwrap_or(spec);
        let source =
            format!("#include <stdio.h>\n\nint main(void)\n{{\n    puts(\"{name}\");\n    return 0;\n}}\n");
        vec![(format!("{name}.spec"), spec), ("main.c".to_owned(), source)]
    }

    /// A source package in `dir`, made with this machine's rpmbuild.
    pub fn srpm(&self, dir: &Path) -> Result<PathBuf> {
        let sources = dir.join(format!("{}.sources", self.nvr()));
        std::fs::create_dir_all(&sources)?;
        for (name, text) in self.files() {
            std::fs::write(sources.join(name), text)?;
        }
        let mut make = command("rpmbuild", ["-bs", "--nodeps", "--quiet"]);
        make.arg("--define").arg(format!("_sourcedir {}", sources.display()));
        make.arg("--define").arg(format!("_srcrpmdir {}", dir.display()));
        make.arg(sources.join(format!("{}.spec", self.name)));
        Run::of(make)?.ok()?;
        let file = dir.join(format!("{}.src.rpm", self.nvr()));
        file.is_file().then_some(file).context("rpmbuild made no source package")
    }
}
