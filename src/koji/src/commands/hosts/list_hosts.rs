use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, text, with};
use crate::time::asctime;

/// List build hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only hosts of these arches (repeatable)
    #[arg(long)]
    arch: Vec<String>,
    /// Only hosts in a channel
    #[arg(long)]
    channel: Option<String>,
    /// Only hosts that are ready
    #[arg(long, overrides_with = "not_ready")]
    ready: bool,
    /// Only hosts that are not ready
    #[arg(long)]
    not_ready: bool,
    /// Only hosts that are enabled
    #[arg(long, overrides_with = "not_enabled")]
    enabled: bool,
    /// Only hosts that are not enabled
    #[arg(long, visible_alias = "disabled")]
    not_enabled: bool,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Show the hosts' channels
    #[arg(long)]
    show_channels: bool,
    /// Show comments
    #[arg(long)]
    comment: bool,
    /// Show descriptions
    #[arg(long)]
    description: bool,
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut channel = Value::Nil;
    if let Some(name) = &a.channel {
        let info = cx.hub().call(m::GetChannel { channelInfo: name.into(), ..Default::default() }).await?;
        if info.is_nil() {
            return Err(CommandError::usage(format!("No such channel: {name}")));
        }
        channel = field(&info, "id");
    }
    let call = m::ListHosts {
        arches: if a.arch.is_empty() { Value::Nil } else { a.arch.clone().into() },
        channelID: channel,
        ready: either(a.ready, a.not_ready),
        enabled: either(a.enabled, a.not_enabled),
        ..Default::default()
    };
    let answer = cx.hub().call(call).await?;
    let mut hosts = items(&answer).to_vec();
    hosts.sort_by(|x, y| text(x, "name").cmp(text(y, "name")));
    if hosts.is_empty() {
        cx.out.warn("No hosts found.");
        return Ok(());
    }
    let channels = if a.show_channels { channels(cx, &hosts).await? } else { Vec::new() };
    for (n, host) in hosts.iter().enumerate() {
        match channels.get(n) {
            Some(channels) => {
                let names: Vec<&str> = channels.split(',').filter(|c| !c.is_empty()).collect();
                cx.out.data(&with(host, [("channels", names.into())]));
            }
            None => cx.out.data(host),
        }
    }
    let width = hosts.iter().map(|h| text(h, "name").chars().count()).max().unwrap_or(0);
    if !a.quiet && !cx.options.quiet {
        header(cx, &a, width);
    }
    for (n, host) in hosts.iter().enumerate() {
        let mut line = row(host, width);
        if a.description {
            line.push_str(&format!(" {:<50}", shortened(text(host, "description"))));
        }
        if a.comment {
            line.push_str(&format!(" {:<50}", shortened(text(host, "comment"))));
        }
        if let Some(channels) = channels.get(n) {
            line.push_str(&format!(" {channels}"));
        }
        cx.out.line(line);
    }
    Ok(())
}

fn either(yes: bool, no: bool) -> Value {
    match (yes, no) {
        (true, _) => true.into(),
        (false, true) => false.into(),
        (false, false) => Value::Nil,
    }
}

/// The channels of each host; those that are disabled with an asterisk.
async fn channels(cx: &Cx, hosts: &[Value]) -> Result<Vec<String>> {
    let mut calls = cx.hub().multicall();
    for host in hosts {
        calls.add(m::ListChannels { hostID: field(host, "id"), ..Default::default() });
    }
    let mut lines = Vec::new();
    for answer in calls.run().await? {
        let answer = answer?;
        let name = |c: &Value| {
            let off = c.get("enabled").is_some_and(|e| !e.is_nil() && !e.truthy());
            format!("{}{}", if off { "*" } else { "" }, text(c, "name"))
        };
        let mut names: Vec<String> = items(&answer).iter().map(name).collect();
        names.sort();
        lines.push(names.join(","));
    }
    Ok(lines)
}

fn header(cx: &Cx, a: &Arguments, width: usize) {
    let mut line = format!("{:<width$} Enb Rdy Load/Cap  Arches           {:<36}", "Hostname", "Last Update");
    for (shown, title) in [(a.description, "Description"), (a.comment, "Comment")] {
        if shown {
            line.push_str(&format!("{title:<51}"));
        }
    }
    if a.show_channels {
        line.push_str("Channels");
    }
    let rule = "-".repeat(line.chars().count());
    cx.out.line(line);
    cx.out.line(rule);
}

fn row(host: &Value, width: usize) -> String {
    let yes = |key: &str| if host.truthy_at(key) { "Y" } else { "N" };
    let number = |key: &str| field(host, key).as_double().unwrap_or_default();
    let arches = text(host, "arches").split_whitespace().collect::<Vec<_>>().join(",");
    let update = field(host, "update_ts").as_double().map_or_else(|| "-".to_owned(), asctime);
    format!(
        "{:<width$} {:<3} {:<3} {:>4.1}/{:<4.1} {arches:<16} {update:<35}",
        shown(host, "name"),
        yes("enabled"),
        yes("ready"),
        number("task_load"),
        number("capacity"),
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
    fn rows() {
        let host = Value::record([
            ("name", Value::from("b1")),
            ("enabled", true.into()),
            ("ready", false.into()),
            ("task_load", 0.5.into()),
            ("capacity", 2.0.into()),
            ("arches", "x86_64 i686".into()),
            ("update_ts", Value::Nil),
        ]);
        let expected = format!("b1   Y   N    0.5/2.0  x86_64,i686      {:<35}", "-");
        assert_eq!(row(&host, 4), expected);
        assert_eq!(shortened(&"a\nb".repeat(30)).chars().count(), 50);
        assert_eq!(shortened("a\nb"), "a b");
    }
}
