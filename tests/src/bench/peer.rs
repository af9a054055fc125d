//! Upstream's figures for the same calls.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// What a call costs with upstream's hub.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    pub rate: f64,
    pub p50: f64,
    pub p95: f64,
    /// Milliseconds of CPU a request.
    pub hub: f64,
    pub db: f64,
    /// Length of the answer.
    pub bytes: usize,
}

impl Peer {
    /// What a login adds: measured as 1.0 to 2.0 ms for hub and database together, of which half of the least is
    /// counted for each.
    pub fn logged_in(self) -> Peer {
        const EACH: f64 = 0.5;
        Peer { hub: self.hub + EACH, db: self.db + EACH, ..self }
    }
}

/// By call and number of clients: 1 and 8.
pub fn peers(text: &str) -> Result<BTreeMap<(String, usize), Peer>> {
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines.map(|line| parse(line).with_context(|| format!("figures of upstream: {line:?}"))).collect()
}

fn parse(line: &str) -> Result<((String, usize), Peer)> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().context("a field is missing");
    let key = (next()?.to_owned(), next()?.parse()?);
    let mut number = || Ok::<f64, anyhow::Error>(next()?.parse()?);
    let (rate, p50, p95, hub, db) = (number()?, number()?, number()?, number()?, number()?);
    Ok((key, Peer { rate, p50, p95, hub, db, bytes: next()?.parse()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_complete() {
        let peers = peers(include_str!("../../bench/upstream.tsv")).unwrap();
        assert_eq!(peers.len(), 2 * 20);
        assert_eq!(peers[&("echo".to_owned(), 8)].bytes, 438);
        assert!(super::peers("echo\t1\t2.0").is_err());
    }
}
