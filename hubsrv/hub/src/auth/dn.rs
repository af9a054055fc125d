//! Distinguished names: what a client certificate says about its owner.
//!
//! They are compared part by part, never as text: the same name is written in several ways, and one text can stand for
//! several names.

use std::fmt;

use x509_parser::x509::X509Name;

/// Attribute types that have a short name: the names in use, the first is how it is shown, and the object identifier.
const TYPES: &[(&[&str], &str)] = &[
    (&["CN", "COMMONNAME"], "2.5.4.3"),
    (&["SN", "SURNAME"], "2.5.4.4"),
    (&["SERIALNUMBER"], "2.5.4.5"),
    (&["C", "COUNTRYNAME"], "2.5.4.6"),
    (&["L", "LOCALITYNAME"], "2.5.4.7"),
    (&["ST", "S", "STATEORPROVINCENAME"], "2.5.4.8"),
    (&["STREET", "STREETADDRESS"], "2.5.4.9"),
    (&["O", "ORGANIZATIONNAME"], "2.5.4.10"),
    (&["OU", "ORGANIZATIONALUNITNAME"], "2.5.4.11"),
    (&["T", "TITLE"], "2.5.4.12"),
    (&["GN", "G", "GIVENNAME"], "2.5.4.42"),
    (&["I", "INITIALS"], "2.5.4.43"),
    (&["UID", "USERID"], "0.9.2342.19200300.100.1.1"),
    (&["DC", "DOMAINCOMPONENT"], "0.9.2342.19200300.100.1.25"),
    (&["EMAILADDRESS", "EMAIL", "E"], "1.2.840.113549.1.9.1"),
];

/// A name: its parts in the order of the certificate, the most general first. A part can have several values at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dn(Vec<Vec<Attribute>>);

/// Type (an object identifier) and value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Attribute {
    oid: String,
    value: String,
}

impl Dn {
    /// The subject of a certificate; `None` when a value is no text.
    pub fn of(name: &X509Name) -> Option<Dn> {
        let parts = name.iter_rdn().map(|rdn| {
            let attributes = rdn.iter().map(|a| {
                Some(Attribute { oid: a.attr_type().to_id_string(), value: a.as_str().ok()?.to_owned() })
            });
            attributes.collect::<Option<Vec<_>>>()
        });
        Dn::new(parts.collect::<Option<Vec<_>>>()?)
    }

    /// The form of RFC 2253 and 4514, which web servers write: `CN=alice,O=Koji,C=US`, the most special part first.
    pub fn from_rfc2253(text: &str) -> Option<Dn> {
        let mut parts = Vec::new();
        for part in split(text, b",;")? {
            let attributes = split(part, b"+")?.into_iter().map(Attribute::parse);
            parts.push(attributes.collect::<Option<Vec<_>>>()?);
        }
        parts.reverse();
        Dn::new(parts)
    }

    /// As [`Dn::from_rfc2253`], or the older form `/C=US/O=Koji/CN=alice`. Only for what an administrator wrote: in the
    /// older form a value can look like further parts.
    pub fn from_setting(text: &str) -> Option<Dn> {
        let text = text.trim();
        let Some(rest) = text.strip_prefix('/') else { return Dn::from_rfc2253(text) };
        let mut words: Vec<String> = Vec::new();
        for word in rest.split('/') {
            match (word.split_once('=').and_then(|(name, _)| oid(name)), words.last_mut()) {
                (None, Some(last)) => *last = format!("{last}/{word}"),
                _ => words.push(word.to_owned()),
            }
        }
        let parts = words.iter().map(|word| {
            let (name, value) = word.split_once('=')?;
            Some(vec![Attribute { oid: oid(name)?, value: value.to_owned() }])
        });
        Dn::new(parts.collect::<Option<Vec<_>>>()?)
    }

    fn new(mut parts: Vec<Vec<Attribute>>) -> Option<Dn> {
        for part in &mut parts {
            part.sort();
        }
        (!parts.is_empty() && parts.iter().all(|p| !p.is_empty())).then_some(Dn(parts))
    }

    /// The value of a component such as `CN`: of several, the most general one's, as Apache does.
    pub fn component(&self, name: &str) -> Option<&str> {
        let wanted = oid(name)?;
        let found = self.0.iter().flatten().find(|a| a.oid == wanted)?;
        Some(found.value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Attribute {
    /// `CN=alice` with the escapes of RFC 2253.
    fn parse(text: &str) -> Option<Attribute> {
        let (name, value) = text.split_once('=')?;
        Some(Attribute { oid: oid(name.trim())?, value: unescape(value)? })
    }
}

/// As RFC 2253 writes it.
impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.0.iter().rev().enumerate() {
            for (m, attribute) in part.iter().enumerate() {
                f.write_str(match (n, m) {
                    (0, 0) => "",
                    (_, 0) => ",",
                    _ => "+",
                })?;
                let known = TYPES.iter().find(|(_, oid)| *oid == attribute.oid);
                f.write_str(known.and_then(|(names, _)| names.first()).unwrap_or(&attribute.oid.as_str()))?;
                f.write_str("=")?;
                escape(f, &attribute.value)?;
            }
        }
        Ok(())
    }
}

/// The object identifier of a type's name.
fn oid(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    if let Some((_, oid)) = TYPES.iter().find(|(names, _)| names.contains(&upper.as_str())) {
        return Some((*oid).to_owned());
    }
    let dotted = upper.strip_prefix("OID.").unwrap_or(&upper);
    let numbers = dotted.split('.').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (numbers && dotted.contains('.')).then(|| dotted.to_owned())
}

/// Cuts at the separators that are not escaped. Quoted values, which RFC 4514 has given up, are refused.
fn split<'a>(text: &'a str, separators: &[u8]) -> Option<Vec<&'a str>> {
    let (mut pieces, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return None,
            b if separators.contains(&b) => {
                pieces.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text.get(start..)?);
    Some(pieces)
}

