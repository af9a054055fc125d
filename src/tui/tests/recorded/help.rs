//! Help knows every key.

use std::collections::BTreeSet;

use koji_tui::keymap::{BUILT_IN, Keymap};
use koji_tui::theme::Depth;

use crate::{see, visits};

#[test]
fn every_binding_is_in_the_help_of_its_screens() {
    let keymap = Keymap::built_in();
    let mut explained = BTreeSet::new();
    for visit in visits() {
        let mut replay = see(&visit, (80, 24), Depth::True);
        // a screen with a text field takes letters; its help has another key
        let scopes = replay.state.scopes();
        replay.keys("f1");
        let help = replay.plain();
        let lines: BTreeSet<&str> = help.lines().collect();
        for scope in scopes {
            for (action, keys) in keymap.bindings(scope) {
                let line = format!("{}: {}", keys.join(" "), action.help());
                assert!(lines.contains(line.as_str()), "{}: no line {line:?} in\n{help}", visit.place);
            }
            explained.insert(scope.to_owned());
        }
    }
    let file: toml::Table = toml::from_str(BUILT_IN).unwrap();
    let all: BTreeSet<String> = file.keys().cloned().collect();
    assert_eq!(explained, all, "scopes of the keymap, and those that some screen has");
}
