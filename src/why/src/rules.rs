//! The rules, compiled from rules.toml.

use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::class::Class;
use crate::scan::LogKind;

/// One line's pattern and what it means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable name.
    pub id: String,
    pub class: Class,
    /// How sure it is, see [`crate::Verdict::weight`].
    pub weight: u8,
    /// The line; a group `subject` (or `s2`, `s3`, `s4` in further branches) is what it is about.
    pub pattern: String,
    /// Logs it is for; every one when empty.
    #[serde(default)]
    logs: Vec<LogKind>,
    /// Sections of the spec file it is for; elsewhere it counts 30 less.
    #[serde(default)]
    sections: Vec<String>,
    /// Of several lines the last one says it, as in a traceback.
    #[serde(default)]
    pub last: bool,
    /// Better advice than that of the class; `{subject}` is filled in.
    pub remedy: Option<String>,
    /// Lines it is made for.
    pub examples: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Rule>,
    ignore: Vec<Ignore>,
}

#[derive(Deserialize)]
struct Ignore {
    pattern: String,
    examples: Vec<String>,
}

pub(crate) struct Compiled {
    pub rules: Vec<Rule>,
    set: RegexSet,
    /// Each alone, for the subject; compiled when it is needed.
    each: Vec<OnceLock<Option<Regex>>>,
    ignore: RegexSet,
}

const SOURCE: &str = include_str!("rules.toml");

/// Bytes for the automaton's cache.
const DFA_SIZE: usize = 24 << 20;

/// A broken file leaves no rules; a test compiles it.
static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    load().unwrap_or_else(|_| Compiled {
        rules: Vec::new(),
        set: RegexSet::empty(),
        each: Vec::new(),
        ignore: RegexSet::empty(),
    })
});

fn load() -> Result<Compiled, String> {
    let file: File = toml::from_str(SOURCE).map_err(|e| e.to_string())?;
    let patterns: Vec<&str> = file.rule.iter().map(|r| r.pattern.as_str()).collect();
    // a hundred patterns at once need more room than one, else they are matched the slow way
    let set = RegexSetBuilder::new(&patterns).dfa_size_limit(DFA_SIZE).build().map_err(|e| e.to_string())?;
    let each = patterns.iter().map(|_| OnceLock::new()).collect();
    if let Some(bare) = file.ignore.iter().find(|i| i.examples.is_empty()) {
        return Err(format!("no example of what {} ignores", bare.pattern));
    }
    let ignore = RegexSet::new(file.ignore.iter().map(|i| &i.pattern)).map_err(|e| e.to_string())?;
    Ok(Compiled { rules: file.rule, set, each, ignore })
}

impl Rule {
    /// Its weight for a line of a section of the spec file; `None`: outside of all.
    pub(crate) fn weight_in(&self, section: Option<&str>) -> u8 {
        let fits = self.sections.is_empty() || section.is_some_and(|s| self.sections.iter().any(|r| r == s));
        if fits { self.weight } else { self.weight.saturating_sub(30) }
    }
}

/// All rules, for documentation.
pub fn rules() -> &'static [Rule] {
    &COMPILED.rules
}

/// Whether a line of such a log, taken alone, says what is wrong.
pub fn tells(line: &str, kind: LogKind) -> bool {
    best(line, kind, None).is_some()
}

/// A rule that fits a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub rule: &'static Rule,
    index: usize,
    pub weight: u8,
}

impl Hit {
    pub fn subject(&self, line: &str) -> Option<String> {
        let regex = COMPILED.each.get(self.index)?.get_or_init(|| Regex::new(&self.rule.pattern).ok());
        let captures = regex.as_ref()?.captures(line)?;
        let subject = ["subject", "s2", "s3", "s4"].iter().find_map(|name| captures.name(name))?;
        Some(subject.as_str().trim().to_owned()).filter(|s| !s.is_empty())
    }
}

/// The rule with the greatest weight for a line of such a log in such a section.
pub(crate) fn best(line: &str, kind: LogKind, section: Option<&str>) -> Option<Hit> {
    let compiled = &*COMPILED;
    let mut best: Option<Hit> = None;
    for index in compiled.set.matches(line) {
        let rule = compiled.rules.get(index)?;
        if !rule.logs.is_empty() && !rule.logs.contains(&kind) {
            continue;
        }
        let weight = rule.weight_in(section);
        if best.is_none_or(|b| weight > b.weight) {
            best = Some(Hit { rule, index, weight });
        }
    }
    best.filter(|_| !compiled.ignore.is_match(line))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_finds_its_examples_and_is_needed_there() {
        let compiled = load().unwrap();
        let mut wrong = Vec::new();
        for rule in &compiled.rules {
            assert!(!rule.examples.is_empty(), "{} has no example", rule.id);
            assert!(rule.weight <= 100);
            assert_eq!(compiled.rules.iter().filter(|r| r.id == rule.id).count(), 1, "{} twice", rule.id);
            for example in &rule.examples {
                assert!(Regex::new(&rule.pattern).unwrap().is_match(example), "{}: {example}", rule.id);
                let kind = rule.logs.first().copied().unwrap_or(LogKind::Build);
                let best = best(example, kind, rule.sections.first().map(String::as_str));
                let found = best.map_or("nothing", |b| &b.rule.id);
                if found != rule.id {
                    wrong.push(format!("{}: {found} found in {example}", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn what_is_ignored_tells_nothing() {
        let file: File = toml::from_str(SOURCE).unwrap();
        for ignore in &file.ignore {
            let pattern = Regex::new(&ignore.pattern).unwrap();
            assert!(!ignore.examples.is_empty());
            for example in &ignore.examples {
                assert!(pattern.is_match(example), "{example}");
                let hit = best(example, LogKind::Build, Some("%check"));
                assert!(hit.is_none(), "{example}: {}", hit.unwrap().rule.id);
            }
        }
    }
}
