//! Values in the mark-up that hubs write, read byte by byte: several times as fast as by XML's whole grammar.
//!
//! What is not written so (attributes, comments, references such as `&amp;`, carriage returns, other element names) and what is
//! wrong is left to [`super::Pull`], which says what it means.

use memchr::memchr3;

use super::MAX_DEPTH;
use crate::{Struct, Value};

/// Why a value was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It may go on behind the last byte.
    More,
    /// It is not written as hubs write it.
    Strange,
}

type Step<T> = Result<T, Stop>;

/// The value that begins after its `<value>`, and the number of bytes to the end of its `</value>`.
pub fn value(bytes: &[u8]) -> Step<(Value, usize)> {
    let mut plain = Plain { bytes, at: 0, depth: 0 };
    let value = plain.value()?;
    Ok((value, plain.at))
}

/// The value of an answer; `None` for faults and whatever is written otherwise.
pub fn answer(document: &[u8]) -> Option<Value> {
    let document = document.strip_prefix(DECLARATION).unwrap_or(document);
    let mut plain = Plain { bytes: document, at: 0, depth: 0 };
    for tag in [b"<methodResponse>".as_slice(), b"<params>", b"<param>", b"<value>"] {
        plain.expect(tag).ok()?;
    }
    let value = plain.value().ok()?;
    for tag in [b"</param>".as_slice(), b"</params>", b"</methodResponse>"] {
        plain.expect(tag).ok()?;
    }
    let rest = document.get(plain.at..)?;
    is_blank(rest).then_some(value)
}

const NEAR: usize = 24;

/// As Python's library writes it.
const DECLARATION: &[u8] = b"<?xml version='1.0'?>";

struct Plain<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Plain<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn value(&mut self) -> Step<Value> {
        let text = self.text()?;
        if self.takes(b"</value>") {
            return Ok(Value::Str(owned(text)?));
        }
        if !is_blank(text) {
            return Err(Stop::Strange);
        }
        let value = match self.rest().get(1) {
            Some(b's') if self.takes(b"<string>") => Value::Str(owned(self.scalar(b"</string>")?)?),
            Some(b'i') if self.takes(b"<int>") => Value::Int(integer(self.scalar(b"</int>")?)?),
            Some(b'n') if self.takes(b"<nil/>") => Value::Nil,
            Some(b's') if self.takes(b"<struct>") => Value::Struct(self.nested(Plain::members)?),
            Some(b'a') if self.takes(b"<array>") => Value::Array(self.nested(Plain::elements)?),
            Some(b'i') if self.takes(b"<i8>") => Value::Int(integer(self.scalar(b"</i8>")?)?),
            Some(b'i') if self.takes(b"<i4>") => Value::Int(integer(self.scalar(b"</i4>")?)?),
            Some(b'd') if self.takes(b"<double>") => Value::Double(number(self.scalar(b"</double>")?)?),
            Some(b'b') if self.takes(b"<boolean>") => match self.scalar(b"</boolean>")? {
                b"0" => Value::Bool(false),
                b"1" => Value::Bool(true),
                _ => return Err(Stop::Strange),
            },
            _ if self.rest().contains(&b'>') => return Err(Stop::Strange),
            _ => return Err(Stop::More),
        };
        self.expect(b"</value>")?;
        Ok(value)
    }

    fn nested<T>(&mut self, read: fn(&mut Plain<'a>) -> Step<T>) -> Step<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::Strange);
        }
        let inner = read(self);
        self.depth -= 1;
        inner
    }

    fn members(&mut self) -> Step<Struct> {
        let mut members = Struct::with_capacity(16);
        while !self.ends(b"</struct>", b"<member>")? {
            self.expect(b"<name>")?;
            let name = owned(self.scalar(b"</name>")?)?;
            self.expect(b"<value>")?;
            let value = self.value()?;
            self.expect(b"</member>")?;
            members.insert(name, value);
        }
        Ok(members)
    }

    fn elements(&mut self) -> Step<Vec<Value>> {
        self.expect(b"<data>")?;
        let mut elements = Vec::new();
        while !self.ends(b"</data>", b"<value>")? {
            elements.push(self.value()?);
        }
        self.expect(b"</array>")?;
        Ok(elements)
    }

    /// Whether the end comes now, and not one more element. Either is read.
    fn ends<const N: usize, const M: usize>(&mut self, end: &[u8; N], more: &[u8; M]) -> Step<bool> {
        self.skip_blanks();
        if self.takes(more) {
            return Ok(false);
        }
        self.expect(end)
            .map(|()| true)
            .map_err(|stop| if more.starts_with(self.rest()) { Stop::More } else { stop })
    }

    /// The text of an element without children.
    fn scalar(&mut self, end: &[u8]) -> Step<&'a [u8]> {
        let text = self.text()?;
        self.expect(end)?;
        Ok(text)
    }

    /// Reads a tag; white space may stand before it.
    fn expect(&mut self, tag: &[u8]) -> Step<()> {
        self.skip_blanks();
        let rest = self.rest();
        if rest.starts_with(tag) {
            self.at += tag.len();
            Ok(())
        } else if tag.starts_with(rest) {
            Err(Stop::More)
        } else {
            Err(Stop::Strange)
        }
    }

    /// Reads a tag if it is the one that comes now.
    fn takes<const N: usize>(&mut self, tag: &[u8; N]) -> bool {
        let is = self.rest().first_chunk::<N>() == Some(tag);
        self.at += if is { N } else { 0 };
        is
    }

    fn skip_blanks(&mut self) {
        // carriage returns mean something else to XML
        let blanks = self.rest().iter().take_while(|b| matches!(b, b'\n' | b' ' | b'\t'));
        self.at += blanks.count();
    }

    /// The bytes up to the next tag.
    fn text(&mut self) -> Step<&'a [u8]> {
        let rest = self.rest();
        // most texts are shorter than what a search over many bytes at a time costs to begin
        let near = rest.iter().take(NEAR).position(|b| matches!(b, b'<' | b'&' | b'\r'));
        let end = near.or_else(|| memchr3(b'<', b'&', b'\r', rest)).ok_or(Stop::More)?;
        if rest.get(end) != Some(&b'<') {
            return Err(Stop::Strange);
        }
        self.at += end;
        rest.get(..end).ok_or(Stop::More)
    }
}

