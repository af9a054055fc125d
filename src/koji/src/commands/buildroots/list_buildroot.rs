use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, shown, text, with};

/// List the rpms and archives that are in a buildroot, or were built in it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "BUILDROOT-ID")]
    buildroot: String,
    /// What was built in it
    #[arg(long)]
    built: bool,
    /// Mark drafts and updates
    #[arg(short, long)]
    verbose: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let id: i64 = a.buildroot.trim().parse().map_err(|_| {
        CommandError::new(format!("{}: the id of a buildroot is a number (see koji rpminfo)", a.buildroot))
    })?;
    let (built, component) = if a.built { (id.into(), Value::Nil) } else { (Value::Nil, id.into()) };
    let call = m::ListRPMs {
        buildrootID: built.clone(),
        componentBuildrootID: component.clone(),
        ..Default::default()
    };
    let rpms = cx.hub().call(call).await?;
    let word = if a.built { "Built" } else { "Component" };
    if !items(&rpms).is_empty() {
        cx.out.line(format!("{word} RPMs:"));
    }
    for (name, rpm) in by(&rpms, |r| format!("{}.{}", shown(r, "nvr"), shown(r, "arch"))) {
        cx.out.data(&with(rpm, [("kind", "rpm".into())]));
        let draft = if rpm.truthy_at("draft") {
            format!(" (,draft_{})", shown(rpm, "build_id"))
        } else {
            String::new()
        };
        let update = if rpm.truthy_at("is_update") { " [update]" } else { "" };
        cx.out.line(if a.verbose { format!("{name}{draft}{update}") } else { name });
    }
    let call = m::ListArchives { buildrootID: built, componentBuildrootID: component, ..Default::default() };
    let archives = cx.hub().call(call).await?;
    if !items(&archives).is_empty() {
        if !items(&rpms).is_empty() {
            cx.out.line("");
        }
        cx.out.line(format!("{word} Archives:"));
    }
    for (name, archive) in by(&archives, |x| text(x, "filename").to_owned()) {
        cx.out.data(&with(archive, [("kind", "archive".into())]));
        cx.out.line(name);
    }
    Ok(())
}

/// The records of a list with their names, sorted by these.
fn by(list: &Value, name: impl Fn(&Value) -> String) -> Vec<(String, &Value)> {
    let mut named: Vec<_> = items(list).iter().map(|record| (name(record), record)).collect();
    named.sort_by(|x, y| x.0.cmp(&y.0));
    named
}
