//! A new build, or a failed one anew.

use koji_api::Fault;
use koji_api::types::{BuildRef, BuildState, refs, repr};
use koji_db::builds::{self, Build, NewBuild};
use koji_db::names::{self, Table};
use koji_db::volumes;
use koji_xmlrpc::{Struct, Value};

use super::dirs;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::{lookup, store};

/// Makes a build; its id. `data` has the wire's keys: `name` or `pkg_id`, `version`, `release`, `epoch`, and what differs from a
/// complete import by the caller. A failed or canceled build of that N-V-R without rpms, archives and tag history is made anew;
/// any other is a fault, as is every existing one with `strict` and for a draft.
pub async fn new_build(cx: &mut Cx, mut data: Struct, strict: bool) -> Outcome<i64> {
    let package = package(cx, &mut data).await?;
    if data.get("owner").is_some_and(Value::truthy) {
        let owner = data.get("owner").cloned().unwrap_or_default();
        data.insert("owner".into(), lookup::user(&mut cx.tx, &owner).await?.id.into());
    }
    for key in ["version", "release", "epoch"] {
        if !data.contains_key(key) {
            return Err(Fault::generic(format!("No {key} value for build")).into());
        }
    }
    let extra = data.get("extra").map(koji_db::json_text);
    data.insert("extra".into(), extra.clone().into());
    if let Some(draft) = data.get("draft").map(Value::truthy) {
        data.insert("draft".into(), draft.into());
    }
    for (key, value) in [
        ("state", BuildState::Complete.into()),
        ("start_time", "NOW".into()),
        ("completion_time", "NOW".into()),
        ("source", Value::Nil),
        ("owner", cx.user_id()?.into()),
        ("task_id", Value::Nil),
        ("volume_id", Value::Int(0)),
        ("draft", Value::Bool(false)),
    ] {
        data.entry(key.to_owned()).or_insert(value);
    }
    let part = |key: &str| data.get(key).map(repr::text).unwrap_or_default();
    let (name, version, release) = (part("name"), part("version"), part("release"));

    if let Some(old) = lookup::find_build(&mut cx.tx, &Value::Struct(data.clone())).await? {
        return existing(cx, old.id, package, &data, extra, strict).await;
    }
    for (what, text) in [("version", &version), ("release", &release)] {
        // both are names of directories; rpm allows no more in them, and one in other bytes would look like another
        let plain =
            text.bytes().all(|b| b.is_ascii_graphic() && !br"\$;*".contains(&b)) && !text.starts_with('-');
        if !plain || store::RelPath::file_name(text).is_none() {
            return Err(
                Fault::generic(format!("Invalid {what} for build: {}", repr::repr(&text.into()))).into()
            );
        }
    }
    let id = builds::new_id(&mut cx.tx).await?;
    let mut build = fields(&data, package, extra.clone())?;
    if build.draft {
        build.release = format!("{release},draft_{id}");
        let draft =
            BuildRef::Nvr { name: name.clone(), version: version.clone(), release: build.release.clone() };
        if builds::find(&mut cx.tx, &draft).await?.is_some() {
            return Err(Fault::generic(format!("The build already exists: {}", build.release)).into());
        }
    }
    if builds::insert(&mut cx.tx, id, &build).await? {
        return Ok(id);
    }
    // somebody was faster: the rules for an existing build apply
    let nvr = BuildRef::Nvr { name, version, release: build.release };
    match builds::find(&mut cx.tx, &nvr).await? {
        Some(id) => existing(cx, id, package, &data, extra, strict).await,
        None => Err(Fault::generic("Another call is making the same build; try again").into()),
    }
}

/// What becomes of an existing build that somebody wants to make.
async fn existing(
    cx: &mut Cx,
    id: i64,
    package: i64,
    data: &Struct,
    extra: Option<String>,
    strict: bool,
) -> Outcome<i64> {
    // somebody else may be making it anew at this moment
    builds::lock(&mut cx.tx, id).await?;
    let old = lookup::build(&mut cx.tx, &Value::Int(id)).await?;
    let shown = format!("{} (id={id})", old.nvr());
    if data.get("draft").is_some_and(Value::truthy) {
        return Err(Fault::generic(format!("Target build already exists: {shown}")).into());
    }
    if strict {
        return Err(Fault::generic(format!("Existing build found: {shown}")).into());
    }
    recycle(cx, &old, package, data, extra).await?;
    Ok(id)
}

