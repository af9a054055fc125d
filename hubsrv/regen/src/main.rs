//! The `kojira` program.

fn main() -> std::process::ExitCode {
    koji_regen::main()
}
