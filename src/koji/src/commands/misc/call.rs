use koji_xmlrpc::{Struct, Value, join_kwargs};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::python::{literal, pretty};
use crate::{json, lookup};

/// Make any call of the hub's API
///
/// Arguments of the form NAME=VALUE are keyword arguments. Integers, decimals, None, True and False are themselves,
/// everything else is text, unless --python or --json-input is given. `koji --noauth call` calls without a login.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "METHOD")]
    name: Option<String>,
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    args: Vec<String>,
    /// Arguments are Python literals
    #[arg(short, long)]
    python: bool,
    /// Keyword arguments as one dictionary (implies --python, unless --json-input is given)
    #[arg(long, value_name = "DICT")]
    kwargs: Option<String>,
    /// JSON in and out
    #[arg(short, long)]
    json: bool,
    /// Arguments are JSON
    #[arg(long)]
    json_input: bool,
    /// Answer as JSON
    #[arg(long)]
    json_output: bool,
    /// What is no literal (or no JSON) is text
    #[arg(short, long)]
    bare_strings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Plain,
    Python,
    Json,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let Some(name) = &a.name else {
        return Err(CommandError::usage("Please specify the name of the XML-RPC method"));
    };
    let json_input = a.json || a.json_input;
    if a.python && json_input {
        return Err(CommandError::usage("The --python option conflicts with using --json-input"));
    }
    let syntax = match (json_input, a.python || a.kwargs.is_some()) {
        (true, _) => Syntax::Json,
        (false, true) => Syntax::Python,
        (false, false) => Syntax::Plain,
    };
    let mut kwargs = match &a.kwargs {
        None => Struct::new(),
        Some(text) => match value(text, syntax, a.bare_strings) {
            Ok(Value::Struct(kwargs)) => kwargs,
            // status 1, as from upstream's client
            _ => return Err(CommandError::new(format!("--kwargs is no dictionary: {text}"))),
        },
    };
    let mut args = Vec::new();
    for arg in &a.args {
        match keyword(arg) {
            Some((key, text)) => {
                kwargs.insert(key.to_owned(), value(text, syntax, a.bare_strings)?);
            }
            None => args.push(value(arg, syntax, a.bare_strings)?),
        }
    }
    let answer = cx.hub().call_raw(name, &join_kwargs(args, kwargs)).await?;
    cx.out.line(if a.json || a.json_output { json::dumps(&answer) } else { pretty::pformat(&answer) });
    Ok(())
}

fn value(text: &str, syntax: Syntax, bare: bool) -> Result<Value> {
    let value = match syntax {
        Syntax::Plain => Some(lookup::typed(text)),
        Syntax::Python => literal::parse(text).ok(),
        Syntax::Json => serde_json::from_str(text).ok(),
    };
    match value {
        Some(value) => Ok(value),
        None if bare => Ok(text.into()),
        None => Err(CommandError::usage(format!(
            "Invalid value: {}",
            koji_api::types::repr::repr(&Value::from(text))
        ))),
    }
}

/// `NAME=VALUE` taken apart.
fn keyword(arg: &str) -> Option<(&str, &str)> {
    let (key, value) = arg.split_once('=')?;
    let first = key.chars().next()?;
    let named = !first.is_numeric() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    (named && !value.contains('\n')).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords() {
        assert_eq!(keyword("latest=True"), Some(("latest", "True")));
        assert_eq!(keyword("_x1="), Some(("_x1", "")));
        assert_eq!(keyword("1x=2"), None);
        assert_eq!(keyword("a-b=2"), None);
        assert_eq!(keyword("=2"), None);
    }

    #[test]
    fn syntaxes() {
        assert_eq!(value("[1]", Syntax::Plain, false).unwrap(), Value::from("[1]"));
        assert_eq!(value("[1]", Syntax::Python, false).unwrap(), Value::Array(vec![Value::Int(1)]));
        assert_eq!(value("null", Syntax::Json, false).unwrap(), Value::Nil);
        assert_eq!(value("base", Syntax::Json, true).unwrap(), Value::from("base"));
        let error = value("base", Syntax::Python, false).unwrap_err();
        assert_eq!((error.message.as_str(), error.status), ("Invalid value: 'base'", 2));
    }
}
