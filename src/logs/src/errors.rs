//! The lines that say what is wrong.

use std::sync::LazyLock;

use koji_why::LogKind;

use crate::error::Result;
use crate::pattern::{Case, Pattern};
use crate::search::Test;

/// A test for lines that a rule of `koji-why` knows, or a pattern of the user's.
pub struct Errors {
    kind: LogKind,
    own: Option<Pattern>,
}

/// All rules in one expression: most lines need no closer look. Within it the rules' groups have no names.
static ANY: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    let one = |pattern: &str| {
        let mut plain = pattern.to_owned();
        for name in ["subject", "s2", "s3", "s4"] {
            plain = plain.replace(&format!("(?P<{name}>"), "(?:");
        }
        format!("(?:{plain})")
    };
    let rules: Vec<String> = koji_why::rules().iter().map(|r| one(&r.pattern)).collect();
    Pattern::regex(&rules.join("|"), Case::Matters)
        .inspect_err(|e| tracing::error!("the rules for errors cannot be used together: {e}"))
        .ok()
});

impl Errors {
    /// For a log of that name. `own` are further regular expressions.
    pub fn new(log: &str, own: &[String]) -> Result<Errors> {
        let own = match own {
            [] => None,
            own => {
                let all: Vec<String> = own.iter().map(|p| format!("(?:{p})")).collect();
                Some(Pattern::regex(&all.join("|"), Case::Matters)?)
            }
        };
        Ok(Errors { kind: LogKind::of(log), own })
    }
}

impl Test for Errors {
    fn find(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let ours = ANY.as_ref().and_then(|p| p.find(bytes, at)).map(|f| f.start);
        let own = self.own.as_ref().and_then(|p| p.find(bytes, at)).map(|f| f.start);
        match (ours, own) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn confirm(&self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line.get(..line.len().min(2000)).unwrap_or(line));
        koji_why::tells(&text, self.kind) || self.own.as_ref().is_some_and(|p| p.is_match(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_fit_into_one_expression() {
        let any = ANY.as_ref().unwrap();
        for rule in koji_why::rules() {
            for example in &rule.examples {
                // the last line of an example is what the rule is about
                assert!(example.lines().any(|l| any.is_match(l.as_bytes())), "{}: {example}", rule.id);
            }
        }
    }

    #[test]
    fn errors_of_compilers_and_of_the_user() {
        let errors = Errors::new("build.log", &["^W: odd".to_owned()]).unwrap();
        let is = |line: &str| errors.find(line.as_bytes(), 0).is_some() && errors.confirm(line.as_bytes());
        assert!(is("main.c:3:1: error: expected ';' before '}' token"));
        assert!(is("W: odd thing"));
        assert!(!is("checking for errors... none"));
        assert!(!is("gcc -O2 -c error.c"));
    }
}
