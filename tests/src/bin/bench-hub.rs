//! What the hub's calls cost, beside upstream's figures: requests/s, times, CPU of hub and database, memory.
//!
//! Started by `make bench-hub`, which compiles the hub first. Options: `--scale N` (1), `--seconds N` a measurement (2),
//! `--only CALL,CALL`.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use koji_tests::bench::{Measured, Peer, Request, Rig, bodies, measure, peers, resident};

/// Clients at a time, and the column of upstream's figures that they are compared with.
const CLIENTS: [(usize, usize); 2] = [(1, 1), (16, 8)];
const SESSIONS: usize = 16;
/// Calls whose answers are long lists.
const LISTS: [&str; 4] = [
    "listPackages_inherited",
    "listTaggedRPMS_latest_inherit",
    "listTagged_base",
    "listTagged_latest_inherit",
];
const MOST_MEMORY: u64 = 100;

struct Options {
    scale: f64,
    time: Duration,
    only: Option<Vec<String>>,
}

fn main() -> Result<()> {
    let options = options(std::env::args().skip(1))?;
    let peers = peers(include_str!("../../bench/upstream.tsv"))?;
    let rig = Rig::start(options.scale, "")?;
    let (hub, database) = (rig.hub(), rig.database()?);
    let sessions = rig.sessions(SESSIONS)?;
    println!("scale {}; memory of the hub before the first call: {} MiB", options.scale, resident(hub)?.0);
    println!(
        "{:30} {:>4} {:>2} {:>9} {:>7} {:>8} {:>8} {:>8} {:>6} {:>8} {:>6} {:>9}  missed targets",
        "call",
        "who",
        "c",
        "req/s",
        "x peer",
        "p50 ms",
        "p95 ms",
        "hub ms",
        "1/peer",
        "db ms",
        "1/peer",
        "bytes"
    );
    let mut missed = 0;
    for (name, body) in bodies()? {
        if options.only.as_ref().is_some_and(|only| !only.contains(&name)) {
            continue;
        }
        for (who, sessions) in [("anon", &sessions[..0]), ("16", &sessions[..])] {
            let request = Request::new(rig.address(), &body, sessions)?;
            let length = request.answer_length();
            // a fault is fast, too
            ensure!(
                options.scale != 1.0 || peers.get(&(name.clone(), 1)).is_none_or(|p| p.bytes == length),
                "{name}: the answer has {length} bytes, not as many as upstream's"
            );
            for (clients, column) in CLIENTS {
                let peer =
                    *peers.get(&(name.clone(), column)).with_context(|| format!("no figures for {name}"))?;
                let logged_in = !sessions.is_empty();
                let peer = if logged_in { peer.logged_in() } else { peer };
                let m = measure(&request, clients, options.time, hub, database)?;
                let misses = misses(&name, clients, logged_in, &m, &peer);
                missed += misses.len();
                println!(
                    "{name:30} {who:>4} {clients:>2} {:>9.1} {:>7.1} {:>8.2} {:>8.2} {:>8.3} {:>6.1} {:>8.3} {:>6.1} {:>9}  {}",
                    m.rate,
                    m.rate / peer.rate,
                    m.p50,
                    m.p95,
                    m.hub,
                    peer.hub / m.hub,
                    m.db,
                    peer.db / m.db,
                    length,
                    misses.join(", ")
                );
            }
        }
    }
    let (now, most) = resident(hub)?;
    println!("memory of the hub: {now} MiB, at most {most} MiB (target: under {MOST_MEMORY} MiB)");
    missed += usize::from(most >= MOST_MEMORY);
    println!(
        "{missed} targets missed. Upstream's figures are of anonymous calls with 1 and 8 clients; for logged-in ones 0.5 ms are\n\
         added to each of hub and database, an assumption: measured was only that a login adds 1 to 2 ms to both together."
    );
    Ok(())
}

/// The targets, against upstream's CPU figures at scale 1.
fn misses(name: &str, clients: usize, logged_in: bool, m: &Measured, peer: &Peer) -> Vec<&'static str> {
    let list = LISTS.contains(&name) || name.starts_with("listTagged");
    [
        (m.hub * 20.0 > peer.hub, "hub CPU 1/20"),
        (logged_in && !list && m.db * 2.0 > peer.db, "database CPU 1/2"),
        (list && (m.hub + m.db) * 10.0 > peer.hub + peer.db, "CPU of both 1/10"),
        (list && clients == 1 && m.p50 > 250.0, "250 ms"),
    ]
    .into_iter()
    .filter_map(|(missed, target)| missed.then_some(target))
    .collect()
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options { scale: 1.0, time: Duration::from_secs(2), only: None };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--scale" => options.scale = value.parse().context("--scale")?,
            "--seconds" => options.time = Duration::try_from_secs_f64(value.parse()?).context("--seconds")?,
            "--only" => options.only = Some(value.split(',').map(str::to_owned).collect()),
            _ => bail!("unknown option {word}; there are --scale, --seconds and --only"),
        }
    }
    Ok(options)
}
