//! Python literals as values: what `ast.literal_eval` takes, without sets and complex numbers, which have no place on the wire.

use koji_xmlrpc::{Struct, Value};

/// Nesting that is followed; deeper input is refused.
const DEPTH: usize = 100;

/// Why a text is no literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid;

/// The value of a literal.
pub fn parse(text: &str) -> Result<Value, Invalid> {
    let mut reader = Reader { rest: text };
    let mut value = reader.value(0)?;
    if reader.take(',') {
        // a bare tuple
        let mut items = vec![value];
        reader.items(&mut items, None, 0)?;
        value = Value::Array(items);
    }
    reader.space();
    if reader.rest.is_empty() { Ok(value) } else { Err(Invalid) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    }

    /// Skips `c` if it comes next.
    fn take(&mut self, c: char) -> bool {
        self.space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Invalid> {
        if depth > DEPTH {
            return Err(Invalid);
        }
        self.space();
        match self.rest.chars().next().ok_or(Invalid)? {
            '[' => {
                self.take('[');
                let mut items = Vec::new();
                self.items(&mut items, Some(']'), depth)?;
                Ok(Value::Array(items))
            }
            '(' => self.tuple(depth),
            '{' => self.dict(depth),
            '\'' | '"' => self.strings(),
            c if c.is_ascii_digit() || matches!(c, '.' | '+' | '-') => self.number(),
            c if c.is_alphabetic() || c == '_' => self.word(),
            _ => Err(Invalid),
        }
    }

    /// Items up to `end` (or the end of the text), a comma behind the last one allowed.
    fn items(&mut self, items: &mut Vec<Value>, end: Option<char>, depth: usize) -> Result<(), Invalid> {
        loop {
            match end {
                Some(end) if self.take(end) => return Ok(()),
                None if self.rest.trim_start().is_empty() => return Ok(()),
                _ => {}
            }
            items.push(self.value(depth + 1)?);
            if !self.take(',') {
                return match end {
                    Some(end) if !self.take(end) => Err(Invalid),
                    _ => Ok(()),
                };
            }
        }
    }

    fn tuple(&mut self, depth: usize) -> Result<Value, Invalid> {
        self.take('(');
        if self.take(')') {
            return Ok(Value::Array(Vec::new()));
        }
        let first = self.value(depth + 1)?;
        if self.take(')') {
            return Ok(first);
        }
        if !self.take(',') {
            return Err(Invalid);
        }
        let mut items = vec![first];
        self.items(&mut items, Some(')'), depth)?;
        Ok(Value::Array(items))
    }

    fn dict(&mut self, depth: usize) -> Result<Value, Invalid> {
        self.take('{');
        let mut members = Struct::new();
        while !self.take('}') {
            // only text can be a key on the wire
            let Value::Str(key) = self.value(depth + 1)? else { return Err(Invalid) };
            if !self.take(':') {
                return Err(Invalid);
            }
            members.insert(key, self.value(depth + 1)?);
            if !self.take(',') {
                return if self.take('}') { Ok(Value::Struct(members)) } else { Err(Invalid) };
            }
        }
        Ok(Value::Struct(members))
    }

    fn number(&mut self) -> Result<Value, Invalid> {
        let mut sign = 1;
        while let Some(c) = self.rest.chars().next().filter(|c| matches!(c, '+' | '-')) {
            sign = if c == '-' { -sign } else { sign };
            self.rest = self.rest.get(1..).ok_or(Invalid)?;
            self.space();
        }
        let mut end = 0;
        let mut exponent = false;
        let hex = self.rest.len() > 2 && self.rest.to_ascii_lowercase().starts_with("0x");
        for (at, c) in self.rest.char_indices() {
            let signed = exponent && matches!(c, '+' | '-');
            if !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || signed) {
                break;
            }
            exponent = !hex && matches!(c, 'e' | 'E');
            end = at + c.len_utf8();
        }
        let (digits, rest) = self.rest.split_at_checked(end).ok_or(Invalid)?;
        let value = number(digits, sign).ok_or(Invalid)?;
        self.rest = rest;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, Invalid> {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).ok_or(Invalid)?;
        if rest.starts_with(['\'', '"']) && word.len() <= 2 {
            return self.strings();
        }
        self.rest = rest;
        match word {
            "None" => Ok(Value::Nil),
            "True" => Ok(Value::Bool(true)),
            "False" => Ok(Value::Bool(false)),
            _ => Err(Invalid),
        }
    }

    /// Strings that follow each other are one.
    fn strings(&mut self) -> Result<Value, Invalid> {
        let mut value = self.string()?;
        loop {
            self.space();
            let prefix = self.rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            if !prefix.starts_with(['\'', '"']) {
                return Ok(value);
            }
            match (&mut value, self.string()?) {
                (Value::Str(a), Value::Str(b)) => a.push_str(&b),
                (Value::Base64(a), Value::Base64(b)) => a.extend(b),
                _ => return Err(Invalid),
            }
        }
    }

    fn string(&mut self) -> Result<Value, Invalid> {
        let start = self.rest.find(['\'', '"']).ok_or(Invalid)?;
        let (prefix, rest) = self.rest.split_at_checked(start).ok_or(Invalid)?;
        let prefix = prefix.to_ascii_lowercase();
        let (raw, bytes) = match prefix.as_str() {
            "" | "u" => (false, false),
            "r" => (true, false),
            "b" => (false, true),
            "br" | "rb" => (true, true),
            _ => return Err(Invalid),
        };
        let quote = if rest.starts_with('"') { "\"" } else { "'" };
        let triple = quote.repeat(3);
        let quote = if rest.starts_with(&triple) { triple.as_str() } else { quote };
        let mut rest = rest.strip_prefix(quote).ok_or(Invalid)?;
        let mut text = String::new();
        loop {
            if let Some(after) = rest.strip_prefix(quote) {
                self.rest = after;
                break;
            }
            let c = rest.chars().next().ok_or(Invalid)?;
            if c == '\n' && quote.len() == 1 {
                return Err(Invalid);
            }
            rest = rest.get(c.len_utf8()..).ok_or(Invalid)?;
            if c != '\\' {
                text.push(c);
                continue;
            }
            rest = if raw { raw_escape(rest, &mut text)? } else { escape(rest, &mut text)? };
        }
        if !bytes {
            return Ok(Value::Str(text));
        }
        let bytes: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
        Ok(Value::Base64(bytes.map_err(|_| Invalid)?))
    }
}

