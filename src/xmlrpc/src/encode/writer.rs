//! The marshaller: each call appends one piece of a document.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::float::push_repr;
use super::to_xml::ToXml;

/// Appends values to a buffer, byte for byte as Koji's own marshaller writes them (every group of tags on
/// its own line, `<nil/>` without a line end, no indentation).
///
/// Low level on purpose: a row of the database goes through it without an intermediate tree or an
/// allocation. The caller keeps begin and end in balance.
///
/// ```
/// let mut w = koji_xmlrpc::Writer::new();
/// w.begin_struct();
/// w.member("id", &5);
/// w.member("name", "f40-build");
/// w.end_struct();
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    buf: Vec<u8>,
}

impl Writer {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with_capacity(bytes: usize) -> Self {
        Writer { buf: Vec::with_capacity(bytes) }
    }

    /// Bytes held; also the mark for [`Writer::truncate`].
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.buf
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.buf
    }

    /// Hands out what was written so far and goes on with an empty buffer; for sending in pieces.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buf)
    }

    /// Forgets everything after `len`, a value [`Writer::len`] gave before: how an answer that fails half
    /// way becomes a fault.
    pub fn truncate(&mut self, len: usize) {
        self.buf.truncate(len);
    }

    /// Empties the buffer and keeps its memory.
    pub fn clear(&mut self) {
        self.buf.clear();
    }

    /// Appends `xml` as it is: a piece that was written by another `Writer`.
    pub fn raw(&mut self, xml: &[u8]) {
        self.buf.extend_from_slice(xml);
    }

    pub fn nil(&mut self) {
        self.raw(b"<value><nil/></value>");
    }

    pub fn bool(&mut self, value: bool) {
        self.raw(if value {
            b"<value><boolean>1</boolean></value>\n"
        } else {
            b"<value><boolean>0</boolean></value>\n"
        });
    }

    /// `<int>` inside 32 bits, `<i8>` outside.
    pub fn int(&mut self, value: i64) {
        // writing to a Vec cannot fail
        let _ = if i32::try_from(value).is_ok() {
            writeln!(self.buf, "<value><int>{value}</int></value>")
        } else {
            writeln!(self.buf, "<value><i8>{value}</i8></value>")
        };
    }

    /// Python's `repr` of the float, so `3.0`, `1e+100`, `inf`.
    pub fn double(&mut self, value: f64) {
        self.raw(b"<value><double>");
        push_repr(&mut self.buf, value);
        self.raw(b"</double></value>\n");
    }

    /// Escapes `&`, `<` and `>` only. Characters that XML 1.0 cannot carry at all (controls other than tab,
    /// line feed and carriage return; U+FFFE, U+FFFF) become U+FFFD: written raw they would make the whole
    /// document unreadable for every peer.
    pub fn str(&mut self, value: &str) {
        self.raw(b"<value><string>");
        self.text(value);
        self.raw(b"</string></value>\n");
    }

    /// Lines of 76 characters, as Python writes them.
    pub fn base64(&mut self, value: &[u8]) {
        self.raw(b"<value><base64>\n");
        let mut line = [0u8; 76];
        for chunk in value.chunks(57) {
            let used = STANDARD.encode_slice(chunk, &mut line).unwrap_or(0);
            self.raw(line.get(..used).unwrap_or_default());
            self.raw(b"\n");
        }
        self.raw(b"</base64></value>\n");
    }

    /// `<dateTime.iso8601>` with this text.
    pub fn datetime(&mut self, text: &str) {
        self.raw(b"<value><dateTime.iso8601>");
        self.text(text);
        self.raw(b"</dateTime.iso8601></value>\n");
    }

    pub fn begin_array(&mut self) {
        self.raw(b"<value><array><data>\n");
    }

    pub fn end_array(&mut self) {
        self.raw(b"</data></array></value>\n");
    }

    pub fn begin_struct(&mut self) {
        self.raw(b"<value><struct>\n");
    }

    pub fn end_struct(&mut self) {
        self.raw(b"</struct></value>\n");
    }

    /// Opens a member; its one value and [`Writer::end_member`] follow.
    pub fn begin_member(&mut self, name: &str) {
        self.raw(b"<member>\n<name>");
        self.text(name);
        self.raw(b"</name>\n");
    }

    pub fn end_member(&mut self) {
        self.raw(b"</member>\n");
    }

    /// A whole member.
    pub fn member<T: ToXml + ?Sized>(&mut self, name: &str, value: &T) {
        self.begin_member(name);
        value.to_xml(self);
        self.end_member();
    }

    /// Any value.
    pub fn value<T: ToXml + ?Sized>(&mut self, value: &T) {
        value.to_xml(self);
    }

    /// Character data, escaped.
    pub(super) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut done = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if PLAIN[usize::from(*byte)] {
                continue;
            }
            let (instead, width): (&[u8], usize) = match byte {
                b'&' => (b"&amp;", 1),
                b'<' => (b"&lt;", 1),
                b'>' => (b"&gt;", 1),
                // first byte of U+F000 to U+FFFF, of which two are forbidden
                0xEF => match bytes.get(at + 1..at + 3) {
                    Some([0xBF, 0xBE | 0xBF]) => (REPLACEMENT, 3),
                    _ => continue,
                },
                _ => (REPLACEMENT, 1),
            };
            self.buf.extend_from_slice(bytes.get(done..at).unwrap_or_default());
            self.buf.extend_from_slice(instead);
            done = at + width;
        }
        self.buf.extend_from_slice(bytes.get(done..).unwrap_or_default());
    }
}

/// U+FFFD in UTF-8.
const REPLACEMENT: &[u8] = b"\xEF\xBF\xBD";

/// Bytes of UTF-8 that are copied without a closer look.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = matches!(byte, 0x09 | 0x0A | 0x0D);
        byte += 1;
    }
    plain[b'&' as usize] = false;
    plain[b'<' as usize] = false;
    plain[b'>' as usize] = false;
    plain[0xEF] = false;
    plain
};

#[cfg(test)]
mod tests {
    use super::Writer;

    fn text(value: &str) -> String {
        let mut w = Writer::new();
        w.text(value);
        String::from_utf8(w.into_bytes()).unwrap()
    }

    #[test]
    fn escapes() {
        assert_eq!(text("a&b<c>d\"e'f"), "a&amp;b&lt;c&gt;d\"e'f");
        assert_eq!(text("\t\n\r"), "\t\n\r");
        assert_eq!(text("a\0b\u{1b}[0m\u{1f}"), "a\u{fffd}b\u{fffd}[0m\u{fffd}");
        assert_eq!(
            text("\u{fffe}x\u{ffff}&\u{fffd}\u{f000}\u{ffe6}"),
            "\u{fffd}x\u{fffd}&amp;\u{fffd}\u{f000}\u{ffe6}"
        );
    }

    #[test]
    fn base64_lines() {
        let mut w = Writer::new();
        w.base64(b"");
        w.base64(&[0; 58]);
        let line = "A".repeat(76);
        let expected =
            format!("<value><base64>\n</base64></value>\n<value><base64>\n{line}\nAA==\n</base64></value>\n");
        assert_eq!(String::from_utf8(w.into_bytes()).unwrap(), expected);
    }

    #[test]
    fn truncate_and_take() {
        let mut w = Writer::new();
        w.int(1);
        let mark = w.len();
        w.str("x");
        w.truncate(mark);
        assert_eq!(w.take(), b"<value><int>1</int></value>\n");
        assert!(w.is_empty());
    }
}
