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
    for tag in [b"methodResponse".as_slice(), b"params", b"param", b"value"] {
        plain.expect(tag).ok()?;
    }
    let value = plain.value().ok()?;
    for tag in [b"/param".as_slice(), b"/params", b"/methodResponse"] {
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
    fn value(&mut self) -> Step<Value> {
        let text = self.text()?;
        let tag = self.tag()?;
        if tag == b"/value" {
            return Ok(Value::Str(owned(text)?));
        }
        if !is_blank(text) {
            return Err(Stop::Strange);
        }
        let value = match tag {
            b"nil/" => Value::Nil,
            b"string" => Value::Str(owned(self.scalar(b"/string")?)?),
            b"int" => Value::Int(number(self.scalar(b"/int")?)?),
            b"i4" => Value::Int(number(self.scalar(b"/i4")?)?),
            b"i8" => Value::Int(number(self.scalar(b"/i8")?)?),
            b"double" => Value::Double(number(self.scalar(b"/double")?)?),
            b"boolean" => match self.scalar(b"/boolean")? {
                b"0" => Value::Bool(false),
                b"1" => Value::Bool(true),
                _ => return Err(Stop::Strange),
            },
            b"struct" => Value::Struct(self.nested(Plain::members)?),
            b"array" => Value::Array(self.nested(Plain::elements)?),
            _ => return Err(Stop::Strange),
        };
        self.expect(b"/value")?;
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
        loop {
            match self.next_tag()? {
                b"/struct" => return Ok(members),
                b"member" => {}
                _ => return Err(Stop::Strange),
            }
            self.expect(b"name")?;
            let name = owned(self.scalar(b"/name")?)?;
            self.expect(b"value")?;
            let value = self.value()?;
            self.expect(b"/member")?;
            members.insert(name, value);
        }
    }

    fn elements(&mut self) -> Step<Vec<Value>> {
        self.expect(b"data")?;
        let mut elements = Vec::new();
        loop {
            match self.next_tag()? {
                b"value" => elements.push(self.value()?),
                b"/data" => break,
                _ => return Err(Stop::Strange),
            }
        }
        self.expect(b"/array")?;
        Ok(elements)
    }

    /// The text of an element without children.
    fn scalar(&mut self, end: &[u8]) -> Step<&'a [u8]> {
        let text = self.text()?;
        if self.tag()? == end { Ok(text) } else { Err(Stop::Strange) }
    }

    fn expect(&mut self, tag: &[u8]) -> Step<()> {
        if self.next_tag()? == tag { Ok(()) } else { Err(Stop::Strange) }
    }

    /// The next tag; white space may stand before it.
    fn next_tag(&mut self) -> Step<&'a [u8]> {
        if is_blank(self.text()?) { self.tag() } else { Err(Stop::Strange) }
    }

    /// The bytes up to the next tag.
    fn text(&mut self) -> Step<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // most texts are shorter than what a search over many bytes at a time costs to begin
        let near = rest.iter().take(NEAR).position(|b| matches!(b, b'<' | b'&' | b'\r'));
        let end = near.or_else(|| memchr3(b'<', b'&', b'\r', rest)).ok_or(Stop::More)?;
        if rest.get(end) != Some(&b'<') {
            return Err(Stop::Strange);
        }
        self.at += end;
        rest.get(..end).ok_or(Stop::More)
    }

    /// What is between the `<` that comes now and its `>`.
    fn tag(&mut self) -> Step<&'a [u8]> {
        const LONGEST: usize = 16;
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        match rest.iter().take(LONGEST).position(|b| *b == b'>') {
            Some(end) => {
                self.at += end + 2;
                rest.get(..end).ok_or(Stop::More)
            }
            None if rest.len() < LONGEST => Err(Stop::More),
            None => Err(Stop::Strange),
        }
    }
}

/// White space as XML has it.
fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

fn owned(text: &[u8]) -> Step<String> {
    std::str::from_utf8(text).map(str::to_owned).map_err(|_| Stop::Strange)
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
