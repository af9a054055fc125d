//! Standard output that is no terminal gets many lines at once: whoever reads a long list through a pipe would wait for each
//! otherwise. Nothing is held back while the program waits, for the hub or anything else: the runtime flushes before it does.

use std::io::{self, IsTerminal, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Bytes that are written at once.
const MOST: usize = 64 * 1024;

static PENDING: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static TERMINAL: LazyLock<bool> = LazyLock::new(|| io::stdout().is_terminal());

pub fn is_terminal() -> bool {
    *TERMINAL
}

/// Prints, now or with what follows.
pub fn write(bytes: &[u8]) {
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    pending.extend_from_slice(bytes);
    if is_terminal() || pending.len() >= MOST {
        print(&mut pending);
    }
}

/// Prints what was held back.
pub fn flush() {
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    if !pending.is_empty() {
        print(&mut pending);
    }
}

fn print(pending: &mut Vec<u8>) {
    let mut out = io::stdout().lock();
    let result = out.write_all(pending).and_then(|()| out.flush());
    pending.clear();
    if let Err(e) = result {
        // what a C program would do on SIGPIPE
        let status = if e.kind() == io::ErrorKind::BrokenPipe { 141 } else { 1 };
        std::process::exit(status);
    }
}
