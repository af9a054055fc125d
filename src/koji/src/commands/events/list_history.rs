use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::sentence::{Detail, lines};
use super::timeline::{Change, Entry, timeline};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::time;

/// Show what was changed, when and by whom
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long, hide = true)]
    debug: bool,
    /// Of a build
    #[arg(long)]
    build: Option<String>,
    /// Of a package
    #[arg(long)]
    package: Option<String>,
    /// Of a tag
    #[arg(long)]
    tag: Option<String>,
    /// Made by a user
    #[arg(long, visible_alias = "by", value_name = "USER")]
    editor: Option<String>,
    /// About a user
    #[arg(long)]
    user: Option<String>,
    /// About a permission
    #[arg(long)]
    permission: Option<String>,
    /// About a content generator
    #[arg(long)]
    cg: Option<String>,
    /// About an external repository
    #[arg(long, visible_alias = "erepo")]
    external_repo: Option<String>,
    /// About a build target
    #[arg(long, visible_alias = "target")]
    build_target: Option<String>,
    /// About a group of packages
    #[arg(long)]
    group: Option<String>,
    /// About a host
    #[arg(long)]
    host: Option<String>,
    /// About a channel
    #[arg(long)]
    channel: Option<String>,
    /// About an option of tags
    #[arg(long)]
    xkey: Option<String>,
    /// Before a time
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    before: Option<f64>,
    /// After a time
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    after: Option<f64>,
    /// Before an event
    #[arg(long, value_name = "EVENT")]
    before_event: Option<i64>,
    /// After an event
    #[arg(long, value_name = "EVENT")]
    after_event: Option<i64>,
    /// Go on with what happens from now on
    #[arg(long)]
    watch: bool,
    /// Only what still holds
    #[arg(long, overrides_with = "revoked")]
    active: bool,
    /// Only what no longer holds
    #[arg(long, overrides_with = "active")]
    revoked: bool,
    /// Related changes, too
    #[arg(long)]
    context: bool,
    /// Only these tables, separated by commas (repeatable)
    #[arg(short, long, value_name = "TABLE")]
    show: Vec<String>,
    /// Show more
    #[arg(short, long)]
    verbose: bool,
    /// Show the numbers of events
    #[arg(short, long)]
    events: bool,
    /// The whole history, when nothing limits it
    #[arg(long)]
    all: bool,
    /// Times in UTC
    #[arg(long)]
    utc: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut query = a.limits();
    let limited = !query.is_empty();
    a.refine(&mut query);
    check(cx, &a).await?;
    if !limited && !a.all {
        return Err(CommandError::usage("Please specify an option to limit the query"));
    }
    if a.watch && !query.contains_key("afterEvent") && !query.contains_key("after") {
        let last = cx.hub().call(m::GetLastEvent::default()).await?;
        query.insert("afterEvent".to_owned(), crate::lookup::field(&last, "id"));
    }
    let tables: Vec<&str> = a.show.iter().flat_map(|list| list.split(',')).collect();
    let tables = if a.show.is_empty() { Value::Nil } else { tables.into() };
    let reader = cx.reader();
    loop {
        let call = m::QueryHistory { tables: tables.clone(), kwargs: query.clone() };
        let history = if a.watch {
            crate::watch::again(|| reader.call(call.clone())).await?
        } else {
            cx.hub().call(call).await?
        };
        let entries = timeline(&history, a.context);
        for entry in &entries {
            print(cx, &a, entry);
        }
        if !a.watch {
            return Ok(());
        }
        if let Some(last) = entries.last() {
            query.insert("afterEvent".to_owned(), last.event.into());
        }
        tokio::time::sleep(cx.poll_interval()).await;
    }
}

impl Arguments {
    /// What makes the answer shorter than the whole history.
    fn limits(&self) -> Struct {
        let texts = [
            ("package", &self.package),
            ("tag", &self.tag),
            ("build", &self.build),
            ("editor", &self.editor),
            ("user", &self.user),
            ("permission", &self.permission),
            ("cg", &self.cg),
            ("external_repo", &self.external_repo),
            ("build_target", &self.build_target),
            ("group", &self.group),
            ("host", &self.host),
            ("channel", &self.channel),
            ("xkey", &self.xkey),
        ];
        let mut query: Struct = texts
            .into_iter()
            .filter_map(|(key, value)| {
                Some((key.to_owned(), Value::from(value.as_deref().filter(|v| !v.is_empty())?)))
            })
            .collect();
        for (key, ts) in [("before", self.before), ("after", self.after)] {
            if let Some(ts) = ts.filter(|ts| *ts != 0.0) {
                query.insert(key.to_owned(), ts.into());
            }
        }
        query
    }

    fn refine(&self, query: &mut Struct) {
        for (key, event) in [("beforeEvent", self.before_event), ("afterEvent", self.after_event)] {
            if let Some(event) = event.filter(|id| *id != 0) {
                query.insert(key.to_owned(), event.into());
            }
        }
        if self.active || self.revoked {
            query.insert("active".to_owned(), self.active.into());
        }
        if self.utc {
            query.insert("utc".to_owned(), true.into());
        }
    }
}

/// The hub answers nothing for hosts and channels that it does not know.
async fn check(cx: &Cx, a: &Arguments) -> Result {
    if let Some(name) = a.host.as_deref().filter(|h| !h.is_empty()) {
        let host = cx.hub().call(m::GetHost { hostInfo: name.into(), ..Default::default() }).await?;
        if !host.truthy() {
            return Err(CommandError::new(format!("No such host: {name}")));
        }
    }
    if let Some(name) = a.channel.as_deref().filter(|c| !c.is_empty()) {
        let channel = cx.hub().call(m::GetChannel { channelInfo: name.into(), ..Default::default() }).await?;
        if !channel.truthy() {
            return Err(CommandError::new(format!("No such channel: {name}")));
        }
    }
    Ok(())
}

fn print(cx: &Cx, a: &Arguments, entry: &Entry) {
    if a.debug || cx.options.debug {
        cx.out.line(entry.debug());
    }
    let edit = entry.replacement();
    let change = match (edit, entry.change) {
        (Some(_), _) => "edited",
        (None, Change::Created) => "created",
        (None, _) => "revoked",
    };
    cx.out.data(&Value::record([
        ("event", entry.event.into()),
        ("table", entry.table.as_str().into()),
        ("change", change.into()),
        ("row", entry.row.clone()),
        ("after", edit.map(|e| e.row.clone()).unwrap_or_default()),
        ("text", lines(entry, Detail::default()).join("\n").into()),
    ]));
    let detail = Detail { events: a.events, verbose: a.verbose, utc: a.utc };
    for line in lines(entry, detail) {
        cx.out.line(line);
    }
    if edit.is_none() && !entry.related.is_empty() {
        cx.out.warn(format!("Unusual edit at event {} in table {}", entry.event, entry.table));
        for other in &entry.related {
            print(cx, a, other);
        }
    }
}
