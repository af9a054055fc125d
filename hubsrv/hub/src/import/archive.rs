//! One archive into a build.

use std::io::{Read as _, Seek as _};

use koji_api::Fault;
use koji_api::types::{ChecksumType, repr};
use koji_db::Tx;
use koji_db::archives::{self, write};
use koji_db::builds::{self, Build};
use koji_xmlrpc::{Struct, Value};
use sha2::Digest as _;

use super::build::leave_links;
use super::dirs::BuildDir;
use super::source::Source;
use super::typed::reject_draft;
use crate::blocking;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::store::{self, RelPath};

/// What kind of archive it is, with what is noted of one of that kind.
#[derive(Debug, Clone)]
pub enum Kind {
    Maven {
        group_id: String,
        artifact_id: String,
        version: String,
    },
    Win {
        relpath: String,
        platforms: String,
        flags: Option<String>,
    },
    Image {
        arch: String,
    },
    /// Any other build type, by name.
    Other(String),
}

impl Kind {
    /// Reads `type` and `typeInfo` of `importArchive`.
    pub fn from_values(name: &str, info: &Value) -> Result<Kind, Fault> {
        let part = |key: &str| match info.get(key) {
            Some(value) => Ok(value),
            None => Err(Fault::internal(format!("<class 'KeyError'>: '{key}'"))),
        };
        let words = |value: &Value| match value {
            Value::Array(words) => words.iter().map(repr::text).collect::<Vec<_>>().join(" "),
            Value::Nil => String::new(),
            word => repr::text(word),
        };
        Ok(match name {
            "maven" => Kind::Maven {
                group_id: repr::text(part("group_id")?),
                artifact_id: repr::text(part("artifact_id")?),
                version: repr::text(part("version")?),
            },
            "win" => {
                let platforms = words(part("platforms")?);
                if platforms.is_empty() {
                    return Err(Fault::build("no value for platforms"));
                }
                let flags = Some(words(part("flags")?)).filter(|f| !f.is_empty());
                let relpath = repr::text(part("relpath")?).trim_matches('/').to_owned();
                Kind::Win { relpath, platforms, flags }
            }
            "image" => Kind::Image { arch: repr::text(part("arch")?) },
            other => Kind::Other(other.to_owned()),
        })
    }

    pub fn name(&self) -> &str {
        match self {
            Kind::Maven { .. } => "maven",
            Kind::Win { .. } => "win",
            Kind::Image { .. } => "image",
            Kind::Other(name) => name,
        }
    }

    /// The directory of such archives, below the build's.
    pub fn dir(&self) -> Result<RelPath, Fault> {
        let text = match self {
            Kind::Maven { group_id, artifact_id, version } => {
                format!("maven/{}/{artifact_id}/{version}", group_id.replace('.', "/"))
            }
            Kind::Win { relpath, .. } if relpath.is_empty() => "win".to_owned(),
            Kind::Win { relpath, .. } => format!("win/{relpath}"),
            Kind::Image { .. } => "images".to_owned(),
            Kind::Other(name) => format!("files/{name}"),
        };
        let path = RelPath::parse(&text).filter(|p| p.to_string() == text);
        path.ok_or_else(|| Fault::generic(format!("Invalid directory for an archive: {text}")))
    }
}

/// A fault unless there is such an upload that can be imported.
pub async fn require_upload(cx: &Cx, given: &str) -> Outcome<()> {
    let (hub, path) = (cx.hub.clone(), given.to_owned());
    blocking(move || Source::open(&store::work(&hub, None)?, &hub.paths.work(None), &path).map(drop)).await
}

/// Imports the uploaded archive at `given` (below `work`) into a build of its kind.
pub async fn import_archive(
    cx: &mut Cx,
    build: &Build,
    given: &str,
    kind: Kind,
    buildroot: Option<i64>,
) -> Outcome<i64> {
    reject_draft(build.draft)?;
    let (hub, path) = (cx.hub.clone(), given.to_owned());
    let (source, checksum) = blocking(move || {
        let work = store::work(&hub, None)?;
        let mut source = Source::open(&work, &hub.paths.work(None), &path)?;
        let checksum = sha256(&mut source)?;
        Ok((source, checksum))
    })
    .await?;
    builds::lock(&mut cx.tx, build.id).await?;
    let row = ArchiveRow {
        filename: &source.name,
        size: i64::try_from(source.size).unwrap_or(i64::MAX),
        checksum,
        checksum_type: ChecksumType::Sha256,
        metadata_only: false,
        extra: None,
    };
    let id = insert(&mut cx.tx, build, &kind, row, buildroot).await?;
    let place = BuildDir::of(&cx.hub.paths, build)?;
    let with_sums = matches!(kind, Kind::Maven { .. });
    store_file(cx, place, kind.dir()?, source, with_sums).await?;
    Ok(id)
}

