//! The bytes of a document as text.

use std::borrow::Cow;

use crate::error::{ParseError, ParseErrorKind};

/// Control characters and other code points that XML 1.0 forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// Refused, as expat does in upstream's hub.
    Refuse,
    /// Passed through: upstream's hub writes such characters raw when its database holds them, and a
    /// reader that refused the answer could not show the rest of it either.
    Accept,
}

/// Decodes UTF-8 (with or without byte order mark), UTF-16 with one, and Latin-1 when the XML declaration
/// says so.
pub fn decode(bytes: &[u8], forbidden: Forbidden) -> Result<Cow<'_, str>, ParseError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        _ => match declared_encoding(bytes).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => utf8(bytes)?,
            Some("iso-8859-1" | "latin-1" | "latin1" | "iso_8859-1" | "l1") => {
                Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect())
            }
            Some(other) => {
                return Err(ParseError::at(ParseErrorKind::UnknownEncoding(other.to_owned()), "", 0));
            }
        },
    };
    if forbidden == Forbidden::Refuse
        && let Some(at) = find_forbidden(&text)
    {
        return Err(invalid_token(&text, at));
    }
    Ok(text)
}

fn invalid_token(text: &str, at: usize) -> ParseError {
    ParseError::at(ParseErrorKind::NotWellFormed("invalid token".into()), text, at)
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        invalid_token(&String::from_utf8_lossy(good), error.valid_up_to())
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ParseError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(c) => text.push(c),
            Err(_) => return Err(invalid_token(&text, text.len())),
        }
    }
    if odd.is_empty() { Ok(text) } else { Err(invalid_token(&text, text.len())) }
}

/// The `encoding` of the XML declaration, in lower case. The declaration itself is ASCII in every encoding
/// that is accepted here.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let end = rest.windows(2).take(200).position(|w| w == b"?>")?;
    let declaration = std::str::from_utf8(rest.get(..end)?).ok()?;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, _) = after.get(1..)?.split_once(quote)?;
    Some(name.to_ascii_lowercase())
}

fn find_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().position(|(at, byte)| match byte {
        0x09 | 0x0A | 0x0D => false,
        0x00..0x20 => true,
        0xEF => matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])),
        _ => false,
    })
}

/// May this character stand in an XML 1.0 document, even as `&#n;`?
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
