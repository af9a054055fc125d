//! Every screen, drawn from what a real hub answered: `recordings/hub.jsonl`, made by `make record-tui`.
//!
//! When a screen changes, look at the new pictures: `cargo insta review`, or `INSTA_UPDATE=always` and `git diff`.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bytes;
mod help;
mod screens;

use koji_tui::Settings;
use koji_tui::record::{Replay, Visit};
use koji_tui::theme::{Depth, Theme};

const HUB: &str = include_str!("../recordings/hub.jsonl");

fn visits() -> Vec<Visit> {
    koji_tui::record::visits(HUB)
}

/// The visit of a screen: its first.
fn visit(screen: &str) -> Visit {
    visits().into_iter().find(|v| v.place.split(' ').next() == Some(screen)).unwrap()
}

/// The program at a place, logged in, with all answers.
fn see(visit: &Visit, size: (u16, u16), depth: Depth) -> Replay {
    let settings = Settings {
        profile: "koji".into(),
        server: "https://koji.example.org/kojihub".into(),
        weburl: "https://koji.example.org/koji".into(),
        depth,
        ..Settings::default()
    };
    let theme = Theme::built_in("dark", depth);
    let mut replay = Replay::new(HUB, settings, theme, Some(size), Some(&visit.place)).unwrap();
    replay.to_the_end();
    assert!(replay.until(&visit.until), "{}: no {:?} in\n{}", visit.place, visit.until, replay.picture());
    replay.settle();
    replay
}
