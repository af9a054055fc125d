//! From keys to actions, by the table of `config/keymap.toml` and the user's own.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::action::Action;

pub const BUILT_IN: &str = include_str!("../../../config/keymap.toml");

/// Bindings by scope; in a scope from the keys as written (`g g`, `ctrl-d`) to the action.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    scopes: BTreeMap<String, BTreeMap<String, Action>>,
}

/// What came of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Action(Action),
    /// The beginning of a longer binding.
    Partial,
    Nothing,
}

impl Keymap {
    pub fn built_in() -> Keymap {
        let mut map = Keymap::default();
        // the built-in file is checked by a test
        let _ = map.overlay(BUILT_IN);
        map
    }

    /// Lays the bindings of a file over these. An empty action takes a binding away. The error names the first thing
    /// that makes no sense; what made sense is taken.
    pub fn overlay(&mut self, text: &str) -> Result<(), String> {
        let file: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(text).map_err(|e| format!("keymap: {}", e.message()))?;
        let mut problem = None;
        for (scope, bindings) in file {
            let scope = self.scopes.entry(scope).or_default();
            for (keys, name) in bindings {
                let keys = keys.split_whitespace().collect::<Vec<_>>().join(" ");
                if name.is_empty() {
                    scope.remove(&keys);
                } else if let Some(action) = Action::from_name(&name) {
                    scope.insert(keys, action);
                } else {
                    problem.get_or_insert(format!("keymap: there is no action {name} (bound to {keys})"));
                }
            }
        }
        problem.map_or(Ok(()), Err)
    }

    /// The first scope that knows the keys decides.
    pub fn find(&self, scopes: &[&str], keys: &[String]) -> Match {
        let typed = keys.join(" ");
        let begun = format!("{typed} ");
        let mut found = Match::Nothing;
        for scope in scopes {
            let Some(bindings) = self.scopes.get(*scope) else { continue };
            if let Some(action) = bindings.get(&typed) {
                return if found == Match::Partial { found } else { Match::Action(*action) };
            }
            if bindings.keys().any(|k| k.starts_with(&begun)) {
                found = Match::Partial;
            }
        }
        found
    }

    /// Bindings that start with `keys`, for the pop-up of a half-typed one.
    pub fn continuations(&self, scopes: &[&str], keys: &[String]) -> Vec<(String, Action)> {
        let begun = format!("{} ", keys.join(" "));
        let all = scopes.iter().filter_map(|s| self.scopes.get(*s)).flatten();
        all.filter_map(|(k, a)| Some((k.strip_prefix(&begun)?.to_owned(), *a))).collect()
    }

    /// All bindings of a scope, by action in the order of the table of actions.
    pub fn bindings(&self, scope: &str) -> Vec<(Action, Vec<String>)> {
        let Some(bindings) = self.scopes.get(scope) else { return Vec::new() };
        let keys = |a| bindings.iter().filter(move |(_, b)| **b == a).map(|(k, _)| k.clone());
        Action::ALL
            .iter()
            .map(|a| (*a, keys(*a).collect::<Vec<_>>()))
            .filter(|(_, k)| !k.is_empty())
            .collect()
    }

    /// One key that does it, for hints.
    pub fn key_of(&self, scopes: &[&str], action: Action) -> Option<String> {
        let mut all: Vec<&String> = scopes
            .iter()
            .filter_map(|s| self.scopes.get(*s))
            .flatten()
            .filter(|(_, a)| **a == action)
            .map(|(k, _)| k)
            .collect();
        all.sort_by_key(|k| (k.chars().count(), !k.is_ascii()));
        all.first().map(|k| (*k).clone())
    }
}

/// The key as the keymap writes it; `None` for what has no name.
pub fn key_name(key: KeyEvent) -> Option<String> {
    let mut name = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => return Some("shift-tab".into()),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pageup".into(),
        KeyCode::PageDown => "pagedown".into(),
        KeyCode::Insert => "insert".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::F(n) => format!("f{n}"),
        _ => return None,
    };
    if key.modifiers.contains(KeyModifiers::SHIFT) && !matches!(key.code, KeyCode::Char(_)) {
        name = format!("shift-{name}");
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        name = format!("alt-{name}");
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        name = format!("ctrl-{}", name.to_lowercase());
    }
    Some(name)
}

/// The key of a name; for recordings.
pub fn key_event(name: &str) -> Option<KeyEvent> {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    for (prefix, modifier) in
        [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)]
    {
        if let Some(r) = rest.strip_prefix(prefix).filter(|r| !r.is_empty()) {
            (rest, modifiers) = (r, modifiers | modifier);
        }
    }
    let code = match rest {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "backspace" => KeyCode::Backspace,
        "tab" if modifiers.contains(KeyModifiers::SHIFT) => {
            return Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT));
        }
        "tab" => KeyCode::Tab,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "insert" => KeyCode::Insert,
        "delete" => KeyCode::Delete,
        _ => {
            let mut chars = rest.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => KeyCode::Char(c),
                (Some('f'), Some(_)) => KeyCode::F(rest.get(1..)?.parse().ok()?),
                _ => return None,
            }
        }
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_keymap_makes_sense_and_reaches_every_action() {
        let mut map = Keymap::default();
        map.overlay(BUILT_IN).unwrap();
        for action in Action::ALL {
            let bound = map.scopes.values().any(|s| s.values().any(|a| a == action));
            assert!(bound, "no key for {}", action.name());
        }
        for keys in map.scopes.values().flat_map(|s| s.keys()) {
            for key in keys.split(' ') {
                assert_eq!(key_event(key).and_then(key_name).as_deref(), Some(key));
            }
        }
    }

    #[test]
    fn chords_and_overlays() {
        let mut map = Keymap::built_in();
        let keys = |s: &str| s.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(map.find(&["global"], &keys("g")), Match::Partial);
        assert_eq!(map.find(&["global"], &keys("g g")), Match::Action(Action::Top));
        assert_eq!(map.find(&["global"], &keys("g ?")), Match::Nothing);
        map.overlay("[global]\n\"g g\" = \"\"\n\"Z  Z\" = \"quit\"\n").unwrap();
        assert_eq!(map.find(&["global"], &keys("g g")), Match::Nothing);
        assert_eq!(map.find(&["global"], &keys("Z Z")), Match::Action(Action::Quit));
        let problem = map.overlay("[global]\n\"x\" = \"fly\"\n").unwrap_err();
        assert!(problem.contains("fly"), "{problem}");
    }
}
