//! The buildroots of an import.

use std::collections::HashMap;

use koji_api::Fault;
use koji_api::types::{refs, repr};
use koji_db::buildroots::{self, External};
use koji_db::names::Table;
use koji_xmlrpc::Value;

use super::components;
use super::metadata::{Fields, Metadata};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::methods::cg::require_generator;

/// A buildroot with what was in it.
pub struct Root {
    row: External,
    rpms: Vec<i64>,
    archives: Vec<i64>,
}

/// The content generator of all buildroots; a fault unless the caller may import for it.
pub async fn generator(cx: &mut Cx, metadata: &Metadata) -> Outcome<i64> {
    let mut found = None;
    for root in metadata.list("buildroots")? {
        let name = Fields(Fields(root).at("content_generator")?).at("name")?;
        let generator = lookup::named_strict(&mut cx.tx, Table::ContentGenerator, name).await?;
        match found {
            Some((id, _)) if id != generator.id => {
                return Err(Fault::generic("Koji now support only one content-generator per import").into());
            }
            _ => found = Some((generator.id, name.clone())),
        }
    }
    let (id, name) = found.ok_or_else(|| Fault::generic("the metadata name no content generator"))?;
    require_generator(cx, &name).await?;
    Ok(id)
}

/// The buildroots by the ids that the metadata give them. Each has to be used by an output.
pub async fn prepare(
    cx: &mut Cx,
    metadata: &Metadata,
    generator: i64,
    log: &mut Vec<String>,
) -> Outcome<HashMap<String, Root>> {
    let mut used = Vec::new();
    for output in metadata.list("output")? {
        used.push(repr::repr(Fields(output).at("buildroot_id")?));
    }
    let mut roots = HashMap::new();
    for root in metadata.list("buildroots")? {
        let of = Fields(root);
        let id = repr::repr(of.at("id")?);
        if !used.contains(&id) {
            return Err(Fault::generic(format!("Buildroot id not used in output: {id}")).into());
        }
        if roots.contains_key(&id) {
            return Err(Fault::generic(format!("Duplicate buildroot id in metadata: {id}")).into());
        }
        roots.insert(id, one(cx, of, generator, log).await?);
    }
    Ok(roots)
}

async fn one(cx: &mut Cx, of: Fields<'_>, generator: i64, log: &mut Vec<String>) -> Outcome<Root> {
    let (container, host) = (Fields(of.at("container")?), Fields(of.at("host")?));
    let mut tools = Vec::new();
    let list = of.at("tools")?;
    for tool in list.as_array().ok_or_else(|| refs::wrong_type(list, "list"))? {
        tools.push((Fields(tool).text("name")?, Fields(tool).text("version")?));
    }
    let extra = of.0.get("extra").filter(|e| !e.is_nil()).map(koji_db::json_text);
    let row = External {
        cg_id: generator,
        cg_version: Fields(of.at("content_generator")?).text("version")?,
        container_type: container.text("type")?,
        container_arch: container.text("arch")?,
        host_os: host.text("os")?,
        host_arch: host.text("arch")?,
        extra,
        tools,
    };
    let (rpms, archives) = components(cx, of.at("components")?, log).await?;
    Ok(Root { row, rpms, archives })
}

/// Adds the buildroots; their ids by those of the metadata.
pub async fn insert(cx: &mut Cx, roots: HashMap<String, Root>) -> Outcome<HashMap<String, i64>> {
    let mut ids = HashMap::new();
    for (key, root) in roots {
        let id = buildroots::new_external(&mut cx.tx, &root.row).await?;
        buildroots::add_rpms(&mut cx.tx, id, root.rpms, false).await?;
        buildroots::add_archives(&mut cx.tx, id, root.archives, false).await?;
        ids.insert(key, id);
    }
    Ok(ids)
}

/// How an output names its buildroot.
pub fn key(id: &Value) -> String {
    repr::repr(id)
}
