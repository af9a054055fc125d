//! mock's sign plugin: a command of the tag's that runs on the host when a build has succeeded, over its rpms.
//!
//! As with mock it runs as an unprivileged user (`mockuser`), never as root: whoever may set a tag's settings chooses it.
//! It works on copies in a directory of its own; what it leaves there under the same names takes the place of the rpms.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, Uid, User};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::plan::SignPlugin;
use crate::verdict::{Kind, Verdict};

use super::Failed;
use super::root::NativeRoot;

impl NativeRoot {
    /// Signs the rpms of these names, if the tag asks for it.
    pub(super) fn sign(&mut self, names: &[String]) -> Result<std::result::Result<(), Failed>> {
        let Some(plugin) = self.plan.mock.sign.clone().filter(|p| crate::plan::truth(&p.enable)) else {
            return Ok(Ok(()));
        };
        self.logs.start("sign results")?;
        let user = signer(self.sign_user.as_deref())?;
        let dir = tempfile::Builder::new()
            .prefix("koji-sign-")
            .tempdir()
            .map_err(Error::io("create", &std::env::temp_dir()))?;
        let owned = |path: &Path| match &user {
            Some(user) => chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                .map_err(Error::io("change the owner of", path)),
            None => Ok(()),
        };
        owned(dir.path())?;
        for name in names {
            let copy = dir.path().join(name);
            std::fs::copy(self.results.join(name), &copy).map_err(Error::io("copy an rpm to", &copy))?;
            owned(&copy)?;
        }
        let script = script(&plugin, dir.path(), names)?;
        self.logs.root(&format!("Executing {script}"))?;
        let log = self.results.join("root.log");
        let done = run(&script, dir.path(), user.as_ref(), &log, self.plan.limits.timeout)?;
        if let Some(line) = done {
            self.logs.root(&line)?;
            let verdict = Verdict { kind: Kind::Sign, log: Some("root.log"), lines: vec![line] };
            return Ok(Err(Failed { status: 1, verdict }));
        }
        for name in names {
            let signed = dir.path().join(name);
            let plain = std::fs::symlink_metadata(&signed).is_ok_and(|m| m.is_file());
            if !plain {
                let line = format!("the sign command left no file {name}");
                let verdict = Verdict { kind: Kind::Sign, log: Some("root.log"), lines: vec![line] };
                return Ok(Err(Failed { status: 1, verdict }));
            }
            let data = std::fs::read(&signed).map_err(Error::io("read", &signed))?;
            crate::files::write_atomic(&self.results.join(name), &data)?;
        }
        self.logs.finish()?;
        Ok(Ok(()))
    }
}

/// Who runs the command: the caller, unless that is root.
fn signer(name: Option<&str>) -> Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    let remedy = || Error::Missing {
        what: "an unprivileged user for the tag's sign command".into(),
        remedy: "set mockuser in kojid.conf to an account that exists".into(),
    };
    let name = name.ok_or_else(remedy)?;
    let user = User::from_name(name).ok().flatten().filter(|u| !u.uid.is_root());
    user.map(Some).ok_or_else(remedy)
}

/// The shell's line: `cmd` and, after it, `opts` with Python's `%(rpms)s` and `%(resultdir)s` filled in.
fn script(plugin: &SignPlugin, dir: &Path, names: &[String]) -> Result<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), Into::into);
    let opts = text(&plugin.opts);
    let bad = || {
        Error::Plan(format!(
            "mock.plugin_conf.sign_opts.opts is {opts:?}: only %(rpms)s, %(resultdir)s and %% are known"
        ))
    };
    let rpms: Vec<String> = names.iter().map(|n| dir.join(n).display().to_string()).collect();
    let mut filled = String::new();
    let mut rest = opts.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        let (with, left) = [
            ("%", "%".to_string()),
            ("(rpms)s", rpms.join(" ")),
            ("(resultdir)s", dir.display().to_string()),
        ]
        .into_iter()
        .find_map(|(name, with)| Some((with, after.strip_prefix(name)?)))
        .ok_or_else(bad)?;
        filled.push_str(&with);
        rest = left;
    }
    filled.push_str(rest);
    Ok(format!("{} {filled}", text(&plugin.cmd)))
}

/// Runs it; a line that says what went wrong, if anything did.
fn run(script: &str, dir: &Path, user: Option<&User>, log: &Path, timeout: u64) -> Result<Option<String>> {
    let out =
        std::fs::OpenOptions::new().append(true).create(true).open(log).map_err(Error::io("open", log))?;
    let error = out.try_clone().map_err(Error::io("open", log))?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).current_dir(dir).env_clear().process_group(0);
    command.envs([("PATH", "/usr/bin:/bin:/usr/sbin:/sbin"), ("LANG", "C.UTF-8")]);
    let home = user
        .map(|u| u.dir.clone())
        .or_else(|| User::from_uid(Uid::effective()).ok().flatten().map(|u| u.dir));
    command.env("HOME", home.unwrap_or_else(|| "/".into()));
    command.stdin(Stdio::null()).stdout(out).stderr(error);
    if let Some(user) = user {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    let mut child = command.spawn().map_err(Error::io("start", Path::new("/bin/sh")))?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(Error::io("wait for", Path::new("/bin/sh")))? {
            break Some(status);
        }
        if started.elapsed() > Duration::from_secs(timeout) {
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // Nothing it started stays.
    if let Ok(group) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let _ = child.wait();
    Ok(match status {
        Some(status) if status.success() => None,
        Some(status) => Some(format!("the sign command failed: {status}")),
        None => Some(format!("the sign command did not end within {timeout} s")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_are_filled_in() {
        let plugin =
            |opts: &str| SignPlugin { enable: json!(true), cmd: json!("rpmsign"), opts: json!(opts) };
        let names = ["a.rpm".to_string(), "b.rpm".to_string()];
        let made =
            script(&plugin("--addsign %(rpms)s -D \"%%_x %(resultdir)s\""), Path::new("/d"), &names).unwrap();
        assert_eq!(made, "rpmsign --addsign /d/a.rpm /d/b.rpm -D \"%_x /d\"");
        assert!(script(&plugin("%(other)s"), Path::new("/d"), &names).is_err());
    }
}
