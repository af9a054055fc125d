//! What each screen looks like at each size.

use std::collections::BTreeMap;

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
        ("tasks", ": \"f45\""),
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
