//! The build of an import.

use koji_api::Fault;
use koji_api::types::{BuildState, refs, repr};
use koji_db::builds::{self, Build, NewBuild};
use koji_db::cg as db_cg;
use koji_db::names::{Named, Table};
use koji_rpm::Nvr;
use koji_xmlrpc::{Struct, Value};

use super::metadata::{Fields, Metadata};
use super::outputs::Output;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::new_build;
use crate::lookup;

/// What the metadata make of a build.
pub struct Planned {
    /// For `new_build`.
    pub data: Struct,
    /// Of the reserved build.
    pub id: Option<i64>,
    /// Type name to what is said of the build as one of that type.
    pub types: Struct,
}

impl Planned {
    fn get(&self, key: &str) -> Value {
        self.data.get(key).cloned().unwrap_or_default()
    }

    fn some<const N: usize>(&self, keys: [&str; N]) -> Struct {
        let mut data: Struct = keys.iter().map(|k| ((*k).to_owned(), self.get(k))).collect();
        data.insert("package".into(), self.get("name"));
        data
    }

    /// What the policy `cg_import` is told.
    pub fn policy_data(&self, generator: i64, outputs: &[Output]) -> Struct {
        let mut data = self.some(["version", "release", "source", "draft"]);
        let types: Vec<String> = self.types.keys().cloned().collect();
        data.insert("btypes".into(), types.into());
        data.insert("metadata_only".into(), outputs.iter().any(|o| o.metadata_only).into());
        data.insert("cg_list".into(), vec![generator].into());
        data
    }

    /// What the policy `volume` is told.
    pub fn volume_data(&self, generator: i64) -> Struct {
        let mut data = self.some(["version", "release", "source"]);
        data.insert("cg_list".into(), vec![generator].into());
        data.insert("import".into(), true.into());
        data.insert("import_type".into(), "cg".into());
        data
    }
}

