//! Environments of the processes inside, and small facts about them.

use std::collections::BTreeMap;

use crate::plan::Plan;

use super::sandbox::End;

const PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

/// For the package manager and for root's own work.
pub(super) fn tools() -> BTreeMap<String, String> {
    strings(&[("PATH", PATH), ("HOME", "/root"), ("LANG", "C.UTF-8"), ("TERM", "vt100")])
}

/// For builds: mock's environment, then the tag's.
pub(super) fn build(plan: &Plan, hostname: &str) -> BTreeMap<String, String> {
    let home = plan.user.home.display().to_string();
    let mut env = strings(&[
        ("TERM", "vt100"),
        ("SHELL", "/bin/bash"),
        ("HOME", &home),
        ("HOSTNAME", hostname),
        ("PATH", PATH),
        ("LANG", "C.UTF-8"),
        ("PROMPT_COMMAND", r#"printf "\033]0;<mock-chroot>\007""#),
        ("PS1", r"<mock-chroot> \s-\v\$ "),
    ]);
    env.extend(plan.environment.clone());
    env
}

/// Architectures whose builds must see a 32 bit machine.
pub(super) fn is_32_bit(arch: &str) -> bool {
    matches!(arch, "i386" | "i486" | "i586" | "i686" | "athlon" | "armv7hl" | "armv7l" | "ppc" | "s390")
}

/// An ending as a shell would number it.
pub(super) fn code(end: End) -> i32 {
    match end {
        End::Exited(status) => status,
        End::Signaled(signal) => 128 + signal,
        End::Stopped(_) | End::LogLimit => 128 + libc::SIGKILL,
    }
}

/// A word for the shell.
pub(crate) fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())).collect()
}
