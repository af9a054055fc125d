//! 32-bit packages in the repository of a 64-bit arch: which ones, by the rules of python-multilib's method `devel`.
//!
//! The rules choose packages; what these need in addition is solved by dnf, which therefore has to be on the host.

use std::collections::HashSet;
use std::path::Path;

use koji_rpm::{DependencyKind, Package};

/// The configuration file: lists of names in the sections `[runtime]` and `[devel]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    runtime: Lists,
    devel: Lists,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Lists {
    white: HashSet<String>,
    black: HashSet<String>,
}

impl Rules {
    /// Reads the file's text: `name = words`, continued on lines that start with a blank. Other sections do not count.
    pub fn parse(text: &str) -> Rules {
        let mut rules = Rules::default();
        let (mut section, mut key) = (String::new(), String::new());
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                (section, key) = (name.to_owned(), String::new());
                continue;
            }
            let mut words = trimmed;
            if !line.starts_with([' ', '\t'])
                && let Some((name, rest)) = trimmed.split_once(['=', ':'])
            {
                key = name.trim().to_lowercase();
                words = rest;
            }
            let lists = match section.as_str() {
                "runtime" => &mut rules.runtime,
                "devel" => &mut rules.devel,
                _ => continue,
            };
            let list = match key.as_str() {
                "white" => &mut lists.white,
                "black" => &mut lists.black,
                _ => continue,
            };
            list.extend(words.split_whitespace().map(str::to_owned));
        }
        rules
    }

    /// Whether the 32-bit variant of a package belongs into the repository.
    pub fn select(&self, package: &Package) -> bool {
        self.wants(&Subject {
            name: &package.name,
            arch: &package.arch,
            provides: package.dependencies_of(DependencyKind::Provides).map(|d| d.name.as_str()).collect(),
            files: package.files.iter().map(|f| f.name.as_str()).collect(),
        })
    }

    fn wants(&self, package: &Subject<'_>) -> bool {
        let name = package.name;
        if self.devel.black.contains(name) {
            return false;
        }
        if self.devel.white.contains(name) || self.is_runtime(package) {
            return true;
        }
        let development = |name: &str| name.ends_with("-devel") || name.ends_with("-static");
        if name.starts_with("ghc-")
            || (name.starts_with("kernel") && provides(package, |p| p == "kernel-devel"))
        {
            return false;
        }
        development(name) || (name.starts_with("kernel") && provides(package, development))
    }

    fn is_runtime(&self, package: &Subject<'_>) -> bool {
        const PREFERRED: [&str; 6] = ["gdb", "frysk", "systemtap", "systemtap-runtime", "ltrace", "strace"];
        let name = package.name;
        if self.runtime.black.contains(name) {
            return false;
        }
        if self.runtime.white.contains(name) {
            return true;
        }
        let kernel = name.starts_with("kernel");
        if package.arch.contains("64")
            && (PREFERRED.contains(&name)
                || kernel && provides(package, |p| p == "kernel" || p == "kernel-devel"))
        {
            return true;
        }
        if kernel && provides(package, |p| p == "kernel") {
            return false;
        }
        package.files.iter().any(|file| is_runtime_file(file))
    }
}

/// What the rules look at.
struct Subject<'a> {
    name: &'a str,
    arch: &'a str,
    provides: Vec<&'a str>,
    files: Vec<&'a str>,
}

fn provides(package: &Subject<'_>, wanted: impl Fn(&str) -> bool) -> bool {
    package.provides.iter().any(|name| wanted(name))
}

/// Directories whose files programs of either width load, below `/usr/lib` and `/usr/lib64`.
const LOADED: [&str; 7] =
    ["alsa-lib", "dri", "gtk-2.0/modules", "gtk-2.0/immodules", "krb5/plugins", "sasl2", "vdpau"];
/// The same for everything below a directory.
const LOADED_BELOW: [&str; 4] = ["qt*/plugins/", "kde*/plugins/", "qt5/qml/", "xine/plugins/"];
const GTK: [&str; 6] = ["engines", "modules", "immodules", "loaders", "printbackends", "filesystems"];

fn is_runtime_file(path: &str) -> bool {
    let Some((dir, file)) = path.rsplit_once('/') else { return false };
    let root = matches!(dir, "/lib" | "/lib64");
    let shared = file.split_once(".so.").is_some();
    if (root || matches!(dir, "/usr/lib" | "/usr/lib64")) && shared
        || root && (file.starts_with("libnss_") || file.starts_with("libdb-"))
        || dir == "/etc/lsb-release.d"
        || dir == "/etc/ld.so.conf.d" && file.ends_with(".conf")
        || matches!(dir, "/lib/security" | "/lib64/security")
    {
        return true;
    }
    let Some(rest) = dir.strip_prefix("/usr/lib64/").or_else(|| dir.strip_prefix("/usr/lib/")) else {
        return false;
    };
    LOADED.contains(&rest)
        || rest.starts_with("gstreamer-")
        || LOADED_BELOW.iter().any(|pattern| starts_like(rest, pattern))
        || rest
            .strip_prefix("gtk-2.0/")
            .is_some_and(|r| r.split_once('/').is_some_and(|(_, d)| GTK.contains(&d)))
        || rest.strip_prefix("gdk-pixbuf-2.0/").is_some_and(|r| r.ends_with("/loaders"))
        || rest == "oprofile" && shared
        || rest == "wine" && file.ends_with(".so")
        || rest == "sane" && file.starts_with("libsane-")
}

