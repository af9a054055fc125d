//! What is wrong with a document, and where.

use std::fmt;

/// A document that cannot be read.
///
/// The text is what upstream's hub answers after "Invalid request: " where it has an answer for the case
/// (expat's wording with line from 1 and column from 0), so that a hub can pass it on as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    pub kind: ParseErrorKind,
    /// From 1.
    pub line: usize,
    /// In characters, from 0.
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// Nothing but white space, or the document ends too early.
    NoElement,
    /// No XML at all.
    Syntax,
    /// Bytes that are not text of the document's encoding, or broken mark-up.
    NotWellFormed(String),
    /// An encoding other than UTF-8, UTF-16, ASCII or Latin-1.
    UnknownEncoding(String),
    /// The document declares this entity; entities are refused because they can make a small document huge.
    Entity(String),
    /// `&name;` other than XML's own five.
    UndefinedEntity(String),
    /// Not one of the types of XML-RPC.
    UnknownTag(String),
    /// Well-formed XML, but not a call or response; says what stands where something else should.
    Structure(String),
    BadInt(String),
    BadBoolean,
    BadDouble(String),
    BadBase64,
    /// Arrays and structs nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// A good document whose value does not fit the wanted type.
    Shape(String),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ParseErrorKind::*;
        match &self.kind {
            // upstream's texts for these have no position
            Entity(name) => {
                return write!(f, "EntitiesForbidden(name='{name}', system_id=None, public_id=None)");
            }
            UnknownTag(tag) => return write!(f, "ResponseError(\"unknown tag '{tag}'\")"),
            BadInt(text) => return write!(f, "invalid literal for int() with base 10: '{text}'"),
            BadBoolean => return f.write_str("bad boolean value"),
            BadDouble(text) => return write!(f, "could not convert string to float: '{text}'"),
            NoElement => f.write_str("no element found")?,
            Syntax => f.write_str("syntax error")?,
            NotWellFormed(what) => write!(f, "not well-formed ({what})")?,
            UnknownEncoding(name) => write!(f, "unknown encoding '{name}'")?,
            UndefinedEntity(name) => write!(f, "undefined entity &{name};")?,
            Structure(what) => f.write_str(what)?,
            BadBase64 => f.write_str("bad base64 data")?,
            TooDeep => write!(f, "more than {} nested arrays and structs", crate::MAX_DEPTH)?,
            Shape(what) => f.write_str(what)?,
        }
        write!(f, ": line {}, column {}", self.line, self.column)
    }
}

impl ParseError {
    /// An error at byte `offset` of `source`.
    pub(crate) fn at(kind: ParseErrorKind, source: &str, offset: usize) -> Self {
        let before = source.as_bytes().get(..offset).unwrap_or(source.as_bytes());
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        ParseError {
            kind,
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            // continuation bytes are not characters
            column: before.iter().skip(line_start).filter(|b| (**b & 0xC0) != 0x80).count(),
        }
    }
}

/// A Rust value that has no XML-RPC form, or a [`crate::Value`] that does not fit the wanted Rust type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConvertError(pub(crate) String);
