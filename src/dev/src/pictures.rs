//! `docs/pictures`: screens of the terminal UI as SVG, drawn from a recording of a real hub.

use anyhow::{Context, Result, anyhow, ensure};
use koji_tui::Settings;
use koji_tui::record::{Replay, visits};
use koji_tui::theme::{Depth, Theme};

use crate::generated::File;

const HUB: &str = include_str!("../../tui/tests/recordings/hub.jsonl");
const SIZE: (u16, u16) = (100, 26);
/// Names of the files, and the screens.
const PICTURES: [(&str, &str); 4] = [("dashboard", "home"), ("tag", "tag"), ("why", "why"), ("log", "log")];

pub fn files() -> Result<Vec<File>> {
    PICTURES
        .iter()
        .map(|(name, screen)| picture(name, screen).with_context(|| format!("{name}.svg")))
        .collect()
}

fn picture(name: &str, screen: &str) -> Result<File> {
    let visit = visits(HUB).into_iter().find(|v| v.place.split(' ').next() == Some(screen));
    let visit = visit.with_context(|| format!("{screen} is not in the recording"))?;
    let settings = Settings { profile: "koji".into(), depth: Depth::True, ..Settings::default() };
    let theme = Theme::built_in("dark", Depth::True);
    let mut replay =
        Replay::new(HUB, settings, theme, Some(SIZE), Some(&visit.place)).map_err(|e| anyhow!(e))?;
    replay.to_the_end();
    ensure!(replay.until(&visit.until), "no {:?} in {}", visit.until, replay.picture());
    replay.settle();
    let svg = koji_tui::svg::svg(&replay.buffer()) + "\n";
    Ok(File { path: format!("docs/pictures/{name}.svg").into(), content: svg.into_bytes() })
}
