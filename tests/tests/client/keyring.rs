//! Passwords in the keyring of a desktop, and without one.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use koji_tests::{Options, Run, System, command, program};

/// What is done in a session of a desktop: its keyring is GNOME's, unlocked.
const SESSION: &str = "\
    set -eu
    printf 'of the keyring' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    printf '%s\\n' \"$PASSWORD\" | \"$KOJI\" profile set-password
    \"$KOJI\" moshimoshi
    \"$KOJI\" profile set-password --forget
    ! \"$KOJI\" profile set-password --forget
    ! \"$KOJI\" moshimoshi </dev/null";

#[test]
fn passwords_are_kept_in_the_desktops_keyring() {
    let system = System::start(Options { builder: false, ..Default::default() }).unwrap();
    check(&system).unwrap();
}

fn check(system: &System) -> Result<()> {
    let home = Home::make(system)?;
    let mut session = command("dbus-run-session", ["--", "bash", "-c", SESSION]);
    home.prepare(&mut session)?;
    let run = Run::of(session)?.ok()?;
    for line in [
        format!("Stored the password of tester at {} in the keyring", home.server),
        "Authenticated via password".to_owned(),
        format!("Removed the password of tester at {}", home.server),
    ] {
        ensure!(run.stdout.lines().any(|l| l.contains(&line)), "no {line:?} in {run}");
    }
    let run = run
        .says(&["no password of tester at", "is kept"])?
        .says(&["cannot ask for the password of tester here", "koji profile set-password"])?;
    ensure!(!run.to_string().contains(&home.password), "{run}");
    // nothing of it is in a file that is not encrypted
    ensure!(!home.credentials().exists(), "{} was written", home.credentials().display());

    // without a desktop: the file, when it is asked for
    let koji = |words: &[&str]| -> Result<Run> {
        let mut bash = command("bash", ["-c", "printf '%s\\n' \"$PASSWORD\" | \"$KOJI\" \"$@\"", "koji"]);
        home.prepare(bash.args(words))?;
        Run::of(bash)
    };
    koji(&["moshimoshi"])?.fails_with(&["cannot ask for the password"])?;
    koji(&["profile", "set-password", "--file"])?.ok()?.says(&["Wrote the password of tester"])?;
    koji(&["moshimoshi"])?.ok()?.says(&["Authenticated via password"])?;
    koji(&["profile", "set-password", "--forget"])?.ok()?;
    koji(&["moshimoshi"])?.fails_with(&["cannot ask for the password"])?;
    Ok(())
}

/// A user's home with a profile that names a user and no password.
struct Home {
    dir: PathBuf,
    server: String,
    password: String,
}

impl Home {
    fn make(system: &System) -> Result<Home> {
        let dir = system.dir().join("home");
        fs::create_dir_all(dir.join(".koji"))?;
        let text = fs::read_to_string(system.client_config())?;
        let password = text.lines().find_map(|l| l.strip_prefix("password = ")).context("no password")?;
        let server = system.url("/kojihub");
        fs::write(
            dir.join(".koji/config"),
            format!("[koji]\nserver = {server}\nauthtype = password\nuser = tester\n"),
        )?;
        Ok(Home { dir, server, password: password.to_owned() })
    }

    fn credentials(&self) -> PathBuf {
        self.dir.join("data/koji/credentials")
    }

    fn prepare(&self, command: &mut std::process::Command) -> Result<()> {
        for (name, below) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            fs::create_dir_all(self.dir.join(below))?;
            command.env(name, self.dir.join(below));
        }
        for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "KOJI_PROFILE"] {
            command.env_remove(name);
        }
        command.env("HOME", &self.dir).env("KOJI", program("koji")?).env("PASSWORD", &self.password);
        Ok(())
    }
}
