//! What a policy of the hub says of some data, which can be changed and asked again (`:policy build_from_srpm
//! target=f45 user=anna`).

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::kit::{PageSpec, at};
use crate::call::{Call, Want, from_json};
use crate::cell::{cell, shown};
use crate::place::{Place, Subject};
use crate::theme::Role;

/// The policy's name and the data: `KEY=VALUE`, a value being JSON or text.
fn parse(arg: &str) -> (String, Struct) {
    let mut words = arg.split_whitespace();
    let name = words.next().unwrap_or_default().to_owned();
    let data = words.map(|word| {
        let (key, value) = word.split_once('=').unwrap_or((word, "true"));
        let value = serde_json::from_str(value).map_or_else(|_| value.into(), |json| from_json(&json));
        (key.to_owned(), value)
    });
    (name, data.collect())
}

pub const PAGE: PageSpec = PageSpec {
    name: "policy",
    wants: |arg, _| {
        let (name, data) = parse(arg);
        vec![Want::every(Call::new(m::EvalPolicy { name: name.into(), data: Value::Struct(data) }), 60)]
    },
    lines: |l, arg, answers, _| {
        let (name, data) = parse(arg);
        l.fact("policy", name);
        let verdict = at(answers, 0).map(shown).unwrap_or_default();
        l.fact("verdict", cell(verdict).role(Role::Title));
        l.heading("data it was asked with");
        for (key, value) in &data {
            l.item(vec![cell(format!("{key:<18} ")).muted(), cell(shown(value))], None);
        }
        l.heading("what if");
        let again = Subject::Place(Place::new("policy", arg));
        l.item(vec![cell("ask again with other data").role(Role::Link)], again);
    },
    about: |_, _| None,
};
