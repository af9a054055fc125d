//! What went wrong while setting up, with the remedy where there is a usual one.

use nix::errno::Errno;

use super::request::Report;

/// A failure of the helper itself, never of the command.
#[derive(Debug)]
pub(super) struct Fault {
    stage: String,
    reason: String,
    remedy: Option<String>,
}

impl Fault {
    pub(super) fn new(stage: &str, reason: String, remedy: Option<&str>) -> Fault {
        Fault { stage: stage.into(), reason, remedy: remedy.map(Into::into) }
    }

    /// For `map_err` on anything that turns into an I/O error.
    pub(super) fn during<E: Into<std::io::Error>>(stage: &str) -> impl FnOnce(E) -> Fault {
        let stage = stage.to_string();
        move |error| {
            let error = error.into();
            let remedy = remedy(&stage, error.raw_os_error().map(Errno::from_raw));
            Fault { reason: error.to_string(), remedy: remedy.map(Into::into), stage }
        }
    }

    pub(super) fn into_report(self) -> Report {
        Report::Error { stage: self.stage, reason: self.reason, remedy: self.remedy }
    }
}

fn remedy(stage: &str, errno: Option<Errno>) -> Option<&'static str> {
    let errno = errno?;
    Some(match (stage, errno) {
        (s, Errno::ENOSPC) if s.contains("namespace") => {
            "raise the sysctl user.max_user_namespaces and its like, they are used up or 0"
        }
        (s, Errno::EPERM) if s.contains("user namespace") => {
            "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, on Ubuntu also \
             kernel.apparmor_restrict_unprivileged_userns=0, or run as root"
        }
        (s, Errno::EPERM) if s.contains("namespace") => {
            "run with CAP_SYS_ADMIN (a container needs --privileged), or as an ordinary user with user namespaces"
        }
        (s, Errno::EPERM) if s.contains("/proc") => {
            "a container hides parts of /proc; start it with an unmasked /proc (podman: --security-opt unmask=ALL)"
        }
        (s, Errno::ENODEV) if s.contains("overlay") => "load the overlay kernel module: modprobe overlay",
        (_, Errno::ENOSPC) => "free disk space",
        _ => return None,
    })
}
