//! mock's command lines.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::engine::Command as Request;
use crate::engine::mock::MockSettings;
use crate::engine::native::quote;
use crate::error::{Error, Result};
use crate::plan::Plan;

/// The arguments before a step's own: configuration and the tag's switches.
pub(super) fn head(plan: &Plan, config: &str) -> Vec<String> {
    let mut args = vec!["-r".to_string(), config.to_string()];
    match plan.mock.new_chroot {
        Some(true) => args.push("--new-chroot".into()),
        Some(false) => args.push("--old-chroot".into()),
        None => {}
    }
    if plan.mock.bootstrap_image_ready {
        args.push("--bootstrap-image-ready".into());
    }
    args
}

pub(super) fn init() -> Vec<String> {
    words(&["--init"])
}

pub(super) fn kernel() -> Vec<String> {
    words(&["--chroot", "uname -r"])
}

pub(super) fn rebuild(srpm: &Path, target: Option<&str>) -> Vec<String> {
    let mut args = words(&["--no-clean"]);
    if let Some(target) = target {
        args.extend(words(&["--target", target]));
    }
    args.extend(words(&["--rebuild", &srpm.display().to_string()]));
    args
}

pub(super) fn buildsrpm(spec: &Path, sources: &Path, target: &str) -> Vec<String> {
    words(&[
        "--no-clean",
        "--buildsrpm",
        "--spec",
        &spec.display().to_string(),
        "--sources",
        &sources.display().to_string(),
        "--target",
        target,
    ])
}

pub(super) fn source_command(cwd: &Path, argv: &[String]) -> Vec<String> {
    let mut args = words(&["--no-clean", "--unpriv", "--cwd", &cwd.display().to_string(), "--chroot"]);
    args.extend(argv.iter().cloned());
    args
}

/// A command as its arguments; `--` ends mock's own.
pub(super) fn chroot(unpriv: bool, cwd: Option<&Path>, argv: &[String]) -> Vec<String> {
    let mut args = words(&["--no-clean"]);
    if unpriv {
        args.push("--unpriv".into());
    }
    if let Some(cwd) = cwd {
        args.extend(words(&["--cwd", &cwd.display().to_string()]));
    }
    args.extend(words(&["--chroot", "--"]));
    args.extend(argv.iter().cloned());
    args
}

/// A shell or a command at the terminal. mock hands the words of a command to a shell, unquoted.
pub(super) fn shell(request: &Request) -> Vec<String> {
    // what mock does is no part of what is seen at the terminal
    let mut args = words(&["--quiet", "--no-clean"]);
    if !request.as_root {
        args.push("--unpriv".into());
    }
    if request.network {
        args.push("--enable-network".into());
    }
    if let Some(cwd) = &request.cwd {
        args.extend(words(&["--cwd", &cwd.display().to_string()]));
    }
    args.push("--shell".into());
    if !request.argv.is_empty() {
        let line: Vec<String> = request.argv.iter().map(|word| quote(word)).collect();
        args.extend(words(&["--", &line.join(" ")]));
    }
    args
}

/// Unpacks a source rpm into `topdir` inside.
pub(super) fn unpack(topdir: &Path, srpm: &Path) -> Vec<String> {
    let mut args = words(&["--no-clean", "--target", "noarch", "--chroot", "--", "rpm", "--define"]);
    args.extend(words(&[&format!("_topdir {}", topdir.display()), "-iv", &srpm.display().to_string()]));
    args
}

/// Makes the source rpm again from what was unpacked.
pub(super) fn pack(topdir: &Path, spec: &Path) -> Vec<String> {
    let mut args = words(&["--no-clean", "--target", "noarch", "--chroot", "--", "rpmbuild", "--define"]);
    args.extend(words(&[
        &format!("_topdir {}", topdir.display()),
        "-bs",
        "--nodeps",
        &spec.display().to_string(),
    ]));
    args
}

/// Directories of a root: `(root, result)` beneath mock's base directory.
pub(super) fn dirs(plan: &Plan) -> (PathBuf, PathBuf) {
    let base = plan.mock.basedir.clone().unwrap_or_else(|| "/var/lib/mock".into()).join(&plan.name);
    (base.join("root"), base.join("result"))
}

