use std::path::Path;

use koji_api::methods as m;
use koji_api::types::repr::repr;
use koji_rpm::Nvr;
use koji_xmlrpc::{Struct, Value};

use super::{build, metadata};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, shown};

/// Reserve a build for a later import by a content generator
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "CG")]
    generator: String,
    #[arg(value_name = "NVR|METADATA-FILE")]
    build: String,
    /// As a draft
    #[arg(long)]
    draft: bool,
    /// Epoch, with an NVR
    #[arg(long)]
    epoch: Option<i64>,
    /// The build is given by a metadata file
    #[arg(long)]
    metadata: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut data = match from_nvr(&a)? {
        Some(data) => data,
        None => from_metadata(&a)?,
    };
    if a.draft {
        data.insert("draft".to_owned(), true.into());
    }
    let call = m::CGInitBuild { cg: a.generator.into(), data: data.into() };
    let reserved = cx.hub().call(call).await?;
    let token = repr(&field(&reserved, "token"));
    cx.out.line(format!("Reserved build {} with token {token}", shown(&reserved, "build_id")));
    Ok(())
}

/// The build by its name; nothing when the argument is no NVR.
fn from_nvr(a: &Arguments) -> Result<Option<Struct>> {
    if a.metadata {
        return Ok(None);
    }
    let Ok(nvr) = Nvr::parse(&a.build) else { return Ok(None) };
    let epoch = match (a.epoch, nvr.epoch.as_deref()) {
        (Some(epoch), _) => Some(epoch),
        (None, None | Some("")) => None,
        (None, Some(text)) => {
            let bad = |_| CommandError::new(format!("{text}: the epoch of a build is a number"));
            Some(text.parse().map_err(bad)?)
        }
    };
    let fields: [(&str, Value); 4] = [
        ("name", nvr.name.into()),
        ("version", nvr.version.into()),
        ("release", nvr.release.into()),
        ("epoch", epoch.into()),
    ];
    Ok(Some(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

fn from_metadata(a: &Arguments) -> Result<Struct> {
    if a.epoch.is_some() {
        return Err(CommandError::usage("The --epoch option cannot be used with --metadata"));
    }
    let metadata = metadata(Path::new(&a.build))?;
    let build = build(&metadata)?;
    let fields = ["name", "version", "release", "epoch", "draft"];
    Ok(fields.into_iter().filter_map(|key| Some((key.to_owned(), build.get(key)?.clone()))).collect())
}
