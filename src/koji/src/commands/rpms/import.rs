use std::collections::BTreeMap;
use std::path::Path;

use koji_api::methods as m;
use koji_api::types::BuildState;
use koji_api::types::repr::repr;
use koji_client::ClientError;
use koji_rpm::Nvr;
use koji_xmlrpc::{Struct, Value, join_kwargs};

use crate::commands::imports;
use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};
use crate::lookup::{field, text};
use crate::rpm_files::RpmInfo;

/// Import rpms that were built elsewhere
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "RPM", required = true)]
    files: Vec<String>,
    /// Link the files into the hub's work directory instead of uploading them; it must be mounted here (topdir)
    #[arg(long)]
    link: bool,
    /// Only say what would be done
    #[arg(long)]
    test: bool,
    /// Make builds that do not exist and whose source rpm is not given
    #[arg(long)]
    create_build: bool,
    /// Epoch of builds that are made; "none" for that of their first rpm
    #[arg(long, value_name = "EPOCH")]
    src_epoch: Option<String>,
    /// Key that the hub notes, instead of the one that the signature names (hubs since 1.36)
    #[arg(long)]
    sigkey: Option<String>,
}

type File = (String, RpmInfo);

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let epoch = a.epoch()?;
    let mut builds: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for file in &a.files {
        let info = RpmInfo::read(Path::new(file))?;
        builds.entry(info.build.clone()).or_default().push((file.clone(), info));
    }
    let mut missing = false;
    for (nvr, files) in &mut builds {
        files.sort_by(|x, y| x.0.cmp(&y.0));
        if !files.iter().any(|(_, info)| info.is_source) && !build(cx, nvr).await?.truthy() {
            cx.out.line(format!("Missing build or srpm: {nvr}"));
            missing = true;
        }
    }
    if missing && !a.create_build {
        cx.out.line("Aborting import");
        return Ok(());
    }
    for (nvr, files) in &builds {
        import_build(cx, &a, epoch, nvr, files).await?;
    }
    Ok(())
}

impl Arguments {
    /// The epoch for builds that are made; that of their first rpm when nothing or zero is given.
    fn epoch(&self) -> Result<Option<i64>> {
        match self.src_epoch.as_deref() {
            None | Some("None" | "none" | "(none)" | "") => Ok(None),
            Some(text) => match text.trim().parse() {
                Ok(epoch) => Ok(Some(epoch).filter(|e| *e != 0)),
                Err(_) => Err(CommandError::usage(format!("Invalid value for epoch: {text}"))),
            },
        }
    }
}

async fn build(cx: &Cx, nvr: &str) -> Result<Value> {
    Ok(cx.hub().call(m::GetBuild { buildInfo: nvr.into(), ..Default::default() }).await?)
}

async fn import_build(cx: &Cx, a: &Arguments, epoch: Option<i64>, nvr: &str, files: &[File]) -> Result {
    let found = build(cx, nvr).await?;
    let state = found.int_at("state").and_then(BuildState::from_code);
    match state {
        None | Some(BuildState::Complete) => {}
        Some(state @ (BuildState::Failed | BuildState::Canceled)) if !a.create_build => {
            cx.out.line(format!("Build {nvr} state is {state}. Skipping import"));
            return Ok(());
        }
        Some(BuildState::Failed | BuildState::Canceled) => {}
        Some(state) => {
            cx.out.line(format!("Build {nvr} exists with state={state}. Skipping import"));
            return Ok(());
        }
    }
    let (sources, binaries): (Vec<&File>, Vec<&File>) = files.iter().partition(|(_, info)| info.is_source);
    let mut complete = state == Some(BuildState::Complete);
    for (file, info) in &sources {
        if state.is_some() && !complete {
            create(cx, a, nvr, info.epoch).await?;
        }
        import(cx, a, file, info).await?;
        complete = true;
    }
    if !complete {
        let first = files.first().and_then(|(_, info)| info.epoch);
        create(cx, a, nvr, epoch.or(first)).await?;
    }
    for (file, info) in binaries {
        import(cx, a, file, info).await?;
    }
    Ok(())
}

async fn create(cx: &Cx, a: &Arguments, nvr: &str, epoch: Option<i64>) -> Result {
    if a.test {
        cx.out.line(format!("Test mode -- would have created empty build: {nvr}"));
        return Ok(());
    }
    cx.out.line(format!("Creating empty build: {nvr}"));
    let parsed = Nvr::parse(nvr).map_err(|e| CommandError::new(e.to_string()))?;
    let call = m::CreateEmptyBuild {
        name: parsed.name.into(),
        version: parsed.version.into(),
        release: parsed.release.into(),
        epoch: epoch.into(),
        ..Default::default()
    };
    cx.hub().call(call).await?;
    Ok(())
}

async fn import(cx: &Cx, a: &Arguments, file: &str, info: &RpmInfo) -> Result {
    let previous = cx.hub().call(m::GetRPM { rpminfo: info.value(), ..Default::default() }).await?;
    if previous.truthy() && !previous.truthy_at("external_repo_id") {
        if text(&previous, "payloadhash") == info.ident {
            cx.out.line(format!("RPM already imported: {file}"));
        } else {
            let hash = repr(&field(&previous, "payloadhash"));
            cx.out.warn(format!("digest mismatch for {file}"));
            cx.out.warn("  A different rpm with the same name has already been imported");
            cx.out.warn(format!("  Existing rpm has {hash}, your import has '{}'", info.ident));
        }
        cx.out.line("Skipping import");
        return Ok(());
    }
    if a.test {
        cx.out.line(format!("Test mode -- skipping import for {file}"));
        return Ok(());
    }
    let path = Path::new(file);
    if !a.link {
        cx.out.text(format!("uploading {file}... "));
    }
    let dir = imports::bring(cx, path, a.link, true).await?;
    if !a.link {
        cx.out.line("done");
    }
    cx.out.text(format!("importing {file}... "));
    let mut kwargs = Struct::new();
    if let Some(key) = a.sigkey.as_deref().filter(|key| !key.is_empty()) {
        kwargs.insert("sigkey".to_owned(), key.into());
    }
    let params = join_kwargs(vec![dir.into(), base_name(path).into()], kwargs);
    match cx.hub().call_raw("importRPM", &params).await {
        Ok(_) => cx.out.line("done"),
        // the other rpms may be good
        Err(ClientError::Fault(fault)) if fault.kind().is_some() => {
            let message = fault.python_text();
            cx.out.line(format!("\nError importing: {}", message.lines().last().unwrap_or_default()));
        }
        Err(e) => return Err(e.into()),
    }
    Ok(())
}
