//! The program without a hub, a clock or a terminal: keys in, pictures out.

#![allow(clippy::unwrap_used, reason = "tests")]

use koji_tui::Settings;
use koji_tui::record::Replay;
use koji_tui::theme::{Depth, Theme};

const HUB: &str = r#"
{"start": "tasks", "now": 1700000000.0, "size": [80, 24]}
{"call": "listTasks[{\"opts\":{\"decode\":true,\"state\":[0,1,4]},\"queryOpts\":{\"order\":\"-id\",\"limit\":10000},\"__starstar\":true}]", "answer": [{"id": 12, "parent": null, "state": 1, "method": "build", "arch": "noarch", "owner_name": "anna", "request": ["git://h/hello#1", "f45"], "create_ts": 1699999900.0, "start_ts": 1699999910.0}, {"id": 13, "parent": 12, "state": 0, "method": "buildArch", "arch": "x86_64", "owner_name": "anna", "create_ts": 1699999950.0}]}
{"call": "listTasks[{\"opts\":{\"decode\":true,\"state\":[2,3,5]},\"queryOpts\":{\"order\":\"-id\",\"limit\":200},\"__starstar\":true}]", "answer": [{"id": 9, "parent": null, "state": 5, "method": "newRepo", "arch": "noarch", "owner_name": "kojira", "request": ["f45-build"], "create_ts": 1699990000.0, "start_ts": 1699990010.0, "completion_ts": 1699990100.0}]}
"#;

fn replay(size: (u16, u16)) -> Replay {
    let settings = Settings { profile: "test".into(), depth: Depth::True, ..Settings::default() };
    Replay::new(HUB, settings, Theme::built_in("dark", Depth::True), Some(size), None).unwrap()
}

#[test]
fn the_tree_of_tasks() {
    let mut r = replay((80, 24));
    let picture = r.picture();
    for words in ["▾ 12", "└ 13", "▶ open", "○ free", "✘ failed", "1/3", "read only"] {
        assert!(picture.contains(words), "{words} is not in\n{picture}");
    }
    // folded, the child is not seen
    r.keys("x");
    let folded = r.picture();
    assert!(folded.contains("▸ 12") && !folded.contains("13 "), "{folded}");
}

#[test]
fn a_filter_and_its_end() {
    let mut r = replay((120, 30));
    r.keys(r#"/ "state:fail" enter"#);
    let picture = r.picture();
    assert!(picture.contains("1/1 of 3") && !picture.contains("buildArch"), "{picture}");
    r.keys("esc");
    assert!(r.picture().contains("/3"), "{}", r.picture());
}

#[test]
fn every_size_can_be_drawn_with_every_overlay() {
    for size in [(1, 1), (20, 4), (40, 12), (80, 24), (120, 30), (200, 60)] {
        let mut r = replay(size);
        for keys in ["?", ":", "y", "@", "a", "ctrl-s", "g", "ctrl-p", "b"] {
            r.keys(keys);
            r.picture();
            r.keys("esc esc");
        }
    }
}

#[test]
fn help_lists_every_key() {
    let mut r = replay((120, 30));
    r.keys("?");
    let text = r.plain();
    let keymap = koji_tui::keymap::Keymap::built_in();
    for (action, _) in keymap.bindings("global") {
        assert!(text.contains(action.help()), "{} is not in the help", action.name());
    }
}

#[test]
fn plain_text_says_the_same_in_words() {
    let r = replay((80, 24));
    let text = r.plain();
    assert!(text.contains("3. id 9, state failed, method newRepo"), "{text}");
}
