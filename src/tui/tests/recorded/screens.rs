//! What each screen looks like at each size.

use std::collections::BTreeMap;

use koji_tui::event::Event;
use koji_tui::screens::TABLE;
use koji_tui::theme::Depth;

use crate::{see, visit, visits};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 30), (200, 60)];

#[test]
fn every_screen_at_three_sizes() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for visit in visits() {
        let screen = visit.place.split(' ').next().unwrap().to_owned();
        let count = seen.entry(screen.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { screen } else { format!("{screen}-{count}") };
        let mut replay = see(&visit, SIZES[0], Depth::True);
        let mut pictures = String::new();
        for size in SIZES {
            replay.resize(size);
            pictures.push_str(&format!("{}x{}\n{}\n\n", size.0, size.1, replay.picture()));
        }
        insta::assert_snapshot!(name, pictures);
    }
    let missing: Vec<_> = TABLE.iter().map(|e| e.name).filter(|n| !seen.contains_key(*n)).collect();
    assert!(missing.is_empty(), "not in the recording: {missing:?}");
}

#[test]
fn plain_text_of_every_screen() {
    let mut texts = String::new();
    for visit in visits() {
        let replay = see(&visit, SIZES[0], Depth::None);
        let lines: Vec<String> = replay.plain().lines().take(12).map(str::to_owned).collect();
        texts.push_str(&format!("== {}\n{}\n\n", visit.place, lines.join("\n")));
    }
    insta::assert_snapshot!("plain", texts);
}

#[test]
fn the_frame_where_there_is_hardly_room() {
    let mut pictures = String::new();
    for (screen, keys) in [
        ("home", ""),
        ("tasks", ""),
        ("tasks", "?"),
        ("tasks", ":"),
        ("tasks", "g"),
        ("tasks", "a"),
        ("tasks", "y"),
        ("tasks", "/ \"buildArch\""),
        ("log", ""),
    ] {
        let mut replay = see(&visit(screen), (40, 12), Depth::True);
        replay.keys(keys);
        pictures.push_str(&format!("{screen} {keys}\n{}\n\n", replay.picture()));
    }
    insta::assert_snapshot!("frame_40x12", pictures);
}

#[test]
fn what_opens_above_a_screen() {
    let mut pictures = String::new();
    for (screen, keys) in [
        ("tasks", "?"),
        ("tasks", ":"),
        ("tasks", ": \"zlib\""),
        ("diff", "y"),
        ("diff", "ctrl-s"),
        ("local", "B"),
        ("root", "a"),
        ("tasks", "@"),
        ("tasks", "ctrl-s"),
        ("task", "a"),
        ("task", "a 1"),
        ("tag", "a"),
        ("targets", "b"),
        ("build", "y"),
        ("task", "g"),
    ] {
        let mut replay = see(&visit(screen), (80, 24), Depth::True);
        replay.keys(keys);
        pictures.push_str(&format!("{screen} {keys}\n{}\n\n", replay.picture()));
    }
    insta::assert_snapshot!("overlays", pictures);
}

#[test]
fn a_name_that_is_none_of_ours_is_searched_for() {
    let mut replay = see(&visit("tasks"), SIZES[0], Depth::True);
    replay.keys(": \"zlib\" enter");
    assert!(replay.picture().contains("search: zlib"), "{}", replay.picture());
}

#[test]
fn what_a_policy_was_asked_is_edited() {
    let mut replay = see(&visit("policy"), SIZES[0], Depth::True);
    replay.keys("G enter");
    assert!(replay.picture().contains(": policy channel method=build target=t1"), "{}", replay.picture());
}

#[test]
fn a_call_that_came_to_nothing_is_no_success() {
    let mut replay = see(&visit("tasks"), SIZES[0], Depth::True);
    let mut said = |answer: bool| {
        let outcomes = vec![("assign task 5".to_owned(), Ok(answer.into()))];
        replay.event(Event::Performed { outcomes, then: None, ms: 1 });
        replay.picture()
    };
    assert!(said(false).contains("✘ assign task 5: the hub did not do it"));
    assert!(said(true).contains("✔ assign task 5"));
}

#[test]
fn the_log_of_what_is_selected_is_compared() {
    let at = |screen: &str, keys: &str| {
        let mut replay = see(&visit(screen), SIZES[0], Depth::True);
        replay.keys(keys);
        replay.state.screen().map(|s| s.place().to_string()).unwrap_or_default()
    };
    let log = visit("log").place.replace("log ", "log-diff ");
    assert_eq!(at("log", "D"), log);
    // of a build as a whole the log is found that says why
    assert_eq!(at("why", "D"), visit("why").place.replace("why ", "log-diff "));
    assert_eq!(at("tags", "D"), "tags");
}
