//! Imports of content generators: files that were uploaded, and metadata that describes them and what they were made with.
//!
//! All is checked against the files first, then the rows are written and the build's directory appears in one step, as for
//! rpm builds.

mod build;
mod metadata;
mod outputs;
mod roots;

use koji_api::paths::PathInfo;
use koji_api::types::refs;
use koji_db::builds::{self, Build};
use koji_db::{archives, cg as db_cg};
use koji_xmlrpc::{Struct, Value};

use super::archive::ArchiveRow;
use super::build::leave_links;
use super::dirs::{BuildDir, Staging};
use super::source::Source;
use super::typed;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::policy::{self, Question};
use crate::store::{self, RelPath};
use crate::{blocking, lookup};
use koji_api::Fault;

use metadata::{Fields, Metadata};
use outputs::{Content, Output};

/// Imports what was uploaded into `directory` (below `work`) as the metadata describe it; `getBuild`'s answer. `token` is that of
/// the build's reservation.
pub async fn cg_import(
    cx: &mut Cx,
    metadata: &Value,
    directory: &str,
    token: &Value,
) -> Outcome<Option<Struct>> {
    let metadata = metadata::read(cx, metadata, directory).await?;
    let generator = roots::generator(cx, &metadata).await?;
    let planned = build::plan(cx, &metadata, generator, token).await?;
    let mut log = Vec::new();
    let roots = roots::prepare(cx, &metadata, generator, &mut log).await?;
    let outputs = outputs::open(cx, &metadata, directory, &planned.types, &roots, &mut log).await?;

    policy::require(cx, Question::new("cg_import"), planned.policy_data(generator, &outputs)).await?;
    let volume = super::choose_volume(cx, planned.volume_data(generator)).await?;
    let build = build::make(cx, &planned, volume, !token.is_nil()).await?;
    note_types(cx, &build, &planned.types, &outputs).await?;
    let roots = roots::insert(cx, roots).await?;
    for output in &outputs {
        insert(cx, &build, output, roots.get(&output.root).copied()).await?;
    }
    if !token.is_nil() {
        db_cg::release(&mut cx.tx, build.id).await?;
    }
    store_files(cx, &build, metadata, outputs, log).await?;
    Ok(builds::get(&mut cx.tx, build.id).await?)
}

/// Notes of which kinds the build is.
async fn note_types(cx: &mut Cx, build: &Build, types: &Struct, outputs: &[Output]) -> Outcome<()> {
    for (name, info) in types {
        match name.as_str() {
            "maven" => typed::make_maven(&mut cx.tx, build.id, info).await?,
            "win" => typed::make_win(&mut cx.tx, build.id, info).await?,
            "image" => typed::make_image(&mut cx.tx, build.id).await?,
            other => drop(builds::add_type(&mut cx.tx, build.id, other).await?),
        }
    }
    if outputs.iter().any(|o| matches!(o.content, Content::Rpm(_))) {
        builds::add_type(&mut cx.tx, build.id, "rpm").await?;
    }
    Ok(())
}

/// The rows of an output.
async fn insert(cx: &mut Cx, build: &Build, output: &Output, root: Option<i64>) -> Outcome<()> {
    match &output.content {
        Content::Rpm(rpm) => {
            let nvr = format!("{}-{}-{}.src.rpm", build.name, build.version, build.rpm_release());
            rpm.check_file_name()?;
            rpm.check_source(&nvr)?;
            super::build::insert(&mut cx.tx, build, rpm, root, output.extra.clone()).await.map(drop)
        }
        Content::Log(_) => Ok(()),
        Content::Archive { kind, rpms, archives, .. } => {
            typed::reject_draft(build.draft)?;
            let row = ArchiveRow {
                filename: &output.filename,
                size: output.size,
                checksum: output.checksum.clone(),
                checksum_type: output.checksum_type,
                metadata_only: output.metadata_only,
                extra: output.extra.clone(),
            };
            let id = super::archive::insert(&mut cx.tx, build, kind, row, root).await?;
            Ok(archives::write::add_components(&mut cx.tx, id, rpms.clone(), archives.clone()).await?)
        }
    }
}

