//! What was found in one log.

use crate::class::Class;

/// Where a line is. Of a log that is read from its end only, the number from the end is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From 1.
    Line(u64),
    /// The last line is 1.
    FromEnd(u64),
}

impl std::fmt::Display for Place {
    /// `120`, or `-120` counted from the end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Line(n) => write!(f, "{n}"),
            Place::FromEnd(n) => write!(f, "-{n}"),
        }
    }
}

/// A line that is worth showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub place: Place,
    pub text: String,
    /// Matched by a rule; the others are context.
    pub telling: bool,
}

/// The judgement on one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    /// Id of the rule that decided; `last-line` when none did.
    pub rule: &'static str,
    /// What it is about: the package, file, test or symbol.
    pub subject: Option<String>,
    /// The line that says why.
    pub cause: Line,
    /// The cause with its surroundings and further telling lines, in the log's order.
    pub lines: Vec<Line>,
    /// Section of the spec file that failed, `%build`.
    pub section: Option<String>,
    pub remedy: String,
    /// How sure the rule is, 0 to 100: 10 is the last line of the output, from 60 on it is a cause.
    pub weight: u8,
    /// The log says itself that something failed: a command's status, rpm's list of errors.
    pub failed: bool,
    /// All that belongs to the failing command was read; else an earlier line may say more.
    pub complete: bool,
}
