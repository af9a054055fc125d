//! The parsed form of a policy.

use std::fmt;

/// A named policy.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    pub name: String,
    pub rules: Vec<Rule>,
}

/// One line: tests, and what to do when all hold (`::`) or not all hold (`!!`).
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Where the line is, for messages: `hub.conf:12`.
    pub place: String,
    /// Never empty.
    pub tests: Vec<TestCall>,
    /// `!!` instead of `::`.
    pub negate: bool,
    pub action: Action,
}

/// A test with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCall {
    /// Unique in its rule set.
    pub(crate) id: usize,
    pub name: String,
    pub args: Vec<String>,
    /// `!` before the name.
    pub negate: bool,
    /// The test as written, with its spaces, for messages.
    pub(crate) text: String,
}

/// What a rule does when it fires.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `{ ... }`: go through the nested rules, and on when none of them decides.
    Block(Vec<Rule>),
    /// `break [N]`: leave N levels.
    Break(i64),
    /// `stop`: end without an outcome.
    Stop,
    /// `flag NAME`: make the test `flagged NAME` true from here on.
    Flag(String),
    /// Anything else: the outcome.
    Result(String),
}

impl RuleSet {
    /// The first words of all outcomes the policy can have, each once.
    pub fn actions(&self) -> Vec<String> {
        fn collect(rules: &[Rule], found: &mut Vec<String>) {
            for rule in rules {
                match &rule.action {
                    Action::Block(inner) => collect(inner, found),
                    Action::Result(text) => {
                        let word = text.split_whitespace().next().unwrap_or_default();
                        if !found.iter().any(|f| f == word) {
                            found.push(word.to_owned());
                        }
                    }
                    Action::Break(_) | Action::Stop | Action::Flag(_) => {}
                }
            }
        }
        let mut found = Vec::new();
        collect(&self.rules, &mut found);
        found
    }
}

impl Rule {
    /// The tests and the operator as written: `has_perm admin && user bob ::`.
    pub(crate) fn condition(&self) -> String {
        let tests: Vec<&str> = self.tests.iter().map(|t| t.text.as_str()).collect();
        format!("{}{}", tests.join("&&"), if self.negate { "!!" } else { "::" })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Block(_) => f.write_str("{ ..."),
            Action::Break(depth) => write!(f, "break {depth}"),
            Action::Stop => f.write_str("stop"),
            Action::Flag(name) => write!(f, "flag {name}"),
            Action::Result(text) => f.write_str(text),
        }
    }
}
