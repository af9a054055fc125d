//! What an evaluation came to, and how.

use std::fmt;

use crate::rules::Rule;

/// The rule that decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The whole text of the action.
    pub action: String,
    /// The conditions that led to it, outermost first.
    pub trace: Vec<String>,
}

impl fmt::Display for Outcome {
    /// The conditions and the action in one line, as upstream's hub reports the last rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.trace.join(" ... "), self.action)
    }
}

/// A rule that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Blocks and `policy` tests around it.
    pub depth: usize,
    /// Where the rule is.
    pub place: String,
    /// The tests that were run, with their results; the first that fails is the last.
    pub tests: Vec<(String, bool)>,
    pub fired: bool,
    /// The rule's action.
    pub action: String,
}

impl Step {
    pub(crate) fn new(depth: usize, rule: &Rule) -> Step {
        Step {
            depth,
            place: rule.place.clone(),
            tests: Vec::with_capacity(rule.tests.len()),
            fired: false,
            action: rule.action.to_string(),
        }
    }
}

/// A finished evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    pub policy: String,
    /// `None` when no rule decided.
    pub outcome: Option<Outcome>,
    /// Every rule that was looked at, in order.
    pub steps: Vec<Step>,
}

impl Evaluation {
    /// The action's text, as `evalPolicy` returns it.
    pub fn action(&self) -> Option<&str> {
        self.outcome.as_ref().map(|o| o.action.as_str())
    }

    /// The deciding rule in one line, or `(no match)`.
    pub fn last_rule(&self) -> String {
        self.outcome.as_ref().map_or_else(|| "(no match)".to_owned(), Outcome::to_string)
    }
}

impl fmt::Display for Evaluation {
    /// The way through the rules, one line each, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "policy {}", self.policy)?;
        for step in &self.steps {
            let tests: Vec<String> = step
                .tests
                .iter()
                .map(|(t, holds)| format!("{t} = {}", if *holds { "yes" } else { "no" }))
                .collect();
            let indent = "  ".repeat(step.depth + 1);
            let sign = if step.fired { "fires" } else { "does not fire" };
            writeln!(f, "{indent}{}: {} : {sign}: {}", step.place, tests.join(", "), step.action)?;
        }
        match self.action() {
            Some(action) => writeln!(f, "outcome: {action}"),
            None => writeln!(f, "outcome: none, no rule decided"),
        }
    }
}
