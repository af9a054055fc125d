//! Small rpms made with rpmbuild, and repositories read into a form in which they can be compared.

pub mod strategy;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A spec with everything that shows in metadata.
const RICH: &str = r#"
Name: rich
Epoch: 3
Version: 1.0~rc1^git5
Release: 2
Summary: One of <each> & "all"
License: MIT AND "quoted" <text>
Group: Tests
URL: https://example.com/?a=1&b=2
Vendor: Example <vendor@example.com>
Packager: Žofie <zofie@example.com>
BuildArch: noarch
Requires: bash >= 4, /usr/bin/env, /etc/rich.conf, /usr/share/rich/a
Requires: libc.so.6(GLIBC_2.4)(64bit), libc.so.6(GLIBC_2.34)(64bit), libc.so.6()(64bit)
Requires: (python3 if (systemd and dbus)), other, strange = 1:2.0-
Requires(pre): shadow >= 2:4.0-1
Requires(post): coreutils
Requires(postun): coreutils
Provides: rich(feature) = 7:1.0-2, other, Rich = 1
Conflicts: poor < 1.0
Obsoletes: rich-old <= 0:0.9
Recommends: nice
Suggests: sugar > 1
Supplements: (base and extra)
Enhances: core
%description
Several lines,
with ünïcode, <tags> & "quotes".

