//! Blocking steps of a buildroot beside what is shown meanwhile, and how their failures are told.

use std::path::Path;
use std::time::Duration;

use koji_buildroot::{Buildroot, Outcome};
use koji_why::triage;

use super::logs::Follow;
use super::place::MORE_ROOM;
use crate::commands::tasks::why;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// How often logs are looked at.
const INTERVAL: Duration = Duration::from_millis(150);

/// Runs work that blocks on a thread of its own, so that an interrupt ends the program at once; the helpers of the engine end
/// with it.
pub async fn blocking<T: Send + 'static>(
    root: Buildroot,
    follow: &mut Follow<'_>,
    work: impl FnOnce(&mut Buildroot) -> koji_buildroot::Result<T> + Send + 'static,
) -> Result<(Buildroot, koji_buildroot::Result<T>)> {
    // what runs in the root may print, too
    crate::output::flush();
    let (send, mut done) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut root = root;
        let result = work(&mut root);
        // nobody waits any more: the program is about to end
        let _ = send.send((root, result));
    });
    loop {
        tokio::select! {
            result = &mut done => {
                follow.show();
                return result.map_err(|_| CommandError::new("a step of the buildroot did not come back"));
            }
            () = tokio::time::sleep(INTERVAL) => follow.show(),
        }
    }
}

/// One step whose failure is for the caller to tell.
pub async fn step(
    root: Buildroot,
    follow: &mut Follow<'_>,
    work: impl FnOnce(&mut Buildroot) -> koji_buildroot::Result<Outcome> + Send + 'static,
) -> Result<(Buildroot, Outcome)> {
    let (root, result) = blocking(root, follow, work).await?;
    Ok((root, result?))
}

/// Says why a step failed, as `koji why` does for the server's tasks.
pub fn explain(cx: &Cx, what: &str, outcome: &Outcome, logs: &Path) {
    cx.out.line("");
    cx.out.line(format!("{what}: {}", outcome.verdict));
    let Some(name) = outcome.verdict.log else { return };
    let path = logs.join(name);
    let text = std::fs::read(&path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    match triage(name, text.lines()) {
        Some(mut verdict) => {
            if verdict.class == koji_why::Class::Disk {
                verdict.remedy = MORE_ROOM.to_owned();
            }
            why::print_local(cx, &path, &verdict);
        }
        None => {
            for line in &outcome.verdict.lines {
                cx.out.line(format!("  {line}"));
            }
        }
    }
}
