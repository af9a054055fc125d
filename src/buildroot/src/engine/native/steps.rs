//! The steps of a build, in mock's order.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::SrpmRequest;
use crate::error::{Error, Result};
use crate::helper::request::{BindMount, Content, WriteFile};
use crate::verdict::{Kind, Verdict};

use super::Failed;
use super::env::quote;
use super::requires::{self, BuildRequires};
use super::root::{Inside, NativeRoot};
use super::sandbox::Ran;

/// Where a checkout is seen inside; Koji's path.
const CHECKOUT: &str = "/chroot_tmpdir/scmroot";
/// rpmbuild's exit status for BuildRequires still missing.
const MISSING_BUILD_REQUIRES: i32 = 11;
/// How often a spec may ask for more packages before we call it endless; mock's bound.
const MAX_ROUNDS: usize = 10;

type Step = Result<std::result::Result<(), Failed>>;

impl NativeRoot {
    /// A source rpm from a checkout.
    pub(super) fn srpm_from_checkout(&mut self, request: &SrpmRequest) -> Step {
        for path in [&request.spec, &request.sources] {
            if !path.components().all(|c| matches!(c, std::path::Component::Normal(_))) {
                return Err(Error::Plan(format!(
                    "{} is not a plain path within the checkout",
                    path.display()
                )));
            }
        }
        let name = request.spec.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.is_empty() {
            return Err(Error::Plan("no spec file is named".into()));
        }
        self.logs.start(&format!("buildsrpm {name}"))?;
        let copy = self.dir.join("checkout");
        self.remove_tree(&copy)?;
        std::fs::create_dir(&copy).map_err(Error::io("create", &copy))?;
        crate::helper::tree::copy(&request.checkout, &copy)
            .map_err(Error::io("copy the checkout to", &copy))?;
        self.chown(&copy)?;
        let bind = || BindMount { source: copy.clone(), target: CHECKOUT.into(), writable: true };

        if let Some(argv) = &request.source_command {
            let (ran, tail) = self.inside(Inside {
                as_root: false,
                network: self.network(true),
                cwd: CHECKOUT.into(),
                binds: vec![bind()],
                ..Inside::of(argv.clone(), "root.log")
            })?;
            if !ran.ok() {
                let judge =
                    || Verdict { kind: Kind::SourceCommand, log: Some("root.log"), lines: last(&tail) };
                let status = super::env::code(ran.end);
                return Ok(Err(Failed::of(ran.end, status, "root.log", judge)));
            }
        }

        let home = self.plan.user.home.display().to_string();
        let sources = quote(&Path::new(CHECKOUT).join(&request.sources).display().to_string());
        let from = quote(&Path::new(CHECKOUT).join(&request.spec).display().to_string());
        let target = request.target.clone().unwrap_or_else(|| "noarch".into());
        let script = format!(
            "set -e; cd {sources}; \
             find . -mindepth 1 -maxdepth 1 ! -name .git -exec cp -a -t {home}/build/SOURCES {{}} +; \
             cp -a {from} {home}/build/SPECS/; cd; {}",
            rpmbuild("-bs", &target, &home, &name)
        );
        let to = self.results.clone();
        let (ran, tail) = self.login(script, vec![bind()], Vec::new(), &["SRPMS"], &to)?;
        if let Some(failed) = judge(&ran, &tail) {
            return Ok(Err(failed));
        }
        if ran.taken.is_empty() {
            return Ok(Err(no_result()));
        }
        self.logs.finish()?;
        Ok(Ok(()))
    }

    /// A source rpm made again from another one's content.
    pub(super) fn srpm_again(&mut self, srpm: &Path) -> Step {
        let asked = match read(srpm) {
            Ok(asked) => asked,
            Err(failed) => return Ok(Err(failed)),
        };
        self.logs.start(&format!("rebuild {}", file_name(srpm)))?;
        let to = self.results.clone();
        let made = self.unpack(srpm, &asked, "noarch", &to)?;
        self.logs.finish()?;
        Ok(made.map(drop))
    }

