//! Pieces of text with a meaning, and how the hub's values become them.

use std::borrow::Cow;

use koji_xmlrpc::Value;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::theme::Role;

/// One cell of a table, or one piece of a line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    pub text: Cow<'static, str>,
    pub role: Role,
}

pub fn cell(text: impl Into<Cow<'static, str>>) -> Cell {
    Cell { text: text.into(), role: Role::Text }
}

impl Cell {
    pub fn role(self, role: Role) -> Cell {
        Cell { role, ..self }
    }

    pub fn muted(self) -> Cell {
        self.role(Role::Muted)
    }
}

impl From<&'static str> for Cell {
    fn from(text: &'static str) -> Cell {
        cell(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        cell(text)
    }
}

/// Member `key` as text; numbers too; nothing for nil.
pub fn text(row: &Value, key: &str) -> String {
    row.get(key).map(shown).unwrap_or_default()
}

pub fn shown(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        Value::Str(s) | Value::DateTime(s) => clean(s),
        Value::Int(i) => i.to_string(),
        Value::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        Value::Double(d) => format!("{d:.2}"),
        Value::Array(a) => a.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Struct(s) => {
            let parts = s.iter().filter(|(k, _)| *k != "__starstar");
            parts.map(|(k, v)| format!("{k}={}", shown(v))).collect::<Vec<_>>().join(" ")
        }
        Value::Base64(b) => format!("{} bytes", b.len()),
    }
}

/// Without control characters: text from outside must not steer the terminal.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { if c == '\n' || c == '\t' { ' ' } else { '\u{fffd}' } } else { c })
        .collect()
}

pub fn rows(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).unwrap_or_default()
}

/// Glyph, word and role of a task's state: never the colour alone.
pub fn task_state(code: i64) -> Cell {
    let (text, role) = match code {
        0 => ("○ free", Role::Waiting),
        1 => ("▶ open", Role::Running),
        2 => ("✔ closed", Role::Good),
        3 => ("⊘ canceled", Role::Cancelled),
        4 => ("◌ assigned", Role::Waiting),
        5 => ("✘ failed", Role::Bad),
        _ => ("? unknown", Role::Warn),
    };
    cell(text).role(role)
}

pub fn build_state(code: i64) -> Cell {
    let (text, role) = match code {
        0 => ("▶ building", Role::Running),
        1 => ("✔ complete", Role::Good),
        2 => ("⌫ deleted", Role::Cancelled),
        3 => ("✘ failed", Role::Bad),
        4 => ("⊘ canceled", Role::Cancelled),
        _ => ("? unknown", Role::Warn),
    };
    cell(text).role(role)
}

pub fn repo_state(code: i64) -> Cell {
    let (text, role) = match code {
        0 => ("▶ init", Role::Running),
        1 => ("✔ ready", Role::Good),
        2 => ("◌ expired", Role::Waiting),
        3 => ("⌫ deleted", Role::Cancelled),
        4 => ("✘ problem", Role::Bad),
        _ => ("? unknown", Role::Warn),
    };
    cell(text).role(role)
}

/// `12s`, `3m07s`, `2h05m`, `4d03h`.
pub fn duration(seconds: f64) -> String {
    let s = seconds.clamp(0.0, 1e12).round() as u64;
    match s {
        0..=59 => format!("{s}s"),
        60..=3599 => format!("{}m{:02}s", s / 60, s % 60),
        3600..=86_399 => format!("{}h{:02}m", s / 3600, s / 60 % 60),
        _ => format!("{}d{:02}h", s / 86_400, s / 3600 % 24),
    }
}

/// How long ago, seen from `now`; empty for no time.
pub fn ago(at: Option<f64>, now: f64) -> Cell {
    at.map_or_else(Cell::default, |at| cell(duration(now - at)).muted())
}

/// Date and time, UTC.
pub fn stamp(at: f64) -> String {
    let seconds = at.clamp(-1e11, 1e11) as i64;
    jiff::Timestamp::from_second(seconds)
        .map(|t| t.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

pub fn seconds_at(row: &Value, key: &str) -> Option<f64> {
    row.get(key).and_then(Value::as_double)
}

pub fn bytes(n: i64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or("");
    if unit == 0 { format!("{n} B") } else { format!("{value:.1} {name}") }
}

pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cut or padded to exactly `w` columns; what was cut ends with `…`.
pub fn fit(text: &str, w: usize) -> String {
    let mut out = cut(text, w);
    let have = width(&out);
    out.extend(std::iter::repeat_n(' ', w.saturating_sub(have)));
    out
}

/// At most `w` columns.
pub fn cut(text: &str, w: usize) -> String {
    if width(text) <= w {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let cw = c.width().unwrap_or(0);
        if used + cw + 1 > w {
            break;
        }
        out.push(c);
        used += cw;
    }
    if w > 0 {
        out.push('…');
    }
    out
}

/// Name, version and release of `a-b-1-2`.
pub fn split_nvr(nvr: &str) -> Option<(&str, &str, &str)> {
    let (rest, release) = nvr.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some((name, version, release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(duration(59.0), "59s");
        assert_eq!(duration(187.0), "3m07s");
        assert_eq!(duration(7500.0), "2h05m");
        assert_eq!(fit("häuser", 4), "häu…");
        assert_eq!(fit("ab", 4), "ab  ");
        assert_eq!(width(&fit("日本語のテキスト", 7)), 7);
        assert_eq!(clean("a\x1b[31mb\n"), "a\u{fffd}[31mb ");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(split_nvr("a-b-1-2.fc"), Some(("a-b", "1", "2.fc")));
    }
}
