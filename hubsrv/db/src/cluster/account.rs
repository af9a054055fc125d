//! The account that the server runs as.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::ClusterError;

/// Accounts tried when none is configured.
const USUAL: &[&str] = &["postgres", "nobody"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub uid: Uid,
    gid: Gid,
    /// We are root and become this account for what we start.
    switch: bool,
}

impl Account {
    pub fn choose(configured: Option<&str>) -> Result<Account, ClusterError> {
        let me = geteuid();
        if !me.is_root() {
            return Ok(Account { uid: me, gid: nix::unistd::getegid(), switch: false });
        }
        let wanted = configured.map_or(USUAL.to_vec(), |name| vec![name]);
        for name in &wanted {
            if let Ok(Some(user)) = User::from_name(name)
                && !user.uid.is_root()
            {
                return Ok(Account { uid: user.uid, gid: user.gid, switch: true });
            }
        }
        Err(ClusterError::NoAccount(wanted.join(" or ")))
    }

    /// A command that runs as this account.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        if self.switch {
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
        command
    }

    /// Gives a file or directory to this account.
    pub fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if self.switch {
            chown(path, Some(self.uid), Some(self.gid))
                .map_err(|e| ClusterError::io("cannot give away", path)(e.into()))?;
        }
        Ok(())
    }

    /// Whether this account can go through every directory above `path`.
    pub fn reaches(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        !self.switch
            || path.ancestors().skip(1).all(|dir| {
                std::fs::metadata(dir).is_ok_and(|m| {
                    m.mode() & 0o001 != 0
                        || (m.uid() == self.uid.as_raw() && m.mode() & 0o100 != 0)
                        || (m.gid() == self.gid.as_raw() && m.mode() & 0o010 != 0)
                })
            })
    }
}
