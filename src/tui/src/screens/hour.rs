//! The last hour of the hub in small columns: how many tasks ran and waited, how many ended and how.

use std::collections::HashMap;

use koji_xmlrpc::Value;

use crate::cell::{Cell, cell, seconds_at};
use crate::theme::Role;

const COLUMNS: usize = 30;
const HOUR: f64 = 3600.0;
const WIDTH: f64 = HOUR / COLUMNS as f64;

/// What is known of the tasks of the last hour: what the hub said when asked, and what was seen since.
#[derive(Default)]
pub struct Hour {
    tasks: HashMap<i64, Span>,
    /// All tasks that ended since then are known.
    since: Option<f64>,
}

struct Span {
    state: i64,
    created: f64,
    started: Option<f64>,
    ended: Option<f64>,
}

impl Span {
    fn new(row: &Value) -> Option<(i64, Span)> {
        let span = Span {
            state: row.int_at("state")?,
            created: seconds_at(row, "create_ts")?,
            started: seconds_at(row, "start_ts"),
            ended: seconds_at(row, "completion_ts"),
        };
        Some((row.int_at("id")?, span))
    }
}

impl Hour {
    /// Takes tasks that ended, the last ones first, of which no more than `limit` were asked for.
    pub fn ended(&mut self, rows: &[Value], limit: usize, now: f64) {
        let oldest = rows.iter().filter_map(|r| seconds_at(r, "completion_ts")).fold(now, f64::min);
        // a list that is not full is all there ever was
        let complete = if rows.len() < limit { 0.0 } else { oldest };
        // without a gap before it, what was known before is known still
        let joined = self.since.filter(|_| complete <= self.newest());
        self.since = Some(joined.map_or(complete, |since| since.min(complete)));
        self.tasks.extend(rows.iter().filter_map(Span::new));
        self.tasks.retain(|_, t| t.ended.is_none_or(|ended| now - ended < HOUR + WIDTH));
    }

    fn newest(&self) -> f64 {
        self.tasks.values().filter_map(|t| t.ended).fold(0.0, f64::max)
    }

    /// Takes those that run or wait now; others that did have ended meanwhile.
    pub fn active(&mut self, rows: &[Value]) {
        self.tasks.retain(|_, t| t.ended.is_some());
        self.tasks.extend(rows.iter().filter_map(Span::new));
    }

    /// A line each of what runs, waits, and ended well or not.
    pub fn lines(&self, now: f64) -> Vec<Vec<Cell>> {
        let begin = now - HOUR;
        let running = self.average(begin, |t| Some((t.started?, t.ended.unwrap_or(now))));
        let waiting = self.average(begin, |t| Some((t.created, t.started.or(t.ended).unwrap_or(now))));
        let now_in = |state: &dyn Fn(&Span) -> bool| self.tasks.values().filter(|t| state(t)).count();
        let mut lines = vec![
            self.line("▶ running", now_in(&|t| t.state == 1), "now", &running, Role::Running, begin),
            self.line(
                "○ waiting",
                now_in(&|t| matches!(t.state, 0 | 4)),
                "now",
                &waiting,
                Role::Waiting,
                begin,
            ),
        ];
        for (name, state, role) in [("✔ closed", 2, Role::Good), ("✘ failed", 5, Role::Bad)] {
            let counts = self.counts(begin, state);
            let total = counts.iter().sum::<f64>() as usize;
            lines.push(self.line(name, total, "in 1 h", &counts, role, begin));
        }
        lines
    }

    /// How many tasks were in a state on average, by column.
    fn average(&self, begin: f64, span: impl Fn(&Span) -> Option<(f64, f64)>) -> [f64; COLUMNS] {
        let mut sums = [0.0; COLUMNS];
        for (from, to) in self.tasks.values().filter_map(span) {
            for (n, sum) in sums.iter_mut().enumerate() {
                let left = begin + WIDTH * n as f64;
                *sum += (to.min(left + WIDTH) - from.max(left)).max(0.0) / WIDTH;
            }
        }
        sums
    }

