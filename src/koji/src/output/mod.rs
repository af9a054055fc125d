//! What commands print.
//!
//! A command hands over its data ([`Output::data`]) and the lines that show it ([`Output::line`]); the format that the user
//! asked for decides which of them is printed.
//!
//! Text from the hub is somebody else's: control characters in it are shown, not obeyed.

mod pending;
pub mod progress;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use koji_xmlrpc::Value;

use crate::json;
pub use pending::flush;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Lines for people, as upstream's client prints them.
    #[default]
    Text,
    /// One JSON value.
    JsonObject,
    /// A JSON array, an element for each piece of data, written as they come.
    JsonArray,
    /// A JSON value a line.
    JsonLines,
}

/// The text with control characters (but tab and line feed) made visible, so that nothing in it can drive the terminal.
pub fn clean(text: &str) -> Cow<'_, str> {
    let hostile = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_bidi(c);
    if !text.contains(hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hostile(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Bytes of a log for a terminal, whoever wrote them.
fn visible(bytes: &[u8]) -> String {
    clean(&String::from_utf8_lossy(bytes).replace("\r\n", "\n")).into_owned()
}

/// Characters that reorder what follows them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Standard output of a command. A reader that went away (`koji ... | head`) ends the program quietly.
#[derive(Debug, Clone, Default)]
pub struct Output {
    format: Format,
    /// Pieces of data written so far.
    written: Arc<AtomicUsize>,
}

impl Output {
    pub fn new(format: Format) -> Output {
        Output { format, ..Output::default() }
    }

    /// Whether data is printed instead of lines.
    pub fn is_json(&self) -> bool {
        self.format != Format::Text
    }

    /// Hands over one piece of data, in the shape that is documented for the command. Printed in the JSON formats only.
    pub fn data(&self, value: &Value) {
        if self.format == Format::Text {
            return;
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        self.write(&match self.format {
            Format::Text => String::new(),
            Format::JsonObject => format!("{}\n", json::dumps(value)),
            Format::JsonArray => {
                format!("{}{}", if number == 0 { "[\n" } else { ",\n" }, json::element(value))
            }
            Format::JsonLines => format!("{}\n", json::line(value)),
        });
    }

    /// Hands over the records of a list.
    pub fn data_list(&self, list: &Value) {
        for record in list.as_array().unwrap_or_default() {
            self.data(record);
        }
    }

    /// Ends the output: closes the array.
    pub fn finish(&self) {
        if self.format == Format::JsonArray {
            let none = self.written.load(Ordering::Relaxed) == 0;
            self.write(if none { "[]\n" } else { "\n]\n" });
        }
    }

    /// Prints one line of text that is cleaned. Not printed in the JSON formats.
    pub fn line(&self, text: impl AsRef<str>) {
        if !self.is_json() {
            self.write(&format!("{}\n", clean(text.as_ref())));
        }
    }

    /// Prints text that is cleaned, without a line end. Not printed in the JSON formats.
    pub fn text(&self, text: impl AsRef<str>) {
        if !self.is_json() {
            self.write(&clean(text.as_ref()));
        }
    }

    /// Bytes as they are: logs and files that the user asked for. At a terminal their control characters are shown instead.
    pub fn bytes(&self, bytes: &[u8]) {
        if self.is_terminal() {
            return self.write(&visible(bytes));
        }
        pending::write(bytes);
    }

    fn write(&self, text: &str) {
        pending::write(text.as_bytes());
    }

    /// A message beside the output.
    pub fn warn(&self, text: impl AsRef<str>) {
        flush();
        eprintln!("{}", clean(text.as_ref()));
    }

    pub fn is_terminal(&self) -> bool {
        pending::is_terminal()
    }
}

#[cfg(test)]
mod tests {
    use super::{clean, visible};

    #[test]
    fn logs_do_not_drive_the_terminal() {
        assert_eq!(
            visible(b"make\r\n\x1b]52;c;aGk=\x07\x9b2J \xff"),
            "make\n\\u{1b}]52;c;aGk=\\u{7}\u{fffd}2J \u{fffd}"
        );
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(clean("plain\ttext\nžluť"), "plain\ttext\nžluť");
        assert_eq!(clean("\u{1b}]0;title\u{7}x\u{202e}y"), "\\u{1b}]0;title\\u{7}x\\u{202e}y");
    }
}
