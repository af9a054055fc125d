//! The native engine's side of [`crate::Buildroot`].

use std::path::{Path, PathBuf};

use crate::engine::{Backend, Command, SrpmRequest};
use crate::error::{Error, Result};
use crate::outcome::{InstalledPackage, Outcome};
use crate::plan::Plan;
use crate::verdict::{Kind, Verdict};

use super::root::{Inside, NativeRoot};
use super::steps::last;
use super::{Failed, env, packages};

impl Backend for NativeRoot {
    fn result_dir(&self) -> &Path {
        &self.results
    }

    fn init(&mut self) -> Result<Outcome> {
        if self.layer().is_ok() {
            return Err(Error::State("init was called twice".into()));
        }
        self.logs.start("chroot init")?;
        let end = self.prepare()?;
        if end.is_ok() {
            self.plan_files()?;
            self.logs.finish()?;
        }
        self.outcome(end)
    }

    fn build_srpm(&mut self, request: &SrpmRequest) -> Result<Outcome> {
        let end = self.srpm_from_checkout(request)?;
        self.outcome(end)
    }

    fn rebuild_srpm(&mut self, srpm: &Path) -> Result<Outcome> {
        let end = self.srpm_again(srpm)?;
        self.outcome(end)
    }

    fn rebuild(&mut self, srpm: &Path, target: Option<&str>) -> Result<Outcome> {
        let end = self.build_rpms(srpm, target)?;
        self.outcome(end)
    }

    fn run(&mut self, command: &Command) -> Result<Outcome> {
        let log = command.log.as_deref().unwrap_or("root.log");
        let inside = Inside {
            as_root: command.as_root,
            network: command.network,
            cwd: command.cwd.clone().unwrap_or_else(|| self.plan.user.home.clone()),
            timeout: command.timeout,
            ..Inside::of(command.argv.clone(), log)
        };
        let (ran, tail) = self.inside(inside)?;
        let code = env::code(ran.end);
        let end = if ran.ok() {
            Ok(())
        } else {
            let name = if log == "build.log" { "build.log" } else { "root.log" };
            Err(Failed::of(ran.end, code, name, || Verdict {
                kind: Kind::Command(code),
                log: Some(name),
                lines: last(&tail),
            }))
        };
        self.outcome(end)
    }

    fn installed(&mut self) -> Result<Vec<InstalledPackage>> {
        if !self.touched {
            return self.layer().map(|layer| layer.meta.installed.clone());
        }
        let log = "installed_pkgs.query";
        let query = Inside::of(["/usr/bin/rpm", "-qa", "--qf", packages::QUERY], log);
        let (ran, _) = self.inside(Inside { as_root: false, timeout: Some(600), ..query })?;
        let path = self.results.join(log);
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        let list = packages::parse(&text);
        if !ran.ok() || list.is_empty() {
            return Err(Error::State("the root's rpm could not list its packages".into()));
        }
        crate::files::write_atomic(
            &self.results.join("installed_pkgs.log"),
            packages::log(&list).as_bytes(),
        )?;
        Ok(list)
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn install(&mut self, words: &[String]) -> Result<Outcome> {
        self.logs.start(&format!("install {}", words.join(" ")))?;
        let end = self.add(words)?;
        if end.is_ok() {
            self.logs.finish()?;
        }
        self.outcome(end)
    }

    fn at_terminal(&mut self, command: &Command, tty: &Path) -> Result<i32> {
        self.at_terminal(command, tty)
    }

    fn log_patterns(&self) -> Vec<PathBuf> {
        vec![self.results.join("*.log")]
    }

    fn remove(self: Box<Self>) -> Result<()> {
        self.remove_tree(&self.dir)
    }
}
