use super::parse::IniError;
use super::{Entry, Section};

/// References inside references, as deep as Python allows.
const MAX_DEPTH: usize = 10;

/// Replaces `%(name)s` by the section's own options and `%%` by `%`.
pub(super) fn interpolate(section: &Section, entry: &Entry) -> Result<String, IniError> {
    let mut out = String::new();
    expand(section, entry, &entry.text(), 1, &mut out)?;
    Ok(out)
}

fn expand(
    section: &Section,
    entry: &Entry,
    text: &str,
    depth: usize,
    out: &mut String,
) -> Result<(), IniError> {
    let option = || entry.written.clone();
    let origin = || entry.origin.clone();
    if depth > MAX_DEPTH {
        return Err(IniError::TooDeep { origin: origin(), option: option() });
    }
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(tail) = after.strip_prefix('%') {
            out.push('%');
            rest = tail;
            continue;
        }
        let reference = after.strip_prefix('(').and_then(|t| t.split_once(")s")).filter(|(n, _)| {
            // Python's pattern stops at the first closing bracket
            !n.is_empty() && !n.contains(')')
        });
        let Some((name, tail)) = reference else {
            let found = format!("%{}", after.chars().take(20).collect::<String>());
            return Err(IniError::BadInterpolation { origin: origin(), option: option(), found });
        };
        let Some(target) = section.get(name) else {
            return Err(IniError::UnknownReference {
                origin: origin(),
                option: option(),
                name: name.to_owned(),
            });
        };
        let value = target.text();
        if value.contains('%') {
            expand(section, entry, &value, depth + 1, out)?;
        } else {
            out.push_str(&value);
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(())
}
