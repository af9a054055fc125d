use std::path::Path;

use base64::Engine as _;
use koji_api::methods as m;
use koji_rpm::signature;
use koji_xmlrpc::{Struct, Value, join_kwargs};
use md5::{Digest, Md5};

use crate::commands::tagging::nvra;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, text};
use crate::rpm_files::RpmInfo;

/// Import the signatures of signed rpms, and let the hub write the signed copies
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "RPM", required = true)]
    files: Vec<String>,
    /// The signature headers of unsigned rpms, too
    #[arg(long)]
    with_unsigned: bool,
    #[arg(long, hide = true)]
    write: bool,
    /// Only say what would be done
    #[arg(long)]
    test: bool,
    /// Key that the hub notes, instead of the one that the signature names (hubs since 1.36)
    #[arg(long)]
    sigkey: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    for file in &a.files {
        if !Path::new(file).exists() {
            return Err(CommandError::usage(format!("No such file: {file}")));
        }
    }
    for file in &a.files {
        import(cx, &a, file).await?;
    }
    Ok(())
}

async fn import(cx: &Cx, a: &Arguments, file: &str) -> Result {
    let path = Path::new(file);
    let unreadable = |e: koji_rpm::Error| CommandError::new(e.to_string());
    let header = signature::rip(path).map_err(unreadable)?;
    let key = match &a.sigkey {
        Some(key) => key.clone(),
        None => signature::key_id(&header).map_err(unreadable)?,
    };
    if key.is_empty() && a.sigkey.is_none() && !a.with_unsigned {
        cx.out.line(format!("Skipping unsigned package: {file}"));
        return Ok(());
    }
    let wanted = RpmInfo::read(path)?;
    let rpm = cx.hub().call(m::GetRPM { rpminfo: wanted.value(), ..Default::default() }).await?;
    if !rpm.truthy() {
        cx.out.line(format!("No such rpm in system: {}", wanted.nvra()));
        return Ok(());
    }
    if rpm.truthy_at("external_repo_id") {
        let repo = shown(&rpm, "external_repo_name");
        cx.out.line(format!("Skipping external rpm: {}@{repo}", nvra(&rpm)));
        return Ok(());
    }
    let call =
        m::QueryRPMSigs { rpm_id: field(&rpm, "id"), sigkey: key.as_str().into(), ..Default::default() };
    if let Some(previous) = items(&cx.hub().call(call).await?).first() {
        if text(previous, "sighash") == hex::encode(Md5::digest(&header)) {
            cx.out.line(format!("Signature already imported: {file}"));
        } else {
            cx.out.warn(format!("signature mismatch: {file}"));
            cx.out.warn(format!("  The system already has a signature for this rpm with key {key}"));
            cx.out.warn("  The two signature headers are not the same");
        }
        return Ok(());
    }
    cx.out.line(format!("Importing signature [key {key}] from {file}..."));
    if !a.test {
        let data = base64::engine::general_purpose::STANDARD.encode(&header);
        let mut kwargs = Struct::new();
        if let Some(key) = a.sigkey.as_deref().filter(|key| !key.is_empty()) {
            kwargs.insert("sigkey".to_owned(), key.into());
        }
        let params: Vec<Value> = vec![field(&rpm, "id"), data.into()];
        cx.hub().call_raw("addRPMSig", &join_kwargs(params, kwargs)).await?;
    }
    cx.out.line("Writing signed copy");
    if !a.test {
        let call = m::WriteSignedRPM { an_rpm: field(&rpm, "id"), sigkey: key.into(), ..Default::default() };
        cx.hub().call(call).await?;
    }
    Ok(())
}
