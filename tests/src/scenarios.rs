//! Several scenarios on one system.
//!
//! Test runners give each test a process of its own, and a system takes seconds to start: so a test is a list of
//! scenarios, run at the same time, each reported by name.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};

use crate::system::System;

/// A name, and what it does with the system, or with something that holds one.
pub type Scenario<T = System> = (&'static str, fn(&T) -> Result<()>);

/// Runs the scenarios, at most `at_once` at a time; panics with all failures when there are any. The environment variable
/// `SCENARIO` limits them to those whose name holds its text.
pub fn run_scenarios<T: Sync>(system: &T, at_once: usize, scenarios: &[Scenario<T>]) {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let scenarios: Vec<&Scenario<T>> = scenarios.iter().filter(|(name, _)| name.contains(&only)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some((name, run)) = scenarios.get(index) else { break };
                    let start = std::time::Instant::now();
                    let result = catch_unwind(AssertUnwindSafe(|| run(system)))
                        .unwrap_or_else(|_| Err(anyhow!("panicked; the message is above")));
                    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
                    println!("scenario {name}: {verdict} ({:.1} s)", start.elapsed().as_secs_f64());
                    if let Err(e) = result
                        && let Ok(mut failures) = failures.lock()
                    {
                        failures.push(format!("--- {name}\n{e:?}\n"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    assert!(failures.is_empty(), "{} scenarios failed:\n{}", failures.len(), failures.concat());
}
