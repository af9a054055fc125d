use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::AtOption;
use crate::lookup::{field, id_or_name, items, shown, text, with};
use crate::time::asctime;
use koji_xmlrpc::Value;

/// Show build hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "HOSTNAME", required = true)]
    hosts: Vec<String>,
    #[command(flatten)]
    at: AtOption,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let event: Value = a.at.announced(cx, cx.options.quiet).await?.into();
    let mut missing = false;
    for name in &a.hosts {
        let host = cx
            .hub()
            .call(m::GetHost { hostInfo: id_or_name(name), event: event.clone(), ..Default::default() })
            .await?;
        if host.is_nil() {
            cx.out.warn(format!("No such host: {name}\n"));
            missing = true;
        } else {
            print(cx, &host, &event).await?;
        }
    }
    if missing { Err(CommandError::status(1)) } else { Ok(()) }
}

async fn print(cx: &Cx, host: &Value, event: &Value) -> Result {
    let yes = |key: &str| if host.truthy_at(key) { "yes" } else { "no" };
    for (title, key) in [("Name", "name"), ("ID", "id"), ("Arches", "arches"), ("Capacity", "capacity")] {
        cx.out.line(format!("{title}: {}", shown(host, key)));
    }
    let load = field(host, "task_load").as_double().unwrap_or_default();
    cx.out.line(format!("Task Load: {load:.2}"));
    cx.out.line(block("Description:", text(host, "description")));
    cx.out.line(block("Comment:", text(host, "comment")));
    cx.out.line(format!("Enabled: {}", yes("enabled")));
    cx.out.line(format!("Ready: {}", yes("ready")));
    let update = field(host, "update_ts").as_double().map_or_else(|| "never".to_owned(), asctime);
    cx.out.line(format!("Last Update: {update}"));
    let channels = cx
        .hub()
        .call(m::ListChannels { hostID: field(host, "id"), event: event.clone(), ..Default::default() })
        .await?;
    let channels: Vec<&str> = items(&channels).iter().map(|c| text(c, "name")).collect();
    cx.out.line(format!("Channels: {}", channels.join(" ")));
    cx.out.line("Active Buildroots:");
    let (mut rows, mut roots) = (Vec::new(), Vec::new());
    for (state, name) in [(0, "INIT"), (1, "WAITING"), (2, "BUILDING")] {
        let call =
            m::ListBuildroots { hostID: field(host, "id"), state: Value::Int(state), ..Default::default() };
        for root in items(&cx.hub().call(call).await?) {
            let label = ["tag_name", "id", "repo_id"].map(|key| shown(root, key)).join("-");
            let created = text(root, "create_event_time");
            let created = created.rsplit_once('.').map_or(created, |(whole, _)| whole);
            rows.push(format!("{label:<50} {name:<10} {created:<20}"));
            roots.push(root.clone());
        }
    }
    cx.out.data(&with(host, [("channels", channels.into()), ("buildroots", roots.into())]));
    if rows.is_empty() {
        cx.out.line("None");
        return Ok(());
    }
    cx.out.line(format!("{:<50} {:<10} {:<20}", "NAME", "STATE", "CREATION TIME"));
    for row in rows {
        cx.out.line(row);
    }
    Ok(())
}

/// Text of several lines, indented as far as its first one.
fn block(title: &str, text: &str) -> String {
    if text.is_empty() {
        return title.to_owned();
    }
    let indent = format!("\n{}", " ".repeat(title.len() + 1));
    format!("{title} {}", text.lines().collect::<Vec<_>>().join(&indent))
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn blocks() {
        assert_eq!(block("Comment:", ""), "Comment:");
        assert_eq!(block("Comment:", "a\nb"), "Comment: a\n         b");
    }
}
