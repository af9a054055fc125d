//! What the hub tells me by mail, and which of my tasks ended lately; a bell and a desktop notice when one ends.

use std::collections::HashMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{ago, cell, fit, rows, task_state, text};
use crate::effect::Effect;
use crate::list::{Listing, Row};
use crate::place::{Place, Subject};
use crate::screen::Cx;
use crate::theme::Role;

#[derive(Default)]
pub struct Notifications {
    user: Option<i64>,
    rows: Vec<(Row, Option<Subject>)>,
    states: HashMap<i64, i64>,
}

impl Notifications {
    fn tasks(user: i64) -> Call {
        let opts =
            Value::record([("owner", Value::from(user)), ("decode", true.into()), ("parent", Value::Nil)]);
        let order = Value::record([("order", Value::from("-id")), ("limit", 50.into())]);
        Call::new(m::ListTasks { opts, queryOpts: order })
    }

    fn rules(user: i64) -> [Call; 2] {
        [
            Call::new(m::GetBuildNotifications { userID: user.into() }),
            Call::new(m::GetBuildNotificationBlocks { userID: user.into() }),
        ]
    }
}

impl Listing for Notifications {
    fn place(&self) -> Place {
        Place::new("notifications", "")
    }

    fn wants(&self) -> Vec<Want> {
        let Some(user) = self.user else { return Vec::new() };
        let mut wants = vec![Want::every(Notifications::tasks(user), 5)];
        wants.extend(Notifications::rules(user).into_iter().map(|c| Want::every(c, 60)));
        wants
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.user = cx.user.map(|u| u.id);
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        let Some(user) = self.user else { return };
        self.rows.clear();
        let tasks = cx.store.value(&Notifications::tasks(user));
        self.rows.push((Row::Heading("my tasks that ended".into()), None));
        for n in rows(tasks.as_deref()).iter().filter_map(Node::new) {
            let before = self.states.insert(n.id, n.state);
            let ended = n.is_final() && before.is_some_and(|s| !matches!(s, 2 | 3 | 5));
            let state = task_state(n.state);
            if ended {
                cx.effects.push(Effect::Notify(format!("{}: task {} {}", state.text, n.id, n.what)));
            }
            if n.is_final() {
                let cells = vec![
                    cell(if ended { "● " } else { "  " }).role(Role::Marked),
                    cell(fit(&n.id.to_string(), 9)).role(Role::Link),
                    cell(fit(&state.text, 12)).role(state.role),
                    cell(fit(&n.method, 14)),
                    cell(fit(&n.what, 40)),
                    ago(n.finished, cx.now),
                ];
                self.rows.push((Row::Free(cells), Some(Subject::Task(n.id))));
            }
        }
        for (call, title, none) in Notifications::rules(user)
            .into_iter()
            .zip([
                ("mail about builds", "none: koji add-notification"),
                ("no mail about builds", "nothing is blocked"),
            ])
            .map(|(c, (t, n))| (c, t, n))
        {
            self.rows.push((Row::Heading(title.into()), None));
            let value = cx.store.value(&call);
            let rules = rows(value.as_deref());
            if rules.is_empty() {
                self.rows.push((Row::Free(vec![cell(none).muted()]), None));
            }
            for r in rules {
                let any = |key: &str| {
                    let t = text(r, key);
                    if t.is_empty() { "any".to_owned() } else { t }
                };
                let only = if r.truthy_at("success_only") { "  only successes" } else { "" };
                let what = format!(
                    "package {}  tag {}{only}  {}",
                    any("package_id"),
                    any("tag_id"),
                    text(r, "email")
                );
                self.rows.push((Row::Free(vec![cell(what)]), None));
            }
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&self, i: usize, _now: f64) -> Row {
        self.rows.get(i).map_or(Row::Free(Vec::new()), |r| r.0.clone())
    }

    fn subject(&self, i: usize) -> Option<Subject> {
        self.rows.get(i).and_then(|r| r.1.clone())
    }

    fn empty(&self) -> String {
        if self.user.is_some() { "nothing yet".into() } else { "log in to have notifications".into() }
    }
}
