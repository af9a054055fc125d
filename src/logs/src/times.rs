//! When the parts of a log arrived.

use std::time::{Duration, SystemTime};

/// Offsets with the time at which the log had reached them.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// In order; what lies before the first is of unknown age.
    marks: Vec<(u64, SystemTime)>,
    /// Where the first arrival began.
    from: u64,
}

impl Times {
    /// What comes next arrives at `from`.
    pub fn starting(from: u64) -> Times {
        Times { marks: Vec::new(), from }
    }

    /// From what `kojid` writes with `log_timestamps` beside a log: lines of a time in seconds and an offset.
    pub fn parse(text: &str) -> Times {
        let mark = |line: &str| {
            let (seconds, offset) = line.trim().split_once(' ')?;
            let seconds = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
            Some((offset.trim().parse::<u64>().ok()?, SystemTime::UNIX_EPOCH.checked_add(seconds)?))
        };
        let mut times = Times::default();
        for (offset, time) in text.lines().filter_map(mark) {
            times.reached(offset, time);
        }
        times
    }

    /// The log has grown to `end`.
    pub fn reached(&mut self, end: u64, time: SystemTime) {
        if end > self.marks.last().map_or(self.from, |(at, _)| *at) {
            self.marks.push((end, time));
        }
    }

    /// When the byte at `offset` was there.
    pub fn of(&self, offset: u64) -> Option<SystemTime> {
        if offset < self.from {
            return None;
        }
        let at = self.marks.partition_point(|(end, _)| *end <= offset);
        self.marks.get(at).map(|(_, time)| *time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_the_time_of_their_arrival() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut times = Times::starting(100);
        times.reached(150, at(1));
        times.reached(150, at(2));
        times.reached(200, at(3));
        assert_eq!(
            [99, 100, 149, 150, 199, 200].map(|o| times.of(o)),
            [None, Some(at(1)), Some(at(1)), Some(at(3)), Some(at(3)), None]
        );
        let read = Times::parse("1.0 10\nnonsense\n2.5 20\n");
        assert_eq!(read.of(10), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(2500)));
    }
}