/// Checks the metadata against the reservation, or against there being no such build.
pub async fn plan(cx: &mut Cx, metadata: &Metadata, generator: i64, token: &Value) -> Outcome<Planned> {
    let of = metadata.build()?;
    let task = task(of)?;
    let id = match of.0.get("build_id").filter(|id| id.truthy()) {
        Some(id) => {
            let id = refs::to_int(id)?;
            reserved(cx, of, id, generator, task, token).await?;
            Some(id)
        }
        None if !token.is_nil() => {
            let text = "Reservation token given, but no build_id in metadata";
            return Err(Fault::generic(text).into());
        }
        None => {
            if let Some(old) = lookup::find_build(&mut cx.tx, of.0).await?
                && !matches!(old.state, BuildState::Canceled | BuildState::Failed)
            {
                return Err(
                    Fault::generic(format!("Build already exists: {} (id={})", old.nvr(), old.id)).into()
                );
            }
            None
        }
    };
    let nvr = Nvr {
        name: of.text("name")?,
        version: of.text("version")?,
        release: of.text("release")?,
        epoch: None,
    };
    nvr.check().map_err(|e| Fault::generic(e.to_string()))?;
    let (mut extra, types) = types(cx, of).await?;
    extra.insert("typeinfo".into(), Value::Struct(types.clone()));
    let mut data: Struct = [
        ("name", nvr.name.into()),
        ("version", nvr.version.into()),
        ("release", nvr.release.into()),
        ("epoch", of.0.get("epoch").cloned().unwrap_or_default()),
        ("draft", of.0.truthy_at("draft").into()),
        ("extra", Value::Struct(extra)),
        ("source", of.at("source")?.clone()),
        ("start_time", of.seconds("start_time")?.into()),
        ("completion_time", of.seconds("end_time")?.into()),
        ("task_id", task.into()),
        ("cg_id", generator.into()),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    match of.0.get("owner") {
        Some(owner) if owner.truthy() => {
            if owner.as_str().is_none() {
                let shown = repr::text(owner);
                let text = format!("Invalid owner format (expected username): {shown}");
                return Err(Fault::generic(text).into());
            }
            data.insert("owner".into(), lookup::user(&mut cx.tx, owner).await?.id.into());
        }
        _ => {}
    }
    Ok(Planned { data, id, types })
}

/// The task that made the build, where the metadata say it in one of two places.
fn task(of: Fields<'_>) -> Result<Option<i64>, Fault> {
    let given = |v: Option<&Value>| v.filter(|v| !v.is_nil()).map(refs::to_int).transpose();
    let task = given(of.0.get("task_id"))?;
    let container = given(of.0.get("extra").and_then(|e| e.get("container_koji_task_id")))?;
    match (task, container) {
        (Some(one), Some(other)) if one != other => Err(Fault::generic(format!(
            "CG provided non-matching task_id {one} and container_koji_task_id {other}"
        ))),
        (one, other) => Ok(other.or(one)),
    }
}

async fn reserved(
    cx: &mut Cx,
    of: Fields<'_>,
    id: i64,
    generator: i64,
    task: Option<i64>,
    token: &Value,
) -> Outcome<()> {
    let state = builds::lock(&mut cx.tx, id).await?;
    let build = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    let secret = db_cg::token(&mut cx.tx, id).await?;
    let draft = of.0.truthy_at("draft");
    let release = of.text("release")?;
    let release = if build.draft { format!("{release},draft_{id}") } else { release };
    let same_nvr =
        build.name == of.text("name")? && build.version == of.text("version")? && build.release == release;
    let fault = if secret.is_none() || secret.as_deref() != token.as_str() {
        format!("Token doesn't match build ID {id}")
    } else if build.cg_id != Some(generator) {
        format!("Build ID {id} is not reserved by this CG")
    } else if build.task_id.is_some() && build.task_id != task {
        format!("Build is owned by task {}", build.task_id.unwrap_or_default())
    } else if state != Some(BuildState::Building) {
        format!("Build ID {id} is not in BUILDING state")
    } else if build.draft != draft {
        format!("Draft field does not match reservation (build id = {id})")
    } else if !same_nvr {
        format!("Build ({id}) NVR is different")
    } else if of.0.get("epoch").is_some_and(|e| e.as_int() != build.epoch) {
        format!("Build ({id}) epoch is different")
    } else {
        return Ok(());
    };
    Err(Fault::generic(fault).into())
}

/// The extra data, and what they say of the build's types; the old types may stand beside `typeinfo`.
async fn types(cx: &mut Cx, of: Fields<'_>) -> Outcome<(Struct, Struct)> {
    let extra = of.members("extra");
    let mut types = extra.get("typeinfo").and_then(Value::as_struct).cloned().unwrap_or_default();
    for old in ["maven", "win", "image"] {
        let Some(info) = extra.get(old) else { continue };
        if types.contains_key(old) {
            return Err(Fault::generic(format!("Duplicate typeinfo for '{old}'")).into());
        }
        types.insert(old.to_owned(), info.clone());
    }
    for name in types.keys() {
        lookup::named_strict(&mut cx.tx, Table::BType, &name.as_str().into()).await?;
    }
    Ok((extra, types))
}

/// The complete build: the reserved one, or a new one.
pub async fn make(cx: &mut Cx, planned: &Planned, volume: Named, with_token: bool) -> Outcome<Build> {
    let id = match planned.id.filter(|_| with_token) {
        Some(id) => {
            let row = NewBuild {
                package_id: 0,
                version: String::new(),
                release: String::new(),
                epoch: None,
                draft: false,
                state: BuildState::Complete,
                task_id: planned.get("task_id").as_int(),
                owner_id: match planned.get("owner").as_int() {
                    Some(owner) => owner,
                    None => cx.user_id()?,
                },
                volume_id: volume.id,
                source: planned.get("source").as_str().map(str::to_owned),
                extra: Some(koji_db::json_text(&planned.get("extra"))),
                cg_id: None,
                start: None,
                completion: None,
            };
            if !builds::complete_reserved(&mut cx.tx, id, &row).await? {
                return Err(Fault::generic(format!("Build ID {id} is not in BUILDING state")).into());
            }
            id
        }
        None => {
            let mut data = planned.data.clone();
            data.insert("volume_id".into(), volume.id.into());
            new_build(cx, data, false).await?
        }
    };
    lookup::build(&mut cx.tx, &Value::Int(id)).await
}
