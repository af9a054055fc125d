use koji_api::methods as m;
use koji_repodata::comps::{self, Group};
use koji_xmlrpc::Value;

use super::spec::buildgroup_spec;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::AtOption;
use crate::lookup::{items, shown, with};
use crate::python::pretty::pformat;

/// Show the groups of a tag as data, as comps or as a spec file
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    /// As a comps file
    #[arg(long)]
    comps: bool,
    /// In comps, list the packages of required groups in the group itself
    #[arg(short = 'x', long)]
    expand: bool,
    /// As a spec file of a package that requires the group build
    #[arg(long)]
    spec: bool,
    /// Blocked packages and groups, too
    #[arg(long)]
    show_blocked: bool,
    #[command(flatten)]
    at: AtOption,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.show_blocked && (a.comps || a.spec) {
        return Err(CommandError::usage("--show-blocked doesn't make sense for comps/spec output"));
    }
    // the output is a file or data, in which a line about the event has no place
    let event = a.at.announced(cx, true).await?;
    let call = m::GetTagGroups {
        tag: a.tag.into(),
        event: event.into(),
        incl_blocked: a.show_blocked,
        ..Default::default()
    };
    let answer = cx.hub().call(call).await?;
    cx.out.data_list(&answer);
    if !a.comps && !a.spec {
        cx.out.line(pformat(&answer));
        return Ok(());
    }
    // upstream's client writes what nobody said as Python's None
    let named: Vec<Value> = items(&answer)
        .iter()
        .map(|g| with(g, ["display_name", "description"].map(|key| (key, shown(g, key).into()))))
        .collect();
    let groups: Vec<Group> = koji_xmlrpc::from_value(named.into()).map_err(|e| {
        CommandError::new(format!("the hub's answer to getTagGroups is no list of groups: {e}"))
    })?;
    cx.out.line(if a.comps { comps::generate(&groups, a.expand) } else { buildgroup_spec(&groups) });
    Ok(())
}
