//! Calls and responses.

use super::plain;
use super::pull::{Pull, Tag};
use super::text::{Forbidden, decode};
use super::tree;
use crate::Value;
use crate::error::{ParseError, ParseErrorKind};

/// A decoded `methodCall`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `None` when the document has no `methodName`; a hub answers that with a fault, not with an HTTP error.
    pub method: Option<String>,
    /// As sent; [`crate::split_kwargs`] separates keyword arguments.
    pub params: Vec<Value>,
}

/// A decoded `fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultDoc {
    pub code: i64,
    pub string: String,
}

/// Reads a request. `params` may be missing.
pub fn parse_call(bytes: &[u8]) -> Result<Call, ParseError> {
    let text = decode(bytes, Forbidden::Refuse)?;
    let mut pull = Pull::new(&text);
    open(&mut pull)?;
    let mut call = Call { method: None, params: Vec::new() };
    let mut empty = true;
    loop {
        match pull.next_tag()? {
            Tag::Start(tag) if tag == "methodName" => call.method = Some(pull.text_to_end()?.into_owned()),
            Tag::Start(tag) if tag == "params" => call.params = params(&mut pull)?,
            Tag::End => break,
            other => return Err(pull.unexpected(&other, "<methodName> or <params>")),
        }
        empty = false;
    }
    if empty {
        return Err(pull.structure("neither <methodName> nor <params>"));
    }
    close(&mut pull)?;
    Ok(call)
}

/// Reads an answer: `Ok(Err(fault))` when the hub refused or failed.
pub fn parse_response(bytes: &[u8]) -> Result<Result<Value, FaultDoc>, ParseError> {
    match plain::answer(bytes) {
        Some(value) => Ok(Ok(value)),
        None => read_response(bytes, tree::value),
    }
}

/// Reads an answer, its value by `read`, which finds the `<value>` tag just consumed.
pub(crate) fn read_response<T>(
    bytes: &[u8],
    read: impl FnOnce(&mut Pull<'_>) -> Result<T, ParseError>,
) -> Result<Result<T, FaultDoc>, ParseError> {
    let text = decode(bytes, Forbidden::Accept)?;
    let mut pull = Pull::new(&text);
    open(&mut pull)?;
    let answer = match pull.next_tag()? {
        Tag::Start(tag) if tag == "params" => {
            pull.expect_start("param")?;
            pull.expect_start("value")?;
            let value = read(&mut pull)?;
            pull.expect_end()?;
            Ok(value)
        }
        Tag::Start(tag) if tag == "fault" => {
            pull.expect_start("value")?;
            let value = tree::value(&mut pull)?;
            let code = value.int_at("faultCode");
            let code = code.ok_or_else(|| pull.structure("a fault without faultCode"))?;
            Err(FaultDoc { code, string: value.str_at("faultString").unwrap_or_default().to_owned() })
        }
        other => return Err(pull.unexpected(&other, "<params> or <fault>")),
    };
    pull.expect_end()?;
    pull.expect_end()?;
    close(&mut pull)?;
    Ok(answer)
}

/// The root element. Its name does not matter, as upstream does not look at it either.
fn open(pull: &mut Pull<'_>) -> Result<(), ParseError> {
    match pull.next()? {
        (text, Tag::Start(_)) if text.trim().is_empty() => Ok(()),
        (text, Tag::Eof) if text.trim().is_empty() => Err(pull.error(ParseErrorKind::NoElement)),
        _ => Err(ParseError { kind: ParseErrorKind::Syntax, line: 1, column: 0 }),
    }
}

/// Nothing may follow the root element.
fn close(pull: &mut Pull<'_>) -> Result<(), ParseError> {
    match pull.next_tag()? {
        Tag::Eof => Ok(()),
        _ => Err(pull.error(ParseErrorKind::NotWellFormed("junk after document element".into()))),
    }
}

fn params(pull: &mut Pull<'_>) -> Result<Vec<Value>, ParseError> {
    let mut params = Vec::new();
    loop {
        match pull.next_tag()? {
            Tag::Start(tag) if tag == "param" => {
                pull.expect_start("value")?;
                params.push(tree::value(pull)?);
                pull.expect_end()?;
            }
            Tag::End => return Ok(params),
            other => return Err(pull.unexpected(&other, "<param>")),
        }
    }
}
