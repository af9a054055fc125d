//! A line as it may be drawn: what controls a terminal is gone or visible, colours are kept as styles.

use std::ops::Range;

/// Columns between tab stops.
const TAB: usize = 8;

/// A colour of a log, as its SGR sequence names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// 0 to 7, and their bright forms 8 to 15, then the 256 colours' cube and greys.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// How a part of a line wants to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub foreground: Option<Color>,
    pub background: Option<Color>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underlined: bool,
    pub reversed: bool,
}

/// A line's text with the styles of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pub text: String,
    /// Byte ranges of `text` that are not plain; in order, without overlap.
    pub styles: Vec<(Range<usize>, Style)>,
}

/// The bytes of one line made safe. Bytes that are no UTF-8 become U+FFFD, control characters their pictures, and of a line that
/// was written over with carriage returns the last state is left.
pub fn safe(line: &[u8]) -> Text {
    let line = last_state(line);
    let mut out = Builder::default();
    let text = String::from_utf8_lossy(line);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => {
                let (length, style) = escape(rest.as_str(), out.style);
                rest = rest.as_str().get(length..).unwrap_or_default().chars();
                out.set(style);
            }
            '\t' => {
                let width = TAB - out.columns % TAB;
                (0..width).for_each(|_| out.push(' '));
            }
            c => out.push(visible(c)),
        }
    }
    out.finish()
}

/// What of a progress bar would be seen in the end.
fn last_state(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|b| *b != b'\r').map_or(0, |at| at + 1);
    let line = line.get(..end).unwrap_or_default();
    let start = memchr::memrchr(b'\r', line).map_or(0, |at| at + 1);
    line.get(start..).unwrap_or_default()
}

/// A character that cannot do harm in its place.
fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        // these change the order or the place of what is around them
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            '\u{fffd}'
        }
        c => c,
    }
}

/// Length of the escape sequence behind ESC, and the style after it.
fn escape(rest: &str, style: Style) -> (usize, Style) {
    let bytes = rest.as_bytes();
    match bytes.first() {
        // CSI: parameters, then one final byte
        Some(b'[') => {
            let parameters = bytes.iter().skip(1).take_while(|b| (0x20..=0x3f).contains(*b)).count();
            let last = bytes.get(1 + parameters);
            match last {
                Some(b'm') => (parameters + 2, sgr(rest.get(1..=parameters).unwrap_or_default(), style)),
                Some(0x40..=0x7e) => (parameters + 2, style),
                _ => (1 + parameters, style),
            }
        }
        // OSC and other strings: up to BEL or ESC \
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = bytes.iter().position(|b| matches!(b, 0x07 | 0x1b));
            match end {
                Some(at) if bytes.get(at) == Some(&0x1b) && bytes.get(at + 1) == Some(&b'\\') => {
                    (at + 2, style)
                }
                Some(at) if bytes.get(at) == Some(&0x07) => (at + 1, style),
                Some(at) => (at, style),
                None => (bytes.len(), style),
            }
        }
        // a character set, or another sequence of two or three characters
        Some(0x20..=0x2f) => {
            let between = bytes.iter().take_while(|b| (0x20..=0x2f).contains(*b)).count();
            let last = bytes.get(between).is_some_and(|b| (0x30..=0x7e).contains(b));
            (between + usize::from(last), style)
        }
        Some(0x30..=0x7e) => (1, style),
        _ => (0, style),
    }
}

