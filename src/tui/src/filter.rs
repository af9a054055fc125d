//! The filter of every list: `word` (regular expression), `!not`, `~fuzzy`, `column:value`, `age:<2h`. All terms must hold.

use regex::Regex;

/// A compiled filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub text: String,
    terms: Vec<Term>,
    /// A term that is no regular expression (yet, while it is typed) counts as plain text.
    pub problem: Option<String>,
}

#[derive(Debug, Clone)]
enum Term {
    Any(Regex),
    Not(Regex),
    Fuzzy(String),
    Column(usize, Regex),
    NotColumn(usize, Regex),
    Younger(f64),
    Older(f64),
}

impl Filter {
    /// `columns` are the names that can stand before a colon; `me` stands for `user` there.
    pub fn new(text: &str, columns: &[&str], user: Option<&str>) -> Filter {
        let mut filter = Filter { text: text.to_owned(), ..Filter::default() };
        for word in text.split_whitespace() {
            if let Some(term) = filter.term(word, columns, user) {
                filter.terms.push(term);
            }
        }
        filter
    }

    fn term(&mut self, word: &str, columns: &[&str], user: Option<&str>) -> Option<Term> {
        let (not, rest) = word.strip_prefix('!').map_or((false, word), |rest| (true, rest));
        if rest.is_empty() {
            return None;
        }
        if let Some(letters) = rest.strip_prefix('~') {
            return Some(Term::Fuzzy(letters.to_lowercase()));
        }
        if let Some((name, value)) = rest.split_once(':') {
            if name == "age" {
                let (sign, text) = value.split_at_checked(1)?;
                let seconds = seconds(text)?;
                return match sign {
                    "<" => Some(Term::Younger(seconds)),
                    ">" => Some(Term::Older(seconds)),
                    _ => None,
                };
            }
            let name = name.to_lowercase();
            let column = columns
                .iter()
                .position(|c| *c == name)
                .or_else(|| columns.iter().position(|c| c.starts_with(&name)));
            if let Some(i) = column {
                let value = if value == "me" { user.unwrap_or("me") } else { value };
                let regex = self.regex(value);
                return Some(if not { Term::NotColumn(i, regex) } else { Term::Column(i, regex) });
            }
        }
        let regex = self.regex(rest);
        Some(if not { Term::Not(regex) } else { Term::Any(regex) })
    }

    /// Small letters match both cases.
    fn regex(&mut self, text: &str) -> Regex {
        let insensitive = !text.chars().any(char::is_uppercase);
        let build =
            |t: &str| regex::RegexBuilder::new(t).case_insensitive(insensitive).size_limit(1 << 20).build();
        build(text).unwrap_or_else(|e| {
            self.problem = Some(format!("{text}: {}", e.to_string().lines().last().unwrap_or_default()));
            // an escaped text always compiles; the last resort matches nothing
            build(&regex::escape(text)).unwrap_or_else(|_| never())
        })
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row with these cells passes. `age` is in seconds, where the row has one.
    pub fn passes(&self, cells: &[&str], age: Option<f64>) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Any(r) => cells.iter().any(|c| r.is_match(c)),
            Term::Not(r) => !cells.iter().any(|c| r.is_match(c)),
            Term::Fuzzy(letters) => cells.iter().any(|c| fuzzy(c, letters)),
            Term::Column(i, r) => cells.get(*i).is_some_and(|c| r.is_match(c)),
            Term::NotColumn(i, r) => !cells.get(*i).is_some_and(|c| r.is_match(c)),
            Term::Younger(s) => age.is_some_and(|a| a < *s),
            Term::Older(s) => age.is_some_and(|a| a > *s),
        })
    }
}

#[allow(clippy::unwrap_used, reason = "a constant")]
fn never() -> Regex {
    Regex::new("[^\\s\\S]").unwrap()
}

fn fuzzy(text: &str, letters: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    letters.chars().all(|l| text.any(|c| c == l))
}

/// `90`, `30s`, `5m`, `2h`, `3d`.
fn seconds(text: &str) -> Option<f64> {
    let unit = match text.chars().last()? {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        'd' => 86_400.0,
        _ => return text.parse().ok(),
    };
    let number = text.get(..text.len() - 1)?;
    Some(number.parse::<f64>().ok()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        let row = ["✘ failed", "rpmbuild", "Anna", "s390x"];
        let passes = |text: &str| {
            Filter::new(text, &["state", "method", "owner", "arch"], Some("anna")).passes(&row, Some(3600.0))
        };
        for yes in [
            "",
            "fail",
            "fail s390",
            "!open",
            "~rpbd",
            "state:failed owner:me",
            "age:<2h",
            "age:>30m",
            "st:fail",
            "Anna",
            "^rpm",
            "!owner:bob",
            "(",
        ] {
            assert_eq!(passes(yes), yes != "(", "{yes}");
        }
        for no in ["open", "!rpm", "~xyz", "owner:bob", "age:>2h", "state:s390x", "ANNA"] {
            assert!(!passes(no), "{no}");
        }
    }
}
