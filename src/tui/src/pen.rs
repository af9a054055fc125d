//! Cells as bytes, as few as it takes: only what changes of colours and modifiers is said, nothing about the colour of a letter
//! that is blank, and short ways on the same row. A line by ssh feels each of them.

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

/// Modifiers that are seen where nothing is written, too.
const SEEN_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK);

/// What switches a modifier on, and off.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Where the terminal's cursor is and how it writes.
pub struct Pen {
    at: Option<(u16, u16)>,
    foreground: Color,
    background: Color,
    modifiers: Modifier,
}

impl Default for Pen {
    fn default() -> Pen {
        Pen { at: None, foreground: Color::Reset, background: Color::Reset, modifiers: Modifier::empty() }
    }
}

impl Pen {
    pub fn write(&mut self, x: u16, y: u16, cell: &Cell, out: &mut String) {
        self.go(x, y, out);
        self.dress(cell, out);
        out.push_str(cell.symbol());
        let width = u16::try_from(cell.symbol().width()).unwrap_or(1);
        self.at = Some((x.saturating_add(width), y));
    }

    fn go(&mut self, x: u16, y: u16, out: &mut String) {
        // writing to a string cannot fail
        let _ = match self.at {
            Some(at) if at == (x, y) => Ok(()),
            Some((from, row)) if row == y && from < x => write!(out, "\x1b[{}C", x - from),
            _ => write!(out, "\x1b[{};{}H", y + 1, x + 1),
        };
    }

    fn dress(&mut self, cell: &Cell, out: &mut String) {
        let blank = cell.symbol() == " " && !cell.modifier.intersects(SEEN_BLANK);
        let mut codes = String::new();
        let wanted = if blank { self.modifiers.difference(SEEN_BLANK) } else { cell.modifier };
        self.modify(wanted, &mut codes);
        if !blank && cell.fg != self.foreground {
            self.foreground = cell.fg;
            colour(cell.fg, 30, &mut codes);
        }
        if cell.bg != self.background {
            self.background = cell.bg;
            colour(cell.bg, 40, &mut codes);
        }
        if let Some(codes) = codes.strip_prefix(';') {
            let _ = write!(out, "\x1b[{codes}m");
        }
    }

    fn modify(&mut self, wanted: Modifier, codes: &mut String) {
        let gone = self.modifiers.difference(wanted);
        let mut have = self.modifiers;
        for (modifier, _, off) in MODIFIERS {
            if gone.contains(modifier) && have.contains(modifier) {
                let _ = write!(codes, ";{off}");
                // one code ends two of them
                MODIFIERS.iter().filter(|m| m.2 == off).for_each(|m| have.remove(m.0));
            }
        }
        for (modifier, on, _) in MODIFIERS {
            if wanted.difference(have).contains(modifier) {
                let _ = write!(codes, ";{on}");
            }
        }
        self.modifiers = wanted;
    }

    /// Leaves the terminal as others expect it.
    pub fn put_down(&mut self, out: &mut String) {
        let plain = Pen::default();
        let is_plain = (self.foreground, self.background, self.modifiers)
            == (plain.foreground, plain.background, plain.modifiers);
        if !is_plain {
            out.push_str("\x1b[0m");
        }
        *self = plain;
    }
}

/// `base` is 30 for the letter's colour and 40 for the ground's.
fn colour(colour: Color, base: u8, codes: &mut String) {
    let named = |n: u8| if n < 8 { base + n } else { base + 52 + n };
    let _ = match colour {
        Color::Reset => write!(codes, ";{}", base + 9),
        Color::Rgb(r, g, b) => write!(codes, ";{};2;{r};{g};{b}", base + 8),
        Color::Indexed(n) => write!(codes, ";{};5;{n}", base + 8),
        Color::Black => write!(codes, ";{}", named(0)),
        Color::Red => write!(codes, ";{}", named(1)),
        Color::Green => write!(codes, ";{}", named(2)),
        Color::Yellow => write!(codes, ";{}", named(3)),
        Color::Blue => write!(codes, ";{}", named(4)),
        Color::Magenta => write!(codes, ";{}", named(5)),
        Color::Cyan => write!(codes, ";{}", named(6)),
        Color::Gray => write!(codes, ";{}", named(7)),
        Color::DarkGray => write!(codes, ";{}", named(8)),
        Color::LightRed => write!(codes, ";{}", named(9)),
        Color::LightGreen => write!(codes, ";{}", named(10)),
        Color::LightYellow => write!(codes, ";{}", named(11)),
        Color::LightBlue => write!(codes, ";{}", named(12)),
        Color::LightMagenta => write!(codes, ";{}", named(13)),
        Color::LightCyan => write!(codes, ";{}", named(14)),
        Color::White => write!(codes, ";{}", named(15)),
    };
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn written(cells: &[(u16, u16, &str, Style)]) -> String {
        let (mut pen, mut out) = (Pen::default(), String::new());
        for (x, y, symbol, style) in cells {
            let mut cell = Cell::default();
            cell.set_symbol(symbol).set_style(*style);
            pen.write(*x, *y, &cell, &mut out);
        }
        pen.put_down(&mut out);
        out.replace('\x1b', "^")
    }

    #[test]
    fn only_what_changes_is_said() {
        let red = Style::new().fg(Color::Rgb(255, 0, 0)).bg(Color::Indexed(16));
        let bold = red.add_modifier(Modifier::BOLD);
        let other = red.fg(Color::White);
        assert_eq!(
            written(&[(0, 0, "a", red), (1, 0, " ", other), (2, 0, "b", bold), (3, 0, "c", red)]),
            "^[1;1H^[38;2;255;0;0;48;5;16ma ^[1mb^[22mc^[0m"
        );
        // a blank that is underlined or reversed is seen
        let under = Style::new().add_modifier(Modifier::UNDERLINED);
        assert_eq!(
            written(&[(0, 0, "a", under), (1, 0, " ", under), (2, 0, " ", Style::new())]),
            "^[1;1H^[4ma ^[24m "
        );
        assert_eq!(written(&[]), "");
        assert_eq!(written(&[(4, 1, "x", Style::new())]), "^[2;5Hx");
    }

    #[test]
    fn the_cursor_goes_the_short_way() {
        let plain = Style::new();
        assert_eq!(
            written(&[(0, 0, "日", plain), (2, 0, "b", plain), (9, 0, "c", plain), (3, 2, "d", plain)]),
            "^[1;1H日b^[6Cc^[3;4Hd"
        );
    }

    #[test]
    fn bold_and_dim_end_together() {
        let both = Style::new().add_modifier(Modifier::BOLD | Modifier::DIM);
        let dim = Style::new().add_modifier(Modifier::DIM);
        assert_eq!(written(&[(0, 0, "a", both), (1, 0, "b", dim)]), "^[1;1H^[1;2ma^[22;2mb^[0m");
        assert_eq!(
            written(&[(0, 0, "a", Style::new().fg(Color::LightRed).bg(Color::Black))]),
            "^[1;1H^[91;40ma^[0m"
        );
    }
}