/// Whether a path goes below a directory pattern whose one `*` stands for the rest of a name.
fn starts_like(path: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => path.starts_with(pattern),
        Some((head, tail)) => path
            .strip_prefix(head)
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(_, rest)| rest.starts_with(tail.trim_start_matches('/'))),
    }
}

/// The file names of `wanted` packages (`N-E:V-R.A`) of a repository and of all that they need there.
pub fn closure(
    repository: &Path,
    arch: &str,
    wanted: &[String],
    scratch: &Path,
) -> Result<Vec<String>, String> {
    let [root, out, log] = ["dnf-root", "dnf-packages", "dnf-log"].map(|name| scratch.join(name));
    for dir in [&root, &out, &log] {
        std::fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    let mut dnf = std::process::Command::new("dnf");
    dnf.args(["-y", "-q", "--releasever=1", "--repo=multilib", "--downloadonly"]);
    dnf.arg(format!("--installroot={}", root.display()));
    dnf.arg(format!("--repofrompath=multilib,file://{}", repository.display()));
    dnf.arg(format!("--destdir={}", out.display()));
    dnf.arg(format!("--forcearch={arch}"));
    for (name, value) in [
        ("reposdir", "/dev/null".to_owned()),
        ("install_weak_deps", "0".to_owned()),
        ("gpgcheck", "0".to_owned()),
        ("multilib.gpgcheck", "0".to_owned()),
        ("logdir", log.display().to_string()),
        ("cachedir", scratch.join("dnf-cache").display().to_string()),
        ("persistdir", scratch.join("dnf-state").display().to_string()),
    ] {
        dnf.arg(format!("--setopt={name}={value}"));
    }
    dnf.arg("install").args(wanted).stdin(std::process::Stdio::null());
    let output = dnf
        .output()
        .map_err(|e| format!("dnf, which solves what multilib packages need, cannot be started: {e}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("dnf cannot solve what the multilib packages need: {}", said.trim()));
    }
    let entries = std::fs::read_dir(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".rpm"))
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_has_rules(words in proptest::collection::hash_set("[a-z][a-z0-9-]{0,8}", 1..9), junk in "(\\PC|[\n =:#;\\[\\]]){0,60}") {
            Rules::parse(&junk);
            let list = words.iter().map(String::as_str).collect::<Vec<_>>();
            let text = format!("[devel]\nwhite : {}\n\n[other]\n{junk}", list.join("\n  "));
            prop_assert_eq!(Rules::parse(&text).devel.white, words);
        }
    }

    #[test]
    fn libraries_and_what_is_needed_to_build_with_them() {
        let rules = Rules::parse(
            "# comment\n[runtime]\nwhite = libgnat\n    wine\nblack=httpd\n[devel]\nwhite =\nblack = php-devel\n  x\n\
             [multilib]\nwhite = zzz\n",
        );
        assert!(rules.devel.black.contains("x") && !rules.runtime.white.contains("zzz"));
        let cases: [(&str, &[&str], bool); 16] = [
            ("zlib", &["/usr/lib64/libz.so.1"], true),
            ("zlib", &["/usr/share/libz.so.1"], false),
            ("bash", &["/usr/bin/bash", "/etc/bashrc"], false),
            ("zlib-devel", &[], true),
            ("zlib-static", &[], true),
            ("ghc-x-devel", &[], false),
            ("php-devel", &["/usr/lib64/libphp.so.1"], false),
            ("httpd", &["/usr/lib64/libhttpd.so.1"], false),
            ("wine", &[], true),
            ("gdb", &[], true),
            ("pam", &["/lib64/security/pam_unix.so"], true),
            ("mesa", &["/usr/lib64/dri/i965_dri.so"], true),
            ("qt", &["/usr/lib64/qt6/plugins/platforms/libq.so"], true),
            ("qt", &["/usr/lib64/qt6/other/libq.so"], false),
            ("gtk", &["/usr/lib64/gtk-2.0/2.10.0/engines/libclear.so"], true),
            ("pix", &["/usr/lib64/gdk-pixbuf-2.0/2.10.0/loaders/x.so"], true),
        ];
        for (name, files, wanted) in cases {
            let package = Subject { name, arch: "x86_64", provides: Vec::new(), files: files.to_vec() };
            assert_eq!(rules.wants(&package), wanted, "{name} {files:?}");
        }
    }
}
