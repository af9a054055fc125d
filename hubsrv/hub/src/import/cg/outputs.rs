//! The files of an import, checked against the metadata.

use std::collections::HashMap;
use std::io::{Read, Seek as _};

use koji_api::types::{ChecksumType, repr};
use koji_api::{Fault, FaultKind};
use koji_rpm::Nvra;
use koji_xmlrpc::{Struct, Value};

use super::components;
use super::metadata::{Fields, Metadata};
use super::roots::{self, Root};
use crate::blocking;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::import::ArchiveKind;
use crate::import::read::RpmFacts;
use crate::import::source::Source;
use crate::store::{self, RelPath};

/// An output with its file.
pub struct Output {
    pub filename: String,
    pub size: i64,
    pub checksum: String,
    pub checksum_type: ChecksumType,
    /// There are metadata, but no file.
    pub metadata_only: bool,
    /// JSON.
    pub extra: Option<String>,
    /// The buildroot's id in the metadata.
    pub root: String,
    /// Below the directory of its type; empty for none.
    pub subdir: String,
    pub content: Content,
}

pub enum Content {
    Rpm(Box<RpmFacts>),
    Log(Option<Source>),
    Archive { kind: ArchiveKind, source: Option<Source>, rpms: Vec<i64>, archives: Vec<i64> },
}

pub async fn open(
    cx: &mut Cx,
    metadata: &Metadata,
    directory: &str,
    types: &Struct,
    roots: &HashMap<String, Root>,
    log: &mut Vec<String>,
) -> Outcome<Vec<Output>> {
    let mut outputs = Vec::new();
    for item in metadata.list("output")? {
        outputs.push(one(cx, Fields(item), directory, types, roots, log).await?);
    }
    Ok(outputs)
}

async fn one(
    cx: &mut Cx,
    of: Fields<'_>,
    directory: &str,
    types: &Struct,
    roots: &HashMap<String, Root>,
    log: &mut Vec<String>,
) -> Outcome<Output> {
    let filename = of.text("filename")?;
    if RelPath::file_name(&filename).is_none() {
        return Err(Fault::generic(format!("Invalid file name: {filename}")).into());
    }
    let metadata_only = of.0.truthy_at("metadata_only");
    let (size, checksum, checksum_type) = (of.int("filesize")?, of.text("checksum")?, of.checksum_type()?);
    let source = match metadata_only {
        true => None,
        false => {
            let relpath = of.0.get("relpath").map(repr::text).unwrap_or_default();
            let source = file(cx, format!("{directory}/{relpath}/{filename}")).await?;
            Some(check(source, &filename, size, &checksum, checksum_type).await?)
        }
    };
    let root = roots::key(of.at("buildroot_id")?);
    if !roots.contains_key(&root) {
        return Err(Fault::generic(format!("Missing buildroot metadata for id {root}")).into());
    }
    let subdir = of.0.get("subdir").filter(|s| s.truthy()).map(repr::text).unwrap_or_default();
    if !subdir.is_empty() && RelPath::parse(&subdir).is_none_or(|p| p.to_string() != subdir) {
        return Err(Fault::generic(format!("Invalid subdir: {subdir}")).into());
    }
    let content = match of.text("type")?.as_str() {
        "rpm" => {
            if !subdir.is_empty() {
                return Err(Fault::generic("subdir field not allowed for rpm outputs").into());
            }
            let name = Nvra::parse(&filename).and_then(|n| n.check().map(|()| n));
            name.map_err(|e| Fault::generic(e.to_string()))?;
            let none = || Fault::generic("Metadata-only imports are not supported for rpms");
            let source = source.ok_or_else(none)?;
            Content::Rpm(Box::new(blocking(move || RpmFacts::read(source)).await?))
        }
        "log" => Content::Log(source),
        _ => {
            let kind = kind(of, &filename, types, &subdir)?;
            let (rpms, archives) = match of.0.get("components") {
                None => (Vec::new(), Vec::new()),
                Some(_) if matches!(kind.name(), "maven" | "win") => {
                    let text = format!("Component list not allowed for archives of type {}", kind.name());
                    return Err(Fault::generic(text).into());
                }
                Some(list) => components(cx, list, log).await?,
            };
            Content::Archive { kind, source, rpms, archives }
        }
    };
    let extra = of.0.get("extra").filter(|e| !e.is_nil()).map(koji_db::json_text);
    Ok(Output { filename, size, checksum, checksum_type, metadata_only, extra, root, subdir, content })
}

/// The one type of an archive, of those that the build has.
fn kind(of: Fields<'_>, filename: &str, types: &Struct, subdir: &str) -> Result<ArchiveKind, Fault> {
    let extra = of.members("extra");
    let several = || Fault::generic(format!("Output file has multiple types: {filename}"));
    let mut found: Option<(String, Value)> = None;
    for old in ["maven", "win", "image"] {
        let Some(info) = extra.get(old) else { continue };
        if found.is_some() {
            return Err(several());
        }
        if !subdir.is_empty() {
            return Err(Fault::generic("subdir field not allowed for legacy btypes"));
        }
        found = Some((old.to_owned(), info.clone()));
    }
    for (name, info) in extra.get("typeinfo").and_then(Value::as_struct).into_iter().flatten() {
        match &found {
            Some((other, _)) if other == name => {
                return Err(Fault::generic(format!("Duplicate typeinfo for: '{name}'")));
            }
            Some(_) => return Err(several()),
            None => found = Some((name.clone(), info.clone())),
        }
    }
    let (name, info) = found.ok_or_else(|| Fault::generic(format!("No typeinfo for: {filename}")))?;
    if !types.contains_key(&name) {
        return Err(Fault::generic(format!("Output type {name} not listed in build types")));
    }
    ArchiveKind::from_values(&name, &info)
}

async fn file(cx: &Cx, path: String) -> Outcome<Source> {
    let hub = cx.hub.clone();
    blocking(move || {
        let work = store::work(&hub, None)?;
        Source::open(&work, &hub.paths.work(None), &path).map_err(|failure| match failure {
            // upstream does not foresee it
            Failure::Fault(f) if f.kind == FaultKind::Generic => Fault::internal(f.message).into(),
            other => other,
        })
    })
    .await
}

async fn check(
    mut source: Source,
    filename: &str,
    size: i64,
    checksum: &str,
    checksum_type: ChecksumType,
) -> Outcome<Source> {
    let (filename, checksum) = (filename.to_owned(), checksum.to_owned());
    blocking(move || {
        if i64::try_from(source.size) != Ok(size) {
            return Err(Fault::generic(format!(
                "File size {} for {filename} (expected {size}) doesn't match. Corrupted upload?",
                source.size
            ))
            .into());
        }
        let actual = digest(&mut source, checksum_type)?;
        if actual != checksum {
            let text = format!("File checksum mismatch for {filename}: {checksum} != {actual}");
            return Err(Fault::generic(text).into());
        }
        Ok(source)
    })
    .await
}

fn digest(source: &mut Source, kind: ChecksumType) -> std::io::Result<String> {
    fn all<D: md5::Digest>(file: &mut std::fs::File) -> std::io::Result<String> {
        let mut hash = D::new();
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hex::encode(hash.finalize())),
                n => hash.update(buffer.get(..n).unwrap_or_default()),
            }
        }
    }
    source.file.rewind()?;
    let sum = match kind {
        ChecksumType::Md5 => all::<md5::Md5>(&mut source.file),
        ChecksumType::Sha1 => all::<sha1::Sha1>(&mut source.file),
        ChecksumType::Sha256 => all::<sha2::Sha256>(&mut source.file),
    };
    source.file.rewind()?;
    sum
}
