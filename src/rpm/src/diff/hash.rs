//! Koji's `kojihash`: SHA-256 of the compared data as Python's `json.dumps(..., sort_keys=True)` writes it.
//!
//! The text must be the same to the byte for builders of both kinds to agree: keys sorted, `", "` and `": "` between
//! parts, non-ASCII characters as `\uXXXX`.

use super::{FIELDS, FileFacts, KINDS, file_facts, relations};
use crate::header::RpmFile;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The hash that a builder reports in `noarch_rpmdiff.json`, in hex.
pub fn koji_hash(rpm: &RpmFile) -> String {
    hex::encode(Sha256::digest(compared_json(rpm).as_bytes()))
}

fn compared_json(rpm: &RpmFile) -> String {
    let mut out = String::from("{");
    // Sorted by name, upper case before lower case: CONFLICTS, OBSOLETES, PROVIDES, REQUIRES, files, ignore, tags.
    let mut kinds = KINDS;
    kinds.sort_by_key(|kind| kind.field());
    for kind in kinds {
        let mut list = relations(rpm, kind);
        list.sort();
        let items: Vec<String> = list
            .iter()
            .map(|(name, flags, version)| format!("[{}, {flags}, {}]", quote(name), quote(version)))
            .collect();
        // A write to a String cannot fail.
        let _ = write!(out, "{}: [{}], ", quote(kind.field()), items.join(", "));
    }
    let files: Vec<String> = file_facts(rpm)
        .iter()
        .map(|(name, facts)| format!("{}: {}", quote(name), file_json(facts)))
        .collect();
    let _ = write!(out, "\"files\": {{{}}}, \"ignore\": \"S5TN\", \"tags\": {{", files.join(", "));
    let mut fields = FIELDS;
    fields.sort_unstable();
    let fields: Vec<String> = fields
        .iter()
        .map(|tag| {
            let value = rpm.header.string(*tag).map_or_else(|| "null".to_owned(), |value| quote(&value));
            format!("\"{tag}\": {value}")
        })
        .collect();
    let _ = write!(out, "{}}}}}", fields.join(", "));
    out
}

/// The places of the values in rpm's file record: 1 mode, 3 flags, 4 device, 7 state (none in a package file),
/// 8 verify flags, 9 user, 10 group. rpm's binding gives the numbers as signed 32-bit integers.
fn file_json(facts: &FileFacts) -> String {
    format!(
        "{{\"1\": {}, \"3\": {}, \"4\": {}, \"7\": -1, \"8\": {}, \"9\": {}, \"10\": {}}}",
        facts.mode,
        signed(facts.flags),
        signed(facts.rdev),
        signed(facts.verify),
        quote(&facts.user),
        quote(&facts.group)
    )
}

fn signed(value: u64) -> i64 {
    match u32::try_from(value) {
        Ok(value) => i64::from(value.cast_signed()),
        Err(_) => value.cast_signed(),
    }
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}