%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/bin %{buildroot}/usr/share/rich %{buildroot}/var/log
echo conf > %{buildroot}/etc/rich.conf
printf '#!/bin/sh\n' > %{buildroot}/usr/bin/rich; chmod 755 %{buildroot}/usr/bin/rich
echo data > %{buildroot}/usr/share/rich/a
ln -s a "%{buildroot}/usr/share/rich/link & <co>"
touch %{buildroot}/var/log/rich.log
%pre
true
%post -p /bin/sh
true
%files
%config(noreplace) /etc/rich.conf
/usr/bin/rich
%dir /usr/share/rich
/usr/share/rich/*
%ghost /var/log/rich.log
%changelog
* Tue Jan 02 2024 Žofie <zofie@example.com> - 3:1.0-2
- second, with <tags> & ünïcode
* Tue Jan 02 2024 Alice <alice@example.com> - 3:1.0-1
- same day
* Tue Jan 02 2024 Alice <alice@example.com>   
- same day again
* Mon Jan 01 2024 Bob "quote" <bob@example.com> - 0.9-1
- first
"#;

fn plain(name: &str, version: &str, parts: &[&str], arch: &str) -> String {
    let mut spec = format!(
        "Name: {name}\nVersion: {version}\nRelease: 1\nSummary: {name}\nLicense: MIT\n\
         {}Requires: base >= {version}\n%description\n{name}.\n%files\n",
        if arch == "noarch" { "BuildArch: noarch\n" } else { "" }
    );
    for part in parts {
        spec.push_str(&format!(
            "%package {part}\nSummary: part\nRequires: {name} = %{{version}}-%{{release}}\n%description {part}\n.\n%files {part}\n"
        ));
    }
    spec.push_str("%changelog\n");
    for day in (1..=14).rev() {
        spec.push_str(&format!("* Mon Jan {day:02} 2024 A <a@example.com> - {day}\n- entry {day}\n"));
    }
    spec
}

/// Builds a spec with its source package and puts the rpms into `to`.
pub fn rpmbuild(spec: &str, to: &Path) {
    let top = tempfile::tempdir().unwrap();
    let file = top.path().join("package.spec");
    std::fs::write(&file, spec).unwrap();
    let define = |name: &str, value: &str| format!("--define={name} {value}");
    let output = Command::new("rpmbuild")
        .args(["-ba", "--quiet", "--nodeps", "--target=x86_64"])
        .arg(define("_topdir", top.path().to_str().unwrap()))
        .arg(define("_rpmdir", to.to_str().unwrap()))
        .arg(define("_srcrpmdir", to.to_str().unwrap()))
        .arg(define("_rpmfilename", "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"))
        .arg(define("_binary_payload", "w1.gzdio"))
        .arg(define("debug_package", "%{nil}"))
        .arg(define("_dbpath", top.path().join("db").to_str().unwrap()))
        .arg(&file)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("rpmbuild must be installed (make setup)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Thirty-odd rpms: binaries of two architectures, noarch, sources, epochs, rich dependencies.
pub fn local_rpms(dir: &Path) {
    rpmbuild(RICH, dir);
    for (number, arch) in
        [(1, "x86_64"), (2, "noarch"), (3, "x86_64"), (4, "noarch"), (5, "x86_64"), (6, "x86_64")]
    {
        rpmbuild(&plain(&format!("local{number}"), "1.0", &["devel", "doc", "libs"], arch), dir);
    }
    rpmbuild(&plain("shared", "1.0", &["tools"], "x86_64"), dir);
}

/// The packages of an external repository: some build from source packages that the local one has too.
pub fn external_rpms(dir: &Path) {
    rpmbuild(&plain("shared", "2.0", &["tools", "extra"], "x86_64"), dir);
    rpmbuild(&plain("blocked", "1.0", &["libs"], "noarch"), dir);
    rpmbuild(&plain("ext", "1.0", &["libs"], "x86_64"), dir);
    rpmbuild(&plain("ext", "1.10", &["libs"], "x86_64"), dir);
    rpmbuild(&plain("twice", "1.0", &[], "noarch"), dir);
}

/// The packages of a second external repository.
pub fn second_rpms(dir: &Path) {
    rpmbuild(&plain("ext", "3.0", &["libs", "new"], "x86_64"), dir);
    rpmbuild(&plain("second", "1.0", &["libs"], "noarch"), dir);
    rpmbuild(&plain("twice", "1.0", &[], "noarch"), dir);
}

/// The rpm files in a directory, as a package list.
pub fn list(dir: &Path) -> String {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.ends_with(".rpm"))
        .collect();
    names.sort();
    names.join("\n")
}

/// Runs a program that must succeed; returns what it printed.
pub fn run(program: &str, args: &[&str]) -> String {
    let output =
        Command::new(program).args(args).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// What a repository says: by file and package its element in a normal form.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub packages: BTreeMap<String, Vec<String>>,
    pub counts: BTreeMap<String, String>,
}

/// The one file of a kind in a repository, unpacked.
pub fn metadata(repository: &Path, ending: &str) -> Option<String> {
    let data = repository.join("repodata");
    let path: PathBuf = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().ends_with(ending))?;
    Some(run("gzip", &["-cd", path.to_str().unwrap()]))
}

/// Reads the three package files.
pub fn contents(repository: &Path) -> Contents {
    let mut all = Contents::default();
    for kind in ["primary", "filelists", "other"] {
        let text = metadata(repository, &format!("-{kind}.xml.gz")).unwrap();
        let (count, packages) = normal(&text);
        all.counts.insert(kind.to_owned(), count);
        for (id, element) in packages {
            all.packages.entry(format!("{kind} {id}")).or_default().push(element);
        }
    }
    all.packages.values_mut().for_each(|list| list.sort());
    all
}

/// The packages of one file, each as nested text without insignificant blanks and with sorted attributes.
fn normal(text: &str) -> (String, Vec<(String, String)>) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut count, mut found, mut depth) = (String::new(), Vec::new(), 0);
    let (mut out, mut id, mut value, mut leaf) = (String::new(), String::new(), String::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                if depth == 1 {
                    count = attributes(&start).into_iter().find(|(name, _)| name == "packages").unwrap().1;
                }
                if depth == 2 {
                    out.clear();
                    id.clear();
                }
                for (name, value) in attributes(&start) {
                    if depth == 2 && name == "pkgid" {
                        id = value;
                    }
                }
                out.push_str(&format!("{}{} {:?}\n", " ".repeat(depth), start.name().0, attributes(&start)));
                value.clear();
                leaf = true;
            }
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(reference) => {
                value.push_str(&quick_xml::escape::unescape(&format!("&{};", &*reference)).unwrap())
            }
            Event::End(end) => {
                if leaf && !value.is_empty() {
                    out.push_str(&format!("{}= {value:?}\n", " ".repeat(depth)));
                    if end.name().0 == "checksum" {
                        id.clone_from(&value);
                    }
                }
                leaf = false;
                value.clear();
                if depth == 2 {
                    found.push((id.clone(), out.clone()));
                }
                depth -= 1;
            }
            Event::Eof => return (count, found),
            _ => {}
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = start
        .attributes()
        .map(|attribute| attribute.unwrap())
        .map(|attribute| {
            (attribute.key.0.to_owned(), quick_xml::escape::unescape(&attribute.value).unwrap().into_owned())
        })
        .collect();
    list.sort();
    list
}
