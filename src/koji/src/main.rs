//! The `koji` program.

use std::process::ExitCode;

/// Answers are many small strings: long lists take half the time with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // before any thread exists: the helper makes namespaces
    if std::env::args().nth(1).as_deref() == Some(koji_buildroot::HELPER_WORD) {
        koji_buildroot::helper_main();
    }
    koji::main(std::env::args_os().collect())
}
