//! Columns that make the best of any width: the least important ones go first.

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub title: &'static str,
    pub min: u16,
    /// Share of what is left; 0 stays at `min`.
    pub grow: u16,
    /// The highest goes first when there is no room; 0 stays.
    pub drop: u8,
}

pub const fn fixed(title: &'static str, width: u16, drop: u8) -> Column {
    Column { title, min: width, grow: 0, drop }
}

pub const fn fill(title: &'static str, min: u16) -> Column {
    Column { title, min, grow: 1, drop: 0 }
}

/// The width of each column, 0 for those left out. There is a blank after each.
pub fn layout(columns: &[Column], total: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = columns.iter().map(|c| c.min).collect();
    let used = |w: &[u16]| w.iter().map(|w| if *w > 0 { *w + 1 } else { 0 }).sum::<u16>();
    while used(&widths) > total {
        let shown = columns.iter().enumerate().zip(&widths).filter(|((_, c), w)| **w > 0 && c.drop > 0);
        let Some(n) = shown.max_by_key(|((_, c), _)| c.drop).map(|((n, _), _)| n) else { break };
        if let Some(w) = widths.get_mut(n) {
            *w = 0;
        }
    }
    let left = total.saturating_sub(used(&widths));
    let shares: u16 = columns.iter().map(|c| c.grow).sum();
    for (w, c) in widths.iter_mut().zip(columns) {
        *w += (left * c.grow).checked_div(shares).unwrap_or(0);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit() {
        let columns = [fixed("a", 10, 0), fill("b", 10), fixed("c", 8, 1), fixed("d", 20, 2)];
        assert_eq!(layout(&columns, 80), [10, 38, 8, 20]);
        assert_eq!(layout(&columns, 40), [10, 19, 8, 0]);
        assert_eq!(layout(&columns, 22), [10, 10, 0, 0]);
    }
}
