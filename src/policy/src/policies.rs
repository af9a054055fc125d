//! The named policies of a hub.

use indexmap::IndexMap;

use crate::defaults::DEFAULTS;
use crate::parse::ParseError;
use crate::rules::RuleSet;

/// All policies by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policies {
    sets: IndexMap<String, RuleSet>,
}

impl Policies {
    /// The defaults, parsed. `tests` are the names of the tests that the caller's context answers; the defaults
    /// use has_perm, is_child_task and is_build_owner.
    pub fn defaults(tests: &[&str]) -> Result<Policies, ParseError> {
        let mut policies = Policies::default();
        for (name, text) in DEFAULTS {
            let place = format!("default {name}");
            let lines = text.lines().map(|line| (place.clone(), line));
            policies.insert(RuleSet::parse(name, lines, tests)?);
        }
        Ok(policies)
    }

    /// Adds a policy; one of the same name is replaced.
    pub fn insert(&mut self, rules: RuleSet) {
        self.sets.insert(rules.name.clone(), rules);
    }

    pub fn get(&self, name: &str) -> Option<&RuleSet> {
        self.sets.get(name)
    }

    /// The names of all policies.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sets.keys().map(String::as_str)
    }

    /// The default policies as they are written in a configuration file.
    pub fn default_texts() -> impl Iterator<Item = (&'static str, &'static str)> {
        DEFAULTS.into_iter()
    }
}
