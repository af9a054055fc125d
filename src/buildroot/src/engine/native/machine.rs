//! Whether this machine can run programs of an architecture, by itself or by qemu-user.

use std::path::Path;

use crate::error::{Error, Result};

/// Where the kernel lists the interpreters of foreign programs.
const BINFMT: &str = "/proc/sys/fs/binfmt_misc";

/// Fails with what to install when programs of `arch` cannot run here.
pub(super) fn check(arch: &str) -> Result<()> {
    let machine = nix::sys::utsname::uname().map(|u| u.machine().to_string_lossy().into_owned());
    judge(arch, &machine.unwrap_or_default(), Path::new(BINFMT))
}

fn judge(arch: &str, machine: &str, binfmt: &Path) -> Result<()> {
    if native(arch, machine) {
        return Ok(());
    }
    let Some(name) = qemu(arch) else { return Ok(()) };
    let missing = |remedy: &str| Error::Missing {
        what: format!("qemu-user for {arch}, whose programs this machine ({machine}) does not run,"),
        remedy: remedy.into(),
    };
    let text = std::fs::read_to_string(binfmt.join(format!("qemu-{name}"))).unwrap_or_default();
    if !text.lines().any(|line| line == "enabled") {
        return Err(missing(
            "install qemu-user-static and binfmt-support (Debian) or qemu-user-static (Fedora), or build on such a machine",
        ));
    }
    // Without F the interpreter is looked for inside the root, where it is not.
    let fixed = text.lines().any(|line| line.strip_prefix("flags:").is_some_and(|flags| flags.contains('F')));
    if fixed {
        Ok(())
    } else {
        Err(missing("register it with the flag F: install qemu-user-static, not qemu-user"))
    }
}

fn native(arch: &str, machine: &str) -> bool {
    let (arch, machine) = (koji_rpm::arch::canonical(arch), koji_rpm::arch::canonical(machine));
    arch == machine
        || koji_rpm::arch::is_noarch(arch)
        || matches!((machine, arch), ("x86_64", "i386") | ("aarch64", "armhfp" | "arm") | ("s390x", "s390"))
        || arch.starts_with("x86_64") && machine == "x86_64"
}

/// qemu's name of an architecture; `None` for those we do not know, which are tried.
fn qemu(arch: &str) -> Option<&'static str> {
    Some(match koji_rpm::arch::canonical(arch) {
        "x86_64" => "x86_64",
        "i386" => "i386",
        "aarch64" => "aarch64",
        "armhfp" | "arm" => "arm",
        "ppc64le" => "ppc64le",
        "ppc64" => "ppc64",
        "s390x" => "s390x",
        "riscv64" => "riscv64",
        "loongarch64" => "loongarch64",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_emulated_and_neither() {
        let dir = tempfile::tempdir().unwrap();
        for (arch, machine) in [
            ("x86_64", "x86_64"),
            ("i686", "x86_64"),
            ("noarch", "s390x"),
            ("armv7hl", "aarch64"),
            ("x86_64_v2", "x86_64"),
        ] {
            assert!(judge(arch, machine, dir.path()).is_ok(), "{arch} on {machine}");
        }
        let error = judge("aarch64", "x86_64", dir.path()).unwrap_err().to_string();
        assert!(
            error.contains("qemu-user for aarch64") && error.contains("install qemu-user-static"),
            "{error}"
        );
        let file = dir.path().join("qemu-aarch64");
        std::fs::write(&file, "enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: OC\noffset 0\n").unwrap();
        assert!(judge("aarch64", "x86_64", dir.path()).unwrap_err().to_string().contains("flag F"));
        std::fs::write(&file, "enabled\ninterpreter /usr/bin/qemu-aarch64-static\nflags: OCF\n").unwrap();
        assert!(judge("aarch64", "x86_64", dir.path()).is_ok());
        std::fs::write(&file, "disabled\nflags: OCF\n").unwrap();
        assert!(judge("aarch64", "x86_64", dir.path()).is_err());
    }
}
