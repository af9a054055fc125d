//! The program's relocations in their short form, a megabyte less to read when it starts; where the C library knows them.

use std::env::var;
use std::process::Command;

/// glibc from which on programs may be linked so.
const KNOWN: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let native = var("HOST").ok() == var("TARGET").ok();
    if native && glibc().is_some_and(|version| version >= KNOWN) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// `glibc 2.36`
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?.stdout;
    let said = String::from_utf8(said).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
