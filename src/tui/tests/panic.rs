//! A panic gives the terminal back before it says what happened.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

const CHILD: &str = "KOJI_TUI_TEST_PANICS";

/// Started by the other test in a terminal of its own.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_some() {
        let reports = std::env::temp_dir();
        let _guard = koji_tui::term::Guard::enter(true, reports).unwrap();
        panic!("on purpose");
    }
}

#[test]
fn the_terminal_after_a_panic() {
    let me = std::env::current_exe().unwrap();
    // the settings before and after, in the same terminal
    let inside = format!("stty -g; {CHILD}=1 '{}' --exact child --nocapture; stty -g", me.display());
    let output = Command::new("script").args(["-qec", &inside, "/dev/null"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let settings: Vec<&str> = text
        .lines()
        .map(|l| l.rsplit('\x1b').next().unwrap_or_default().trim())
        .filter(|l| l.matches(':').count() > 10 && l.chars().all(|c| c == ':' || c.is_ascii_hexdigit()))
        .collect();
    assert_eq!(settings.len(), 2, "{text:?}");
    assert_eq!(settings[0], settings[1]);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what:?} in {text:?}"));
    assert!(at("\x1b[?1049h") < at("\x1b[?1049l"), "{text:?}");
    assert!(at("\x1b[?1049l") < at("on purpose"), "the message is on the screen that is gone: {text:?}");
    assert!(at("\x1b[?1000h") < at("\x1b[?1000l") && at("\x1b[?2004h") < at("\x1b[?2004l"), "{text:?}");
    assert!(text.contains("\x1b[?25h"), "the cursor is hidden: {text:?}");
}
