//! Python's `fnmatch`: the globs of policies, and of many of Koji's options.

/// Whether all of `text` matches `pattern`: `*` any text, `?` one character, `[ab]`, `[a-z]`, `[!a]` one of a
/// set. Case matters; there is no escape character, a `[` that is never closed stands for itself.
///
/// Time is at most the product of the lengths, whatever the pattern.
pub fn fnmatch(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern = compile(pattern);
    let (mut t, mut p) = (0, 0);
    // where to go on when a later part does not match: after the last `*`, one character further
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(Part::Any), _) => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some(part), Some(c)) if part.accepts(*c) => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        match retry {
            Some((after, start)) if start < text.len() => {
                retry = Some((after, start + 1));
                p = after;
                t = start + 1;
            }
            _ => return false,
        }
    }
}

/// Whether `text` matches one of the patterns.
pub fn matches_any<P: AsRef<str>>(text: &str, patterns: &[P]) -> bool {
    patterns.iter().any(|p| fnmatch(text, p.as_ref()))
}

enum Part {
    Any,
    One,
    Literal(char),
    Set { negate: bool, ranges: Vec<(char, char)> },
}

impl Part {
    fn accepts(&self, c: char) -> bool {
        match self {
            Part::Any | Part::One => true,
            Part::Literal(l) => *l == c,
            Part::Set { negate, ranges } => ranges.iter().any(|(a, b)| (*a..=*b).contains(&c)) != *negate,
        }
    }
}

fn compile(pattern: &str) -> Vec<Part> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        i += 1;
        match c {
            '*' => parts.push(Part::Any),
            '?' => parts.push(Part::One),
            '[' => match set(chars.get(i..).unwrap_or_default()) {
                Some((part, length)) => {
                    parts.push(part);
                    i += length;
                }
                None => parts.push(Part::Literal('[')),
            },
            c => parts.push(Part::Literal(*c)),
        }
    }
    parts
}

/// The set that starts after a `[`, and how many characters it takes with its `]`.
fn set(rest: &[char]) -> Option<(Part, usize)> {
    let negate = rest.first() == Some(&'!');
    let start = usize::from(negate);
    // a bracket in the first place is a member
    let end = start + 1 + rest.get(start + 1..)?.iter().position(|c| *c == ']')?;
    let members = rest.get(start..end)?;
    let mut ranges = Vec::new();
    let mut i = 0;
    while let Some(low) = members.get(i) {
        match (members.get(i + 1), members.get(i + 2)) {
            (Some('-'), Some(high)) => {
                // an inverted range is empty
                if low <= high {
                    ranges.push((*low, *high));
                }
                i += 3;
            }
            _ => {
                ranges.push((*low, *low));
                i += 1;
            }
        }
    }
    Some((Part::Set { negate, ranges }, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;

    use super::*;

    #[test]
    fn globs() {
        for (text, pattern, expected) in [
            ("f40-build", "f*-build", true),
            ("f40-build", "f4?-build", true),
            ("f40-build", "f4", false),
            ("a/b\nc", "a*c", true),
            ("b", "[!a]", true),
            ("]", "[]]", true),
            ("[x", "[x", true),
            ("-", "[a-]", true),
            ("Foo", "foo", false),
            ("", "", true),
            ("", "*", true),
        ] {
            assert_eq!(fnmatch(text, pattern), expected, "{text:?} {pattern:?}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let text = "a".repeat(5000);
        assert!(!fnmatch(&text, &format!("{}b", "a*".repeat(200))));
    }

    #[test]
    fn agrees_with_pythons_fnmatch() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut draw = |strategy: &str| {
            let strategy = proptest::string::string_regex(strategy).unwrap();
            strategy.new_tree(&mut runner).unwrap().current()
        };
        let cases: Vec<(String, String)> =
            (0..5000).map(|_| (draw("[ab\\-\\]!c]{0,5}"), draw("[ab*?\\[\\]!\\-c]{0,7}"))).collect();
        let script = "import fnmatch, json, sys
json.dump([fnmatch.fnmatchcase(t, p) for t, p in json.load(sys.stdin)], sys.stdout)";
        let input = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(input.path(), serde_json::to_vec(&cases).unwrap()).unwrap();
        let output = std::process::Command::new("/usr/bin/python3")
            .args(["-c", script])
            .stdin(std::fs::File::open(input.path()).unwrap())
            .output()
            .expect("python3 is installed by `make setup`");
        let answers: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answers.iter().filter(|a| **a).count() > 100);
        for ((text, pattern), python) in cases.iter().zip(answers) {
            assert_eq!(fnmatch(text, pattern), python, "{text:?} {pattern:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_a_star(text in "[a-z0-9/_.+-]*") {
            prop_assert!(fnmatch(&text, &text));
            prop_assert!(fnmatch(&text, "*"));
        }
    }
}
