//! What goes to the terminal: colours by its depth, links, and nothing that did not change.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use koji_tui::draw;
use koji_tui::record::Replay;
use koji_tui::term::Wire;
use koji_tui::theme::Depth;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::{see, visit, visits};

#[derive(Clone, Default)]
struct Line(Arc<Mutex<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal of a size, and the bytes that go there.
struct Screen {
    terminal: Terminal<Wire<Line>>,
    line: Line,
}

impl Screen {
    fn new((width, height): (u16, u16), links: bool) -> Screen {
        let line = Line::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        let terminal = Terminal::with_options(Wire::new(line.clone(), links), options).unwrap();
        Screen { terminal, line }
    }

    /// The bytes of one more frame.
    fn frame(&mut self, replay: &Replay) -> Vec<u8> {
        self.picture(replay).0
    }

    /// The bytes of one more frame, and what they are to show.
    fn picture(&mut self, replay: &Replay) -> (Vec<u8>, Buffer) {
        let links = self.terminal.backend().links.clone();
        let drawn =
            self.terminal.draw(|frame| *links.borrow_mut() = draw::draw(&replay.state, frame)).unwrap();
        let picture = drawn.buffer.clone();
        (std::mem::take(&mut *self.line.0.lock().unwrap()), picture)
    }
}

/// Escape sequences to be read, a line of the screen on a line.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\x1b', "␛");
    let mut lines = String::new();
    for piece in text.split_inclusive('␛') {
        // `␛[ROW;COLUMNH` moves the cursor
        let is_move = piece.find(|c: char| c.is_ascii_alphabetic()).is_some_and(|at| {
            let (numbers, _) = piece.split_at(at);
            piece[at..].starts_with('H') && numbers.starts_with('[')
        });
        if is_move {
            lines.insert(lines.len() - '␛'.len_utf8(), '\n');
        }
        lines.push_str(piece);
    }
    lines
}

#[test]
fn colours_by_what_the_terminal_can() {
    let mut all = String::new();
    for (name, depth) in
        [("none", Depth::None), ("16", Depth::Ansi16), ("256", Depth::Ansi256), ("true", Depth::True)]
    {
        let size = (64, 10);
        let replay = see(&visit("tasks"), size, depth);
        let bytes = Screen::new(size, false).frame(&replay);
        all.push_str(&format!("{name}: {} bytes\n{}\n\n", bytes.len(), readable(&bytes)));
    }
    insta::assert_snapshot!("colours", all);
}

#[test]
fn links() {
    let size = (64, 12);
    let replay = see(&visit("builds"), size, Depth::None);
    let with = Screen::new(size, true).frame(&replay);
    let text = String::from_utf8_lossy(&with).into_owned();
    assert!(text.contains("\x1b]8;;https://koji.example.org/koji/"), "{text}");
    assert!(text.rfind("\x1b]8;;http") < text.rfind("\x1b]8;;\x1b\\"), "the last one ends");
    insta::assert_snapshot!("links", readable(&with));
    let without = Screen::new(size, false).frame(&replay);
    assert!(!String::from_utf8_lossy(&without).contains("\x1b]8"));
}

#[test]
fn only_what_changed_is_sent() {
    let size = (80, 24);
    let mut replay = see(&visit("tags"), size, Depth::True);
    let mut screen = Screen::new(size, true);
    let first = screen.frame(&replay);
    assert!(first.len() > 1000);
    assert_eq!(screen.frame(&replay), b"", "the same again");
    // the cursor's row and the one it left
    replay.keys("j");
    let moved = screen.frame(&replay);
    assert!(moved.starts_with(b"\x1b[?2026h") && moved.ends_with(b"\x1b[?2026l"));
    assert!(!moved.is_empty() && moved.len() < first.len() / 2, "{}: {}", moved.len(), readable(&moved));
}

/// The letters of a row and how they look: what a terminal shows, and what was drawn.
fn rows(shown: &vt100::Screen, drawn: &Buffer) -> Vec<(String, String)> {
    let ground = |colour| match colour {
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    };
    let row = |y: u16| {
        let (mut is, mut should) = (String::new(), String::new());
        for x in 0..drawn.area.width {
            let (seen, cell) = (shown.cell(y, x).unwrap(), &drawn[(x, y)]);
            if seen.is_wide_continuation() {
                continue;
            }
            let blank = cell.symbol() == " ";
            let look = |colour: vt100::Color, bold: bool, reversed: bool| match blank {
                true => format!("{:?}{reversed}", ground(cell.bg)),
                false => format!("{colour:?}{:?}{bold}{reversed}", ground(cell.bg)),
            };
            let letter = if seen.has_contents() { seen.contents() } else { " " };
            let background = if seen.bgcolor() == ground(cell.bg) { "" } else { "another ground" };
            is += &format!("{letter}{background}{}", look(seen.fgcolor(), seen.bold(), seen.inverse()));
            let (bold, reversed) =
                (cell.modifier.contains(Modifier::BOLD), cell.modifier.contains(Modifier::REVERSED));
            should += &format!("{}{}", cell.symbol(), look(ground(cell.fg), bold, reversed));
        }
        (is, should)
    };
    (0..drawn.area.height).map(row).collect()
}

/// However rows move, the terminal shows what was drawn.
#[test]
fn a_terminal_shows_what_was_drawn() {
    let size = (90, 16);
    let mut moved = 0;
    for place in ["tasks", "packages", "hosts", "tag", "tags", "builds", "buildroot", "log", "help"] {
        let Some(visit) = visits().into_iter().find(|v| v.place.split(' ').next() == Some(place)) else {
            continue;
        };
        let mut replay = see(&visit, size, Depth::True);
        let mut screen = Screen::new(size, true);
        let mut model = vt100::Parser::new(size.1.try_into().unwrap(), size.0.try_into().unwrap(), 0);
        let keys = "j j j j j j j j j j j j j j j j j j k k k k k k k k k k k k k k k k ctrl-d j k ctrl-u j j G k g g \
                    space j space ? esc / a enter j esc";
        for key in std::iter::once("").chain(keys.split_whitespace()) {
            if !key.is_empty() {
                replay.keys(key);
            }
            let (bytes, picture) = screen.picture(&replay);
            moved += usize::from(String::from_utf8_lossy(&bytes).contains("S\x1b[r"));
            model.process(&bytes);
            for (y, (is, should)) in rows(model.screen(), &picture).into_iter().enumerate() {
                assert_eq!(is, should, "{place} after {key}: row {y}\n{}", model.screen().contents());
            }
        }
    }
    assert!(moved > 5, "{moved}");
}