/// What is noted of an archive whatever its kind.
pub(super) struct ArchiveRow<'a> {
    pub filename: &'a str,
    pub size: i64,
    pub checksum: String,
    pub checksum_type: ChecksumType,
    pub metadata_only: bool,
    /// JSON.
    pub extra: Option<String>,
}

/// Adds the rows of an archive; its id.
pub(super) async fn insert(
    tx: &mut Tx,
    build: &Build,
    kind: &Kind,
    archive: ArchiveRow<'_>,
    buildroot: Option<i64>,
) -> Outcome<i64> {
    let archive_type = type_of(tx, archive.filename).await?;
    if !builds::type_names(tx, build.id).await?.iter().any(|name| name == kind.name()) {
        return Err(Fault::import(format!("Build does not have type {}", kind.name())).into());
    }
    let filename = archive.filename.to_owned();
    let row = write::NewArchive {
        build_id: build.id,
        type_id: archive_type.get("id").and_then(Value::as_int).unwrap_or_default(),
        btype: kind.name().to_owned(),
        buildroot_id: buildroot,
        filename: filename.clone(),
        size: archive.size,
        checksum: archive.checksum,
        checksum_type: archive.checksum_type.code(),
        metadata_only: archive.metadata_only,
        extra: archive.extra,
    };
    let id = write::insert(tx, &row).await?;
    match kind {
        Kind::Maven { group_id, artifact_id, version } => {
            if filename.ends_with(".pom") && filename != format!("{artifact_id}-{version}.pom") {
                return Err(Fault::build(format!(
                    "Maven info ({group_id}-{artifact_id}-{version}) is not consistent with pom filename ({filename})"
                ))
                .into());
            }
            write::add_maven(tx, id, group_id, artifact_id, version).await?;
        }
        Kind::Win { relpath, platforms, flags } => {
            write::add_win(tx, id, relpath, platforms, flags.as_deref()).await?;
        }
        Kind::Image { arch } => write::add_image(tx, id, arch).await?,
        Kind::Other(_) => {}
    }
    Ok(id)
}

/// The archive type of a file, by the longest extension that is known.
pub async fn type_of(tx: &mut Tx, name: &str) -> Outcome<Struct> {
    let found = archives::type_of_file(tx, name).await?;
    if found.len() > 1 {
        return Err(Fault::generic(format!("multiple matches for file extension: {name}")).into());
    }
    let found = found.into_iter().next();
    Ok(found.ok_or_else(|| Fault::generic(format!("unsupported file extension: {name}")))?)
}

fn sha256(source: &mut Source) -> std::io::Result<String> {
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match source.file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// Puts the file into a directory of the build; for Maven with the files of checksums that its repositories have.
pub(super) async fn store_file(
    cx: &mut Cx,
    place: BuildDir,
    below: RelPath,
    mut source: Source,
    with_sums: bool,
) -> Outcome<()> {
    let link = blocking(move || {
        let dir = place.open_or_make()?.make_dirs(&below)?;
        let name = RelPath::parse(&source.name).ok_or_else(|| Fault::generic("Invalid file name"))?;
        let path = place.from_top().join(&below).join(&name);
        dir.adopt(&mut source.file, name.name()).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                let text =
                    format!("Error importing archive file, {}/{below}/{name} already exists", place.shown());
                Failure::Fault(Fault::generic(text))
            }
            _ => e.into(),
        })?;
        dir.sync()?;
        if with_sums {
            for (extension, sum) in maven_sums(&mut source)? {
                dir.put(format!("{name}.{extension}").as_ref(), sum.as_bytes())?;
            }
        }
        Ok((source, path))
    })
    .await?;
    leave_links(cx, vec![link]);
    Ok(())
}

/// The checksums that stand beside an artifact in a Maven repository, by the extension of their file.
pub(super) fn maven_sums(source: &mut Source) -> std::io::Result<[(&'static str, String); 2]> {
    source.file.rewind()?;
    let (mut md5, mut sha1) = (md5::Md5::new(), sha1::Sha1::new());
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let n = source.file.read(&mut buffer)?;
        if n == 0 {
            return Ok([("md5", hex::encode(md5.finalize())), ("sha1", hex::encode(sha1.finalize()))]);
        }
        let piece = buffer.get(..n).unwrap_or_default();
        md5.update(piece);
        sha1.update(piece);
    }
}
