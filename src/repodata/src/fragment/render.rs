//! The three `<package>` elements, laid out as createrepo_c lays them out.

use super::FileFacts;
use super::requires::{Requirement, is_primary_file, select};
use crate::xml::{Attr, Text};
use koji_rpm::package::deps::sense;
use koji_rpm::{Dependency, DependencyKind, FileEntry, Package};
use std::fmt::Write as _;

/// As many changelog entries as createrepo_c writes.
const CHANGELOGS: usize = 10;

// Writing to a String cannot fail, so the results of `write!` are dropped throughout.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { { let _ = write!($out, $($arg)*); } };
}

/// What comes before and after the location.
pub(super) fn primary(package: &Package, file: &FileFacts) -> (String, String) {
    let mut head = String::with_capacity(1024);
    put!(head, "<package type=\"rpm\">\n  <name>{}</name>\n", Text(&package.name));
    put!(head, "  <arch>{}</arch>\n", Text(&package.arch));
    version(&mut head, package);
    put!(head, "  <checksum type=\"sha256\" pkgid=\"YES\">{}</checksum>\n", Text(&file.sha256));
    for (name, value) in [
        ("summary", &package.summary),
        ("description", &package.description),
        ("packager", &package.packager),
        ("url", &package.url),
    ] {
        put!(head, "  <{name}>{}</{name}>\n", Text(value));
    }
    put!(head, "  <time file=\"{}\" build=\"{}\"/>\n", file.mtime, package.buildtime);
    put!(
        head,
        "  <size package=\"{}\" installed=\"{}\" archive=\"{}\"/>\n",
        file.size,
        package.installed_size,
        package.archive_size
    );

    let mut tail = String::with_capacity(2048);
    tail.push_str("  <format>\n");
    for (name, value) in [
        ("license", package.license.as_str()),
        ("vendor", &package.vendor),
        ("group", &package.group),
        ("buildhost", &package.buildhost),
        ("sourcerpm", package.sourcerpm.as_deref().unwrap_or("")),
    ] {
        put!(tail, "    <rpm:{name}>{}</rpm:{name}>\n", Text(value));
    }
    put!(tail, "    <rpm:header-range start=\"{}\" end=\"{}\"/>\n", package.header_start, package.header_end);
    dependencies(&mut tail, package);
    for file in package.files.iter().filter(|file| is_primary_file(&file.name)) {
        file_element(&mut tail, "    ", file);
    }
    tail.push_str("  </format>\n</package>\n");
    (head, tail)
}

pub(super) fn filelists(package: &Package, file: &FileFacts) -> String {
    let mut out = start(package, file);
    for file in &package.files {
        file_element(&mut out, "  ", file);
    }
    out.push_str("</package>\n");
    out
}

pub(super) fn other(package: &Package, file: &FileFacts) -> String {
    let mut out = start(package, file);
    let entries: Vec<_> = package.changelog.iter().take(CHANGELOGS).collect();
    let mut times: Vec<u64> = Vec::with_capacity(entries.len());
    for entry in &entries {
        // Entries of one day would have one time. To keep their order readable from the times, the newer ones are
        // moved on by a second each.
        let mut clash = entry.time;
        for time in times.iter_mut().rev() {
            if *time != clash {
                break;
            }
            *time = time.saturating_add(1);
            clash = *time;
        }
        times.push(entry.time);
    }
    for (entry, time) in entries.iter().zip(&times).rev() {
        let author = match entry.name.trim_end_matches(' ') {
            // of blanks alone the first stays
            "" if !entry.name.is_empty() => Attr(" ").to_string(),
            author => Attr(author).to_string(),
        };
        put!(out, "  <changelog author=\"{author}\" date=\"{time}\">{}</changelog>\n", Text(&entry.text));
    }
    out.push_str("</package>\n");
    out
}

fn start(package: &Package, file: &FileFacts) -> String {
    let mut out = String::with_capacity(1024);
    put!(
        out,
        "<package pkgid=\"{}\" name=\"{}\" arch=\"{}\">\n",
        Attr(&file.sha256),
        Attr(&package.name),
        Attr(&package.arch)
    );
    version(&mut out, package);
    out
}

fn version(out: &mut String, package: &Package) {
    put!(
        out,
        "  <version epoch=\"{}\" ver=\"{}\" rel=\"{}\"/>\n",
        package.epoch.unwrap_or(0),
        Attr(&package.version),
        Attr(&package.release)
    );
}

fn file_element(out: &mut String, indent: &str, file: &FileEntry) {
    let kind = if file.is_dir() {
        " type=\"dir\""
    } else if file.is_ghost() {
        " type=\"ghost\""
    } else {
        ""
    };
    put!(out, "{indent}<file{kind}>{}</file>\n", Text(&file.name));
}

fn dependencies(out: &mut String, package: &Package) {
    let (requires, hints) = select(package);
    let of = |kind| package.dependencies_of(kind).collect::<Vec<_>>();
    relations(out, "provides", &plain(of(DependencyKind::Provides)));
    relations(out, "requires", &requires);
    relations(out, "conflicts", &plain(of(DependencyKind::Conflicts)));
    relations(out, "obsoletes", &plain(of(DependencyKind::Obsoletes)));
    relations(out, "suggests", &plain(of(DependencyKind::Suggests)));
    relations(out, "enhances", &plain(of(DependencyKind::Enhances)));
    let recommends = hints.into_iter().chain(of(DependencyKind::Recommends)).collect();
    relations(out, "recommends", &plain(recommends));
    relations(out, "supplements", &plain(of(DependencyKind::Supplements)));
}

fn plain(list: Vec<&Dependency>) -> Vec<Requirement<'_>> {
    list.into_iter().map(|dependency| Requirement { dependency, pre: false }).collect()
}

fn relations(out: &mut String, kind: &str, list: &[Requirement<'_>]) {
    let entries: Vec<String> = list.iter().filter_map(entry).collect();
    if !entries.is_empty() {
        put!(out, "    <rpm:{kind}>\n{}    </rpm:{kind}>\n", entries.concat());
    }
}

/// One `<rpm:entry>`; nothing for a dependency without a name or with an epoch that is no number, which no solver
/// could use.
fn entry(requirement: &Requirement<'_>) -> Option<String> {
    let Dependency { name, version, flags, .. } = requirement.dependency;
    let (epoch, version) = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
        Some(_) => return None,
        None => ("", version.as_str()),
    };
    if name.is_empty() {
        return None;
    }
    let mut out = format!("      <rpm:entry name=\"{}\"", Attr(name));
    if let Some(flags) = comparison(*flags) {
        let (version_only, release) = version.split_once('-').unwrap_or((version, ""));
        put!(out, " flags=\"{flags}\"");
        if !version.is_empty() {
            put!(out, " epoch=\"{}\"", if epoch.is_empty() { "0" } else { epoch });
        }
        for (attribute, value) in [("ver", version_only), ("rel", release)] {
            if !value.is_empty() {
                put!(out, " {attribute}=\"{}\"", Attr(value));
            }
        }
    }
    out.push_str(if requirement.pre { " pre=\"1\"/>\n" } else { "/>\n" });
    Some(out)
}

fn comparison(flags: u64) -> Option<&'static str> {
    const LE: u64 = sense::LESS | sense::EQUAL;
    const GE: u64 = sense::GREATER | sense::EQUAL;
    match flags & sense::COMPARE {
        sense::LESS => Some("LT"),
        sense::GREATER => Some("GT"),
        sense::EQUAL => Some("EQ"),
        LE => Some("LE"),
        GE => Some("GE"),
        _ => None,
    }
}
