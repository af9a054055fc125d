//! The line that bash has, taken apart.

/// The words of a line up to the cursor; the last one is the one under the cursor, empty after a space.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = line.chars();
    let mut started = false;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ' | '\t') => {
                if started {
                    words.push(std::mem::take(&mut word));
                    started = false;
                }
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None | Some('"'), '\\') => word.extend(chars.next()),
            (_, c) => word.push(c),
        }
        started = true;
    }
    words.push(word);
    words
}

/// How many characters of `full` stand before what bash replaces: it breaks words at `=` and `:`, too.
pub fn replaced_from(full: &str, word: &str) -> usize {
    let whole = full.chars().count();
    if matches!(word, "=" | ":") {
        return whole;
    }
    match full.strip_suffix(word) {
        Some(before) => before.chars().count(),
        // quotes are in the way: the whole word is replaced
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines() {
        assert_eq!(split("koji build "), ["koji", "build", ""]);
        assert_eq!(
            split("koji  list-tags 'a b' c\\ d \"e\\\"f\" -"),
            ["koji", "list-tags", "a b", "c d", "e\"f", "-"]
        );
        assert_eq!(split("koji '' x"), ["koji", "", "x"]);
        assert_eq!(replaced_from("--tag=f4", "f4"), 6);
        assert_eq!(replaced_from("--tag=", "="), 6);
        assert_eq!(replaced_from("f4", "f4"), 0);
    }

    proptest! {
        #[test]
        fn any_line(line in "[ a-c'\"\\\\=:-]{0,20}", word in "[a-c=:]{0,5}") {
            let words = split(&line);
            let last = words.last().unwrap();
            prop_assert!(replaced_from(last, &word) <= last.chars().count());
        }
    }
}
