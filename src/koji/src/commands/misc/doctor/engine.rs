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
    let machine = Machine::here();
    let made = Engine::new(Settings::new(cache.join("koji/buildroots"), cache.join("koji/doctor")));
    vec![match made {
        Ok(engine) if engine.kind() == EngineKind::Mock => machine.mock(),
        Ok(_) => Finding::fine(CHECK, "dnf and namespaces: buildroots work here without mock"),
        // everything but local buildroots works without
        Err(e) => {
            let (text, remedy) = match e {
                Error::Missing { what, remedy } => (format!("{what} is missing"), remedy),
                Error::Sandbox { stage, reason, remedy } => (
                    format!("cannot {stage}: {reason}"),
                    machine.remedy().or(remedy).unwrap_or_else(last_resort),
                ),
                e @ Error::Io { .. } => {
                    (e.to_string(), "make that place writable, or set XDG_CACHE_HOME".into())
                }
                other => (other.to_string(), machine.remedy().unwrap_or_else(last_resort)),
            };
            Finding::warning(CHECK, format!("no local buildroots here: {text}"), remedy)
        }
    }]
}

fn last_resort() -> String {
    "try as root, or install mock".into()
}

/// What decides whether somebody who is not root may make namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Machine {
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
    fn here() -> Machine {
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
    fn remedy(&self) -> Option<String> {
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

    /// mock works for the members of its group.
    fn mock(&self) -> Finding {
        let members = self.group.lines().find_map(|l| l.strip_prefix("mock:")?.rsplit(':').next());
        let member = members.is_some_and(|list| list.split(',').any(|m| m == self.user));
        if self.root || member {
            return Finding::fine(CHECK, "mock is installed");
        }
        let text = format!("mock is installed, but {} is not in the group mock", self.user);
        Finding::warning(CHECK, text, format!("usermod -a -G mock {}, then log in again", self.user))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::finding::State;
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
        assert_eq!(good().mock().state, State::Fine);
        let outside = Machine { user: "carol".into(), ..good() }.mock();
        assert_eq!(outside.state, State::Warning);
        assert!(outside.remedy.unwrap().contains("usermod -a -G mock carol"));
    }

    proptest! {
        #[test]
        fn any_files(subuid in "[a-z:\n]{0,20}", group in "[a-z:,\n]{0,30}") {
            let machine = Machine { subuid, group, ..good() };
            prop_assert!(machine.remedy().is_none_or(|r| !r.is_empty()));
            prop_assert!(!machine.mock().text.is_empty());
        }
    }
}
