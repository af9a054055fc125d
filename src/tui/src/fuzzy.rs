//! Fuzzy matching of many short texts.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The numbers of those that match, best first; with an empty pattern all in their order.
pub fn rank<'a>(pattern: &str, items: impl Iterator<Item = &'a str>, most: usize) -> Vec<usize> {
    if pattern.trim().is_empty() {
        return items.take(most).enumerate().map(|(i, _)| i).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(pattern, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize, usize)> = items
        .enumerate()
        .filter_map(|(i, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            Some((score, text.len(), i))
        })
        .collect();
    let order = |a: &(u32, usize, usize), b: &(u32, usize, usize)| (b.0, a.1, a.2).cmp(&(a.0, b.1, b.2));
    if found.len() > most {
        found.select_nth_unstable_by(most, order);
        found.truncate(most);
    }
    found.sort_unstable_by(order);
    found.into_iter().map(|(_, _, i)| i).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_best_comes_first() {
        let names = ["kernel-tools", "kernel", "koji", "python-kernel"];
        assert_eq!(super::rank("kernel", names.into_iter(), 2), [1, 0]);
        assert_eq!(super::rank("", names.into_iter(), 2), [0, 1]);
        assert_eq!(super::rank("zzz", names.into_iter(), 2), [0usize; 0]);
    }
}
