//! From lines to rules.

use crate::generic;
use crate::rules::{Action, Rule, RuleSet, TestCall};

/// A policy that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: policy {policy}: {problem}")]
pub struct ParseError {
    pub policy: String,
    /// Where the line is.
    pub place: String,
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("bad policy line: {0} (expected TEST [ARG...] [&& TEST ...] :: ACTION, or !! ACTION)")]
    NoOperator(String),
    #[error("missing/invalid test: {0:?}")]
    NoTest(String),
    #[error("missing test handler: {0} (no such test)")]
    UnknownTest(String),
    #[error("test {test}: {problem}")]
    BadArguments { test: String, problem: &'static str },
    #[error("no action after the operator")]
    NoAction,
    #[error("Invalid break action: {0}")]
    BadBreak(String),
    #[error("Invalid stop action: {0}")]
    BadStop(String),
    #[error("Invalid flag action: {0}")]
    BadFlag(String),
    #[error("nesting error in rule set: this }} closes nothing")]
    Unopened,
    #[error("nesting error in rule set: this {{ is never closed")]
    Unclosed,
}

/// A rule whose block is being read.
struct Open {
    rule: Rule,
    /// The rules before it on its own level.
    before: Vec<Rule>,
}

impl RuleSet {
    /// Parses the lines of policy `name`, each with its place. `others` are the tests that the caller's
    /// [`crate::PolicyContext`] answers, besides the generic ones.
    pub fn parse<'a, P: Into<String>>(
        name: &str,
        lines: impl IntoIterator<Item = (P, &'a str)>,
        others: &[&str],
    ) -> Result<RuleSet, ParseError> {
        let mut level: Vec<Rule> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut tests = 0;
        for (place, line) in lines {
            let place = place.into();
            let fail = |problem| ParseError { policy: name.to_owned(), place: place.clone(), problem };
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if line == "}" {
                let Open { mut rule, before } = open.pop().ok_or_else(|| fail(Problem::Unopened))?;
                rule.action = Action::Block(std::mem::replace(&mut level, before));
                level.push(rule);
                continue;
            }
            let (condition, negate, action) =
                split(line).ok_or_else(|| fail(Problem::NoOperator(line.into())))?;
            let calls = condition.split("&&").map(|text| {
                tests += 1;
                test(text, tests, others)
            });
            let calls = calls.collect::<Result<Vec<_>, _>>().map_err(fail)?;
            let opens = action == "{";
            let action =
                if opens { Action::Block(Vec::new()) } else { parse_action(action).map_err(fail)? };
            let rule = Rule { place: place.clone(), tests: calls, negate, action };
            if opens {
                open.push(Open { rule, before: std::mem::take(&mut level) });
            } else {
                level.push(rule);
            }
        }
        match open.pop() {
            Some(Open { rule, .. }) => {
                Err(ParseError { policy: name.to_owned(), place: rule.place, problem: Problem::Unclosed })
            }
            None => Ok(RuleSet { name: name.to_owned(), rules: level }),
        }
    }

    /// Parses a text; places are `NAME:LINE`.
    pub fn from_text(name: &str, text: &str, others: &[&str]) -> Result<RuleSet, ParseError> {
        RuleSet::parse(name, text.lines().enumerate().map(|(i, l)| (format!("{name}:{}", i + 1), l)), others)
    }
}

/// At the last `::`; a line without any at its last `!!`.
fn split(line: &str) -> Option<(&str, bool, &str)> {
    let (condition, negate, action) = match line.rsplit_once("::") {
        Some((condition, action)) => (condition, false, action),
        None => {
            let (condition, action) = line.rsplit_once("!!")?;
            (condition, true, action)
        }
    };
    Some((condition, negate, action.trim()))
}

