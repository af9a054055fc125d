//! The text of a task's fault.

use std::sync::LazyLock;

use regex::Regex;

use crate::scan::{LogKind, Scanner};
use crate::verdict::Verdict;

static SEE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bsee ([\w.-]+\.log)(?: or ([\w.-]+\.log))?").ok());

/// Judges the fault alone: all there is of tasks that left no log.
pub fn judge_fault(text: &str) -> Option<Verdict> {
    let mut scanner = Scanner::new(LogKind::Result, true);
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        scanner.line(line);
    }
    scanner.finish()
}

/// The logs a fault points at.
pub(crate) fn logs_named(text: &str) -> Vec<String> {
    let Some(found) = SEE.as_ref().and_then(|p| p.captures(text)) else { return Vec::new() };
    found.iter().skip(1).flatten().map(|m| m.as_str().to_owned()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Class;
    use proptest::prelude::*;

    #[test]
    fn faults() {
        let class = |text: &str| judge_fault(text).unwrap().class;
        assert_eq!(class("BuildError: package hello not in list for tag f45"), Class::Request);
        assert_eq!(
            class(
                "BuildrootError: could not init mock buildroot, mock exited with status 30; see root.log for more information"
            ),
            Class::Infrastructure
        );
        assert_eq!(class("some words"), Class::Unknown);
        assert_eq!(
            logs_named("x; see build.log or root.log for more information"),
            ["build.log", "root.log"]
        );
        assert!(logs_named("see the log").is_empty());
        assert!(judge_fault("").is_none());
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,200}") {
            let found = judge_fault(&text);
            prop_assert_eq!(found.is_some(), text.lines().any(|l| !l.trim().is_empty()));
        }
    }
}
