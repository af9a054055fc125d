//! Where the programs under test are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The built program `name`: in `$BIN_DIR` when set, else in the target directory that this test lies in.
pub fn program(name: &str) -> Result<PathBuf> {
    let dir = match std::env::var_os("BIN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => beside_this_test()?,
    };
    let file = dir.join(name);
    if !file.is_file() {
        bail!(
            "{} is missing: run the tests with `make test`, which builds the programs first",
            file.display()
        );
    }
    Ok(file)
}

/// `target/debug` of `target/debug/deps/test-1234` or `target/debug/bench-build`.
fn beside_this_test() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let dir = me.parent().context("the test program has no directory")?;
    let dir = if dir.ends_with("deps") { dir.parent().unwrap_or(dir) } else { dir };
    Ok(dir.to_path_buf())
}

/// The checkout.
pub(crate) fn checkout() -> &'static Path {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_dir.parent().unwrap_or(crate_dir)
}
