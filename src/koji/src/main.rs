//! The `koji` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // before any thread exists: the helper makes namespaces
    if std::env::args().nth(1).as_deref() == Some(koji_buildroot::HELPER_WORD) {
        koji_buildroot::helper_main();
    }
    koji::main(std::env::args_os().collect())
}
