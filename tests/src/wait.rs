//! Waiting for something to become true.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const STEP: Duration = Duration::from_millis(100);

/// Asks `done` every tenth of a second; false when it did not become true in time.
pub fn wait_until(patience: Duration, mut done: impl FnMut() -> Result<bool>) -> Result<bool> {
    let end = Instant::now() + patience;
    loop {
        if done()? {
            return Ok(true);
        }
        if Instant::now() >= end {
            return Ok(false);
        }
        std::thread::sleep(STEP);
    }
}

/// The first value that `look` finds; an error that names `what` when there is none in time.
pub fn wait_for<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let mut found = None;
    wait_until(patience, || {
        found = look()?;
        Ok(found.is_some())
    })?;
    match found {
        Some(value) => Ok(value),
        None => bail!("waited {} s in vain for {what}", patience.as_secs()),
    }
}
