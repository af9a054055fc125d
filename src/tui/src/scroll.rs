//! Rows that moved up or down since the picture before: the terminal moves them itself, so that only what is new is written.

use std::hash::BuildHasher as _;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

/// Fewer moved rows are written anew for about the same number of bytes.
const FEWEST: usize = 3;

/// The rows `rows` of the screen move by `by`; up when it is positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub rows: Range<u16>,
    pub by: i32,
}

impl Shift {
    /// The one that brings `old` nearest to `new`, which has the same size.
    pub fn between(old: &Buffer, new: &Buffer) -> Option<Shift> {
        let width = usize::from(old.area.width).max(1);
        let rows = old.content.chunks(width).zip(new.content.chunks(width));
        if rows.filter(|(old, new)| old != new).take(FEWEST).count() < FEWEST {
            return None;
        }
        let (old, new) = (hashes(old), hashes(new));
        let first = old.iter().zip(&new).position(|(o, n)| o != n)?;
        let last = old.iter().zip(&new).rposition(|(o, n)| o != n)?;
        let changed = last + 1 - first;
        let mut best: Option<(usize, Shift)> = None;
        for distance in 1..changed {
            for up in [true, false] {
                // where a row of the new picture was in the old one
                let from = |y: usize| if up { y + distance } else { y - distance };
                let places = if up { first..last + 1 - distance } else { first + distance..last + 1 };
                let moved = |y: &usize| new.get(*y) == old.get(from(*y)) && new.get(*y) != old.get(*y);
                let mut moved = places.filter(moved);
                let Some(top) = moved.next() else { continue };
                let (count, bottom) = moved.fold((1_usize, top), |(count, _), y| (count + 1, y));
                let rows = top.min(from(top))..bottom.max(from(bottom)) + 1;
                // rows that stood where they should and will not any more
                let lost = rows.clone().filter(|y| {
                    let moves_in = (top..=bottom).contains(y) && new.get(*y) == old.get(from(*y));
                    old.get(*y) == new.get(*y) && !moves_in
                });
                let gain = count.saturating_sub(lost.count());
                if gain < FEWEST || best.as_ref().is_some_and(|(most, _)| *most >= gain) {
                    continue;
                }
                let by = i32::try_from(distance).ok()? * if up { 1 } else { -1 };
                let rows = u16::try_from(rows.start).ok()?..u16::try_from(rows.end).ok()?;
                best = Some((gain, Shift { rows, by }));
            }
        }
        best.map(|(_, shift)| shift)
    }

    /// What tells a terminal to do it; the cursor is somewhere afterwards. New rows are blank and plain, if it writes so.
    pub fn sequence(&self) -> String {
        let way = if self.by > 0 { 'S' } else { 'T' };
        format!("\x1b[{};{}r\x1b[{}{way}\x1b[r", self.rows.start + 1, self.rows.end, self.by.unsigned_abs())
    }

    /// Does it as a terminal does.
    pub fn apply(&self, screen: &mut Buffer) {
        let width = usize::from(screen.area.width);
        let rows = usize::from(self.rows.start) * width..usize::from(self.rows.end) * width;
        let Some(cells) = screen.content.get_mut(rows) else { return };
        let count = (self.by.unsigned_abs() as usize * width).min(cells.len());
        if self.by > 0 {
            cells.rotate_left(count);
            cells.iter_mut().rev().take(count).for_each(Cell::reset);
        } else {
            cells.rotate_right(count);
            cells.iter_mut().take(count).for_each(Cell::reset);
        }
    }
}

/// One for each row.
fn hashes(buffer: &Buffer) -> Vec<u64> {
    // of one picture and the one before it: nobody can prepare for the seed
    let seed = foldhash::fast::FixedState::default();
    let hash = |row: &[Cell]| seed.hash_one(row);
    let Rect { width, .. } = buffer.area;
    buffer.content.chunks(usize::from(width).max(1)).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn screen(rows: &[&str]) -> Buffer {
        Buffer::with_lines(rows.iter().copied())
    }

    #[test]
    fn a_list_that_moves_below_its_head() {
        let old = screen(&["head", "a", "b", "c", "d", "foot"]);
        let new = screen(&["head", "b", "c", "d", "e", "foot"]);
        let up = Shift { rows: 1..5, by: 1 };
        assert_eq!(Shift::between(&old, &new), Some(up.clone()));
        assert_eq!(up.sequence(), "\x1b[2;5r\x1b[1S\x1b[r");
        let down = Shift { rows: 1..5, by: -1 };
        assert_eq!(Shift::between(&new, &old), Some(down.clone()));
        assert_eq!(down.sequence(), "\x1b[2;5r\x1b[1T\x1b[r");
        let mut moved = old.clone();
        up.apply(&mut moved);
        assert_eq!(moved, screen(&["head", "b", "c", "d", "    ", "foot"]));
        down.apply(&mut moved);
        assert_eq!(moved, screen(&["head", "    ", "b", "c", "d", "foot"]));
    }

    #[test]
    fn what_stands_or_changes_altogether_does_not_move() {
        let old = screen(&["head", "a", "b", "c", "d", "foot"]);
        assert_eq!(Shift::between(&old, &old), None);
        assert_eq!(Shift::between(&old, &screen(&["1", "2", "3", "4", "5", "6"])), None);
        // two rows are quicker written
        assert_eq!(Shift::between(&screen(&["a", "b", "c"]), &screen(&["b", "c", "d"])), None);
        // equal rows stay where they are
        let same = screen(&["x", "x", "x", "x", "x", "y"]);
        assert_eq!(Shift::between(&same, &screen(&["x", "x", "x", "x", "x", "z"])), None);
    }

    proptest! {
        /// Whatever is found is inside the screen, and brings the new picture nearer.
        #[test]
        fn any_pictures(old in prop::collection::vec(0..6_u8, 1..20), new in prop::collection::vec(0..6_u8, 1..20)) {
            let height = old.len().min(new.len());
            let lines = |rows: &[u8]| Buffer::with_lines(rows.iter().take(height).map(|n| format!("{n:02}")));
            let (old, new) = (lines(&old), lines(&new));
            if let Some(shift) = Shift::between(&old, &new) {
                prop_assert!(usize::from(shift.rows.end) <= height && shift.by != 0);
                let mut moved = old.clone();
                shift.apply(&mut moved);
                prop_assert_eq!(moved.area, old.area);
                let equal = |one: &Buffer| hashes(one).iter().zip(hashes(&new)).filter(|(a, b)| **a == *b).count();
                prop_assert!(equal(&moved) >= equal(&old) + FEWEST);
            }
        }
    }
}
