//! What local buildroots need: mock, or dnf and namespaces.

use std::fs;
use std::path::Path;

use koji_buildroot::{Engine, EngineKind, Error, Settings};
use koji_config::environment;

use super::finding::Finding;

const CHECK: &str = "engine";

pub fn check() -> Vec<Finding> {
    let Some(cache) = environment::cache_dir() else {
        return vec![Finding::skipped(CHECK, "there is no home directory for a cache")];
    };
    let scratch = cache.join("koji/doctor");
    let made = Engine::new(Settings::new(cache.join("koji/buildroots"), &scratch));
    match made {
        Ok(engine) => vec![Finding::fine(
            CHECK,
            match engine.kind() {
                EngineKind::Mock => "mock is installed",
                EngineKind::Native => "dnf and namespaces: buildroots work here without mock",
            },
        )],
        // everything but local buildroots works without
        Err(e) => {
            let (text, remedy) = match e {
                Error::Missing { what, remedy } => (format!("{what} is missing"), remedy),
                Error::Sandbox { stage, reason, remedy } => {
                    (format!("cannot {stage}: {reason}"), remedy.unwrap_or_else(kernel))
                }
                e @ Error::Io { .. } => {
                    (e.to_string(), "make that place writable, or set XDG_CACHE_HOME".into())
                }
                other => (other.to_string(), kernel()),
            };
            vec![Finding::warning(CHECK, format!("no local buildroots here: {text}"), remedy)]
        }
    }
}

/// The switches of the kernel and the files that user namespaces need, by what is found.
fn kernel() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let root = rustix::process::geteuid().is_root();
    if !root && read("/proc/sys/user/max_user_namespaces") == "0" {
        return "user namespaces are off: sysctl user.max_user_namespaces=15000".into();
    }
    if !root && read("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
        return "user namespaces are for root only: sysctl kernel.unprivileged_userns_clone=1".into();
    }
    if !root && read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
        return "AppArmor forbids user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            .into();
    }
    if !root && !Path::new("/usr/bin/newuidmap").exists() {
        return "install uidmap (Debian) or shadow-utils (Fedora)".into();
    }
    let name = environment::user_name().unwrap_or_default();
    if !root && !read("/etc/subuid").lines().any(|l| l.split(':').next() == Some(name.as_str())) {
        return format!(
            "give {name} subordinate ids: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {name}"
        );
    }
    "try as root, or install mock".into()
}
