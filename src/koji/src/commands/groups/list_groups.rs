use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::event::EventOptions;
use crate::lookup::{field, items, shown, text};

/// List the groups of a tag with their packages
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    /// Only this group
    group: Option<String>,
    #[command(flatten)]
    event: EventOptions,
    /// Blocked packages and groups, too
    #[arg(long)]
    show_blocked: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let event = a.event.announced(cx, false).await?;
    let call = m::GetTagGroups {
        tag: a.tag.as_str().into(),
        event: event.into(),
        incl_blocked: a.show_blocked,
        ..Default::default()
    };
    let groups = cx.hub().call(call).await?;
    let mut tags = Tags { cx, names: BTreeMap::new() };
    for group in sorted(&groups, "name") {
        if a.group.as_deref().is_some_and(|wanted| wanted != text(group, "name")) {
            continue;
        }
        cx.out.data(group);
        cx.out.line(format!("{}  [{}]", shown(group, "name"), tags.name(group).await?));
        for required in sorted(&field(group, "grouplist"), "name") {
            cx.out.line(format!("  @{}  [{}]", shown(required, "name"), tags.name(required).await?));
        }
        for package in sorted(&field(group, "packagelist"), "package") {
            let at = |key: &str| shown(package, key);
            cx.out.line(format!(
                "  {}: {}, {}  [{}]{}",
                at("package"),
                at("basearchonly"),
                at("type"),
                tags.name(package).await?,
                if package.truthy_at("blocked") { " [BLOCKED]" } else { "" }
            ));
        }
    }
    Ok(())
}

fn sorted<'a>(list: &'a Value, key: &str) -> Vec<&'a Value> {
    let mut list: Vec<&Value> = items(list).iter().collect();
    list.sort_by(|x, y| text(x, key).cmp(text(y, key)));
    list
}

/// Names of tags by id, each asked for once.
struct Tags<'a> {
    cx: &'a Cx,
    names: BTreeMap<i64, String>,
}

impl Tags<'_> {
    /// The tag that an entry is from; its id where the tag is gone.
    async fn name(&mut self, entry: &Value) -> Result<String> {
        let id = entry.int_at("tag_id").unwrap_or_default();
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let tag = self.cx.hub().call(m::GetTag { tagInfo: id.into(), ..Default::default() }).await?;
        let name = tag.str_at("name").map_or_else(|| id.to_string(), str::to_owned);
        self.names.insert(id, name.clone());
        Ok(name)
    }
}