fn test(text: &str, id: usize, others: &[&str]) -> Result<TestCall, Problem> {
    let mut words = text.split_whitespace().map(str::to_owned);
    let missing = || Problem::NoTest(text.to_owned());
    let first = words.next().ok_or_else(missing)?;
    let negate = first == "!";
    let name = if negate { words.next().ok_or_else(missing)? } else { first };
    let args: Vec<String> = words.collect();
    match generic::check(&name, &args) {
        Some(Ok(())) => {}
        Some(Err(problem)) => return Err(Problem::BadArguments { test: name, problem }),
        None if others.contains(&name.as_str()) => {}
        None => return Err(Problem::UnknownTest(name)),
    }
    Ok(TestCall { id, name, args, negate, text: text.to_owned() })
}

fn parse_action(text: &str) -> Result<Action, Problem> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [] | ["}"] => Err(Problem::NoAction),
        ["break"] => Ok(Action::Break(1)),
        ["break", depth] => depth.parse().map(Action::Break).map_err(|_| Problem::BadBreak(text.to_owned())),
        ["break", ..] => Err(Problem::BadBreak(text.to_owned())),
        ["stop"] => Ok(Action::Stop),
        ["stop", ..] => Err(Problem::BadStop(text.to_owned())),
        ["flag"] => Err(Problem::BadFlag(text.to_owned())),
        ["flag", name, ..] => Ok(Action::Flag((*name).to_owned())),
        _ => Ok(Action::Result(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(text: &str) -> String {
        RuleSet::from_text("tag", text, &["has_perm"]).unwrap_err().to_string()
    }

    #[test]
    fn blocks_nest_and_comments_vanish() {
        let text = "# who\nhas_perm a && ! has_perm b :: { # open\n  true !! no\n  all :: yes sir\n}\n\nall :: deny x :: y\n";
        let set = RuleSet::from_text("tag", &text.replace("x :: y", "x"), &["has_perm"]).unwrap();
        assert_eq!(set.rules.len(), 2);
        assert_eq!(set.rules[0].place, "tag:2");
        assert_eq!(set.rules[0].condition(), "has_perm a && ! has_perm b ::");
        let Action::Block(inner) = &set.rules[0].action else { panic!("no block") };
        assert!(inner[0].negate && !inner[1].negate);
        assert_eq!(inner[1].action, Action::Result("yes sir".into()));
        assert_eq!(set.actions(), ["no", "yes", "deny"]);
    }

    #[test]
    fn mistakes_say_where_they_are() {
        assert!(message("all\n").starts_with("tag:1: policy tag: bad policy line: all"));
        assert_eq!(message("\nall && :: x"), "tag:2: policy tag: missing/invalid test: \" \"");
        assert_eq!(message("nope :: x"), "tag:1: policy tag: missing test handler: nope (no such test)");
        assert_eq!(message("all ::"), "tag:1: policy tag: no action after the operator");
        assert_eq!(message("}"), "tag:1: policy tag: nesting error in rule set: this } closes nothing");
        assert_eq!(
            message("all :: {\nall :: x"),
            "tag:1: policy tag: nesting error in rule set: this { is never closed"
        );
        assert_eq!(message("all :: break x"), "tag:1: policy tag: Invalid break action: break x");
        assert_eq!(message("all :: stop it"), "tag:1: policy tag: Invalid stop action: stop it");
        assert_eq!(
            message("has :: x"),
            "tag:1: policy tag: test has: Invalid or missing field in policy test"
        );
        assert_eq!(
            message("compare x ~ 3 :: x"),
            "tag:1: policy tag: test compare: Invalid comparison in test."
        );
    }

    proptest! {
        #[test]
        fn any_text_parses_or_fails_with_a_place(text in "(true|none|match a \\*|[a-z!&: ]{0,6}|::|!!|&&|\\{|\\}|\n| ){0,30}") {
            match RuleSet::from_text("p", &text, &[]) {
                Ok(set) => prop_assert!(set.rules.iter().all(|r| !r.tests.is_empty())),
                Err(e) => prop_assert!(e.place.starts_with("p:")),
            }
        }
    }
}
