//! The `kojid` program.

fn main() -> std::process::ExitCode {
    kojid::main()
}
