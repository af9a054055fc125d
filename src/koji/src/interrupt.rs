//! What an interrupt has to undo before the program ends.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use koji_api::methods::CancelTask;
use koji_client::Session;

struct Undo {
    session: Session,
    task: i64,
    message: &'static str,
}

static UNDO: Mutex<Option<Undo>> = Mutex::new(None);
static KEPT: AtomicBool = AtomicBool::new(false);

/// From now on an interrupt does not end the program: it is a key, or meant for a program that was started from here.
pub fn keep_running() {
    KEPT.store(true, Ordering::Relaxed);
}

/// Until an interrupt that is to end the program.
pub async fn interrupted() {
    loop {
        // where interrupts cannot be heard, they end the program by themselves
        if tokio::signal::ctrl_c().await.is_err() {
            return std::future::pending().await;
        }
        if !KEPT.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// From now on an interrupt cancels the task.
pub fn cancels(session: &Session, task: i64, message: &'static str) {
    set(Some(Undo { session: session.clone(), task, message }));
}

/// An interrupt has nothing to undo any more.
pub fn forget() {
    set(None);
}

fn set(undo: Option<Undo>) {
    if let Ok(mut slot) = UNDO.lock() {
        *slot = undo;
    }
}

/// Does it. Says what it does, and what goes wrong.
pub async fn undo() {
    let Some(undo) = UNDO.lock().ok().and_then(|mut slot| slot.take()) else { return };
    crate::output::flush();
    eprintln!("{}", undo.message);
    let call = CancelTask { task_id: undo.task.into(), ..Default::default() };
    if let Err(e) = undo.session.without_retry().call(call).await {
        eprintln!("task {} could not be canceled: {e}", undo.task);
    }
}
