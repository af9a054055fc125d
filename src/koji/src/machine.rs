//! What this machine lacks for local buildroots, and how to get it.

use std::fs;
use std::path::{Path, PathBuf};

use koji_buildroot::Error;
use koji_config::environment;

/// Something that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong and why.
    pub text: String,
    pub remedy: String,
}

impl Problem {
    /// An engine's error in terms of this machine.
    pub fn of(error: Error, machine: &Machine) -> Problem {
        let (text, remedy) = match error {
            Error::Missing { what, remedy } => (format!("{what} is missing"), remedy),
            Error::Sandbox { stage, reason, remedy } => {
                (format!("cannot {stage}: {reason}"), machine.remedy().or(remedy).unwrap_or_else(last_resort))
            }
            e @ Error::Io { .. } => (e.to_string(), "make that place writable, or set XDG_CACHE_HOME".into()),
            other => (other.to_string(), machine.remedy().unwrap_or_else(last_resort)),
        };
        Problem { text, remedy }
    }
}

fn last_resort() -> String {
    "try as root, or install mock".into()
}

/// Bytes free in the file system of a directory that may not be there yet.
pub fn free(dir: &Path) -> std::io::Result<u64> {
    let fs = rustix::fs::statvfs(nearest(dir))?;
    Ok(fs.f_bavail.saturating_mul(fs.f_frsize))
}

/// The directory itself, or the nearest parent that is there.
pub fn nearest(dir: &Path) -> PathBuf {
    dir.ancestors().find(|p| p.exists()).unwrap_or(Path::new("/")).to_owned()
}

/// What decides whether somebody who is not root may make namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    root: bool,
    user: String,
    /// Contents of files; empty when they are not there.
    max_user_namespaces: String,
    unprivileged_clone: String,
    apparmor_restricts: String,
    subuid: String,
    subgid: String,
    group: String,
    newuidmap: bool,
}

impl Machine {
    pub fn here() -> Machine {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        Machine {
            root: rustix::process::geteuid().is_root(),
            user: environment::user_name().unwrap_or_default(),
            max_user_namespaces: read("/proc/sys/user/max_user_namespaces"),
            unprivileged_clone: read("/proc/sys/kernel/unprivileged_userns_clone"),
            apparmor_restricts: read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
            subuid: read("/etc/subuid"),
            subgid: read("/etc/subgid"),
            group: read("/etc/group"),
            newuidmap: Path::new("/usr/bin/newuidmap").exists(),
        }
    }

    /// The first thing that is in the way of user namespaces; nothing for root.
    pub fn remedy(&self) -> Option<String> {
        let name = &self.user;
        let has_ids = |file: &str| file.lines().any(|l| l.split(':').next() == Some(name.as_str()));
        if self.root {
            None
        } else if self.max_user_namespaces == "0" {
            Some("user namespaces are off: sysctl user.max_user_namespaces=15000".into())
        } else if self.unprivileged_clone == "0" {
            Some("user namespaces are for root only: sysctl kernel.unprivileged_userns_clone=1".into())
        } else if self.apparmor_restricts == "1" {
            Some(
                "AppArmor forbids user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
                    .into(),
            )
        } else if !self.newuidmap {
            Some("newuidmap is missing: install uidmap (Debian) or shadow-utils (Fedora)".into())
        } else if !has_ids(&self.subuid) || !has_ids(&self.subgid) {
            Some(format!(
                "give {name} subordinate ids: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {name}"
            ))
        } else {
            None
        }
    }

    /// Whether mock can be used: it works for the members of its group. Else what is wrong and what to do.
    pub fn mock(&self) -> std::result::Result<(), Problem> {
        let members = self.group.lines().find_map(|l| l.strip_prefix("mock:")?.rsplit(':').next());
        let member = members.is_some_and(|list| list.split(',').any(|m| m == self.user));
        if self.root || member {
            return Ok(());
        }
        Err(Problem {
            text: format!("mock is installed, but {} is not in the group mock", self.user),
            remedy: format!("usermod -a -G mock {}, then log in again", self.user),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn good() -> Machine {
        Machine {
            root: false,
            user: "alice".into(),
            max_user_namespaces: "95000".into(),
            unprivileged_clone: "1".into(),
            apparmor_restricts: String::new(),
            subuid: "alice:100000:65536".into(),
            subgid: "alice:100000:65536".into(),
            group: "root:x:0:\nmock:x:135:bob,alice".into(),
            newuidmap: true,
        }
    }

    #[test]
    fn what_is_in_the_way_of_namespaces() {
        assert_eq!(good().remedy(), None);
        let broken = |change: fn(&mut Machine)| {
            let mut machine = good();
            change(&mut machine);
            machine.remedy().unwrap()
        };
        assert!(broken(|m| m.max_user_namespaces = "0".into()).contains("user.max_user_namespaces"));
        assert!(broken(|m| m.unprivileged_clone = "0".into()).contains("unprivileged_userns_clone=1"));
        assert!(broken(|m| m.apparmor_restricts = "1".into()).contains("AppArmor"));
        assert!(broken(|m| m.newuidmap = false).contains("install uidmap"));
        assert!(broken(|m| m.subuid = "bob:1:2".into()).contains("--add-subuids"));
        assert!(broken(|m| m.subgid.clear()).contains("--add-subgids"));
        assert_eq!(Machine { root: true, newuidmap: false, ..good() }.remedy(), None);
    }

    #[test]
    fn the_group_of_mock() {
        assert_eq!(good().mock(), Ok(()));
        let outside = Machine { user: "carol".into(), ..good() }.mock().unwrap_err();
        assert!(outside.remedy.contains("usermod -a -G mock carol"));
    }

    proptest! {
        #[test]
        fn any_files(subuid in "[a-z:\n]{0,20}", group in "[a-z:,\n]{0,30}") {
            let machine = Machine { subuid, group, ..good() };
            prop_assert!(machine.remedy().is_none_or(|r| !r.is_empty()));
            prop_assert!(machine.mock().is_ok_and(|()| true) || !machine.mock().unwrap_err().text.is_empty());
        }
    }
}
