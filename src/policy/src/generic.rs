//! The tests that only look at the policy data.

use std::borrow::Cow;

use koji_xmlrpc::{Struct, Value};

use crate::evaluate::EvalError;
use crate::fnmatch::matches_any;

/// The names of the generic tests.
pub const NAMES: [&str; 11] =
    ["true", "all", "false", "none", "has", "bool", "match", "match_any", "match_all", "target", "compare"];

/// Whether the arguments suit the test; `None` when `name` is no generic test. The flow tests `flagged` and
/// `policy`, which the evaluator answers itself, are checked here as well.
pub(crate) fn check(name: &str, args: &[String]) -> Option<Result<(), &'static str>> {
    let field = "Invalid or missing field in policy test";
    Some(match name {
        "true" | "all" | "false" | "none" | "target" => Ok(()),
        "has" | "bool" | "match" | "match_any" | "match_all" if args.is_empty() => Err(field),
        "has" | "bool" | "match" | "match_any" | "match_all" => Ok(()),
        "compare" => match args {
            [_, operator, number]
                if Operator::parse(operator).is_some() && parse_number(number).is_some() =>
            {
                Ok(())
            }
            _ => Err("Invalid comparison in test."),
        },
        "flagged" if args.is_empty() => Err("the name of a flag is missing"),
        "policy" if args.is_empty() => Err("the name of a policy is missing"),
        "flagged" | "policy" => Ok(()),
        _ => return None,
    })
}

/// The result of generic test `name`; `None` when it is another test.
pub fn run(name: &str, args: &[String], data: &Struct) -> Option<Result<bool, EvalError>> {
    let field = || args.first().and_then(|f| data.get(f));
    let patterns = || args.get(1..).unwrap_or_default();
    Some(Ok(match name {
        "true" | "all" => true,
        "false" | "none" => false,
        "has" => field().is_some(),
        "bool" => field().is_some_and(Value::truthy),
        "match" => field().is_some_and(|v| matches_value(v, patterns())),
        "target" => data.get("target").is_some_and(|v| matches_value(v, args)),
        "match_any" => items(field()).is_some_and(|list| list.iter().any(|v| matches_value(v, patterns()))),
        "match_all" => items(field()).is_some_and(|list| list.iter().all(|v| matches_value(v, patterns()))),
        "compare" => return Some(compare(args, data)),
        _ => return None,
    }))
}

/// Whether the value matches a pattern; nil matches none.
pub fn matches_value<P: AsRef<str>>(value: &Value, patterns: &[P]) -> bool {
    text_of(value).is_some_and(|text| matches_any(&text, patterns))
}

/// A scalar as Python's `str()` writes it.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Str(s) | Value::DateTime(s) => Some(Cow::Borrowed(s)),
        Value::Int(i) => Some(Cow::Owned(i.to_string())),
        Value::Double(d) => Some(Cow::Owned(d.to_string())),
        Value::Bool(true) => Some(Cow::Borrowed("True")),
        Value::Bool(false) => Some(Cow::Borrowed("False")),
        Value::Nil | Value::Base64(_) | Value::Array(_) | Value::Struct(_) => None,
    }
}

fn items(value: Option<&Value>) -> Option<&[Value]> {
    value?.as_array().filter(|list| !list.is_empty())
}

#[derive(Clone, Copy)]
enum Operator {
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Operator {
    fn parse(text: &str) -> Option<Operator> {
        Some(match text {
            "<" => Operator::Less,
            ">" => Operator::Greater,
            "<=" => Operator::LessOrEqual,
            ">=" => Operator::GreaterOrEqual,
            "=" | "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            _ => return None,
        })
    }

    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Operator::Less => a < b,
            Operator::Greater => a > b,
            Operator::LessOrEqual => a <= b,
            Operator::GreaterOrEqual => a >= b,
            Operator::Equal => a == b,
            Operator::NotEqual => a != b,
        }
    }
}

fn parse_number(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn compare(args: &[String], data: &Struct) -> Result<bool, EvalError> {
    let [field, operator, number] = args else { return Ok(false) };
    let (Some(operator), Some(number)) = (Operator::parse(operator), parse_number(number)) else {
        return Ok(false);
    };
    match data.get(field) {
        None => Ok(false),
        Some(value) => {
            let left = value.as_double().or_else(|| value.as_int().map(|i| i as f64));
            let left = left.ok_or_else(|| EvalError::NotANumber { field: field.clone() })?;
            Ok(operator.holds(left, number))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_all(data: &Struct, cases: &[(&str, bool)]) {
        for (text, expected) in cases {
            let mut words = text.split_whitespace().map(str::to_owned);
            let name = words.next().unwrap();
            let args: Vec<String> = words.collect();
            assert_eq!(run(&name, &args, data).unwrap().unwrap(), *expected, "{text}");
        }
    }

    #[test]
    fn every_generic_test() {
        let Value::Struct(data) = Value::record([
            ("tag", Value::from("f40-build")),
            ("target", "f40".into()),
            ("scratch", true.into()),
            ("force", false.into()),
            ("nothing", Value::Nil),
            ("number", 5i64.into()),
            ("half", 0.5.into()),
            ("btypes", vec!["rpm", "maven"].into()),
            ("empty", Value::Array(vec![])),
            ("odd", Value::Array(vec![Value::Nil, 7i64.into()])),
        ]) else {
            unreachable!()
        };
        check_all(
            &data,
            &[
                ("true", true),
                ("all", true),
                ("false", false),
                ("none", false),
                ("has nothing", true),
                ("has absent", false),
                ("bool scratch", true),
                ("bool force", false),
                ("bool absent", false),
                ("match tag f4* x", true),
                ("match tag f3*", false),
                ("match nothing *", false),
                ("match absent *", false),
                ("match number 5", true),
                ("target f40 f41", true),
                ("target f41", false),
                ("match_any btypes win m*", true),
                ("match_any btypes win", false),
                ("match_any tag *", false),
                ("match_any odd 7", true),
                ("match_all btypes rpm m*", true),
                ("match_all btypes rpm", false),
                ("match_all empty *", false),
                ("match_all odd *", false),
                ("compare number > 4", true),
                ("compare number <= 4.5", false),
                ("compare number = 5", true),
                ("compare number != 5", false),
                ("compare half < 1", true),
                ("compare absent = 0", false),
            ],
        );
    }

    #[test]
    fn comparing_text_is_an_error() {
        let Value::Struct(data) = Value::record([("tag", Value::from("x"))]) else { unreachable!() };
        let args = ["tag", "<", "3"].map(str::to_owned);
        assert_eq!(
            run("compare", &args, &data).unwrap().unwrap_err().to_string(),
            "policy test compare: the field tag is no number"
        );
    }

    #[test]
    fn every_name_is_known_to_the_parser() {
        let args = ["f", "=", "1"].map(str::to_owned);
        for name in NAMES {
            assert_eq!(check(name, &args), Some(Ok(())), "{name}");
            assert!(run(name, &args, &Struct::new()).is_some(), "{name}");
        }
    }
}
