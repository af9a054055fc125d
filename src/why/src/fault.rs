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
        // what builders and hubs say
        for (text, wanted) in [
            ("BuildError: package hello is blocked for tag f45", Class::Request),
            ("GenericError: Build already exists (id=7, state=COMPLETE): hello-1-1", Class::Request),
            ("BuildError: Destination tag f45 is locked", Class::Request),
            ("BuildError: No spec file found in the sources", Class::Request),
            ("BuildError: multiple srpm found: a.src.rpm b.src.rpm", Class::Request),
            ("BuildError: unknown build target: f99", Class::Request),
            (
                "BuildError: the build tag has no repo yet: make one with `koji regen-repo TAG`",
                Class::Request,
            ),
            ("BuildError: arch_override is only allowed for scratch builds", Class::Request),
            ("ActionNotAllowed: tag requires autosign permission", Class::Policy),
            ("ActionNotAllowed: policy violation (build_from_srpm)", Class::Policy),
            ("BuildError: git.example.com:/x is not in the list of allowed SCMs", Class::Scm),
            ("BuildError: git.example.com:/x does not match the scm policy: scm not allowed", Class::Scm),
            (
                "BuildError: error building package (arch x86_64), the build was ended by signal 9; see build.log",
                Class::Killed,
            ),
            ("GenericError: task 17 is canceled", Class::Cancelled),
            ("ServerOffline: the hub is offline", Class::Infrastructure),
            ("GenericError: builder: a worker ended: panic", Class::Infrastructure),
            ("BuildError: this builder does not know the task method livecd", Class::Infrastructure),
            ("Fault: Traceback (most recent call last):", Class::Infrastructure),
            ("OSError: [Errno 28] No space left on device: '/mnt/koji/work'", Class::Disk),
        ] {
            assert_eq!(class(text), wanted, "{text}");
        }
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
