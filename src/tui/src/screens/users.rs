//! One user: builds and tasks.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, at};
use crate::call::{Call, Want};
use crate::cell::{build_state, cell, fit, rows, shown, text};
use crate::place::Subject;
use crate::theme::Role;

pub const PAGE: PageSpec = PageSpec {
    name: "user",
    wants: |arg, main| {
        let mut wants = vec![Want::once(Call::new(m::GetUser {
            userInfo: arg.into(),
            strict: true,
            ..Default::default()
        }))];
        if let Some(id) = main.and_then(|u| u.int_at("id")) {
            let order = |by: &str| Value::record([("order", Value::from(by)), ("limit", 30.into())]);
            let opts =
                Value::record([("owner", Value::from(id)), ("decode", true.into()), ("parent", Value::Nil)]);
            wants.push(Want::every(Call::new(m::ListTasks { opts, queryOpts: order("-id") }), 10));
            wants.push(Want::every(
                Call::new(m::ListBuilds {
                    userID: id.into(),
                    queryOpts: order("-build_id"),
                    ..Default::default()
                }),
                10,
            ));
            wants.push(Want::every(
                Call::new(m::GetUserPerms { userID: id.into(), ..Default::default() }),
                30,
            ));
        }
        wants
    },
    lines: |l, _, answers, now| {
        let Some(u) = at(answers, 0) else { return };
        l.fact("id", text(u, "id"));
        l.fact(
            "status",
            if u.int_at("status") == Some(0) {
                cell("✔ normal").role(Role::Good)
            } else {
                cell("⊘ blocked").role(Role::Bad)
            },
        );
        l.fact("permissions", at(answers, 3).map(shown).unwrap_or_default());
        l.heading("tasks");
        for n in rows(at(answers, 1)).iter().filter_map(super::tasks::Node::new) {
            n.row(n.line(now), l);
        }
        l.heading("builds");
        for b in rows(at(answers, 2)) {
            let s = build_state(b.int_at("state").unwrap_or(-1));
            let nvr = text(b, "nvr");
            l.item(
                vec![cell(fit(&nvr, 50)).role(Role::Link), cell(s.text).role(s.role)],
                b.int_at("build_id").map(|id| Subject::Build { id, nvr }),
            );
        }
    },
    about: |_, u| Some(Subject::User(u.str_at("name")?.to_owned())),
};