/// In a raw string the backslash stays, and so does the quote behind it.
fn raw_escape<'a>(rest: &'a str, text: &mut String) -> Result<&'a str, Invalid> {
    let c = rest.chars().next().ok_or(Invalid)?;
    text.extend(['\\', c]);
    rest.get(c.len_utf8()..).ok_or(Invalid)
}

/// What stands behind a backslash.
fn escape<'a>(rest: &'a str, text: &mut String) -> Result<&'a str, Invalid> {
    let c = rest.chars().next().ok_or(Invalid)?;
    let after = rest.get(c.len_utf8()..).ok_or(Invalid)?;
    let hex = |digits: usize| -> Result<(char, &'a str), Invalid> {
        let (code, after) = after.split_at_checked(digits).ok_or(Invalid)?;
        let plain = code.chars().all(|c| c.is_ascii_hexdigit());
        let code = u32::from_str_radix(code, 16).ok().filter(|_| plain).ok_or(Invalid)?;
        Ok((char::from_u32(code).ok_or(Invalid)?, after))
    };
    let simple = match c {
        '\n' => return Ok(after),
        '\\' | '\'' | '"' => c,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' | 'u' | 'U' => {
            let (c, after) = hex(match c {
                'x' => 2,
                'u' => 4,
                _ => 8,
            })?;
            text.push(c);
            return Ok(after);
        }
        '0'..='7' => {
            let digits = rest.chars().take(3).take_while(|c| ('0'..='7').contains(c)).count();
            let (octal, after) = rest.split_at_checked(digits).ok_or(Invalid)?;
            let code = u32::from_str_radix(octal, 8).map_err(|_| Invalid)?;
            text.push(char::from_u32(code).ok_or(Invalid)?);
            return Ok(after);
        }
        other => {
            // an unknown escape is no escape
            text.extend(['\\', other]);
            return Ok(after);
        }
    };
    text.push(simple);
    Ok(after)
}

fn number(digits: &str, sign: i64) -> Option<Value> {
    let misplaced = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    if digits.is_empty() || misplaced {
        return None;
    }
    let plain = digits.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = plain.strip_prefix(prefix) {
            let positive = !rest.starts_with(['+', '-']);
            return i64::from_str_radix(rest, radix).ok().filter(|_| positive).map(|n| Value::Int(sign * n));
        }
    }
    if plain.chars().all(|c| c.is_ascii_digit()) {
        let zeros = plain.len() > 1 && plain.starts_with('0') && plain.chars().any(|c| c != '0');
        return plain.parse::<i64>().ok().filter(|_| !zeros).map(|n| Value::Int(sign * n));
    }
    if !plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | '+' | '-')) {
        return None;
    }
    let double = plain.parse::<f64>().ok()?;
    Some(Value::Double(if sign < 0 { -double } else { double }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use koji_api::types::repr::repr;
    use proptest::prelude::*;

    #[test]
    fn literals() {
        for (text, expected) in [
            ("[1, 2, None]", "[1, 2, None]"),
            ("{'a': 3.5, \"b\": (1,), }", "{'a': 3.5, 'b': [1]}"),
            ("(7)", "7"),
            ("1, 2", "[1, 2]"),
            ("-0x1F", "-31"),
            ("1_000", "1000"),
            ("1e3", "1000.0"),
            ("'a' \"b\"", "'ab'"),
            (r"'\x41\101\u00e9\n\q'", r"'AAé\n\\q'"),
            (r"r'\n'", r"'\\n'"),
            ("'''x\ny'''", r"'x\ny'"),
            ("b'ab'", "b'ab'"),
            (" True ", "True"),
        ] {
            assert_eq!(parse(text).map(|v| repr(&v)), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn not_literals() {
        for text in ["", "x", "f(1)", "'a", "[1", "{1: 2}", "{'a'}", "1 2", "01", "1__0", "[,]", "os.system"]
        {
            assert_eq!(parse(text), Err(Invalid), "{text}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Nil),
            any::<bool>().prop_map(Value::Bool),
            (-1_000_000_i64..1_000_000).prop_map(Value::Int),
            "[ -~é\\n]{0,12}".prop_map(Value::Str),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec(("[a-z']{0,5}", inner), 0..6)
                    .prop_map(|members| Value::Struct(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn odd_text(text in "[\\[\\](){}'\"\\\\,:0-9a-fxbru._ +-]{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_python_shows_is_read_back(value in values()) {
            prop_assert_eq!(parse(&repr(&value)), Ok(value));
        }
    }
}