fn unescape(text: &str) -> Option<String> {
    let text = text.trim_start_matches(' ');
    // a value as bytes of its encoding: none that a user's name could be
    if text.starts_with('#') {
        return None;
    }
    let mut bytes = text.bytes().peekable();
    let mut value = Vec::new();
    // spaces at the end do not count, unless they are escaped
    let mut length = 0;
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            value.push(byte);
            if byte != b' ' {
                length = value.len();
            }
            continue;
        }
        let next = bytes.next()?;
        match hex(next).zip(bytes.peek().copied().and_then(hex)) {
            Some((high, low)) => {
                bytes.next();
                value.push(high * 16 + low);
            }
            None if next.is_ascii_alphanumeric() => return None,
            None => value.push(next),
        }
        length = value.len();
    }
    value.truncate(length);
    String::from_utf8(value).ok()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok())
}

fn escape(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let last = value.chars().count().saturating_sub(1);
    for (n, c) in value.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';');
        let at_the_rim = (c == ' ' && (n == 0 || n == last)) || (c == '#' && n == 0);
        if c.is_control() {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                std::write!(f, "\\{byte:02X}")?;
            }
        } else if special || at_the_rim {
            std::write!(f, "\\{c}")?;
        } else {
            std::write!(f, "{c}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rfc(text: &str) -> Dn {
        Dn::from_rfc2253(text).unwrap_or_else(|| panic!("{text} is no name"))
    }

    #[test]
    fn the_same_name_is_written_in_several_ways() {
        let name = rfc("CN=alice,OU=Build,O=Koji,C=US");
        for same in ["cn=alice, ou=Build, o=Koji, c=US", "2.5.4.3=alice,OID.2.5.4.11=Build,O=Ko\\6Ai,C=US"] {
            assert_eq!(rfc(same), name, "{same}");
        }
        assert_eq!(Dn::from_setting(" /C=US/O=Koji/OU=Build/CN=alice "), Some(name.clone()));
        assert_eq!(Dn::from_setting("CN=alice,OU=Build,O=Koji,C=US"), Some(name.clone()));
        assert_eq!(name.to_string(), "CN=alice,OU=Build,O=Koji,C=US");
        assert_eq!(rfc("CN=a+UID=b,O=x"), rfc("UID=b+CN=a,O=x"));
        assert_eq!(name.component("cn"), Some("alice"));
        assert_eq!(rfc("Email=a@b,C=US").component("emailAddress"), Some("a@b"));
        assert_eq!(name.component("UID"), None);
    }

    #[test]
    fn different_names_stay_different() {
        let name = rfc("CN=kojiweb,O=Koji");
        for other in [
            "CN=KojiWeb,O=Koji",
            "O=Koji,CN=kojiweb",
            "CN=kojiweb,O=Koji,C=US",
            "CN=kojiweb",
            "OU=kojiweb,O=Koji",
            "O=Koji\\,CN=kojiweb",
            "CN=kojiweb\\,O=Koji",
            "CN=kojiweb+O=Koji",
        ] {
            assert_ne!(rfc(other), name, "{other}");
        }
        // a value that contains what looks like a part
        assert_eq!(Dn::from_setting("/O=a/b/CN=x"), Dn::from_rfc2253("CN=x,O=a/b"));
        assert_ne!(Dn::from_rfc2253("O=Koji/CN=kojiweb"), Dn::from_setting("/O=Koji/CN=kojiweb"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "alice",
            "=alice",
            "CN=a,",
            "CN=\"a\"",
            "CN=#04024869",
            "CN=a\\",
            "CN=a\\g",
            "X Y=a",
            "1=a",
            "CN=\\ff",
        ] {
            assert_eq!(Dn::from_rfc2253(text), None, "{text}");
        }
        assert_eq!(Dn::from_setting("/alice"), None);
        assert_eq!(rfc("CN=,O=x").component("CN"), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(values in proptest::collection::vec("\\PC{1,12}|[ ,+=\\\\#\"\n]{1,4}", 1..4)) {
            let parts = values.iter().map(|v| vec![Attribute { oid: "2.5.4.10".into(), value: v.clone() }]);
            let name = Dn::new(parts.collect()).unwrap();
            // quotes are shown escaped, which is read back
            prop_assert_eq!(Dn::from_rfc2253(&name.to_string()), Some(name));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = (Dn::from_rfc2253(&text), Dn::from_setting(&text));
        }
    }
}
