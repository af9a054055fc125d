//! `addRPMSig`.

use base64::Engine as _;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use koji_api::Fault;
use koji_api::methods::AddRPMSig;
use koji_api::paths::PathInfo;
use koji_api::types::repr;
use koji_db::signatures;
use koji_rpm::signature;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::import::{BuildDir, sighash};
use crate::methods::rpms::own;
use crate::store::RelPath;
use crate::{blocking, lookup};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) async fn add_rpm_sig(cx: &mut Cx, call: AddRPMSig) -> Outcome<()> {
    let header = decode(&call.data)?;
    let rpm = own(&mut cx.tx, &call.an_rpm).await?;
    let build = lookup::build(&mut cx.tx, &rpm.build_id.into()).await?;
    let place = BuildDir::of(&cx.hub.paths, &build)?;
    let sigmd5 = signature::sigmd5(&header).map_err(|e| bad_header(&header, &e))?;
    if sigmd5.as_deref() != Some(rpm.payloadhash.as_str()) {
        let found = sigmd5.as_deref().unwrap_or("None");
        return Err(Fault::generic(format!("wrong md5 for {}: {found}", rpm.nvra())).into());
    }
    let key = signature::key_id(&header).map_err(|e| bad_header(&header, &e))?;
    if !signatures::add(&mut cx.tx, rpm.id, &key, &sighash(&header)).await? {
        let text = format!("Signature already exists for package {}, key {key}", rpm.nvra());
        return Err(Fault::generic(text).into());
    }
    let path = PathInfo::sighdr(rpm.nvr(), &rpm.arch, &key);
    blocking(move || {
        let dir = place.open().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Failure::Fault(Fault::generic(format!("No such directory: {}", place.shown())))
            }
            _ => e.into(),
        })?;
        let path =
            RelPath::parse(&path).ok_or_else(|| Fault::generic(format!("Invalid file name: {path}")))?;
        let dir = match path.parent() {
            Some(above) => dir.make_dirs(&above)?,
            None => dir,
        };
        Ok(dir.put(path.name(), &header)?)
    })
    .await
}

/// The bytes of the header: base64 as text, with line breaks or without.
fn decode(data: &Value) -> Result<Vec<u8>, Fault> {
    match data {
        Value::Base64(bytes) => Ok(bytes.clone()),
        Value::Str(text) => {
            let clean: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            BASE64.decode(clean).map_err(|e| Fault::internal(format!("the signature is no base64: {e}")))
        }
        other => Err(Fault::internal(format!("a base64 string is wanted, not {}", repr::class(other)))),
    }
}

fn bad_header(header: &[u8], error: &koji_rpm::Error) -> Fault {
    match header.get(..3) {
        Some(magic) if magic != [0x8e, 0xad, 0xe8] => {
            let shown = repr::repr(&Value::Base64(magic.to_vec()));
            Fault::generic(format!("Invalid rpm header: bad magic: {shown}"))
        }
        _ => Fault::generic(error.to_string()),
    }
}
