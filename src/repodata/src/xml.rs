//! Text and attribute values as XML.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart};
use std::fmt;

/// The value of an attribute, unescaped. The error is a reason without place.
pub(crate) fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let value = start.try_get_attribute(name).map_err(|error| error.to_string())?;
    let value =
        value.map(|value| value.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned));
    value.transpose().map_err(|error| error.to_string())
}

/// The character that a reference stands for. Only XML's own five names are known: nothing that a document type
/// defines is looked at.
pub(crate) fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    let c = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    c.ok_or_else(|| format!("the entity &{}; is not known", &**reference))
}

/// Displays a string as XML character data. Characters that XML 1.0 cannot hold (control characters in old
/// changelogs) are left out.
pub(crate) struct Text<'a>(pub &'a str);

/// Displays a string as the inside of a double-quoted attribute.
pub(crate) struct Attr<'a>(pub &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, self.0, |c| c == '\r')
    }
}

impl fmt::Display for Attr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Readers turn bare line ends and tabs in attributes into blanks.
        write_escaped(f, self.0, |c| matches!(c, '\r' | '\n' | '\t'))
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str, by_number: fn(char) -> bool) -> fmt::Result {
    let special = |c: char| matches!(c, '<' | '>' | '&' | '"') || by_number(c) || !is_xml(c);
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        let (plain, tail) = rest.split_at(at);
        f.write_str(plain)?;
        let mut chars = tail.chars();
        match chars.next() {
            Some('<') => f.write_str("&lt;")?,
            Some('>') => f.write_str("&gt;")?,
            Some('&') => f.write_str("&amp;")?,
            Some('"') => f.write_str("&quot;")?,
            Some(c) if is_xml(c) => write!(f, "&#{};", u32::from(c))?,
            _ => {}
        }
        rest = chars.as_str();
    }
    f.write_str(rest)
}

/// The `Char` production of XML 1.0.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(Text("a<b>&\"c\"\r\n\u{1}\u{fffe}é").to_string(), "a&lt;b&gt;&amp;&quot;c&quot;&#13;\né");
        assert_eq!(Attr("a\tb\n").to_string(), "a&#9;b&#10;");
    }
}