/// Puts all files into the build's directory in one step.
async fn store_files(
    cx: &mut Cx,
    build: &Build,
    metadata: Metadata,
    outputs: Vec<Output>,
    log: Vec<String>,
) -> Outcome<()> {
    let place = BuildDir::of(&cx.hub.paths, build)?;
    let default_place = match build.volume_name.as_str() {
        "DEFAULT" => None,
        _ => Some(BuildDir::on(&cx.hub.paths, build, &build.release, "DEFAULT")?),
    };
    let id = build.id;
    let links = blocking(move || {
        let mut staging = Staging::begin(&place, id)?;
        let mut links: Vec<(Source, RelPath)> = Vec::new();
        let parse = |text: String| {
            RelPath::parse(&text).ok_or_else(|| Fault::generic(format!("Invalid file name: {text}")))
        };
        for output in outputs {
            let (path, mut source) = match output.content {
                Content::Rpm(rpm) => {
                    let sig = parse(PathInfo::sighdr(rpm.nvr(), &rpm.arch, &rpm.sigkey))?;
                    staging.put(&sig, &rpm.sighdr)?;
                    (parse(PathInfo::rpm(rpm.nvr(), &rpm.arch))?, rpm.source)
                }
                Content::Log(None) | Content::Archive { source: None, .. } => continue,
                Content::Log(Some(source)) => {
                    (parse(format!("{}/{}/{}", PathInfo::BUILD_LOGS, output.subdir, source.name))?, source)
                }
                Content::Archive { kind, source: Some(mut source), .. } => {
                    let below = match output.subdir.as_str() {
                        "" => kind.dir()?,
                        subdir => kind.dir()?.join(&parse(subdir.to_owned())?),
                    };
                    let path = below.join(&parse(source.name.clone())?);
                    if kind.name() == "maven" {
                        for (extension, sum) in super::archive::maven_sums(&mut source)? {
                            staging.put(&parse(format!("{path}.{extension}"))?, sum.as_bytes())?;
                        }
                    }
                    (path, source)
                }
            };
            staging.adopt(&path, &mut source.file).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    Fault::generic(format!("Error importing file, {path} already exists")).into()
                }
                _ => crate::fault::Failure::from(e),
            })?;
            links.push((source, place.from_top().join(&path)));
        }
        staging.put(&RelPath::literal("metadata.json"), metadata.raw.as_bytes())?;
        if !log.is_empty() {
            let text = format!("{}\nCG import was SUCCESSFUL.\n", log.join("\n"));
            staging.put(&RelPath::literal("data/logs/cg_import.log"), text.as_bytes())?;
        }
        staging.publish()?;
        if let Some(default) = default_place {
            let parent = default.parent()?;
            parent.remove_tree(default.name())?;
            parent.link_over(default.name(), &store::relative(default.from_top(), place.from_top()))?;
        }
        Ok(links)
    })
    .await?;
    leave_links(cx, links);
    Ok(())
}

/// Ids of rpms and archives that components name. What is not known is left out and noted in `log`.
async fn components(cx: &mut Cx, list: &Value, log: &mut Vec<String>) -> Outcome<(Vec<i64>, Vec<i64>)> {
    let Value::Array(list) = list else { return Err(refs::wrong_type(list, "list").into()) };
    let (mut rpms, mut files) = (Vec::new(), Vec::new());
    for item in list {
        match Fields(item).text("type")?.as_str() {
            "rpm" => rpms.extend(rpm(cx, item, log).await?),
            "file" => files.extend(file(cx, item, log).await?),
            "kojifile" => files.push(koji_file(cx, item).await?),
            other => return Err(Fault::generic(format!("No such component type: {other}")).into()),
        }
    }
    Ok((rpms, files))
}

async fn rpm(cx: &mut Cx, item: &Value, log: &mut Vec<String>) -> Outcome<Option<i64>> {
    let shown = koji_api::types::repr::repr(item);
    if item.get("location").is_some() {
        return Err(Fault::generic("External rpms not allowed").into());
    }
    if item.get("id").is_some() {
        return Err(Fault::generic("Unexpected 'id' field in component").into());
    }
    let found = lookup::rpms(&mut cx.tx, item).await?;
    let Some(found) = found.first() else {
        log.push(format!("IGNORING unmatched rpm component: {shown}"));
        return Ok(None);
    };
    if found.get("draft").is_some_and(Value::truthy) {
        return Err(Fault::generic("Draft rpm not supported").into());
    }
    if found.get("payloadhash").and_then(Value::as_str) != Some(Fields(item).text("sigmd5")?.as_str()) {
        log.push(format!("IGNORING rpm component (md5 mismatch): {shown}"));
    }
    Ok(found.get("id").and_then(Value::as_int))
}

async fn file(cx: &mut Cx, item: &Value, log: &mut Vec<String>) -> Outcome<Option<i64>> {
    let of = Fields(item);
    let filter = archives::ArchiveFilter {
        filename: Some(of.text("filename")?),
        size: Some(of.int("filesize")?),
        checksum: Some(of.text("checksum")?),
        checksum_type: Some(of.checksum_type()?.code()),
        ..archives::ArchiveFilter::default()
    };
    let found = cx.tx.select_one(&archives::list(filter, &koji_db::QueryOpts::default())?).await?;
    if found.is_none() {
        log.push(format!("IGNORING unmatched archive: {}", koji_api::types::repr::repr(item)));
    }
    Ok(found.and_then(|row| row.get("id")?.as_int()))
}

/// An archive by its id; all that is said of it has to be true.
async fn koji_file(cx: &mut Cx, item: &Value) -> Outcome<i64> {
    let id = Fields(item).int("archive_id")?;
    let found = archives::get(&mut cx.tx, id).await?;
    let archive = found.ok_or_else(|| Fault::generic(format!("No such archive: {id}")))?;
    let build = lookup::build(&mut cx.tx, &archive.get("build_id").cloned().unwrap_or_default()).await?;
    for key in ["nvr", "filename"] {
        if item.get(key).is_none() {
            let text = format!("{key} field missing for component, archive_id={id}");
            return Err(Fault::generic(text).into());
        }
    }
    let kind = archive.get("checksum_type").and_then(Value::as_int);
    let kind = kind.and_then(koji_api::types::ChecksumType::from_code).map_or("", |k| k.name());
    let get = |key: &str| archive.get(key).cloned().unwrap_or_default();
    for (key, expected) in [
        ("nvr", build.nvr().into()),
        ("filename", get("filename")),
        ("filesize", get("size")),
        ("checksum", get("checksum")),
        ("checksum_type", kind.into()),
    ] {
        let expected: Value = expected;
        if let Some(said) = item.get(key).filter(|said| **said != expected) {
            let text = |v: &Value| koji_api::types::repr::text(v);
            return Err(Fault::generic(format!(
                "Component field {key} does not match for archive_id={id}: {} != {}",
                text(&expected),
                text(said)
            ))
            .into());
        }
    }
    Ok(id)
}
