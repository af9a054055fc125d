//! Greetings and introspection.

use koji_api::methods::{
    Echo, Error, Fault as FaultCall, GetAPIVersion, GetKojiVersion, Hello, ListApi, MavenEnabled, ShowOpts,
    SystemListMethods, SystemMethodHelp, SystemMethodSignature, WinEnabled,
};
use koji_api::types::repr;
use koji_api::{Decl, Fault};
use koji_config::OptionValue;
use koji_config::declare::Settings;
use koji_config::hub::{HubSettings, OWN_OPTIONS};
use koji_xmlrpc::{Struct, Value};

use super::{Entry, plugin_of, served};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::hub::Hub;
use crate::server::KOJI_VERSION;

pub const TABLE: &[Entry] = &[
    read!(GetAPIVersion, get_api_version),
    read!(Echo, echo),
    read!(Error, error),
    read!(FaultCall, fault),
    read!(GetKojiVersion, get_koji_version),
    read!(Hello, hello),
    read!(ListApi, list_api),
    read!(MavenEnabled, maven_enabled),
    read!(ShowOpts, show_opts),
    read!(SystemListMethods, system_list_methods),
    read!(SystemMethodHelp, system_method_help),
    read!(SystemMethodSignature, system_method_signature),
    read!(WinEnabled, win_enabled),
];

async fn get_api_version(_: &mut Cx, _: GetAPIVersion) -> Outcome<i64> {
    Ok(1)
}

async fn get_koji_version(_: &mut Cx, _: GetKojiVersion) -> Outcome<&'static str> {
    Ok(KOJI_VERSION)
}

async fn echo(_: &mut Cx, call: Echo) -> Outcome<Vec<Value>> {
    Ok(call.args)
}

async fn hello(_: &mut Cx, _: Hello) -> Outcome<&'static str> {
    Ok("Hello World")
}

async fn error(_: &mut Cx, _: Error) -> Outcome<()> {
    Err(Fault::generic("test error").into())
}

async fn fault(_: &mut Cx, _: FaultCall) -> Outcome<()> {
    Err(Fault::internal("<class 'Exception'>: test exception").into())
}

async fn maven_enabled(cx: &mut Cx, _: MavenEnabled) -> Outcome<bool> {
    Ok(cx.hub.settings().enable_maven)
}

async fn win_enabled(cx: &mut Cx, _: WinEnabled) -> Outcome<bool> {
    Ok(cx.hub.settings().enable_win)
}

async fn show_opts(cx: &mut Cx, call: ShowOpts) -> Outcome<Value> {
    let mut opts = options(&cx.hub);
    if call.as_string {
        return Ok(Value::Str(repr::repr(&Value::Struct(opts))));
    }
    // the struct has upstream's options; tools look at all of its keys
    for own in HubSettings::groups().iter().filter(|g| g.title == OWN_OPTIONS).flat_map(|g| g.settings) {
        opts.shift_remove(own.name);
    }
    Ok(Value::Struct(opts))
}

async fn system_list_methods(cx: &mut Cx, _: SystemListMethods) -> Outcome<Vec<String>> {
    Ok(listed(&cx.hub).map(|d| d.name.to_owned()).collect())
}

async fn system_method_signature(_: &mut Cx, _: SystemMethodSignature) -> Outcome<&'static str> {
    Ok("signatures not supported")
}

async fn system_method_help(cx: &mut Cx, call: SystemMethodHelp) -> Outcome<String> {
    let name = call.method.as_str().unwrap_or_default();
    Ok(match listed(&cx.hub).find(|d| d.name == name) {
        None => String::new(),
        Some(decl) if decl.doc.is_empty() => decl.signature(),
        Some(decl) => format!("{}\ndescription: {}", decl.signature(), doc(decl)),
    })
}

async fn list_api(cx: &mut Cx, _: ListApi) -> Outcome<Vec<Struct>> {
    Ok(listed(&cx.hub).map(described).collect())
}

/// What this hub serves of Koji's API. Our own additions are announced in the `Koji-Features` header.
fn listed(hub: &Hub) -> impl Iterator<Item = &'static Decl> {
    let own = |d: &Decl| d.name.starts_with("live.");
    served().map(|e| e.decl).filter(move |d| !own(d) && plugin_of(d.name).is_none_or(|p| hub.has_plugin(p)))
}

/// As Python's `inspect` describes a function.
fn described(decl: &'static Decl) -> Struct {
    let names = || decl.params.iter().map(|p| Value::from(p.name)).collect::<Vec<_>>();
    let defaults: Vec<Value> = decl.params.iter().filter_map(|p| p.default.map(|d| d())).collect();
    let args = decl.params.iter().map(|p| match p.default {
        Some(default) => Value::Array(vec![p.name.into(), default()]),
        None => p.name.into(),
    });
    let rest = decl.varargs.iter().chain(&decl.varkw).map(|name| Value::from(*name));
    let signature = decl.signature();
    let argdesc = signature.strip_prefix(decl.name).unwrap_or(&signature).to_owned();
    let argspec = vec![
        Value::Array(names()),
        decl.varargs.map(str::to_owned).into(),
        decl.varkw.map(str::to_owned).into(),
        if defaults.is_empty() { Value::Nil } else { Value::Array(defaults) },
        Value::Array(Vec::new()),
        Value::Nil,
        Value::Struct(Struct::new()),
    ];
    [
        ("name".to_owned(), Value::from(decl.name)),
        ("doc".to_owned(), if decl.doc.is_empty() { Value::Nil } else { doc(decl).into() }),
        ("argspec".to_owned(), Value::Array(argspec)),
        ("argdesc".to_owned(), argdesc.into()),
        ("args".to_owned(), Value::Array(args.chain(rest).collect())),
    ]
    .into_iter()
    .collect()
}

fn doc(decl: &Decl) -> String {
    decl.doc.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The options by their names in hub.conf, and the policies. Passwords are not shown, where upstream shows them.
fn options(hub: &Hub) -> Struct {
    const SECRET: &[&str] = &["DBPass", "DBConnectionString"];
    let mut out = Struct::new();
    for (name, value) in hub.settings().values() {
        let value = match value {
            OptionValue::Unset => Value::Nil,
            _ if SECRET.contains(&name) => "(hidden)".into(),
            OptionValue::Bool(v) => v.into(),
            OptionValue::Int(v) => v.into(),
            OptionValue::Float(v) => v.into(),
            OptionValue::Text(v) => v.into(),
            OptionValue::List(v) => v.join(" ").into(),
        };
        out.insert(name.to_owned(), value);
    }
    // upstream's older spelling, and its compiled patterns as Python prints them
    out.insert("DBhost".into(), out.get("DBHost").cloned().unwrap_or_default());
    for name in ["RegexNameInternal", "RegexUserName"] {
        let pattern = out.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        out.insert(format!("{name}.compiled"), format!("re.compile('{pattern}')").into());
    }
    let policies = hub.config.policies.values().map(|p| {
        let lines: Vec<&str> = p.lines.iter().map(|(_, text)| text.as_str()).collect();
        (p.name.clone(), Value::Str(lines.join("\n")))
    });
    out.insert("policy".into(), Value::Struct(policies.collect()));
    out
}
