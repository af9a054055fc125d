//! A user account for the time of a test.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use koji_tests::{Run, command};

pub struct Account {
    name: String,
}

impl Account {
    /// Nothing where we are no root: then all other tests ran as an ordinary user already.
    pub fn make() -> Result<Option<Account>> {
        if Run::of(command("id", ["-u"]))?.ok()?.stdout.trim() != "0" {
            return Ok(None);
        }
        let name = format!("kojilocal{}", std::process::id());
        Run::of(command("useradd", ["--no-create-home", "--shell", "/bin/sh", &name]))?.ok()?;
        let account = Account { name };
        let subuid = std::fs::read_to_string("/etc/subuid").unwrap_or_default();
        if !subuid.lines().any(|l| l.starts_with(&format!("{}:", account.name))) {
            let range = "700000000-700065535";
            let words = ["--add-subuids", range, "--add-subgids", range, &account.name];
            Run::of(command("usermod", words))?.ok()?;
        }
        Ok(Some(account))
    }

    pub fn owns(&self, path: &Path) -> Result<()> {
        let mut chown = command("chown", ["-R", &format!("{}:", self.name)]);
        chown.arg(path);
        Run::of(chown)?.ok()?;
        Ok(())
    }

    /// A program that runs as this user, at home in `home`.
    pub fn command(&self, home: &Path, program: &Path) -> Command {
        let mut command =
            command("setpriv", ["--reuid", &self.name, "--regid", &self.name, "--clear-groups", "--"]);
        command
            .arg(program)
            .current_dir(home)
            .env("HOME", home)
            .env("USER", &self.name)
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("TMPDIR", home);
        command
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = Run::of(command("userdel", [&self.name]));
    }
}
