//! Many keys and many sizes at once.

use anyhow::{Result, ensure};
use koji_tests::{Terminal, wait_for};

use crate::{tui, without_hub};

/// No key is lost, and their order is kept: the recording has them all.
#[test]
fn a_burst_of_a_thousand_keys() {
    burst().unwrap();
}

fn burst() -> Result<()> {
    let home = tempfile::tempdir()?;
    let recording = home.path().join("recording");
    let keys: String = (0..1000).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    let mut terminal = without_hub(home.path(), &["--record", &recording.to_string_lossy()])?;
    // into the palette, where letters are letters
    terminal.types(":")?;
    terminal.shows("go · do · run")?;
    terminal.types(&keys)?;
    let read = || -> Result<String> {
        let text = std::fs::read_to_string(&recording)?;
        let key = |line: &str| Some(line.strip_prefix("{\"key\":\"")?.strip_suffix("\"}")?.to_owned());
        Ok(text.lines().filter_map(key).skip(1).collect())
    };
    let got = wait_for("all keys", std::time::Duration::from_secs(20), || {
        Ok(read().ok().filter(|got| got.len() >= keys.len()))
    });
    ensure!(got? == keys, "other keys than were typed: {}", read()?);
    terminal.types("\x03")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}

#[test]
fn a_storm_of_sizes() {
    storm().unwrap();
}

fn storm() -> Result<()> {
    let home = tempfile::tempdir()?;
    let mut terminal = Terminal::start(tui(home.path(), &["tasks"])?, (100, 30))?;
    terminal.shows("no hub since")?;
    for n in 0_u16..300 {
        // some of them smaller than anything can be drawn in
        terminal.resize(1 + n * 37 % 220, 1 + n * 23 % 70)?;
        if n % 10 == 0 {
            terminal.types("??")?;
        }
    }
    terminal.resize(90, 25)?;
    terminal.waits_for("a whole picture of the last size", |screen| {
        let lines: Vec<&str> = screen.lines().collect();
        lines.len() == 25
            && lines[0].contains("tasks")
            && lines[0].chars().count() <= 90
            && lines[1].contains("no hub since")
            && lines[24].contains("help")
    })?;
    terminal.types("q")?;
    ensure!(terminal.ends()?.success(), "it failed");
    Ok(())
}
