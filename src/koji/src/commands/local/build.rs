use std::path::{Path, PathBuf};

use koji_buildroot::{
    BUILD_GROUP, Buildroot, Choice, Command, Engine, Lock, Network, Outcome, SRPM_BUILD_GROUP,
};
use koji_localbuild::plan::Changes;
use koji_localbuild::{Origin, Wanted, lock as locks};
use koji_rpm::Package;

use super::input::{self, Input, Sources};
use super::logs::Follow;
use super::make::{self, Basis, By, Hub};
use super::place::{self, Place, shown};
use super::{lock, screen, steps};
use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};

/// Build a package as a builder does
///
/// From a source rpm, a directory with a spec file, or a URL of version control; the source rpm is made in a root of its own
/// (group srpm-build), the rpms in another (group build), both without a network but for the command that fetches sources.
/// Logs are shown as they grow; rpms and logs are left in a directory. When it fails, the reason is told as by `koji why`, and
/// the root stays: `koji local shell` enters it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Source rpm, directory with a spec file, or URL such as git+https://host/path#commit
    #[arg(value_name = "SRPM|DIR|URL")]
    source: String,
    /// As for this target (or build tag)
    #[arg(short, long, group = "basis")]
    target: Option<String>,
    /// As this task or build: its tag, repository and settings at that time
    #[arg(long, value_name = "TASK|BUILD", group = "basis")]
    like: Option<String>,
    /// In the buildroot of this buildroot_lock.json
    #[arg(long, value_name = "FILE", group = "basis")]
    lock: Option<PathBuf>,
    /// Fetch nothing: all packages of the lock must be in the cache
    #[arg(long, requires = "lock")]
    offline: bool,
    /// Arch to build for [default: this machine's, or the task's]
    #[arg(short, long)]
    arch: Option<String>,
    /// Where rpms and logs go [default: a directory named after the package, here]
    #[arg(short, long, value_name = "DIR")]
    resultdir: Option<PathBuf>,
    /// Enter the root when the build failed
    #[arg(long)]
    shell_after_fail: bool,
    /// Keep the root after a success, too
    #[arg(long)]
    keep: bool,
    /// Write buildroot_lock.json beside the rpms
    #[arg(long)]
    write_lock: bool,
    /// Skip %check
    #[arg(long)]
    nocheck: bool,
    /// Switch a build condition on
    #[arg(long, value_name = "CONDITION")]
    with: Vec<String>,
    /// Switch a build condition off
    #[arg(long, value_name = "CONDITION")]
    without: Vec<String>,
    /// Define a macro
    #[arg(short = 'D', long, value_name = "MACRO VALUE")]
    define: Vec<String>,
    /// Command that fetches sources, run in the checkout; '' for none [default: make sources, where a Makefile can]
    #[arg(long, value_name = "COMMAND")]
    source_command: Option<String>,
    /// Check out the sibling repository `common`, too
    #[arg(long)]
    use_common: bool,
    /// Use the source rpm as it is; builders make it again
    #[arg(long)]
    no_rebuild_srpm: bool,
}

/// All that the steps share.
struct Job<'a> {
    cx: &'a Cx,
    a: &'a Arguments,
    place: &'a Place,
    basis: &'a Basis,
    engine: Engine,
    changes: Changes,
    of: String,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let changes = changes(&a)?;
    let input = Input::of(&a.source)?;
    let place = Place::here()?;
    let (basis, of) = basis(cx, &place, &a).await?;
    let engine = basis.engine(&place, choice)?;
    let job = Job { cx, a: &a, place: &place, basis: &basis, engine, changes, of };
    let work = tempfile::tempdir()?;
    let srpm = job.srpm(&input, work.path()).await?;
    job.rpms(&srpm).await
}

fn changes(a: &Arguments) -> Result<Changes> {
    let define = a
        .define
        .iter()
        .map(|text| {
            let (name, value) = text.split_once(char::is_whitespace).ok_or_else(|| {
                CommandError::usage(format!(
                    "--define '{text}': a name and a value are wanted, as in 'dist .fc44'"
                ))
            })?;
            Ok((name.to_owned(), value.trim().to_owned()))
        })
        .collect::<Result<_>>()?;
    Ok(Changes { define, with: a.with.clone(), without: a.without.clone(), nocheck: a.nocheck })
}

async fn basis(cx: &Cx, place: &Place, a: &Arguments) -> Result<(Basis, String)> {
    if let Some(file) = &a.lock {
        let lock = Lock::load(file)?;
        let counter = place::counter(cx);
        let source = place::source(cx, place, a.offline, &counter)?;
        let got = source.get(locks::needs(&lock)?).await?;
        return Ok((Basis::Lock(Box::new((lock, got))), shown(file)));
    }
    let (wanted, text) = match (&a.target, &a.like) {
        (Some(target), _) => (Wanted::Tag(target), target),
        (None, Some(like)) => (Wanted::Any(like), like),
        (None, None) => {
            return Err(CommandError::usage("Please say what to build like: --target, --like or --lock"));
        }
    };
    let origin = Origin::find(cx.hub(), wanted, a.arch.as_deref()).await?;
    let mut hub = Hub::of(cx, place, origin, By::Repo, false).await?;
    hub.ask_builder(cx).await?;
    Ok((Basis::Hub(Box::new(hub)), text.clone()))
}

