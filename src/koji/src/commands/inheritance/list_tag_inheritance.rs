use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::flags;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{field, items, shown};

/// Show what a tag inherits from, as a tree
///
/// The letters before a tag limit the link to it: M a maximal depth, F a package filter, I the link is not passed on,
/// N the configuration is not inherited. `koji taginfo` shows depth and filter.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    /// The tags that inherit from it instead
    #[arg(long)]
    reverse: bool,
    #[arg(long, hide = true)]
    stop: Option<String>,
    #[arg(long, hide = true)]
    jump: Option<String>,
    #[command(flatten)]
    event: EventOptions,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [name] = a.tags.as_slice() else {
        return Err(CommandError::usage("This command takes exactly one argument: a tag name or ID"));
    };
    for (option, given) in [("stop", a.stop.is_some()), ("jump", a.jump.is_some())] {
        if given {
            return Err(CommandError::usage(format!("--{option} option has been removed in 1.26")));
        }
    }
    let event = a.event.announced(cx, false).await?;
    let call = m::GetTag { tagInfo: name.into(), event: event.into(), ..Default::default() };
    let tag = cx.hub().call(call).await?;
    if tag.is_nil() {
        return Err(CommandError::usage(format!("No such tag: {name}")));
    }
    cx.out.line(format!("     {} ({})", shown(&tag, "name"), shown(&tag, "id")));
    let call = m::GetFullInheritance {
        tag: field(&tag, "id"),
        event: event.into(),
        reverse: a.reverse,
        ..Default::default()
    };
    let links = cx.hub().call(call).await?;
    cx.out.data_list(&links);
    for line in tree(items(&links), a.reverse) {
        cx.out.line(line);
    }
    Ok(())
}

/// Lines of the tree; the links come depth first.
fn tree(links: &[Value], reverse: bool) -> Vec<String> {
    let (same, id) = if reverse { ("parent_id", "tag_id") } else { ("child_id", "parent_id") };
    // depths at which more links follow
    let mut open: Vec<i64> = Vec::new();
    let mut lines = Vec::new();
    for (n, link) in links.iter().enumerate() {
        let more = links.iter().skip(n + 1).any(|l| l.get(same) == link.get(same));
        let depth = link.int_at("currdepth").unwrap_or_default();
        let mut line = flags(link);
        let mut column = 0;
        for bar in open.iter().copied().filter(|bar| *bar < depth) {
            space(&mut line, bar - column);
            line.push('│');
            column = bar;
        }
        space(&mut line, depth - column);
        line.push(if more { '├' } else { '└' });
        line.push_str(&format!("─{} ({})", shown(link, "name"), shown(link, id)));
        lines.push(line);
        if more && open.last() != Some(&depth) {
            open.push(depth);
        } else if !more && open.last() == Some(&depth) {
            open.pop();
        }
    }
    lines
}

/// Three columns a level, the last one for the line that is drawn.
fn space(line: &mut String, levels: i64) {
    line.extend(std::iter::repeat_n(' ', usize::try_from(levels * 3 - 1).unwrap_or(0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees() {
        let link = |child: i64, parent: i64, depth: i64| {
            Value::record([
                ("child_id", Value::Int(child)),
                ("parent_id", Value::Int(parent)),
                ("currdepth", Value::Int(depth)),
                ("name", format!("t{parent}").into()),
                ("noconfig", true.into()),
            ])
        };
        let links = [link(1, 2, 1), link(2, 3, 2), link(2, 4, 2), link(1, 5, 1)];
        let expected = ["...N  ├─t2 (2)", "...N  │  ├─t3 (3)", "...N  │  └─t4 (4)", "...N  └─t5 (5)"];
        assert_eq!(tree(&links, false), expected);
    }
}
