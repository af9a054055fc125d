//! Version comparison as rpm does it.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Compares two version or release strings segment by segment, with `~` (before everything) and `^` (after the
/// base version, before anything longer).
///
/// Source: rpm-version(7) and rpm's own test table.
pub fn vercmp(one: &str, two: &str) -> Ordering {
    let (mut a, mut b) = (one.as_bytes(), two.as_bytes());
    loop {
        a = skip_separators(a);
        b = skip_separators(b);
        match (a.first() == Some(&b'~'), b.first() == Some(&b'~')) {
            (true, true) => {
                a = a.split_at(1).1;
                b = b.split_at(1).1;
                continue;
            }
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        match (a.first() == Some(&b'^'), b.first() == Some(&b'^')) {
            (true, true) => {
                a = a.split_at(1).1;
                b = b.split_at(1).1;
                continue;
            }
            // A caret beats the end of the other version and loses against anything else.
            (true, false) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let numeric = a.first().is_some_and(u8::is_ascii_digit);
        let (left, rest_a) = segment(a, numeric);
        let (right, rest_b) = segment(b, numeric);
        if right.is_empty() {
            // Segments of different kinds: numbers are newer than letters.
            return if numeric { Ordering::Greater } else { Ordering::Less };
        }
        let order = if numeric {
            let (left, right) = (strip_zeros(left), strip_zeros(right));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        } else {
            left.cmp(right)
        };
        if order.is_ne() {
            return order;
        }
        a = rest_a;
        b = rest_b;
    }
}

fn skip_separators(text: &[u8]) -> &[u8] {
    let start =
        text.iter().position(|c| c.is_ascii_alphanumeric() || matches!(c, b'~' | b'^')).unwrap_or(text.len());
    text.split_at(start).1
}

fn segment(text: &[u8], numeric: bool) -> (&[u8], &[u8]) {
    let belongs = if numeric { u8::is_ascii_digit } else { u8::is_ascii_alphabetic };
    text.split_at(text.iter().position(|c| !belongs(c)).unwrap_or(text.len()))
}

fn strip_zeros(text: &[u8]) -> &[u8] {
    text.split_at(text.iter().position(|c| *c != b'0').unwrap_or(text.len())).1
}

/// Epoch, version, release. No epoch counts as 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evr {
    /// The epoch, `None` where it was not given.
    pub epoch: Option<u64>,
    /// The version.
    pub version: String,
    /// The release, empty where it was not given.
    pub release: String,
}

impl Evr {
    /// Splits `[E:]V[-R]` as it stands in dependencies. An epoch that is not a number counts as none, and stays in
    /// the version.
    pub fn parse(text: &str) -> Self {
        let (epoch, rest) = match text.split_once(':') {
            Some(("", rest)) => (None, rest),
            Some((epoch, rest)) => match epoch.parse() {
                Ok(epoch) => (Some(epoch), rest),
                Err(_) => (None, text),
            },
            None => (None, text),
        };
        let (version, release) = rest.split_once('-').unwrap_or((rest, ""));
        Self { epoch, version: version.to_owned(), release: release.to_owned() }
    }

    /// Compares as rpm compares package labels: epoch, then version, then release.
    pub fn compare(&self, other: &Self) -> Ordering {
        label_compare(
            (self.epoch, &self.version, &self.release),
            (other.epoch, &other.version, &other.release),
        )
    }
}

/// rpm's `labelCompare` on borrowed parts `(epoch, version, release)`.
pub fn label_compare(a: (Option<u64>, &str, &str), b: (Option<u64>, &str, &str)) -> Ordering {
    a.0.unwrap_or(0).cmp(&b.0.unwrap_or(0)).then_with(|| vercmp(a.1, b.1)).then_with(|| vercmp(a.2, b.2))
}
