//! Whether two builds of a package are the same, and what differs.

mod payload;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use koji_rpm::{Field, FileEntry, Package, RpmFile};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// How alike two rpms are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The same to the last byte.
    Identical,
    /// They differ in signatures, the time or the host of the build (and the files' times and digests that follow from
    /// these), in nothing else.
    Circumstances,
    /// Files or other fields differ.
    Content,
    /// Only the server's build made it.
    Missing,
    /// Only the local build made it.
    Extra,
}

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Class::Identical => "identical",
            Class::Circumstances => "circumstances",
            Class::Content => "content",
            Class::Missing => "missing",
            Class::Extra => "extra",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Class::Identical => "the same to the last byte",
            Class::Circumstances => "only signature, build time or host differ",
            Class::Content => "the content differs",
            Class::Missing => "only the server's build has it",
            Class::Extra => "only the local build has it",
        }
    }
}

/// A file that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: String,
    /// In a line: what is different about it.
    pub what: String,
    /// A short summary of the difference of its content.
    pub summary: Vec<String>,
}

/// The comparison of one rpm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// File name.
    pub name: String,
    pub class: Class,
    /// Header fields that differ, with both values where these are short.
    pub fields: Vec<String>,
    pub files: Vec<FileChange>,
}

impl Comparison {
    fn alone(name: &str, class: Class) -> Comparison {
        Comparison { name: name.into(), class, fields: Vec::new(), files: Vec::new() }
    }
}

/// Fields that say when, where and for whom it was built, and digests of the whole.
const CIRCUMSTANCES: &[&str] = &[
    "ARCHIVESIZE",
    "BUILDHOST",
    "BUILDTIME",
    "COOKIE",
    "DSAHEADER",
    "FILEMTIMES",
    "FILESIGNATURELENGTH",
    "FILESIGNATURES",
    "HEADERIMMUTABLE",
    "HEADERSIGNATURES",
    "LONGARCHIVESIZE",
    "LONGSIGSIZE",
    "OPENPGP",
    "PAYLOADDIGEST",
    "PAYLOADDIGESTALT",
    "PAYLOADSHA256",
    "PAYLOADSHA256ALT",
    "PAYLOADSHA3_256",
    "PAYLOADSHA3_256ALT",
    "PAYLOADSHA512",
    "PAYLOADSHA512ALT",
    "PAYLOADSIZE",
    "PAYLOADSIZEALT",
    "RSAHEADER",
    "SHA1HEADER",
    "SHA256HEADER",
    "SHA3_256HEADER",
    "SIGGPG",
    "SIGMD5",
    "SIGPGP",
    "SIGSIZE",
    "SOURCEPKGID",
    "VERITYSIGNATUREALGO",
    "VERITYSIGNATURES",
];
/// Fields that are told file by file.
const FILES: &[&str] = &[
    "BASENAMES",
    "DIRINDEXES",
    "DIRNAMES",
    "FILECAPS",
    "FILECLASS",
    "FILECOLORS",
    "FILEDEPENDSN",
    "FILEDEPENDSX",
    "FILEDEVICES",
    "FILEDIGESTS",
    "FILEFLAGS",
    "FILEGROUPNAME",
    "FILEINODES",
    "FILELANGS",
    "FILELINKTOS",
    "FILEMODES",
    "FILENAMES",
    "FILERDEVS",
    "FILESIZES",
    "FILEUSERNAME",
    "FILEVERIFYFLAGS",
    "LONGFILESIZES",
    "LONGSIZE",
    "OLDFILENAMES",
    "SIZE",
];
/// Files that are looked into, for each rpm.
const LOOKED_INTO: usize = 20;

/// Compares the rpms of two builds, by file name.
pub fn compare_builds(
    server: &BTreeMap<String, std::path::PathBuf>,
    local: &BTreeMap<String, std::path::PathBuf>,
) -> Result<Vec<Comparison>> {
    let names: BTreeSet<&String> = server.keys().chain(local.keys()).collect();
    names
        .into_iter()
        .map(|name| match (server.get(name), local.get(name)) {
            (Some(a), Some(b)) => compare(name, a, b),
            (Some(_), None) => Ok(Comparison::alone(name, Class::Missing)),
            _ => Ok(Comparison::alone(name, Class::Extra)),
        })
        .collect()
}

/// Compares two rpms.
pub fn compare(name: &str, server: &Path, local: &Path) -> Result<Comparison> {
    if sha256(server)? == sha256(local)? {
        return Ok(Comparison::alone(name, Class::Identical));
    }
    let (a, b) = (RpmFile::open(server)?, RpmFile::open(local)?);
    let mut fields = fields(&a, &b);
    let mut files = file_changes(&Package::from_rpm(&a)?, &Package::from_rpm(&b)?);
    files.extend(told_by_field(&a, &b, "FILECAPS"));
    let content = fields.iter().any(|f| !f.circumstance) || !files.is_empty();
    // a digest that is not what the header says would hide a difference
    crate::check::check(server)?;
    crate::check::check(local)?;
    if content {
        look_into(server, local, &mut files)?;
    }
    fields.sort_by_key(|f| f.circumstance);
    Ok(Comparison {
        name: name.into(),
        class: if content { Class::Content } else { Class::Circumstances },
        fields: fields.into_iter().map(|f| f.text).collect(),
        files,
    })
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(Error::io("open", path))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = std::io::Read::read(&mut file, &mut buffer).map_err(Error::io("read", path))?;
        let Some(bytes) = buffer.get(..n).filter(|b| !b.is_empty()) else { break };
        digest.update(bytes);
    }
    Ok(hex::encode(digest.finalize()))
}

