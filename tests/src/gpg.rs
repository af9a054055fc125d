//! Keys that sign packages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{Run, command};

/// A key in a keyring of its own.
#[derive(Debug)]
pub struct Key {
    home: PathBuf,
    name: String,
    /// The last 8 hex digits of its id, as Koji names keys.
    pub id: String,
}

impl Key {
    /// Makes a key; `home` is made, too.
    pub fn make(home: &Path, name: &str) -> Result<Key> {
        std::fs::create_dir_all(home)?;
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(home, private)?;
        let gpg = |words: &[&str]| {
            let mut gpg = command("gpg", ["--batch", "--quiet", "--homedir"]);
            gpg.arg(home).args(words);
            Run::of(gpg)?.ok()
        };
        let user = format!("{name}@example.com");
        let make = ["--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key"];
        gpg(&[&make[..], &[&user, "rsa2048", "sign", "never"]].concat())?;
        let listed = gpg(&["--with-colons", "--list-keys"])?.stdout;
        let id = listed.lines().find(|l| l.starts_with("pub:")).and_then(|l| l.split(':').nth(4));
        let id = id.context("gpg lists no key")?.to_lowercase();
        let id = id.get(id.len().saturating_sub(8)..).context("the id of the key")?.to_owned();
        std::fs::write(home.join("public.asc"), gpg(&["--armor", "--export"])?.stdout)?;
        Ok(Key { home: home.to_owned(), name: user, id })
    }

    /// Signs a package file in place.
    pub fn sign(&self, rpm: &Path) -> Result<()> {
        let gpg = Run::of(command("sh", ["-c", "command -v gpg"]))?.ok()?.stdout;
        let mut sign = command("rpmsign", ["--addsign"]);
        for (name, value) in [
            ("_gpg_name", self.name.as_str()),
            ("_gpg_path", &self.home.display().to_string()),
            ("__gpg", gpg.trim()),
        ] {
            sign.arg("--define").arg(format!("{name} {value}"));
        }
        Run::of({
            sign.arg(rpm);
            sign
        })?
        .ok()?;
        Ok(())
    }

    /// Checks with rpm that this key has signed a package.
    pub fn verify(&self, rpm: &Path) -> Result<()> {
        let database = format!("_dbpath {}", self.home.join("rpmdb").display());
        let mut import = command("rpmkeys", ["--define", &database, "--import"]);
        import.arg(self.home.join("public.asc"));
        Run::of(import)?.ok()?;
        let mut check = command("rpmkeys", ["--define", &database, "--checksig", "--verbose"]);
        check.arg(rpm);
        let run = Run::of(check)?.ok()?;
        let signed = run.stdout.lines().any(|l| l.contains(&self.id) && l.ends_with(": OK"));
        ensure!(signed, "not signed with {}: {run}", self.id);
        Ok(())
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // the agent that signed
        let mut kill = command("gpgconf", ["--homedir"]);
        kill.arg(&self.home).args(["--kill", "all"]);
        let _ = Run::of(kill);
    }
}
