//! The grammar of XML-RPC values over quick-xml's events, one step at a time, so that a tree
//! ([`crate::Value`]) and a serde type can be filled by the same reader.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use quick_xml::Reader;
use quick_xml::errors::{Error as XmlError, IllFormedError, SyntaxError};
use quick_xml::events::Event;

use super::MAX_DEPTH;
use super::text::is_xml_char;
use crate::error::{ParseError, ParseErrorKind};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// An opening tag or what else ends a run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// Its name, without a namespace prefix.
    Start(Cow<'static, str>),
    End,
    Eof,
}

/// A value, as far as it is read when its kind is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Double(f64),
    Str(Cow<'a, str>),
    Base64(Vec<u8>),
    DateTime(Cow<'a, str>),
    /// [`Pull::array_next`] gives the elements.
    Array,
    /// [`Pull::struct_next`] gives the members.
    Struct,
}

pub struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    source: &'a str,
    depth: usize,
}

impl<'a> Pull<'a> {
    pub fn new(source: &'a str) -> Self {
        let mut reader = Reader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Pull { reader, source, depth: 0 }
    }

    /// An error at the place that was read last.
    pub fn error(&self, kind: ParseErrorKind) -> ParseError {
        let offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        ParseError::at(kind, self.source, offset)
    }

    pub fn structure(&self, what: impl Into<String>) -> ParseError {
        self.error(ParseErrorKind::Structure(what.into()))
    }

    /// The text up to the next tag, and that tag.
    pub fn next(&mut self) -> Result<(Cow<'a, str>, Tag), ParseError> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.reader.read_event().map_err(|error| self.xml_error(error))? {
                Event::Start(tag) => return Ok((text, Tag::Start(known(tag.local_name().as_ref())))),
                Event::End(_) => return Ok((text, Tag::End)),
                Event::Eof => return Ok((text, Tag::Eof)),
                Event::Text(part) => append(&mut text, part.xml10_content()),
                Event::CData(part) => append(&mut text, part.xml10_content()),
                Event::GeneralRef(reference) => {
                    let c = self.resolve(&reference.xml10_content())?;
                    text.to_mut().push(c);
                }
                Event::DocType(doctype) => self.check_doctype(&doctype.into_inner())?,
                // expanded by the reader's configuration
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
    }

    /// The next tag; text before it must be white space.
    pub fn next_tag(&mut self) -> Result<Tag, ParseError> {
        let (text, tag) = self.next()?;
        if is_blank(&text) { Ok(tag) } else { Err(self.structure("text between the tags")) }
    }

    pub fn expect_start(&mut self, name: &str) -> Result<(), ParseError> {
        match self.next_tag()? {
            Tag::Start(tag) if tag == name => Ok(()),
            other => Err(self.unexpected(&other, &format!("<{name}>"))),
        }
    }

    /// A closing tag. The reader has checked that it belongs to the last one opened.
    pub fn expect_end(&mut self) -> Result<(), ParseError> {
        match self.next_tag()? {
            Tag::End => Ok(()),
            other => Err(self.unexpected(&other, "a closing tag")),
        }
    }

    pub fn unexpected(&self, tag: &Tag, wanted: &str) -> ParseError {
        match tag {
            Tag::Start(name) => self.structure(format!("<{name}> where {wanted} should be")),
            Tag::End => self.structure(format!("a closing tag where {wanted} should be")),
            Tag::Eof => self.error(ParseErrorKind::NoElement),
        }
    }

