//! What is searched for.

use std::fmt;
use std::ops::Range;

use grep_matcher::Matcher as _;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use memchr::memmem::Finder;

use crate::error::{Error, Result};

/// Whether capitals matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Case {
    /// Only when the pattern has some.
    #[default]
    Smart,
    Matters,
    Ignored,
}

/// A text or a regular expression, searched within lines.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    matcher: Matcher,
}

#[derive(Clone)]
enum Matcher {
    Literal(Box<Finder<'static>>),
    Regex(Box<RegexMatcher>),
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl Pattern {
    /// The text as it is.
    pub fn literal(text: &str, case: Case) -> Result<Pattern> {
        let matters = match case {
            Case::Matters => true,
            Case::Ignored => false,
            Case::Smart => text.chars().any(char::is_uppercase),
        };
        // without letters capitals do not matter
        let plain = matters || !text.chars().any(char::is_alphabetic);
        if plain && !text.is_empty() && !text.contains('\n') {
            let matcher = Matcher::Literal(Box::new(Finder::new(text.as_bytes()).into_owned()));
            return Ok(Pattern { text: text.to_owned(), matcher });
        }
        Self::build(text, case, true)
    }

    /// A regular expression as ripgrep has them. It never reaches over the end of a line.
    pub fn regex(text: &str, case: Case) -> Result<Pattern> {
        Self::build(text, case, false)
    }

    /// A regular expression where the text is one, else the text as it is: for a search that is being typed.
    pub fn lenient(text: &str, case: Case) -> Result<Pattern> {
        let plain = !text.contains(|c: char| r"\.+*?()|[]{}^$".contains(c));
        let regex = if plain { Self::literal(text, case) } else { Self::regex(text, case) };
        regex.or_else(|_| Self::literal(text, case))
    }

    fn build(text: &str, case: Case, literal: bool) -> Result<Pattern> {
        if text.is_empty() {
            return Err(Error::Pattern("it is empty".to_owned()));
        }
        let mut builder = RegexMatcherBuilder::new();
        builder
            .multi_line(true)
            .line_terminator(Some(b'\n'))
            .fixed_strings(literal)
            .case_smart(case == Case::Smart)
            .case_insensitive(case == Case::Ignored);
        let matcher = builder.build(text).map_err(|e| Error::Pattern(one_line(&e.to_string())))?;
        Ok(Pattern { text: text.to_owned(), matcher: Matcher::Regex(Box::new(matcher)) })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first place at or behind `at`.
    pub fn find(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        match &self.matcher {
            Matcher::Literal(finder) => {
                let start = at + finder.find(bytes.get(at..)?)?;
                Some(start..start + finder.needle().len())
            }
            Matcher::Regex(regex) => {
                let found = regex.find_at(bytes, at).ok().flatten()?;
                Some(found.start()..found.end())
            }
        }
    }

    /// All places in a line that are not empty.
    pub fn spans(&self, line: &[u8]) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let mut at = 0;
        while let Some(found) = self.find(line, at) {
            at = found.end.max(found.start + 1);
            if !found.is_empty() {
                spans.push(found);
            }
            if at > line.len() {
                break;
            }
        }
        spans
    }

    pub fn is_match(&self, line: &[u8]) -> bool {
        self.find(line, 0).is_some()
    }
}

/// The last line of an error of the regex crate is the reason; the others draw an arrow.
fn one_line(text: &str) -> String {
    let last = text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or(text);
    last.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // a list of one place
mod tests {
    use super::*;

    #[test]
    fn literals_and_expressions() {
        let spans = |p: &Pattern, line: &str| p.spans(line.as_bytes());
        let error = Pattern::literal("error", Case::Smart).unwrap();
        assert_eq!(spans(&error, "Error: error"), [0..5, 7..12]);
        let error = Pattern::literal("Error", Case::Smart).unwrap();
        assert_eq!(spans(&error, "Error: error"), [0..5]);
        let dots = Pattern::literal("..", Case::Smart).unwrap();
        assert_eq!(spans(&dots, "a...b"), [1..3]);
        let words = Pattern::regex(r"\w+", Case::Smart).unwrap();
        assert_eq!(spans(&words, "ab, c"), [0..2, 4..5]);
        let empty = Pattern::regex("x*", Case::Smart).unwrap();
        assert!(empty.is_match(b"") && spans(&empty, "axx") == [1..3]);
        assert!(Pattern::regex(r"a\nb", Case::Smart).is_err());
        assert!(Pattern::literal("", Case::Smart).is_err());
        let message = Pattern::regex("a(", Case::Smart).unwrap_err().to_string();
        assert_eq!(message, "bad pattern: unclosed group");
        assert!(Pattern::lenient("a(", Case::Smart).unwrap().is_match(b"xa("));
    }
}