    fn counts(&self, begin: f64, state: i64) -> [f64; COLUMNS] {
        let mut counts = [0.0; COLUMNS];
        for ended in self.tasks.values().filter(|t| t.state == state).filter_map(|t| t.ended) {
            let column = ((ended - begin) / WIDTH).floor();
            if let Some(count) = (column >= 0.0).then(|| counts.get_mut(column as usize)).flatten() {
                *count += 1.0;
            }
        }
        counts
    }

    fn line(
        &self,
        name: &str,
        number: usize,
        of: &str,
        values: &[f64; COLUMNS],
        role: Role,
        begin: f64,
    ) -> Vec<Cell> {
        let unknown =
            ((self.since.unwrap_or(f64::MAX) - begin) / WIDTH).ceil().clamp(0.0, COLUMNS as f64) as usize;
        let bars: String = "·".repeat(unknown) + &bars(values.get(unknown..).unwrap_or_default());
        vec![
            cell(format!("{name:<12}")).role(role),
            cell(format!("{number:>5} ")),
            cell(format!("{of:<8}")).muted(),
            cell(bars).role(role),
        ]
    }
}

/// A column for each value, the highest as high as a row; a little is not nothing.
fn bars(values: &[f64]) -> String {
    const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().fold(0.0, f64::max);
    let level = |v: &f64| if most > 0.0 { (v / most * 8.0).ceil() as usize } else { 0 };
    values.iter().map(|v| LEVELS.get(level(v)).copied().unwrap_or('█')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 100_000.0;

    fn task(id: i64, state: i64, created: f64, started: Option<f64>, ended: Option<f64>) -> Value {
        let time = |t: Option<f64>| t.map_or(Value::Nil, |t| Value::Double(NOW - t));
        Value::record([
            ("id", Value::from(id)),
            ("state", state.into()),
            ("create_ts", time(Some(created))),
            ("start_ts", time(started)),
            ("completion_ts", time(ended)),
        ])
    }

    fn said(hour: &Hour, now: f64) -> Vec<String> {
        let line = |cells: &Vec<Cell>| cells.iter().map(|c| c.text.as_ref()).collect::<String>();
        hour.lines(now).iter().map(line).collect()
    }

    #[test]
    fn an_hour_of_tasks() {
        let mut hour = Hour::default();
        hour.active(&[task(9, 1, 1200.0, Some(600.0), None), task(8, 0, 60.0, None, None)]);
        let ended = [
            task(7, 5, 300.0, Some(290.0), Some(130.0)),
            task(6, 2, 3600.0, Some(3600.0), Some(1800.0)),
            task(5, 2, 1900.0, Some(1900.0), Some(1790.0)),
        ];
        hour.ended(&ended, 10, NOW);
        assert_eq!(
            said(&hour, NOW),
            [
                "▶ running       1 now     ▅▅▅▅▅▅▅▅▅▅▅▅▅▅█▁         ▅▅▆█▅",
                "○ waiting       1 now                         █████  ▁ ▄",
                "✔ closed        2 in 1 h                 █              ",
                "✘ failed        1 in 1 h                              █ ",
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_not_drawn_as_nothing() {
        let mut hour = Hour::default();
        let one = task(1, 2, 1300.0, Some(1300.0), Some(1200.0));
        // as many as were asked for: there may have been more before
        hour.ended(&[one], 1, NOW);
        assert!(said(&hour, NOW)[3].contains(&"·".repeat(20)), "{:?}", said(&hour, NOW));
        // later ones join what is known
        hour.ended(&[task(2, 2, 1100.0, Some(1100.0), Some(1200.0))], 1, NOW);
        assert!(said(&hour, NOW + 600.0)[3].contains(&"·".repeat(15)));
        // after a long time without a look there is a gap
        hour.ended(&[task(3, 2, 10.0, Some(10.0), Some(5.0))], 1, NOW);
        assert!(said(&hour, NOW)[3].contains(&"·".repeat(29)));
    }
}
