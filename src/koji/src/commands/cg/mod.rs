//! Commands of content generators: builds made outside, imported with all that is known of them.

pub mod import_cg;
pub mod reserve_cg;

use std::path::Path;

use koji_xmlrpc::Value;

use crate::error::{CommandError, Result};

/// The metadata of a build: a JSON object with `build` in it.
fn metadata(path: &Path) -> Result<Value> {
    let failed = |e: String| CommandError::new(format!("{}: {e}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| failed(format!("no JSON: {e}")))
}

/// The part `build` of the metadata.
fn build(metadata: &Value) -> Result<&Value> {
    metadata.get("build").ok_or_else(|| CommandError::new("the metadata has no \"build\""))
}