struct FieldChange {
    text: String,
    circumstance: bool,
}

fn fields(a: &RpmFile, b: &RpmFile) -> Vec<FieldChange> {
    let all = |rpm: &RpmFile| rpm.fields().into_iter().collect::<BTreeMap<&'static str, Field>>();
    let (a, b) = (all(a), all(b));
    let names: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
    names
        .into_iter()
        .filter(|name| !FILES.contains(name) && a.get(name) != b.get(name))
        .map(|name| {
            let circumstance = CIRCUMSTANCES.contains(&name);
            let text = match (short(a.get(name)), short(b.get(name))) {
                (Some(x), Some(y)) => format!("{name}: {x} -> {y}"),
                _ => match (a.get(name), b.get(name)) {
                    (Some(Field::Texts(x)), Some(Field::Texts(y))) if !circumstance => {
                        let gone = x.iter().filter(|v| !y.contains(v)).map(|v| format!("-{v}"));
                        let come = y.iter().filter(|v| !x.contains(v)).map(|v| format!("+{v}"));
                        let list: Vec<String> = gone.chain(come).take(6).collect();
                        if list.is_empty() { name.to_owned() } else { format!("{name}: {}", list.join(" ")) }
                    }
                    _ => name.to_owned(),
                },
            };
            FieldChange { text, circumstance }
        })
        .collect()
}

/// A value that fits into a line.
fn short(field: Option<&Field>) -> Option<String> {
    match field {
        None | Some(Field::Nil) => Some("none".into()),
        Some(Field::Int(n)) => Some(n.to_string()),
        Some(Field::Text(t)) if t.len() <= 60 && !t.contains('\n') => Some(t.clone()),
        _ => None,
    }
}

fn told_by_field(a: &RpmFile, b: &RpmFile, name: &str) -> Option<FileChange> {
    let value = |rpm: &RpmFile| rpm.field(name).ok();
    (value(a) != value(b)).then(|| FileChange {
        path: name.into(),
        what: "file capabilities differ".into(),
        summary: Vec::new(),
    })
}

fn file_changes(a: &Package, b: &Package) -> Vec<FileChange> {
    let by = |p: &Package| p.files.iter().map(|f| (f.name.clone(), f.clone())).collect::<BTreeMap<_, _>>();
    let (a, b) = (by(a), by(b));
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let change = |path: &str, what: String| FileChange { path: path.into(), what, summary: Vec::new() };
    names
        .into_iter()
        .filter_map(|name| match (a.get(name), b.get(name)) {
            (Some(x), Some(y)) => what_differs(x, y).map(|what| change(name, what)),
            (Some(_), None) => Some(change(name, "only in the server's".into())),
            _ => Some(change(name, "only in the local one".into())),
        })
        .collect()
}

fn what_differs(a: &FileEntry, b: &FileEntry) -> Option<String> {
    let mut parts = Vec::new();
    if a.digest != b.digest || (!a.is_dir() && a.size != b.size) {
        parts.push(if a.size == b.size {
            format!("content differs ({} bytes)", a.size)
        } else {
            format!("content differs ({} -> {} bytes)", a.size, b.size)
        });
    }
    if a.mode != b.mode {
        parts.push(format!("mode {:o} -> {:o}", a.mode, b.mode));
    }
    if (&a.user, &a.group) != (&b.user, &b.group) {
        parts.push(format!("owner {}:{} -> {}:{}", a.user, a.group, b.user, b.group));
    }
    if a.linkto != b.linkto {
        parts.push(format!("link {} -> {}", a.linkto, b.linkto));
    }
    if a.flags != b.flags {
        parts.push(format!("flags {} -> {}", a.flags, b.flags));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Adds summaries of what differs inside of files.
fn look_into(server: &Path, local: &Path, files: &mut [FileChange]) -> Result<()> {
    let wanted: BTreeSet<String> = files
        .iter()
        .filter(|f| f.what.starts_with("content differs"))
        .take(LOOKED_INTO)
        .map(|f| f.path.clone())
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let (mut a, mut b) = (payload::files(server, &wanted)?, payload::files(local, &wanted)?);
    for file in files {
        if let (Some(x), Some(y)) = (a.remove(&file.path), b.remove(&file.path)) {
            file.summary = summary::summarize(&x, &y);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts() {
        let mut classes = [Class::Content, Class::Identical, Class::Circumstances];
        classes.sort();
        assert_eq!(classes, [Class::Identical, Class::Circumstances, Class::Content]);
        assert!(CIRCUMSTANCES.is_sorted() && FILES.is_sorted());
    }
}
