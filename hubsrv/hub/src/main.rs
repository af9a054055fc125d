//! The `koji-hub` program.

fn main() -> std::process::ExitCode {
    koji_hub::cli::main()
}