impl Job<'_> {
    /// The source rpm to build, as a builder's first task makes it.
    async fn srpm(&self, input: &Input, work: &Path) -> Result<PathBuf> {
        let locked = matches!(self.basis, Basis::Lock(_));
        let given = match input {
            Input::Srpm(path) => Some(path.clone()),
            _ => None,
        };
        // a recorded root of a buildArch task has no group of its own for source rpms
        let exact = locked || matches!(self.basis, Basis::Hub(hub) if hub.recorded.is_some());
        if let Some(path) = given.clone().filter(|_| self.a.no_rebuild_srpm || exact) {
            return Ok(path);
        }
        let label = match input {
            Input::Srpm(path) | Input::Directory(path) => base_name(path),
            Input::Scm(url) => url.directory().to_owned(),
        };
        let name = place::root_name(&format!("srpm-{label}"));
        let group = if exact { BUILD_GROUP } else { SRPM_BUILD_GROUP };
        let mut plan = self.basis.plan(group, &name)?;
        self.changes.apply(&mut plan);
        plan.network = if self.a.offline { Network::None } else { Network::SourceCommand };
        let request = match &given {
            Some(_) => None,
            None => {
                let sources =
                    Sources { command: self.a.source_command.clone(), use_common: self.a.use_common };
                Some(input::request(self.cx, input, &sources, work).await?)
            }
        };
        let note = place::note(self.cx, &self.of, self.basis.origin().cloned());
        let root = make::root(self.cx, self.place, &self.engine, &plan, &note, false).await?;
        let logs = root.result_dir().to_path_buf();
        let mut follow = Follow::new(self.cx, &logs, false);
        let (root, outcome) = steps::step(root, &mut follow, move |r| match (&request, &given) {
            (Some(request), _) => r.build_srpm(request),
            (None, Some(srpm)) => r.rebuild_srpm(srpm),
            (None, None) => Err(koji_buildroot::Error::State("there is nothing to build".into())),
        })
        .await?;
        let made = outcome.results.iter().find(|f| f.is_source()).map(|f| f.path.clone());
        let Some(made) = made.filter(|_| outcome.succeeded()) else {
            return Err(self.failed("the source rpm could not be made", root, &outcome, &plan.name).await?);
        };
        let keep = work.join(base_name(&made));
        std::fs::copy(&made, &keep)?;
        let dir = self.results(&keep)?.join("srpm");
        copy_logs(&logs, &dir)?;
        let checkout = work.join("checkout.log");
        if checkout.is_file() {
            std::fs::copy(&checkout, dir.join("checkout.log"))?;
        }
        root.remove()?;
        Ok(keep)
    }

    async fn rpms(&self, srpm: &Path) -> Result {
        let header = Package::open(srpm).map_err(|e| CommandError::new(e.to_string()))?;
        if !header.source {
            return Err(CommandError::new(format!("{} is not a source package", srpm.display())));
        }
        let nvr = format!("{}-{}-{}", header.name, header.version, header.release);
        let mut plan = self.basis.plan(BUILD_GROUP, &place::root_name(&format!("build-{nvr}")))?;
        self.changes.apply(&mut plan);
        plan.network = Network::None;
        let target = match self.basis.origin().and_then(|o| o.target.clone()) {
            Some(target) => target,
            None if header.buildarchs.iter().any(|a| a == "noarch") => "noarch".into(),
            None => plan.target_arch.clone(),
        };
        let note = place::note(self.cx, &self.of, self.basis.origin().cloned());
        let root = make::root(self.cx, self.place, &self.engine, &plan, &note, false).await?;
        let logs = root.result_dir().to_path_buf();
        let mut follow = Follow::new(self.cx, &logs, false);
        let file = srpm.to_path_buf();
        let (root, outcome) =
            steps::step(root, &mut follow, move |r| r.rebuild(&file, Some(&target))).await?;
        let dir = self.results(srpm)?;
        copy_logs(&logs, &dir)?;
        if !outcome.succeeded() {
            return Err(self.failed("the build failed", root, &outcome, &plan.name).await?);
        }
        self.cx.out.line("");
        for file in &outcome.results {
            let to = dir.join(&file.name);
            std::fs::copy(&file.path, &to)?;
            self.cx.out.line(format!("Wrote {}", to.display()));
        }
        let mut root = root;
        if self.a.write_lock {
            let path = dir.join(lock::FILE);
            root = lock::write(self.cx, self.place, &self.engine, root, &note, &path).await?;
            self.cx.out.line(format!("Wrote {}", path.display()));
        }
        if !self.a.keep {
            root.remove()?;
        } else {
            self.cx.out.line(format!("The root is kept: koji local shell {}", plan.name));
        }
        Ok(())
    }

    /// Tells why, and offers the root.
    async fn failed(
        &self,
        what: &str,
        root: Buildroot,
        outcome: &Outcome,
        name: &str,
    ) -> Result<CommandError> {
        steps::explain(self.cx, what, outcome, root.result_dir());
        self.cx.out.line(format!("{:<9}koji local shell {name}", "Root:"));
        if self.a.shell_after_fail {
            if screen::is_interactive() {
                self.cx.out.line("(exit leaves the root; it stays until it is removed or built in again)");
                let cwd = root.plan().user.home.join("build/BUILD");
                let command = Command { cwd: Some(cwd), ..Command::default() };
                screen::enter(root, command).await?;
            } else {
                self.cx.out.warn("no shell: this is no terminal");
            }
        }
        Ok(CommandError::status(1))
    }

    /// The directory of the results, made.
    fn results(&self, srpm: &Path) -> Result<PathBuf> {
        let dir = match &self.a.resultdir {
            Some(dir) => dir.clone(),
            None => PathBuf::from(base_name(srpm).trim_end_matches(".src.rpm")),
        };
        std::fs::create_dir_all(&dir)
            .map_err(|e| CommandError::new(format!("cannot make {}: {e}", dir.display())))?;
        Ok(dir)
    }
}

pub fn copy_logs(from: &Path, to: &Path) -> Result {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)?.flatten() {
        if entry.path().extension().is_some_and(|e| e == "log")
            && entry.file_type().is_ok_and(|t| t.is_file())
        {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
