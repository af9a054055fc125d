use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::Result;
use crate::event::AtOption;
use crate::lookup::{field, items, text, with};

/// List channels with the load of their hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Names only
    #[arg(long)]
    simple: bool,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Show comments
    #[arg(long)]
    comment: bool,
    /// Show descriptions
    #[arg(long)]
    description: bool,
    /// Only channels that are enabled
    #[arg(long, overrides_with = "not_enabled")]
    enabled: bool,
    /// Only channels that are not enabled
    #[arg(long, visible_alias = "disabled", overrides_with = "enabled")]
    not_enabled: bool,
    /// Only hosts of this arch
    #[arg(long)]
    arch: Option<String>,
    #[command(flatten)]
    at: AtOption,
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let enabled: Value = (a.enabled || a.not_enabled).then_some(a.enabled).into();
    let event = a.at.announced(cx, a.quiet || cx.options.quiet).await?.into();
    let answer = cx.hub().call(m::ListChannels { enabled, event, ..Default::default() }).await?;
    let mut channels = items(&answer).to_vec();
    channels.sort_by(|x, y| text(x, "name").cmp(text(y, "name")));
    let mut calls = cx.hub().multicall();
    for channel in &channels {
        calls.add(m::ListHosts {
            channelID: field(channel, "id"),
            arches: a.arch.clone().into(),
            ..Default::default()
        });
    }
    let hosts = calls.run().await?;
    let names: Vec<String> = channels.iter().map(label).collect();
    let header = !a.quiet && !cx.options.quiet;
    let hosts = hosts.into_iter().collect::<std::result::Result<Vec<Value>, _>>()?;
    for (channel, hosts) in channels.iter().zip(&hosts) {
        cx.out.data(&with(channel, [("hosts", hosts.clone())]));
    }
    if a.simple {
        if header {
            cx.out.line("Channel");
            cx.out.line("-------");
        }
        for name in names {
            cx.out.line(name);
        }
        return Ok(());
    }
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(8);
    // hubs before 1.26 have neither; without channels upstream's client shows none
    let has = |key: &str| channels.first().is_some_and(|c| c.get(key).is_some());
    let mut columns = Vec::new();
    columns.extend((a.description && has("description")).then_some(("Description", "description")));
    columns.extend((a.comment && has("comment")).then_some(("Comment", "comment")));
    if header {
        let mut line = format!("{:<width$}Enabled  Ready Disbld   Load    Cap   Perc    ", "Channel");
        for (title, _) in &columns {
            line.push_str(&format!("{title:<53}"));
        }
        let rule = "-".repeat(line.chars().count());
        cx.out.line(line);
        cx.out.line(rule);
    }
    for ((channel, name), hosts) in channels.iter().zip(&names).zip(&hosts) {
        let mut line = format!("{name:<width$} {}", numbers(items(hosts)));
        for (_, key) in &columns {
            line.push_str(&format!("   {:<50}", shortened(text(channel, key))));
        }
        cx.out.line(line);
    }
    Ok(())
}

fn label(channel: &Value) -> String {
    let off = channel.get("enabled").is_some_and(|e| !e.truthy());
    format!("{}{}", text(channel, "name"), if off { " [disabled]" } else { "" })
}

/// Counts of hosts, their load and capacity in whole numbers, and the load in percent.
fn numbers(hosts: &[Value]) -> String {
    let count = |key: &str| hosts.iter().filter(|h| h.truthy_at(key)).count();
    let sum = |key: &str| hosts.iter().filter_map(|h| field(h, key).as_double()).sum::<f64>() + 0.0;
    let (enabled, load, capacity) = (count("enabled"), sum("task_load"), sum("capacity"));
    let percent = if capacity == 0.0 { 0.0 } else { load / capacity * 100.0 };
    format!(
        "{enabled:>6} {:>6} {:>6} {:>6.0} {:>6.0} {:>6.0}%",
        count("ready"),
        hosts.len() - enabled,
        load.trunc(),
        capacity.trunc(),
        percent.trunc()
    )
}

/// One line of at most 47 characters.
fn shortened(text: &str) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() > 47 { line.chars().take(47).chain("...".chars()).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let host = Value::record([
            ("enabled", Value::from(true)),
            ("ready", false.into()),
            ("task_load", 1.5.into()),
            ("capacity", 2.0.into()),
        ]);
        assert_eq!(numbers(&[host]), "     1      0      0      1      2     75%");
        assert_eq!(numbers(&[]), "     0      0      0      0      0      0%");
    }
}
