//! Which of my tasks ended lately, and what the hub tells me by mail. (The bell: [`crate::inbox`].)

use koji_api::methods as m;

use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{ago, cell, fit, rows, text};
use crate::inbox;
use crate::list::{Lines, Listing};
use crate::names;
use crate::place::Place;
use crate::screen::Cx;
use crate::theme::Role;

#[derive(Default)]
pub struct Notifications {
    user: Option<i64>,
    rows: Lines,
    /// Packages and tags that rules name by their ids.
    packages: Vec<i64>,
    tags: Vec<i64>,
}

fn package(id: i64) -> Call {
    Call::new(m::GetPackage { info: id.into(), ..Default::default() })
}

fn tag(id: i64) -> Call {
    Call::new(m::GetTag { tagInfo: id.into(), ..Default::default() })
}

/// What a rule is about: the name of `id`, as far as it is known; `any` for none.
fn name(id: Option<i64>, call: fn(i64) -> Call, cx: &Cx) -> String {
    let Some(id) = id else { return "any".to_owned() };
    let value = cx.store.value(&call(id));
    value.and_then(|v| v.str_at("name").map(str::to_owned)).unwrap_or_else(|| id.to_string())
}

impl Notifications {
    fn mail(user: i64) -> Call {
        Call::new(m::GetBuildNotifications { userID: user.into() })
    }

    fn blocks(user: i64) -> Call {
        Call::new(m::GetBuildNotificationBlocks { userID: user.into() })
    }

    fn ended(&mut self, user: i64, cx: &Cx) {
        let tasks = cx.store.value(&inbox::want(user).call);
        self.rows.heading("my tasks that ended");
        let nodes: Vec<Node> = rows(tasks.as_deref()).iter().filter_map(Node::new).collect();
        if tasks.is_some() && !nodes.iter().any(Node::is_final) {
            self.rows.item(vec![cell("none yet").muted()], None);
        }
        for n in nodes.iter().filter(|n| n.is_final()) {
            let new = cx.store.inbox.ended.contains(&n.id);
            let mut cells = n.line(cx.now);
            cells.insert(0, cell(if new { "● " } else { "  " }).role(Role::Marked));
            cells.extend([cell("  "), ago(n.finished, cx.now)]);
            n.row(cells, &mut self.rows);
        }
    }

    fn rules(&mut self, call: &Call, title: &'static str, none: &'static str, cx: &Cx) {
        let Some(value) = cx.store.value(call) else { return };
        self.rows.heading(title);
        let rules = rows(Some(&value));
        if rules.is_empty() {
            self.rows.item(vec![cell(none).muted()], None);
        }
        for r in rules {
            let (p, t) = (r.int_at("package_id"), r.int_at("tag_id"));
            self.packages.extend(p);
            self.tags.extend(t);
            let only = if r.truthy_at("success_only") { "only successes" } else { "" };
            let cells = vec![
                cell("package ").muted(),
                cell(fit(&name(p, package, cx), 24)),
                cell(" tag ").muted(),
                cell(fit(&name(t, tag, cx), 24)),
                cell(format!(" {only:<15}")).muted(),
                cell(text(r, "email")),
            ];
            self.rows.item(cells, None);
        }
    }
}

impl Listing for Notifications {
    fn place(&self) -> Place {
        Place::new("notifications", "")
    }

    fn wants(&self) -> Vec<Want> {
        let Some(user) = self.user else { return Vec::new() };
        let mut wants = vec![
            inbox::want(user),
            Want::every(Notifications::mail(user), 60),
            Want::every(Notifications::blocks(user), 60),
        ];
        let names = self.packages.iter().map(|id| package(*id)).chain(self.tags.iter().map(|id| tag(*id)));
        wants.extend(names.map(Want::once));
        wants.extend(names::wants(self.rows.meant()));
        wants
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.user = cx.user.map(|u| u.id);
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        let Some(user) = self.user else { return };
        self.rows.clear();
        self.ended(user, cx);
        self.packages.clear();
        self.tags.clear();
        let mail = Notifications::mail(user);
        self.rules(&mail, "mail about builds", "none: koji add-notification", cx);
        let blocks = Notifications::blocks(user);
        self.rules(&blocks, "no mail about builds", "nothing is blocked", cx);
        for ids in [&mut self.packages, &mut self.tags] {
            ids.sort_unstable();
            ids.dedup();
        }
        self.rows.name(cx.store);
    }

    fn lines(&self) -> &Lines {
        &self.rows
    }

    fn empty(&self) -> String {
        if self.user.is_some() { "nothing yet".into() } else { "log in to have notifications".into() }
    }
}