    /// Reads a value whose `<value>` was read. Of arrays and structs only the opening tags are consumed.
    pub fn value(&mut self) -> Result<Item<'a>, ParseError> {
        let (text, tag) = self.next()?;
        let kind = match tag {
            Tag::End => return Ok(Item::Str(text)),
            Tag::Start(kind) if is_blank(&text) => kind,
            Tag::Start(_) => return Err(self.structure("text beside a typed value")),
            Tag::Eof => return Err(self.error(ParseErrorKind::NoElement)),
        };
        match kind.as_ref() {
            "array" => {
                self.enter()?;
                self.expect_start("data")?;
                return Ok(Item::Array);
            }
            "struct" => {
                self.enter()?;
                return Ok(Item::Struct);
            }
            _ => {}
        }
        if !is_scalar(&kind) {
            return Err(self.error(ParseErrorKind::UnknownTag(kind.into_owned())));
        }
        let text = match self.next()? {
            (text, Tag::End) => text,
            (_, other) => return Err(self.unexpected(&other, &format!("</{kind}>"))),
        };
        let item = self.scalar(&kind, text)?;
        self.expect_end()?;
        Ok(item)
    }

    /// Moves to the next element of an array, whose [`Pull::value`] is to be read; false at its end.
    pub fn array_next(&mut self) -> Result<bool, ParseError> {
        match self.next_tag()? {
            Tag::Start(tag) if tag == "value" => Ok(true),
            Tag::End => {
                self.expect_end()?;
                self.leave()?;
                Ok(false)
            }
            other => Err(self.unexpected(&other, "<value>")),
        }
    }

    /// Moves to the next member of a struct, whose [`Pull::value`] is to be read, and gives its name;
    /// `None` at the end. `first` is for the first call for this struct.
    pub fn struct_next(&mut self, first: bool) -> Result<Option<Cow<'a, str>>, ParseError> {
        if !first {
            self.expect_end()?;
        }
        match self.next_tag()? {
            Tag::Start(tag) if tag == "member" => {}
            Tag::End => {
                self.leave()?;
                return Ok(None);
            }
            other => return Err(self.unexpected(&other, "<member>")),
        }
        self.expect_start("name")?;
        let name = self.text_to_end()?;
        self.expect_start("value")?;
        Ok(Some(name))
    }

    /// The text of an element without children, up to its closing tag.
    pub fn text_to_end(&mut self) -> Result<Cow<'a, str>, ParseError> {
        match self.next()? {
            (text, Tag::End) => Ok(text),
            (_, other) => Err(self.unexpected(&other, "text")),
        }
    }

    /// Reads over the rest of `item`.
    pub fn skip(&mut self, item: &Item<'a>) -> Result<(), ParseError> {
        match item {
            Item::Array => {
                while self.array_next()? {
                    let inner = self.value()?;
                    self.skip(&inner)?;
                }
            }
            Item::Struct => {
                let mut first = true;
                while self.struct_next(first)?.is_some() {
                    first = false;
                    let inner = self.value()?;
                    self.skip(&inner)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.error(ParseErrorKind::TooDeep)) } else { Ok(()) }
    }

    /// `</value>` of an array or struct.
    fn leave(&mut self) -> Result<(), ParseError> {
        self.depth = self.depth.saturating_sub(1);
        self.expect_end()
    }

    fn scalar(&self, kind: &str, text: Cow<'a, str>) -> Result<Item<'a>, ParseError> {
        Ok(match kind {
            "nil" if is_blank(&text) => Item::Nil,
            "nil" => return Err(self.structure("text inside <nil>")),
            "boolean" => match text.trim() {
                "0" => Item::Bool(false),
                "1" => Item::Bool(true),
                _ => return Err(self.error(ParseErrorKind::BadBoolean)),
            },
            "double" | "float" => match text.trim().parse() {
                Ok(value) => Item::Double(value),
                Err(_) => return Err(self.error(ParseErrorKind::BadDouble(text.into_owned()))),
            },
            "string" => Item::Str(text),
            "base64" => {
                let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
                Item::Base64(BASE64.decode(packed).map_err(|_| self.error(ParseErrorKind::BadBase64))?)
            }
            "dateTime.iso8601" => Item::DateTime(text),
            _ => match text.trim().parse() {
                Ok(value) => Item::Int(value),
                Err(_) => return Err(self.error(ParseErrorKind::BadInt(text.into_owned()))),
            },
        })
    }

    fn resolve(&self, reference: &str) -> Result<char, ParseError> {
        let code = match reference {
            "lt" => return Ok('<'),
            "gt" => return Ok('>'),
            "amp" => return Ok('&'),
            "apos" => return Ok('\''),
            "quot" => return Ok('"'),
            _ => reference
                .strip_prefix('#')
                .ok_or_else(|| self.error(ParseErrorKind::UndefinedEntity(reference.to_owned())))?,
        };
        let number = match code.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => code.parse(),
        };
        number.ok().and_then(char::from_u32).filter(|c| is_xml_char(*c)).ok_or_else(|| {
            self.error(ParseErrorKind::NotWellFormed("reference to invalid character number".into()))
        })
    }

    fn check_doctype(&self, doctype: &str) -> Result<(), ParseError> {
        let Some((_, rest)) = doctype.split_once("<!ENTITY") else {
            return Ok(());
        };
        let name = rest.split_whitespace().find(|word| *word != "%").unwrap_or_default();
        Err(self.error(ParseErrorKind::Entity(name.to_owned())))
    }

    fn xml_error(&self, error: XmlError) -> ParseError {
        let kind = match error {
            XmlError::IllFormed(IllFormedError::MismatchedEndTag { .. }) => {
                ParseErrorKind::NotWellFormed("mismatched tag".into())
            }
            XmlError::IllFormed(IllFormedError::MissingEndTag(_))
            | XmlError::Syntax(
                SyntaxError::UnclosedTag
                | SyntaxError::UnclosedComment
                | SyntaxError::UnclosedCData
                | SyntaxError::UnclosedDoctype
                | SyntaxError::UnclosedPI
                | SyntaxError::UnclosedXmlDecl,
            ) => ParseErrorKind::NoElement,
            other => ParseErrorKind::NotWellFormed(other.to_string()),
        };
        self.error(kind)
    }
}

/// A tag's name; those of XML-RPC without an allocation, as there are several for each value.
fn known(name: &str) -> Cow<'static, str> {
    macro_rules! intern {
        ($($known:literal)*) => {
            match name {
                $($known => Cow::Borrowed($known),)*
                other => Cow::Owned(other.to_owned()),
            }
        };
    }
    intern!(
        "value" "member" "name" "string" "int" "i4" "i8" "boolean" "double" "nil" "struct" "array" "data"
        "param" "params" "base64" "dateTime.iso8601" "fault" "methodName" "methodCall" "methodResponse"
    )
}

fn is_scalar(kind: &str) -> bool {
    matches!(
        kind,
        "nil"
            | "boolean"
            | "int"
            | "i1"
            | "i2"
            | "i4"
            | "i8"
            | "biginteger"
            | "double"
            | "float"
            | "string"
            | "base64"
            | "dateTime.iso8601"
    )
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

fn append<'a>(text: &mut Cow<'a, str>, part: Cow<'a, str>) {
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}
