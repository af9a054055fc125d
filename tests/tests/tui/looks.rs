//! Colours: as many as the terminal has, and those of a file that changes while the program runs.

use anyhow::Result;
use base64::Engine as _;
use koji_tests::Terminal;

use crate::{tui, without_hub};

#[test]
fn a_theme_that_is_edited_is_seen_at_once() {
    reload().unwrap();
}

fn reload() -> Result<()> {
    let home = tempfile::tempdir()?;
    let file = home.path().join(".config/koji/themes/mine.toml");
    std::fs::create_dir_all(file.parent().unwrap())?;
    let theme = |colour: &str| format!("inherits = \"dark\"\n[palette]\nred = \"{colour}\"\n");
    std::fs::write(&file, theme("#ff1234"))?;
    let terminal = without_hub(home.path(), &["--theme", "mine"])?;
    has_colour(&terminal, (0xff, 0x12, 0x34))?;
    // a file that is half written is said to be wrong, and the colours stay
    std::fs::write(&file, "[palette\n")?;
    terminal.shows("theme mine")?;
    has_colour(&terminal, (0xff, 0x12, 0x34))?;
    std::fs::write(&file, theme("#fe5678"))?;
    has_colour(&terminal, (0xfe, 0x56, 0x78))
}

/// Waits until something on the screen has this colour.
fn has_colour(terminal: &Terminal, (r, g, b): (u8, u8, u8)) -> Result<()> {
    terminal.waits_for(&format!("something coloured {r},{g},{b}"), |_| {
        terminal.model(|s| {
            let (rows, columns) = (s.size().0.get(), s.size().1.get());
            let cells = (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x)));
            let mut colours = cells.filter_map(|(y, x)| Some(s.cell(y, x)?.fgcolor()));
            colours.any(|c| c == vt100::Color::Rgb(r, g, b))
        })
    })
}

#[test]
fn dark_or_light_as_the_terminal_is() {
    ground().unwrap();
}

fn ground() -> Result<()> {
    const QUESTION: &str = "\x1b]11;?";
    let home = tempfile::tempdir()?;
    let (dark, light) = ((0xe4, 0xe6, 0xeb), (0x1c, 0x1f, 0x26));
    // it is asked behind the first picture, and the answer is none of the keys
    let terminal = without_hub(home.path(), &[])?;
    has_colour(&terminal, dark)?;
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.find(QUESTION) > bytes.find("\x1b[?2026l"), "{bytes:?}");
    terminal.types("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\")?;
    has_colour(&terminal, light)?;
    assert!(!terminal.screen().contains("does nothing here"), "{}", terminal.screen());
    // a theme that is named needs no question
    let terminal = without_hub(home.path(), &["--theme", "dark"])?;
    has_colour(&terminal, dark)?;
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains(QUESTION));
    // one that says it by a variable is right from the first picture on
    let mut command = tui(home.path(), &[])?;
    command.env("COLORFGBG", "0;15");
    has_colour(&Terminal::start(command, (100, 30))?, light)
}

#[test]
fn as_many_colours_as_the_terminal_has() {
    // variables, and what must not and what must be among the bytes
    for (variables, without, with) in [
        (&[("NO_COLOR", "1")][..], &["38;", "48;", "[31m"][..], "\x1b[7m"),
        (&[("TERM", "xterm"), ("COLORTERM", "")], &["38;2;", "38;5;"], "7m"),
        (&[("COLORTERM", "")], &["38;2;"], "38;5;"),
        (&[], &["38;5;"], "38;2;"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let mut command = tui(home.path(), &[]).unwrap();
        command.envs(variables.iter().copied());
        let terminal = Terminal::start(command, (100, 30)).unwrap();
        terminal.shows("no hub since").unwrap();
        let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        assert!(bytes.contains(with), "{variables:?}: no {with:?} in {bytes:?}");
        for wrong in without {
            assert!(!bytes.contains(wrong), "{variables:?}: {wrong:?} in {bytes:?}");
        }
        // every frame is one synchronized update
        let begun = bytes.matches("\x1b[?2026h").count();
        assert!(begun > 0 && begun == bytes.matches("\x1b[?2026l").count(), "{bytes:?}");
    }
}

#[test]
fn copies_go_to_the_clipboard_of_the_terminal() {
    let home = tempfile::tempdir().unwrap();
    let terminal = without_hub(home.path(), &["task", "1234"]).unwrap();
    terminal.types("y").unwrap();
    terminal.shows("name or number").unwrap();
    terminal.types("c").unwrap();
    terminal.shows("✔ copied koji taskinfo -v 1234").unwrap();
    let copied = base64::engine::general_purpose::STANDARD.encode("koji taskinfo -v 1234");
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.contains(&format!("\x1b]52;c;{copied}\x1b\\")), "{bytes:?}");
}
