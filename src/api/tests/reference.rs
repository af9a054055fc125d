//! The declarations are those of Koji's API: names, arguments and defaults of each method, as a Koji 1.35.3 hub lists them.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use koji_api::methods::{AREAS, Access, Decl, find};
use koji_xmlrpc::Value;
use serde_json::{Value as Json, json};

fn reference() -> Vec<Json> {
    serde_json::from_str(include_str!("data/api.json")).unwrap()
}

fn declared() -> impl Iterator<Item = &'static Decl> {
    AREAS.iter().flat_map(|(_, decls)| decls.iter().copied())
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Str(s) => json!(s),
        Value::Array(items) => items.iter().map(to_json).collect(),
        other => panic!("a default of another type: {other:?}"),
    }
}

fn described(decl: &Decl) -> Json {
    let args: Vec<Json> = decl
        .params
        .iter()
        .map(|p| match p.default {
            None => json!(p.name),
            Some(default) => json!([p.name, to_json(&default())]),
        })
        .collect();
    let mut all = json!({"name": decl.name, "args": args});
    for (key, name) in [("varargs", decl.varargs), ("varkw", decl.varkw)] {
        if let (Some(name), Some(members)) = (name, all.as_object_mut()) {
            members.insert(key.to_owned(), json!(name));
        }
    }
    all
}

#[test]
fn every_method_is_declared_with_the_same_arguments_and_defaults() {
    let reference = reference();
    assert_eq!(reference.len(), 326);
    let mut wrong = Vec::new();
    for wanted in &reference {
        let name = wanted["name"].as_str().unwrap();
        let ours = find(name).map(described);
        if ours.as_ref() != Some(wanted) {
            wrong.push(format!("wanted {wanted}, declared {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_additions_of_our_own_are_declared_besides() {
    let reference = reference();
    let known = |d: &Decl| reference.iter().any(|r| r["name"] == d.name);
    let more: Vec<&str> = declared().filter(|d| !known(d)).map(|d| d.name).collect();
    let foreign: Vec<&&str> = more.iter().filter(|n| !n.starts_with("live.")).collect();
    // the dispatcher's own two are not in Koji's list
    let allowed = ["multiCall", "system.multicall"];
    assert!(foreign.iter().all(|n| allowed.contains(n)), "{foreign:?}");
}

#[test]
fn each_has_a_line_about_it() {
    let empty: Vec<&str> = declared().filter(|d| d.doc.trim().len() < 10).map(|d| d.name).collect();
    assert!(empty.is_empty(), "{empty:?}");
}

#[test]
fn what_hosts_call_is_for_hosts() {
    let open: Vec<&str> = declared()
        .filter(|d| d.name.starts_with("host.") && d.access == Access::Anyone)
        .map(|d| d.name)
        .collect();
    assert!(open.is_empty(), "{open:?}");
}