    /// rpms from a source rpm.
    pub(super) fn build_rpms(&mut self, srpm: &Path, target: Option<&str>) -> Step {
        let asked = match read(srpm) {
            Ok(asked) => asked,
            Err(failed) => return Ok(Err(failed)),
        };
        let target = target.unwrap_or(&self.plan.target_arch).to_string();
        if !target.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
            return Err(Error::Plan(format!("{target:?} is no architecture")));
        }
        let shown = file_name(srpm);
        self.logs.start(&format!("build phase for {shown}"))?;
        self.logs.start(&format!("build setup for {shown}"))?;
        // Conditions in the spec can depend on this root's macros, so its BuildRequires are read from a new source rpm.
        let deps = self.dir.join("deps");
        let made = match self.unpack(srpm, &asked, &target, &deps)? {
            Ok(made) => made,
            Err(failed) => return Ok(Err(failed)),
        };
        let again = deps.join(&made);
        let wanted = match read(&again) {
            Ok(wanted) => wanted,
            Err(failed) => return Ok(Err(failed)),
        };
        if wanted.excludes(&target) {
            let line = format!("error: Architecture is not included: {target}");
            self.logs.append("build.log", &format!("{line}\n"))?;
            let verdict = Verdict { kind: Kind::ArchExcluded, log: Some("build.log"), lines: vec![line] };
            return Ok(Err(Failed { status: 1, verdict }));
        }
        if let Err(failed) = self.require(&wanted.words, &again)? {
            return Ok(Err(failed));
        }
        let mut mode = "-bb";
        if wanted.dynamic {
            if let Err(failed) = self.generate(&wanted, &target)? {
                return Ok(Err(failed));
            }
            // The source rpm is made once more, now with all its BuildRequires.
            mode = "-ba --noprep";
        }
        self.logs.finish()?;
        self.logs.start(&format!("rpmbuild {shown}"))?;
        let home = self.plan.user.home.display().to_string();
        let clean = format!("rm -f {home}/build/SRPMS/*.buildreqs.nosrc.rpm; ");
        let script = clean + &rpmbuild(mode, &target, &home, &wanted.spec);
        let to = self.results.clone();
        let (ran, tail) = self.login(script, Vec::new(), Vec::new(), &["SRPMS", "RPMS"], &to)?;
        if let Some(failed) = judge(&ran, &tail) {
            return Ok(Err(failed));
        }
        if !ran.taken.iter().any(|name| !name.ends_with("src.rpm")) {
            return Ok(Err(no_result()));
        }
        self.logs.finish()?;
        self.logs.finish()?;
        self.sign(&ran.taken)
    }

    /// Puts a source rpm into the root, unpacks it and makes it again; its name comes back.
    fn unpack(
        &mut self,
        srpm: &Path,
        asked: &BuildRequires,
        target: &str,
        to: &Path,
    ) -> Result<std::result::Result<String, Failed>> {
        let home = self.plan.user.home.display().to_string();
        let inside = self.plan.user.home.join("build/originals/original.src.rpm");
        let write =
            vec![WriteFile { path: inside.clone(), content: Content::Host(srpm.into()), mode: 0o644 }];
        let script = format!(
            "set -e; rpm -Uvh --nodeps {}; {}",
            quote(&inside.display().to_string()),
            rpmbuild("-bs", target, &home, &asked.spec)
        );
        let (ran, tail) = self.login(script, Vec::new(), write, &["SRPMS"], to)?;
        if let Some(failed) = judge(&ran, &tail) {
            return Ok(Err(failed));
        }
        match ran.taken.as_slice() {
            [one] => Ok(Ok(one.clone())),
            _ => Ok(Err(no_result())),
        }
    }

    /// Runs `%generate_buildrequires` until it asks for nothing new.
    fn generate(&mut self, wanted: &BuildRequires, target: &str) -> Step {
        let home = self.plan.user.home.display().to_string();
        let mut have: BTreeSet<String> = wanted.words.iter().cloned().collect();
        let mut mode = "-br";
        for _ in 0..MAX_ROUNDS {
            let mut script = rpmbuild(mode, target, &home, &wanted.spec);
            // Status 11 says that something is missing, which is what the file collected next tells in detail.
            script = format!(
                "rm -f {home}/build/SRPMS/*.nosrc.rpm; {script}; s=$?; [ $s = {MISSING_BUILD_REQUIRES} ] || exit $s"
            );
            let to = self.dir.join("deps");
            let (ran, tail) = self.login(script, Vec::new(), Vec::new(), &["SRPMS"], &to)?;
            if let Some(mut failed) = judge(&ran, &tail) {
                failed.status = if failed.status == 1 { 10 } else { failed.status };
                return Ok(Err(failed));
            }
            let Some(name) = ran.taken.iter().find(|n| n.ends_with(".buildreqs.nosrc.rpm")) else {
                return Ok(Ok(()));
            };
            let path = to.join(name);
            let more = match read(&path) {
                Ok(more) => more,
                Err(failed) => return Ok(Err(failed)),
            };
            let before = have.len();
            have.extend(more.words);
            if have.len() == before {
                return Ok(Ok(()));
            }
            let words: Vec<String> = have.iter().cloned().collect();
            if let Err(failed) = self.require(&words, &path)? {
                return Ok(Err(failed));
            }
            mode = "-br --noprep";
        }
        let verdict = Verdict {
            kind: Kind::Section("%generate_buildrequires".into()),
            log: Some("build.log"),
            lines: vec![format!("after {MAX_ROUNDS} rounds it still asks for more packages")],
        };
        Ok(Err(Failed { status: 10, verdict }))
    }

    /// Runs a script in a login shell of the build user, as mock does, and fetches rpms afterwards.
    fn login(
        &mut self,
        script: String,
        binds: Vec<BindMount>,
        write: Vec<WriteFile>,
        from: &[&str],
        to: &Path,
    ) -> Result<(Ran, String)> {
        let network = self.network(false);
        let collect = Some(self.collect(from, to));
        self.inside(Inside {
            as_root: false,
            network,
            cwd: self.plan.user.home.clone(),
            write,
            binds,
            collect,
            ..Inside::of(["bash", "--login", "-c", &script], "build.log")
        })
    }
}

