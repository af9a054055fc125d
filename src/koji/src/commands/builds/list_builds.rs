use std::cmp::Ordering;

use koji_api::methods as m;
use koji_api::types::BuildState;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, id_or_name, items, shown, text};
use crate::time;

/// List builds
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Of a package
    #[arg(long)]
    package: Option<String>,
    /// The one of this id or NVR
    #[arg(long)]
    buildid: Option<String>,
    /// Completed before a time
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    before: Option<f64>,
    /// Completed after a time
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    after: Option<f64>,
    /// In this state, by name or number
    #[arg(long)]
    state: Option<String>,
    /// Of a task
    #[arg(long)]
    task: Option<String>,
    /// Of a type: maven, win, image or another one that the hub knows
    #[arg(long = "type")]
    kind: Option<String>,
    /// Whose name starts so
    #[arg(long)]
    prefix: Option<String>,
    /// Whose NVR matches a pattern with * and ?
    #[arg(long, value_name = "GLOB")]
    pattern: Option<String>,
    /// Imported by a content generator
    #[arg(long)]
    cg: Option<String>,
    /// Whose source matches a pattern with * and ?
    #[arg(long, value_name = "GLOB")]
    source: Option<String>,
    /// Of an owner
    #[arg(long)]
    owner: Option<String>,
    /// On a volume
    #[arg(long)]
    volume: Option<String>,
    /// Only draft builds
    #[arg(long)]
    draft_only: bool,
    /// No draft builds
    #[arg(long)]
    no_draft: bool,
    /// Sort by build_id, owner_name or state (repeatable)
    #[arg(short = 'k', long, value_name = "FIELD")]
    sort_key: Vec<String>,
    /// In the opposite order
    #[arg(short, long)]
    reverse: bool,
    /// No header
    #[arg(long)]
    quiet: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = query(cx, &a).await?;
    if let Some(build) = given(&a.buildid) {
        let build = id_or_name(build);
        let found = cx.hub().call(m::GetBuild { buildInfo: build.clone(), ..Default::default() }).await?;
        if found.is_nil() {
            let name = koji_api::types::repr::text(&build);
            return Err(CommandError::usage(format!("No such build: '{name}'")));
        }
        check_keys(cx, &a);
        header(cx, &a);
        show(cx, &found);
        return Ok(());
    }
    if !a.is_limited() {
        return Err(CommandError::usage("Filter must be provided for list"));
    }
    if !a.sort_key.is_empty() {
        let builds = sorted(&a, cx.hub().rows(call).await?.rest().await?);
        check_keys(cx, &a);
        header(cx, &a);
        builds.iter().for_each(|build| show(cx, build));
        return Ok(());
    }
    // the hub can sort by the id, so that they come in the right order
    let order = if a.reverse { "-build_id" } else { "build_id" };
    let query_opts = Value::record([("order", order.into())]);
    let mut builds = cx.hub().rows(m::ListBuilds { queryOpts: query_opts, ..call }).await?;
    header(cx, &a);
    while let Some(build) = builds.next().await? {
        show(cx, &build);
    }
    Ok(())
}

fn header(cx: &Cx, a: &Arguments) {
    if !a.quiet && !cx.options.quiet {
        cx.out.line(format!("{:<55}  {:<16}  State", "Build", "Built by"));
        cx.out.line(format!("{}  {}  {}", "-".repeat(55), "-".repeat(16), "-".repeat(16)));
    }
}

fn show(cx: &Cx, build: &Value) {
    cx.out.data(build);
    let state = build.int_at("state").and_then(BuildState::from_code).map_or("unknown", BuildState::name);
    cx.out.line(format!("{:<55}  {:<16}  {state}", shown(build, "nvr"), shown(build, "owner_name")));
}

fn given(option: &Option<String>) -> Option<&str> {
    option.as_deref().filter(|text| !text.is_empty())
}

