//! Reading a log from its end.

use std::time::{Duration, Instant};

use crate::scan::{LogKind, Scanner};
use crate::tree::{Hub, LogFile};
use crate::verdict::Verdict;

/// How much is read for an explanation.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Time after which no more of a log is asked for.
    pub time: Duration,
    /// Bytes of one log at most.
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { time: Duration::from_millis(1300), bytes: 48 << 20 }
    }
}

/// The first look: the end of nearly every failure.
const FIRST: u64 = 256 << 10;
/// How many times more the next look takes in.
const GROWTH: u32 = 6;
/// One request.
const PIECE: u64 = 4 << 20;

/// Reads as much of the end as the verdict needs: up to the beginning of the command, or section, that failed.
pub(crate) async fn read<H: Hub>(
    hub: &H,
    task: i64,
    file: &LogFile,
    budget: Budget,
    until: Instant,
) -> Result<Option<Verdict>, H::Error> {
    let size = match file.size {
        Some(size) => size,
        // an old hub tells no sizes
        None => return from_start(hub, task, file, budget).await,
    };
    let kind = LogKind::of(&file.name);
    let mut tail: Vec<u8> = Vec::new();
    let mut wanted = FIRST;
    loop {
        let began = Instant::now();
        let have = tail.len() as u64;
        let upto = size.saturating_sub(have);
        let from = size.saturating_sub(wanted);
        let mut before = Vec::new();
        while from + (before.len() as u64) < upto {
            let offset = from + before.len() as u64;
            let piece = hub.read(task, file, offset, (upto - offset).min(PIECE)).await?;
            if piece.is_empty() {
                break;
            }
            before.extend_from_slice(&piece);
        }
        before.append(&mut tail);
        tail = before;
        let verdict = judge(kind, &tail, from == 0);
        let enough = verdict.as_ref().is_some_and(|v| v.complete && v.weight > 12);
        // the next round reads and judges that much more
        let ends = Instant::now() + began.elapsed() * GROWTH;
        if from == 0 || enough || wanted >= budget.bytes || ends > until {
            return Ok(verdict);
        }
        wanted = (wanted * u64::from(GROWTH)).min(budget.bytes);
    }
}

async fn from_start<H: Hub>(
    hub: &H,
    task: i64,
    file: &LogFile,
    budget: Budget,
) -> Result<Option<Verdict>, H::Error> {
    let mut all = Vec::new();
    while (all.len() as u64) < budget.bytes {
        let piece = hub.read(task, file, all.len() as u64, PIECE).await?;
        if piece.is_empty() {
            break;
        }
        all.extend_from_slice(&piece);
    }
    Ok(judge(LogKind::of(&file.name), &all, true))
}

/// Judges bytes; of those that begin within the log the first, broken line is left out.
pub(crate) fn judge(kind: LogKind, bytes: &[u8], whole: bool) -> Option<Verdict> {
    let mut scanner = Scanner::new(kind, whole);
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = bytes.split(|b| *b == b'\n');
    for line in lines.skip(usize::from(!whole)) {
        scanner.line(&String::from_utf8_lossy(line));
    }
    scanner.finish()
}
