//! Notices of the user's tasks that end, whatever screen is looked at; by rules of `notify.toml`:
//!
//! ```toml
//! [[rule]]
//! methods = ["build"]        # any when left out
//! states = ["failed"]        # any of closed, failed, canceled when left out
//! match = "kernel"           # regular expression for the notice's text
//! bell = true
//! desktop = true
//! command = "notify-send {text}"
//! ```

use std::collections::{HashMap, VecDeque};

use koji_api::methods::ListTasks;
use koji_xmlrpc::Value;
use regex::Regex;
use serde::Deserialize;

use crate::call::{Call, Want};
use crate::cell::{rows, task_state};
use crate::effect::Effect;
use crate::ops::quote;
use crate::screens::Node;

/// A rule: what is told of, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    states: Vec<String>,
    #[serde(default, rename = "match", deserialize_with = "regex")]
    pattern: Option<Regex>,
    #[serde(default)]
    bell: bool,
    #[serde(default)]
    desktop: bool,
    /// For the shell; `{text}` is filled in, quoted.
    command: Option<String>,
}

fn regex<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(d)?;
    Regex::new(&text)
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("{text} is no regular expression")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Notice>,
}

pub fn parse(text: &str) -> Result<Vec<Notice>, String> {
    let file: File = toml::from_str(text).map_err(|e| format!("notify.toml: {}", e.message()))?;
    let known = ["closed", "failed", "canceled"];
    match file.rule.iter().flat_map(|r| &r.states).find(|s| !known.contains(&s.as_str())) {
        Some(state) => Err(format!("notify.toml: a task does not end {state}; it ends {}", known.join(", "))),
        None => Ok(file.rule),
    }
}

/// The tasks that a user is told of.
pub fn want(user: i64) -> Want {
    let opts = Value::record([("owner", Value::from(user)), ("decode", true.into()), ("parent", Value::Nil)]);
    let order = Value::record([("order", Value::from("-id")), ("limit", 50.into())]);
    Want::every(Call::new(ListTasks { opts, queryOpts: order }), 10)
}

/// States of the user's tasks as they were seen last, and how many ended that were not looked at.
#[derive(Debug, Default)]
pub struct Inbox {
    states: HashMap<i64, i64>,
    /// Those that ended while the program ran, the newest first.
    pub ended: VecDeque<i64>,
    pub unread: usize,
}

const KEPT: usize = 200;

impl Inbox {
    /// What a hub that pushes is to tell of: the ends of those that have not ended.
    pub fn topics(&self) -> Vec<String> {
        let mut open: Vec<i64> =
            self.states.iter().filter(|(_, state)| matches!(state, 0 | 1 | 4)).map(|(id, _)| *id).collect();
        open.sort_unstable();
        open.iter().map(|id| format!("task:{id}")).collect()
    }

    /// Takes the answer of [`want`] and says what is to be told.
    pub fn look(&mut self, tasks: &Value, rules: Option<&[Notice]>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for node in rows(Some(tasks)).iter().filter_map(Node::new) {
            let before = self.states.insert(node.id, node.state);
            // one that had ended when it was first seen is no news
            if !node.is_final() || before.is_none_or(|s| matches!(s, 2 | 3 | 5)) {
                continue;
            }
            self.ended.push_front(node.id);
            self.ended.truncate(KEPT);
            self.unread += 1;
            let state = task_state(node.state).text;
            let text = format!("{state}: task {} {} {}", node.id, node.method, node.what);
            match rules {
                None => effects.push(Effect::Notify { text, bell: true, desktop: true }),
                Some(rules) => {
                    for rule in rules.iter().filter(|r| r.fits(&node.method, &state, &text)) {
                        rule.tell(&text, &mut effects);
                    }
                }
            }
        }
        effects
    }
}

impl Notice {
    fn fits(&self, method: &str, state: &str, text: &str) -> bool {
        (self.methods.is_empty() || self.methods.iter().any(|m| m == method))
            && (self.states.is_empty() || self.states.iter().any(|s| state.ends_with(s.as_str())))
            && self.pattern.as_ref().is_none_or(|p| p.is_match(text))
    }

    fn tell(&self, text: &str, effects: &mut Vec<Effect>) {
        if self.bell || self.desktop {
            effects.push(Effect::Notify { text: text.to_owned(), bell: self.bell, desktop: self.desktop });
        }
        if let Some(command) = &self.command {
            let line = command.replace("{text}", &quote(text));
            let words = vec!["sh".to_owned(), "-c".to_owned(), line];
            effects.push(Effect::Programs(vec![("notice".to_owned(), words)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(state: i64) -> Value {
        let task = |id: i64, state: i64| {
            Value::record([("id", Value::from(id)), ("state", state.into()), ("method", "build".into())])
        };
        Value::Array(vec![task(5, state), task(4, 2)])
    }

    #[test]
    fn an_end_is_told_once_and_only_if_it_was_seen_running() {
        let mut inbox = Inbox::default();
        assert!(inbox.look(&tasks(1), None).is_empty(), "what had ended before is no news");
        assert_eq!(inbox.topics(), ["task:5"], "what has not ended is watched");
        assert_eq!(inbox.look(&tasks(5), None).len(), 1);
        assert!(inbox.look(&tasks(5), None).is_empty());
        assert_eq!((inbox.unread, inbox.ended.front()), (1, Some(&5)));
    }

    #[test]
    fn rules_choose() {
        let rules = parse(
            "[[rule]]\nstates = [\"failed\"]\nbell = true\n[[rule]]\nmethods = [\"newRepo\"]\nbell = true\n\
             [[rule]]\nmatch = \"task 5\"\ncommand = \"say {text}\"\n",
        )
        .unwrap();
        let mut inbox = Inbox::default();
        inbox.look(&tasks(1), Some(&rules));
        let effects = inbox.look(&tasks(5), Some(&rules));
        assert!(matches!(effects[0], Effect::Notify { bell: true, desktop: false, .. }));
        let Effect::Programs(lines) = &effects[1] else { panic!("no command") };
        assert_eq!(lines[0].1[2], "say '✘ failed: task 5 build '");
        assert_eq!(effects.len(), 2);
        assert!(parse("[[rule]]\nstates = [\"late\"]\n").unwrap_err().contains("late"));
        assert!(parse("[[rule]]\nmatch = \"(\"\n").unwrap_err().contains("no regular expression"));
    }
}