/// White space as XML has it.
fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

fn owned(text: &[u8]) -> Step<String> {
    std::str::from_utf8(text).map(str::to_owned).map_err(|_| Stop::Strange)
}

/// Of few digits at once, as nearly all are; others as [`number`].
fn integer(text: &[u8]) -> Step<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return number(text);
    }
    let value = digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    Ok(if negative { -value } else { value })
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Step<T> {
    std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).ok_or(Stop::Strange)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::{Pull, tree};

    /// As XML's whole grammar has it; with the number of bytes.
    fn slowly(bytes: &[u8]) -> Option<Value> {
        let text = std::str::from_utf8(bytes).ok()?;
        let document = format!("<value>{text}");
        let mut pull = Pull::new(&document);
        pull.expect_start("value").ok()?;
        tree::value(&mut pull).ok()
    }

    #[test]
    fn as_hubs_write_it() {
        let row = "<struct>\n<member>\n<name>a</name>\n<value><nil/></value></member>\n<member>\n<name>b</name>\n<value><array><data>\n\
                   <value><int>-5</int></value>\n<value><string>ž &gt; x</string></value>\n</data></array></value>\n</member>\n</struct></value>";
        assert_eq!(value(row.as_bytes()), Err(Stop::Strange));
        let row = row.replace("&gt;", "x");
        let (read, length) = value(format!("{row}\n<value>").as_bytes()).unwrap();
        assert_eq!((Some(read), length), (slowly(row.as_bytes()), row.len()));
        for cut in 0..row.len() {
            assert_eq!(value(&row.as_bytes()[..cut]), Err(Stop::More), "{cut}");
        }
        // no white space of XML's
        assert_eq!(value(b"<array>\x0c<data></data></array></value>"), Err(Stop::Strange));
    }

    proptest! {
        /// What is read so is what XML has it mean.
        #[test]
        fn any_markup(parts in prop::collection::vec(prop::sample::select(vec![
            "<struct>", "</struct>", "<member>", "</member>", "<name>", "</name>", "<value>", "</value>", "<array>", "</array>",
            "<data>", "</data>", "<int>", "</int>", "<string>", "</string>", "<boolean>", "</boolean>", "<double>", "</double>",
            "<nil/>", "<nil>", "</nil>", "1", "-7", "1e3", " ", "\n", "x", "ž", "&amp;", "\r\n", "]]>", "<!-- -->", "<i8>", "</i8>",
        ]), 0..30)) {
            let text = parts.concat();
            if let Ok((read, length)) = value(text.as_bytes()) {
                prop_assert_eq!(Some(read), slowly(&text.as_bytes()[..length]));
            }
        }

        #[test]
        fn damaged(at in 0..200_usize, byte in any::<u8>()) {
            let mut bytes = b"<struct>\n<member>\n<name>id</name>\n<value><int>5</int></value>\n</member>\n<member>\n<name>x</name>\n\
                <value><array><data>\n<value><string>y</string></value>\n</data></array></value>\n</member>\n</struct></value>".to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok((read, length)) = value(&bytes) {
                prop_assert_eq!(Some(read), slowly(&bytes[..length]));
            }
        }
    }
}