/// The process, as the mock user when the caller is root.
pub(super) fn process(settings: &MockSettings, args: &[String]) -> Result<Command> {
    let program = settings.find().ok_or_else(|| Error::Missing {
        what: "mock".into(),
        remedy: "install mock, or use the native engine".into(),
    })?;
    let user = settings.user.as_ref().filter(|_| nix::unistd::Uid::effective().is_root());
    let mut command = match user {
        // setpriv, not a hook between fork and exec: the caller may have threads.
        Some(name) => {
            let user = nix::unistd::User::from_name(name).ok().flatten().ok_or_else(|| Error::Missing {
                what: format!("the user {name} that mock runs as"),
                remedy: "create it, with the group mock among its groups, or set another mockuser".into(),
            })?;
            let (uid, gid) = (user.uid.to_string(), user.gid.to_string());
            let mut command = Command::new("setpriv");
            command.args(["--reuid", &uid, "--regid", &gid, "--groups", "mock", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.args(args).stdin(Stdio::null());
    Ok(command)
}

/// `mock --clean`, whose failure only leaves a directory behind.
pub(super) fn clean(settings: &MockSettings, plan: &Plan) -> Result<()> {
    let path = settings.config_dir.join(format!("{}.cfg", plan.name));
    if path.exists() {
        let mut args = head(plan, &super::config_name(&path));
        args.push("--clean".into());
        let _ = process(settings, &args)?.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    Ok(())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ExtraMap, Packages, Site};

    #[test]
    fn lines_are_kojis() {
        let extra: ExtraMap = [
            ("mock.new_chroot".to_string(), serde_json::json!(false)),
            ("mock.bootstrap_image_ready".to_string(), serde_json::json!(true)),
        ]
        .into();
        let packages = Packages::Repo(vec!["file:///r".into()]);
        let plan = Plan::for_tag("t-1-2", "x86_64", packages, "build", &Site::default(), &extra).unwrap();
        let config = super::super::config_name(Path::new("/etc/mock/koji/t-1-2.cfg"));
        assert_eq!(head(&plan, &config).join(" "), "-r koji/t-1-2 --old-chroot --bootstrap-image-ready");
        assert_eq!(init(), ["--init"]);
        assert_eq!(kernel(), ["--chroot", "uname -r"]);
        assert_eq!(
            rebuild(Path::new("/w/a.src.rpm"), Some("x86_64")).join(" "),
            "--no-clean --target x86_64 --rebuild /w/a.src.rpm"
        );
        assert_eq!(rebuild(Path::new("/w/a.src.rpm"), None).join(" "), "--no-clean --rebuild /w/a.src.rpm");
        assert_eq!(
            buildsrpm(Path::new("/s/a.spec"), Path::new("/s"), "noarch").join(" "),
            "--no-clean --buildsrpm --spec /s/a.spec --sources /s --target noarch"
        );
        assert_eq!(
            source_command(Path::new("/chroot_tmpdir/scmroot/a"), &["make".into(), "sources".into()])
                .join(" "),
            "--no-clean --unpriv --cwd /chroot_tmpdir/scmroot/a --chroot make sources"
        );
        let mut request =
            Request { argv: vec!["sh".into(), "-c".into(), "echo it's".into()], ..Request::default() };
        assert_eq!(
            shell(&request),
            ["--quiet", "--no-clean", "--unpriv", "--shell", "--", "'sh' '-c' 'echo it'\\''s'"]
        );
        (request.argv, request.as_root, request.network) = (Vec::new(), true, true);
        request.cwd = Some("/tmp".into());
        assert_eq!(shell(&request).join(" "), "--quiet --no-clean --enable-network --cwd /tmp --shell");
        assert_eq!(
            unpack(Path::new("/tmp/t"), Path::new("/w/a.src.rpm")),
            [
                "--no-clean",
                "--target",
                "noarch",
                "--chroot",
                "--",
                "rpm",
                "--define",
                "_topdir /tmp/t",
                "-iv",
                "/w/a.src.rpm"
            ]
        );
        assert_eq!(
            pack(Path::new("/tmp/t"), Path::new("/tmp/t/SPECS/a.spec")),
            [
                "--no-clean",
                "--target",
                "noarch",
                "--chroot",
                "--",
                "rpmbuild",
                "--define",
                "_topdir /tmp/t",
                "-bs",
                "--nodeps",
                "/tmp/t/SPECS/a.spec"
            ]
        );
        assert_eq!(dirs(&plan), ("/var/lib/mock/t-1-2/root".into(), "/var/lib/mock/t-1-2/result".into()));
    }
}
