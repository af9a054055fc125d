use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::{build, metadata};
use crate::commands::imports::{self, BringOptions};
use crate::commands::tasks::local_name;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, shown, text, with};
use crate::staging;

/// Import a build that was made outside, with its metadata
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "METADATA-FILE")]
    metadata: PathBuf,
    #[arg(value_name = "FILES-DIR")]
    files: PathBuf,
    #[command(flatten)]
    bring: BringOptions,
    /// Only check that the files are there
    #[arg(long)]
    test: bool,
    /// Token of the reservation
    #[arg(long)]
    token: Option<String>,
    /// As a draft
    #[arg(long)]
    draft: bool,
    /// Id of the reserved build
    #[arg(long, value_name = "ID")]
    build_id: Option<i64>,
    /// More words, which are not looked at
    #[arg(hide = true)]
    rest: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let metadata = completed(&a, metadata(&a.metadata)?)?;
    let output = metadata.get("output").ok_or_else(|| CommandError::new("Metadata contains no output"))?;
    let mut files = Vec::new();
    for entry in items(output).iter().filter(|entry| !entry.truthy_at("metadata_only")) {
        let sub = text(entry, "relpath");
        let sub = if sub.is_empty() { sub } else { local_name(sub)? };
        let file = a.files.join(sub).join(local_name(text(entry, "filename"))?);
        if !file.exists() {
            return Err(CommandError::usage(format!("No such file: {}", file.display())));
        }
        files.push((file, sub));
    }
    if a.test {
        return Ok(());
    }
    let dir = imports::directory();
    for (file, sub) in files {
        let target = if sub.is_empty() { dir.clone() } else { format!("{dir}/{sub}") };
        bring(cx, &a, &file, &target).await?;
    }
    let call = m::CGImport { metadata, directory: dir.into(), token: a.token.into() };
    let build = cx.hub().call(call).await?;
    let [name, version, release, id] =
        ["name", "version", "release", "build_id"].map(|key| shown(&build, key));
    cx.out.line(format!("Imported build {name}-{version}-{release} with id {id}"));
    Ok(())
}

async fn bring(cx: &Cx, a: &Arguments, file: &Path, dir: &str) -> Result {
    if a.bring.link {
        return imports::link(cx, file, dir);
    }
    cx.out.line(format!("Uploading {}", file.display()));
    staging::upload_to(cx, file, dir, a.bring.noprogress).await?;
    // upstream ends the line of its progress bar, which it shows unless told otherwise
    if !a.bring.noprogress && !crate::context::in_background() {
        cx.out.line("");
    }
    Ok(())
}

/// The metadata with what the command line says of the build.
fn completed(a: &Arguments, metadata: Value) -> Result<Value> {
    let mut more = Struct::new();
    if let Some(id) = a.build_id.filter(|id| *id != 0) {
        more.insert("build_id".to_owned(), id.into());
    }
    if a.draft {
        more.insert("draft".to_owned(), true.into());
    }
    if more.is_empty() {
        return Ok(metadata);
    }
    let mut build = build(&metadata)?.as_struct().cloned().unwrap_or_default();
    build.extend(more);
    Ok(with(&metadata, [("build", build.into())]))
}
