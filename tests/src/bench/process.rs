//! What processes use, from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// CPU time of a process, or of one and all below it.
#[derive(Debug, Clone, Copy)]
pub struct Cpu(Duration);

impl Cpu {
    pub fn of(pid: u32) -> Result<Cpu> {
        let stat = stat(pid).with_context(|| format!("process {pid} has gone"))?;
        Ok(Cpu(ticks(stat.own)))
    }

    /// Of a server with a process for each connection: those that are there, and those that have ended.
    pub fn of_tree(root: u32) -> Result<Cpu> {
        let mut all = HashMap::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            if let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok())
                && let Some(stat) = stat(pid)
            {
                all.insert(pid, stat);
            }
        }
        let top = all.get(&root).with_context(|| format!("process {root} has gone"))?;
        let children = all.values().filter(|s| s.parent == root).map(|s| s.own);
        Ok(Cpu(ticks(top.own + top.ended_children + children.sum::<u64>())))
    }

    /// Seconds since an earlier reading.
    pub fn since(self, before: Cpu) -> f64 {
        self.0.saturating_sub(before.0).as_secs_f64()
    }
}

struct Stat {
    parent: u32,
    /// In clock ticks.
    own: u64,
    ended_children: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name before it may have spaces and brackets
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |i: usize| fields.get(i).and_then(|f| f.parse::<u64>().ok());
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

fn ticks(n: u64) -> Duration {
    // SAFETY: asks for a number
    let per_second = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).unwrap_or(100).max(1);
    Duration::from_millis(n * 1000 / per_second)
}

/// Resident memory of a process now, and the most it ever had, in MiB.
pub fn resident(pid: u32) -> Result<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = |key: &str| {
        let line = text.lines().find_map(|l| l.strip_prefix(key)).with_context(|| format!("no {key}"))?;
        let number = line.trim().trim_end_matches(" kB").parse::<u64>();
        number.with_context(|| format!("{key}{line}"))
    };
    Ok((kib("VmRSS:")? / 1024, kib("VmHWM:")? / 1024))
}
