//! The `koji` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    koji::main(std::env::args_os().collect())
}
