//! Sets of lines: a bit a line.

use std::collections::BTreeMap;
use std::ops::Range;

/// Lines of a segment.
pub(crate) const SEGMENT: i64 = 1 << 16;
const WORDS: usize = 1 << 10;

/// Some lines of a log: those that match, that are shown, that say an error. Eleven million lines take 1.4 MB at most.
#[derive(Debug, Clone, Default)]
pub struct LineSet {
    segments: BTreeMap<i64, Segment>,
    count: u64,
}

#[derive(Debug, Clone, Default)]
struct Segment {
    /// Without memory while no bit is set.
    words: Vec<u64>,
    count: u64,
    /// The lines that were looked at.
    seen: Range<i64>,
}

impl Segment {
    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }
}

/// Segment, word and bit of a line.
fn place(line: i64) -> (i64, usize, u32) {
    let (segment, at) = (line.div_euclid(SEGMENT), line.rem_euclid(SEGMENT));
    let word = usize::try_from(at / 64).unwrap_or(0);
    (segment, word, u32::try_from(at % 64).unwrap_or(0))
}

impl LineSet {
    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn contains(&self, line: i64) -> bool {
        let (segment, word, bit) = place(line);
        self.segments.get(&segment).is_some_and(|s| s.word(word) >> bit & 1 == 1)
    }

    pub fn insert(&mut self, line: i64) {
        self.change(line, true);
    }

    pub fn remove(&mut self, line: i64) {
        self.change(line, false);
    }

    fn change(&mut self, line: i64, to: bool) {
        let (segment, word, bit) = place(line);
        let segment = self.segments.entry(segment).or_default();
        if segment.words.is_empty() {
            if !to {
                return;
            }
            segment.words = vec![0; WORDS];
        }
        let Some(word) = segment.words.get_mut(word) else { return };
        let was = *word >> bit & 1 == 1;
        match (was, to) {
            (false, true) => {
                *word |= 1 << bit;
                segment.count += 1;
                self.count += 1;
            }
            (true, false) => {
                *word &= !(1 << bit);
                segment.count -= 1;
                self.count -= 1;
            }
            _ => {}
        }
    }

    /// How many of the set come before `line`.
    pub fn rank(&self, line: i64) -> u64 {
        let (segment, word, bit) = place(line);
        let before: u64 = self.segments.range(..segment).map(|(_, s)| s.count).sum();
        let Some(found) = self.segments.get(&segment) else { return before };
        let words = found.words.iter().take(word).map(|w| u64::from(w.count_ones())).sum::<u64>();
        before + words + u64::from((found.word(word) & !(u64::MAX << bit)).count_ones())
    }

    /// The line with `rank` others of the set before it.
    pub fn nth(&self, rank: u64) -> Option<i64> {
        let mut left = rank;
        for (number, segment) in &self.segments {
            if left >= segment.count {
                left -= segment.count;
                continue;
            }
            for (at, word) in segment.words.iter().enumerate() {
                let ones = u64::from(word.count_ones());
                if left >= ones {
                    left -= ones;
                    continue;
                }
                let mut word = *word;
                for _ in 0..left {
                    word &= word - 1;
                }
                let in_segment = at as u64 * 64 + u64::from(word.trailing_zeros());
                return Some(number * SEGMENT + i64::try_from(in_segment).ok()?);
            }
        }
        None
    }

    /// The first one behind `line`.
    pub fn next(&self, line: i64) -> Option<i64> {
        self.nth(self.rank(line.checked_add(1)?))
    }

    /// The last one before `line`.
    pub fn previous(&self, line: i64) -> Option<i64> {
        self.nth(self.rank(line).checked_sub(1)?)
    }

    /// All of them from `line` on.
    pub fn from(&self, line: i64) -> impl Iterator<Item = i64> + '_ {
        let (first, ..) = place(line);
        self.segments
            .range(first..)
            .flat_map(|(number, segment)| {
                segment.words.iter().enumerate().flat_map(move |(at, word)| {
                    let start = number * SEGMENT + i64::try_from(at).unwrap_or(0) * 64;
                    (0..64).filter(move |bit| *word >> bit & 1 == 1).map(move |bit| start + bit)
                })
            })
            .skip_while(move |found| *found < line)
    }

    /// How many lie in each of `parts` equal parts of `lines`: the gutter beside a log.
    pub fn histogram(&self, lines: Range<i64>, parts: u16) -> Vec<u64> {
        let (length, parts) = ((lines.end - lines.start).max(0), i64::from(parts.max(1)));
        let edge = |part: i64| self.rank(lines.start + length * part / parts);
        (0..parts).map(|part| edge(part + 1) - edge(part)).collect()
    }

    /// Which lines of a segment were looked at.
    pub(crate) fn seen(&self, segment: i64) -> Range<i64> {
        self.segments.get(&segment).map_or(0..0, |s| s.seen.clone())
    }

    pub(crate) fn set_seen(&mut self, segment: i64, seen: Range<i64>) {
        self.segments.entry(segment).or_default().seen = seen;
    }

    /// How many lines were looked at.
    pub fn looked_at(&self) -> u64 {
        let lines: i64 = self.segments.values().map(|s| s.seen.end - s.seen.start).sum();
        u64::try_from(lines).unwrap_or(0)
    }

    /// Empties one segment.
    pub(crate) fn clear_segment(&mut self, segment: i64) {
        if let Some(old) = self.segments.remove(&segment) {
            self.count -= old.count;
        }
    }
}

/// The segments that lines lie in.
pub(crate) fn segments(lines: &Range<i64>) -> Range<i64> {
    if lines.is_empty() {
        return 0..0;
    }
    lines.start.div_euclid(SEGMENT)..(lines.end - 1).div_euclid(SEGMENT) + 1
}

/// The lines of a segment.
pub(crate) fn lines_of(segment: i64) -> Range<i64> {
    segment * SEGMENT..(segment + 1) * SEGMENT
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_set_of_lines_is_a_set_of_numbers(
            changes in prop::collection::vec((-200_000_i64..200_000, prop::bool::weighted(0.8)), 0..200),
            probes in prop::collection::vec(-210_000_i64..210_000, 20),
        ) {
            let (mut set, mut model) = (LineSet::default(), BTreeSet::new());
            for (line, to) in changes {
                if to {
                    set.insert(line);
                    model.insert(line);
                } else {
                    set.remove(line);
                    model.remove(&line);
                }
            }
            prop_assert_eq!(set.count(), model.len() as u64);
            let all: Vec<i64> = model.iter().copied().collect();
            prop_assert_eq!(&set.from(i64::MIN / 2).collect::<Vec<_>>(), &all);
            for (rank, line) in all.iter().enumerate() {
                prop_assert_eq!(set.nth(rank as u64), Some(*line));
            }
            prop_assert_eq!(set.nth(all.len() as u64), None);
            for probe in probes.iter().chain(&all) {
                prop_assert_eq!(set.contains(*probe), model.contains(probe));
                prop_assert_eq!(set.rank(*probe), model.range(..probe).count() as u64);
                prop_assert_eq!(set.next(*probe), model.range(probe + 1..).next().copied());
                prop_assert_eq!(set.previous(*probe), model.range(..probe).next_back().copied());
            }
            let histogram = set.histogram(-210_000..210_000, 7);
            prop_assert_eq!(histogram.iter().sum::<u64>(), set.count());
        }
    }
}
