use koji_api::methods as m;
use koji_api::types::repr::text as python_text;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// List the calls of the hub's API
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Explain these only
    #[arg(value_name = "METHOD")]
    methods: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    for method in &a.methods {
        let help = cx.hub().call(m::SystemMethodHelp { method: method.into() }).await?;
        if !help.truthy() {
            return Err(CommandError::usage(format!("Unknown method: {method}")));
        }
        let help = python_text(&help);
        let (name, arguments) = help.split_at(help.find('(').unwrap_or(help.len()));
        cx.out.data(&described(name, arguments, Value::Nil));
        cx.out.line(&help);
    }
    if !a.methods.is_empty() {
        return Ok(());
    }
    let api = cx.hub().call(m::ListApi {}).await?;
    let mut methods: Vec<&Value> = items(&api).iter().collect();
    methods.sort_by_key(|x| text(x, "name"));
    for method in methods {
        let (name, arguments) = (text(method, "name"), arguments(method));
        let doc = field(method, "doc");
        cx.out.data(&described(name, &arguments, doc.clone()));
        cx.out.line(format!("{name}{arguments}"));
        if doc.truthy() {
            cx.out.line(format!("  description: {}", python_text(&doc)));
        }
    }
    Ok(())
}

fn described(name: &str, arguments: &str, doc: Value) -> Value {
    Value::record([("name", name.trim().into()), ("arguments", arguments.into()), ("doc", doc)])
}

/// `(tag, event=None)`; old hubs list names and defaults instead of the text.
fn arguments(method: &Value) -> String {
    if let Some(text) = method.str_at("argdesc") {
        return text.to_owned();
    }
    let args = field(method, "args");
    let args: Vec<String> = items(&args)
        .iter()
        .map(|arg| match arg {
            Value::Array(pair) => pair.iter().map(python_text).collect::<Vec<_>>().join("="),
            name => python_text(name),
        })
        .collect();
    format!("({})", args.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_hubs() {
        let pair = Value::from(vec![Value::from("event"), Value::Nil]);
        let method = Value::record([("args", Value::from(vec![Value::from("tag"), pair]))]);
        assert_eq!(arguments(&method), "(tag, event=None)");
        assert_eq!(arguments(&Value::record([("argdesc", Value::from("(x)"))])), "(x)");
    }
}