fn sgr(parameters: &str, mut style: Style) -> Style {
    let mut codes = parameters.split([';', ':']).map(|p| if p.is_empty() { Ok(0) } else { p.parse::<u16>() });
    while let Some(code) = codes.next() {
        let small = |n: u16| u8::try_from(n).unwrap_or(0);
        match code {
            Ok(0) => style = Style::default(),
            Ok(1) => style.bold = true,
            Ok(2) => style.dim = true,
            Ok(3) => style.italic = true,
            Ok(4) => style.underlined = true,
            Ok(7) => style.reversed = true,
            Ok(22) => (style.bold, style.dim) = (false, false),
            Ok(23) => style.italic = false,
            Ok(24) => style.underlined = false,
            Ok(27) => style.reversed = false,
            Ok(n @ 30..=37) => style.foreground = Some(Color::Indexed(small(n - 30))),
            Ok(n @ 90..=97) => style.foreground = Some(Color::Indexed(small(n - 82))),
            Ok(39) => style.foreground = None,
            Ok(n @ 40..=47) => style.background = Some(Color::Indexed(small(n - 40))),
            Ok(n @ 100..=107) => style.background = Some(Color::Indexed(small(n - 92))),
            Ok(49) => style.background = None,
            Ok(n @ (38 | 48)) => {
                let mut next = || codes.next().and_then(Result::ok).and_then(|n| u8::try_from(n).ok());
                let color = match next() {
                    Some(5) => next().map(Color::Indexed),
                    Some(2) => match (next(), next(), next()) {
                        (Some(r), Some(g), Some(b)) => Some(Color::Rgb(r, g, b)),
                        _ => None,
                    },
                    _ => None,
                };
                if n == 38 { style.foreground = color } else { style.background = color }
            }
            _ => {}
        }
    }
    style
}

#[derive(Default)]
struct Builder {
    out: Text,
    style: Style,
    since: usize,
    columns: usize,
}

impl Builder {
    fn push(&mut self, c: char) {
        self.out.text.push(c);
        self.columns += 1;
    }

    fn set(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        let end = self.out.text.len();
        if self.style != Style::default() && end > self.since {
            self.out.styles.push((self.since..end, self.style));
        }
        self.since = end;
        self.style = style;
    }

    fn finish(mut self) -> Text {
        self.set(Style::default());
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(line: &str) -> String {
        safe(line.as_bytes()).text
    }

    #[test]
    fn what_controls_a_terminal_is_gone_or_visible() {
        assert_eq!(plain("a\tb"), "a       b");
        assert_eq!(plain("\u{1b}]0;title\u{7}x\u{1b}]8;;http://e\u{1b}\\y"), "xy");
        assert_eq!(plain("\u{1b}[2J\u{1b}[10;5Hx\u{1b}(By\u{1b}c"), "xy");
        assert_eq!(plain("a\u{8}\u{7f}\u{9b}31m"), "a\u{2408}\u{2421}\u{fffd}31m");
        assert_eq!(plain("10%\r50%\r100%\r"), "100%");
        assert_eq!(plain("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(safe(b"a\xff").text, "a\u{fffd}");
    }

    #[test]
    fn colours_are_styles() {
        let text = safe(b"\x1b[1;31merror:\x1b[0m x \x1b[38;5;208my\x1b[48;2;1;2;3mz");
        assert_eq!(text.text, "error: x yz");
        let red = Style { bold: true, foreground: Some(Color::Indexed(1)), ..Style::default() };
        let orange = Style { foreground: Some(Color::Indexed(208)), ..Style::default() };
        let last = Style { background: Some(Color::Rgb(1, 2, 3)), ..orange };
        assert_eq!(text.styles, [(0..6, red), (9..10, orange), (10..11, last)]);
    }

    proptest! {
        #[test]
        fn nothing_controls_a_terminal(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = safe(&line);
            prop_assert!(!text.text.chars().any(char::is_control));
            let mut at = 0;
            for (range, _) in &text.styles {
                prop_assert!(range.start >= at && range.end > range.start);
                prop_assert!(text.text.get(range.clone()).is_some());
                at = range.end;
            }
        }

        #[test]
        fn escape_sequences_end(line in "(\u{1b}[\\[\\]P(]?[0-9;:?]{0,6}[a-zA-Z\u{7}\\\\]?|[a-z])*") {
            prop_assert!(!safe(line.as_bytes()).text.chars().any(char::is_control));
        }
    }
}