fn rpmbuild(mode: &str, target: &str, home: &str, spec: &str) -> String {
    let spec = quote(&format!("{home}/build/SPECS/{spec}"));
    format!("/usr/bin/rpmbuild {mode} --noclean --target {target} --nodeps {spec}")
}

/// The failure of an rpmbuild, if it failed or left something odd.
fn judge(ran: &Ran, tail: &str) -> Option<Failed> {
    if !ran.ok() {
        return Some(Failed::of(ran.end, 1, "build.log", || Verdict::rpmbuild(tail)));
    }
    // Directories of debugging sources and the like are no results; what is named like one must be one.
    let odd = ran.refused.iter().find(|name| name.ends_with(".rpm") || name.ends_with('/'))?;
    let verdict =
        Verdict { kind: Kind::BadResult(format!("{odd:?}")), log: Some("build.log"), lines: Vec::new() };
    Some(Failed { status: 1, verdict })
}

fn read(srpm: &Path) -> std::result::Result<BuildRequires, Failed> {
    requires::read(srpm).map_err(|error| Failed {
        status: 1,
        verdict: Verdict { kind: Kind::Srpm(error.to_string()), log: None, lines: Vec::new() },
    })
}

fn no_result() -> Failed {
    let lines = vec!["rpmbuild succeeded without leaving a package".to_string()];
    Failed { status: 1, verdict: Verdict { kind: Kind::Other, log: Some("build.log"), lines } }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The last lines of an output.
pub(super) fn last(tail: &str) -> Vec<String> {
    let lines: Vec<&str> = tail.lines().filter(|l| !l.trim().is_empty()).collect();
    lines.iter().rev().take(3).rev().map(|l| (*l).to_string()).collect()
}
