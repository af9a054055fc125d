//! The quick way through a `<package>` as createrepo_c and this crate write them.
//!
//! An element is plain when what the slow way would write of it is the element itself, byte by byte: tags, text and
//! known references, nothing else. It need not be taken apart and put together again; only its nesting is looked at,
//! and what it says. Whatever is unusual, be it right or wrong, is left to the slow way, which has the last word on
//! both.

use super::facts::Facts;
use crate::xml::resolve;
use memchr::{memchr2, memchr3, memchr3_iter};
use quick_xml::events::{BytesRef, BytesStart};
use std::ops::Range;

/// Elements in one another: primary has four.
const DEPTH: usize = 8;

/// A plain package.
pub(super) struct Plain {
    /// Where in the text the inside of the location's tag is.
    location: Option<Range<usize>>,
}

impl Plain {
    /// Writes the element that was read from `text`, with the inside of the location's tag replaced when given, and
    /// a line end.
    pub(super) fn write(self, text: &str, location: Option<&str>, out: &mut String) {
        let (at, location) = self.location.zip(location).unwrap_or_default();
        out.push_str(text.get(..at.start).unwrap_or_default());
        out.push_str(location);
        out.push_str(text.get(at.end..).unwrap_or_default());
        out.push('\n');
    }
}

/// Reads `text` as one plain package, from its first `<` to its last `>`.
///
/// `None` when it is not plain; what the facts say then is of no use.
pub(super) fn read(text: &str, mut facts: Facts<'_>) -> Option<Plain> {
    let mut open = Open::default();
    let mut location = None;
    let mut rest = text;
    loop {
        let inside = rest.strip_prefix('<')?;
        let after = if let Some(tag) = inside.strip_prefix('/') {
            let after = open.close(tag)?;
            facts.end();
            if facts.are_complete() {
                return after.is_empty().then_some(Plain { location });
            }
            after
        } else {
            let (tag, after) = StartTag::split(inside)?;
            open.start(&tag)?;
            if facts.start(&tag.event(), tag.empty).ok()? {
                let start = text.len() - inside.len();
                // Two locations are more than can be replaced.
                if location.replace(start..start + tag.content.len()).is_some() {
                    return None;
                }
            }
            after
        };
        rest = characters(after, &mut facts)?;
    }
}

/// A start tag that the slow way copies: of our namespaces, neither comment nor instruction.
struct StartTag<'t> {
    name: &'t str,
    /// Name and attributes.
    content: &'t str,
    /// Whether it is an end tag as well.
    empty: bool,
}

impl<'t> StartTag<'t> {
    /// Splits it off the text behind its `<`. Returns what follows its `>`, too.
    fn split(inside: &'t str) -> Option<(Self, &'t str)> {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let prefix = if inside.starts_with("rpm:") { 4 } else { 0 };
        let length = inside.bytes().skip(prefix).take_while(is_name).count();
        let (name, rest) = inside.split_at_checked(prefix + length).filter(|_| length > 0)?;
        let attributes = match rest.as_bytes() {
            [b'>', ..] => 0,
            [b'/', b'>', ..] => 1,
            [b' ', ..] => attributes_length(rest)?,
            _ => return None,
        };
        let (tag, after) = split(inside, name.len() + attributes)?;
        let bare = tag.strip_suffix('/');
        Some((Self { name, content: bare.unwrap_or(tag), empty: bare.is_some() }, after))
    }

    fn event(&self) -> BytesStart<'t> {
        BytesStart::from_content(self.content, self.name.len())
    }
}

/// Splits off `length` bytes and the byte behind them.
fn split(text: &str, length: usize) -> Option<(&str, &str)> {
    Some((text.get(..length)?, text.get(length + 1..)?))
}

/// Bytes up to the `>` of a tag. Attributes may hold that character too.
fn attributes_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    for at in memchr3_iter(b'>', b'"', b'\'', bytes) {
        let byte = bytes.get(at).copied();
        match quote {
            None if byte == Some(b'>') => return Some(at),
            None => quote = byte,
            Some(_) if quote == byte => quote = None,
            Some(_) => {}
        }
    }
    None
}

/// Takes text up to the next `<`, which the returned rest starts with.
fn characters<'t>(mut text: &'t str, facts: &mut Facts<'_>) -> Option<&'t str> {
    loop {
        let (value, rest) = text.split_at_checked(memchr2(b'<', b'&', text.as_bytes())?)?;
        facts.text(value);
        let Some(reference) = rest.strip_prefix('&') else { return Some(rest) };
        let (name, after) = reference.split_at_checked(memchr3(b';', b'&', b'<', reference.as_bytes())?)?;
        facts.text(resolve(&BytesRef::new(name)).ok()?.encode_utf8(&mut [0; 4]));
        text = after.strip_prefix(';')?;
    }
}

/// The names of the elements that are open.
#[derive(Default)]
struct Open<'t> {
    names: [&'t str; DEPTH],
    depth: usize,
}

impl<'t> Open<'t> {
    /// Opens an element, unless it is empty: outermost it must not be.
    fn start(&mut self, tag: &StartTag<'t>) -> Option<()> {
        if tag.empty {
            return (self.depth > 0).then_some(());
        }
        *self.names.get_mut(self.depth)? = tag.name;
        self.depth += 1;
        Some(())
    }

    /// Closes the innermost element with the rest of its end tag, which `text` starts with. Returns what follows.
    fn close<'r>(&mut self, text: &'r str) -> Option<&'r str> {
        self.depth = self.depth.checked_sub(1)?;
        text.strip_prefix(*self.names.get(self.depth)?)?.strip_prefix('>')
    }
}
