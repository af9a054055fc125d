//! Reading the metadata, version 0.

use std::io::Read as _;

use koji_api::Fault;
use koji_api::types::{ChecksumType, refs, repr};
use koji_xmlrpc::{Struct, Value};

use super::super::source::Source;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::store;

/// How long uploaded metadata may be, in bytes.
const MAX_LENGTH: u64 = 256 << 20;

/// The metadata of an import.
pub struct Metadata {
    /// As they are kept with the build.
    pub raw: String,
    pub all: Value,
}

impl Metadata {
    pub fn build(&self) -> Result<Fields<'_>, Fault> {
        Fields(&self.all).at("build").map(Fields)
    }

    pub fn list(&self, key: &str) -> Result<&[Value], Fault> {
        let list = Fields(&self.all).at(key)?;
        list.as_array().ok_or_else(|| refs::wrong_type(list, "list"))
    }
}

/// Reads metadata that are given as a struct, as JSON, by the name of an uploaded file, or as the upload `metadata.json`.
pub async fn read(cx: &Cx, given: &Value, directory: &str) -> Outcome<Metadata> {
    let metadata = match given {
        Value::Struct(_) => {
            let raw = serde_json::to_string_pretty(&koji_db::to_json(given));
            let raw = raw.map_err(|e| Fault::generic(format!("Invalid metadata, cannot encode: {e}")))?;
            Metadata { raw, all: given.clone() }
        }
        other => {
            let text = if other.is_nil() { "metadata.json" } else { refs::to_str(other)? };
            let raw = match text.ends_with(".json") {
                true => uploaded(cx, directory, text).await?,
                false => text.to_owned(),
            };
            let invalid =
                || Fault::generic(format!("Invalid json data: {}", repr::repr(&raw.as_str().into())));
            let parsed: serde_json::Value = serde_json::from_str(&raw).map_err(|_| invalid())?;
            Metadata { all: koji_db::json(parsed), raw }
        }
    };
    let version = Fields(&metadata.all).at("metadata_version")?;
    if version.as_int() != Some(0) {
        return Err(Fault::generic(format!("No such metadata version: {}", repr::repr(version))).into());
    }
    Ok(metadata)
}

async fn uploaded(cx: &Cx, directory: &str, name: &str) -> Outcome<String> {
    let (hub, path, shown) = (cx.hub.clone(), format!("{directory}/{name}"), name.to_owned());
    blocking(move || {
        let work = store::work(&hub, None)?;
        let missing = |_| Fault::generic(format!("No such file: {shown}"));
        let source = Source::open(&work, &hub.paths.work(None), &path).map_err(missing)?;
        let mut text = String::new();
        source.file.take(MAX_LENGTH).read_to_string(&mut text)?;
        Ok(text)
    })
    .await
}

/// The members of a struct, with the faults of those that are missing.
#[derive(Clone, Copy)]
pub struct Fields<'a>(pub &'a Value);

impl<'a> Fields<'a> {
    pub fn at(self, key: &str) -> Result<&'a Value, Fault> {
        self.0.get(key).ok_or_else(|| Fault::internal(format!("<class 'KeyError'>: '{key}'")))
    }

    pub fn text(self, key: &str) -> Result<String, Fault> {
        self.at(key).map(repr::text)
    }

    pub fn int(self, key: &str) -> Result<i64, Fault> {
        refs::to_int(self.at(key)?)
    }

    /// Seconds since 1970.
    pub fn seconds(self, key: &str) -> Result<f64, Fault> {
        let value = self.at(key)?;
        let number = value.as_double().or_else(|| value.as_str()?.trim().parse().ok());
        number.ok_or_else(|| Fault::internal(format!("could not convert to float: {}", repr::repr(value))))
    }

    pub fn checksum_type(self) -> Result<ChecksumType, Fault> {
        let name = self.text("checksum_type")?;
        ChecksumType::from_name(&name)
            .ok_or_else(|| Fault::generic(format!("Unsupported checksum type: {name}")))
    }

    /// A member that is a struct; empty when it is absent or nil.
    pub fn members(self, key: &str) -> Struct {
        self.0.get(key).and_then(Value::as_struct).cloned().unwrap_or_default()
    }
}