/// The id of the build's package, which is added when it is a new one.
async fn package(cx: &mut Cx, data: &mut Struct) -> Outcome<i64> {
    if let Some(id) = data.get("pkg_id") {
        let found = lookup::named_strict(&mut cx.tx, Table::Package, &id.clone()).await?;
        data.insert("name".into(), found.name.into());
        return Ok(found.id);
    }
    let name = data.get("name").filter(|n| n.truthy());
    let name = name.ok_or_else(|| Fault::generic("No name or package id provided for build"))?;
    let name = cx.hub.names.internal(name)?.to_owned();
    if store::RelPath::file_name(&name).is_none() {
        return Err(Fault::generic(format!("Name {name} cannot be the name of a directory")).into());
    }
    let id = names::find_or_add(&mut cx.tx, Table::Package, &name).await?;
    data.insert("pkg_id".into(), id.into());
    Ok(id)
}

fn fields(data: &Struct, package_id: i64, extra: Option<String>) -> Result<NewBuild, Fault> {
    let get = |key: &str| data.get(key).cloned().unwrap_or_default();
    let int = |key: &str| match get(key) {
        Value::Nil => Ok(None),
        value => refs::number(&value).map(Some).ok_or_else(|| {
            Fault::internal(format!("invalid input syntax for type integer: \"{}\"", repr::text(&value)))
        }),
    };
    let state = int("state")?.and_then(BuildState::from_code);
    Ok(NewBuild {
        package_id,
        version: repr::text(&get("version")),
        release: repr::text(&get("release")),
        epoch: epoch(int("epoch")?)?,
        draft: get("draft").truthy(),
        state: state.ok_or_else(|| Fault::generic("Invalid build state"))?,
        task_id: int("task_id")?,
        owner_id: int("owner")?.ok_or_else(|| Fault::generic("No owner for build"))?,
        volume_id: int("volume_id")?.unwrap_or(0),
        source: match get("source") {
            Value::Nil => None,
            value => Some(repr::text(&value)),
        },
        extra,
        cg_id: int("cg_id")?,
        start: get("start_time").as_double(),
        completion: get("completion_time").as_double(),
    })
}

/// An epoch that the database can hold.
fn epoch(epoch: Option<i64>) -> Result<Option<i64>, Fault> {
    match epoch {
        Some(n) if !(0..=i64::from(i32::MAX)).contains(&n) => {
            Err(Fault::generic(format!("Invalid epoch for build: {n}")))
        }
        epoch => Ok(epoch),
    }
}

/// Makes an existing build anew, if nothing of it would be lost.
async fn recycle(
    cx: &mut Cx,
    old: &Build,
    package: i64,
    data: &Struct,
    extra: Option<String>,
) -> Outcome<()> {
    let fail = |text: &str| Err(Fault::generic(text).into());
    let state = old.state;
    match state {
        BuildState::Building => {
            let same_task = data.get("task_id").and_then(Value::as_int) == old.task_id;
            if same_task && data.get("state").and_then(Value::as_int) == Some(state.code()) {
                // the task was started again
                return Ok(());
            }
            let task = old.task_id.map_or("None".to_owned(), |id| id.to_string());
            return fail(&format!("Build already in progress (task {task})"));
        }
        BuildState::Complete | BuildState::Deleted => {
            let shown = repr::repr(&Value::Struct(data.clone()));
            return fail(&format!("Build already exists (id={}, state={state}): {shown}", old.id));
        }
        BuildState::Failed | BuildState::Canceled => {}
    }
    if builds::has_tag_history(&mut cx.tx, old.id).await? {
        return fail("Build already exists. Unable to recycle, has tag history");
    }
    if builds::has_rpms(&mut cx.tx, old.id).await? {
        return fail("Build already exists. Unable to recycle, has rpm data");
    }
    if builds::has_archives(&mut cx.tx, old.id).await? {
        return fail("Build already exists. Unable to recycle, has archive data");
    }
    builds::recycle(&mut cx.tx, old.id, &fields(data, package, extra)?).await?;
    let volumes = volumes::all(&mut cx.tx).await?;
    dirs::remove_everywhere(cx, old, volumes).await
}