impl Arguments {
    /// Whether anything but the build itself says which builds are meant.
    fn is_limited(&self) -> bool {
        [&self.kind, &self.prefix, &self.pattern].iter().any(|o| o.is_some())
            || [&self.cg, &self.package, &self.owner, &self.volume, &self.state, &self.task, &self.source]
                .into_iter()
                .any(|o| given(o).is_some())
            || self.no_draft
            || self.draft_only
            || [self.before, self.after].iter().flatten().any(|ts| *ts != 0.0)
    }
}

async fn query(cx: &Cx, a: &Arguments) -> Result<m::ListBuilds> {
    if a.no_draft && a.draft_only {
        return Err(CommandError::usage("--draft-only conflicts with --no-draft"));
    }
    let draft = if a.no_draft {
        Value::Bool(false)
    } else if a.draft_only {
        Value::Bool(true)
    } else {
        Value::Nil
    };
    let time = |ts: Option<f64>| ts.filter(|ts| *ts != 0.0).into();
    let mut call = m::ListBuilds {
        r#type: a.kind.clone().into(),
        prefix: a.prefix.clone().into(),
        pattern: a.pattern.clone().into(),
        cgID: given(&a.cg).into(),
        source: given(&a.source).into(),
        completeBefore: time(a.before),
        completeAfter: time(a.after),
        draft,
        ..Default::default()
    };
    if let Some(name) = given(&a.package) {
        call.packageID =
            id_of(cx, "package", name, m::GetPackageID { name: name.into(), ..Default::default() }).await?;
    }
    if let Some(name) = given(&a.owner) {
        let user =
            id_of(cx, "user", name, m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
        call.userID = if user.int_at("id").is_some() { field(&user, "id") } else { user };
    }
    if let Some(name) = given(&a.volume) {
        call.volumeID = volume(cx, name).await?;
    }
    if let Some(name) = given(&a.state) {
        let state = match name.trim().parse() {
            Ok(code) => BuildState::from_code(code),
            Err(_) => BuildState::from_name(name),
        };
        let unknown = || CommandError::usage(format!("Invalid state: {name}"));
        call.state = state.ok_or_else(unknown)?.into();
    }
    if let Some(task) = given(&a.task) {
        let id: i64 = task.trim().parse().map_err(|_| CommandError::usage("Task id must be an integer"))?;
        call.taskID = id.into();
    }
    Ok(call)
}

/// The number that the text is, else what the hub answers for the name.
async fn id_of(cx: &Cx, noun: &str, name: &str, call: impl koji_api::Method) -> Result<Value> {
    if let Ok(id) = name.trim().parse() {
        return Ok(Value::Int(id));
    }
    let found = cx.hub().call(call).await?;
    if found.is_nil() { Err(CommandError::usage(format!("No such {noun}: {name}"))) } else { Ok(found) }
}

async fn volume(cx: &Cx, name: &str) -> Result<Value> {
    if let Ok(id) = name.trim().parse() {
        return Ok(Value::Int(id));
    }
    let volumes = cx.hub().call(m::ListVolumes {}).await?;
    match items(&volumes).iter().find(|v| text(v, "name") == name) {
        Some(volume) => Ok(field(volume, "id")),
        None => Err(CommandError::usage(format!("No such volume: {name}"))),
    }
}

fn check_keys(cx: &Cx, a: &Arguments) {
    for key in a.sort_key.iter().filter(|k| !["build_id", "owner_name", "state"].contains(&k.as_str())) {
        cx.out.warn(format!("Invalid sort_key: {key}."));
    }
}

fn sorted(a: &Arguments, mut builds: Vec<Value>) -> Vec<Value> {
    let order = |x: &Value, y: &Value| {
        let one = |key: &String| {
            let numbers = x.int_at(key).cmp(&y.int_at(key));
            numbers.then_with(|| x.str_at(key).cmp(&y.str_at(key)))
        };
        a.sort_key.iter().map(one).find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
    };
    // builds that compare as equal keep their order both ways, as in Python
    builds.sort_by(|x, y| if a.reverse { order(y, x) } else { order(x, y) });
    builds
}
