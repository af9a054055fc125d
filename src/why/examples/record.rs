//! Records the corpus: makes every build of `corpus/recipes` fail for real and keeps what a hub would have of it.
//!
//!     cargo run -p koji-why --example record -- [--engine mock PROGRAM] [--force] [NAME...]
//!
//! What it is: a recipe is built by the buildroot engine (or by mock) as a builder would, first the source rpm, then the rpms;
//! the logs of both go into `corpus/recorded/NAME.tar.gz` together with `tasks.json`, the tree of the tasks as the hub would
//! list it. What it is not: needed by `cargo test`, which reads what was recorded. See corpus/README.md.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use koji_buildroot::{
    Bind, Choice, Engine, ExtraMap, HELPER_WORD, Outcome, Packages, Plan, Settings, Site, SrpmRequest,
};
use koji_why::corpus::{self, Recipe, Tasks};

fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some(HELPER_WORD) {
        koji_buildroot::helper_main();
    }
    let mut args = std::env::args().skip(1);
    let (mut mock, mut force, mut names) = (None, false, Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--engine" => {
                args.next();
                mock = args.next().map(PathBuf::from);
            }
            "--force" => force = true,
            _ => names.push(arg),
        }
    }
    let recorded = corpus::directory().join("recorded");
    let mut failed = Vec::new();
    for recipe in corpus::all()? {
        let wanted = names.is_empty() || names.iter().any(|n| recipe.name.starts_with(n.as_str()));
        if !wanted || mock.is_some() != recipe.mock {
            continue;
        }
        let to = recorded.join(format!("{}.tar.gz", recipe.name));
        if to.exists() && !force {
            continue;
        }
        match record(&recipe, mock.as_deref(), &to) {
            Ok(()) => println!("{}: recorded", recipe.name),
            Err(e) => {
                println!("{}: {e:#}", recipe.name);
                failed.push(recipe.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("not recorded: {}", failed.join(" "));
    }
    Ok(())
}

fn record(recipe: &Recipe, mock: Option<&Path>, to: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let engine = engine(work.path(), mock)?;
    let case = work.path().join(&recipe.name);
    std::fs::create_dir(&case)?;
    let checkout = recipe.checkout(work.path())?;
    let mut tasks = Tasks::new(mock.is_some());

    let mut plan = plan(&format!("corpus-{}-srpm", recipe.name), recipe, work.path())?;
    plan.group = "srpm-build".into();
    let mut root = engine.create(&plan)?;
    let mut outcome = root.init()?;
    let mut srpm = None;
    if outcome.succeeded() {
        let spec = format!("{}.spec", recipe.package());
        let request = SrpmRequest { checkout, spec: spec.into(), ..Default::default() };
        outcome = root.build_srpm(&request)?;
        srpm = outcome.results.iter().find(|r| r.is_source()).map(|r| {
            let kept = work.path().join(&r.name);
            std::fs::copy(&r.path, &kept).map(|_| kept)
        });
    }
    keep_logs(root.result_dir(), &case, 1002)?;
    root.remove().ok();
    tasks.srpm(&outcome_text(&outcome), outcome.status);

    if outcome.succeeded() {
        let srpm = srpm.context("no source rpm")??;
        let plan = self::plan(&format!("corpus-{}", recipe.name), recipe, work.path())?;
        let mut root = engine.create(&plan)?;
        let mut outcome = root.init()?;
        if outcome.succeeded() {
            let killer = recipe.kill.clone().map(|word| std::thread::spawn(move || kill(&word)));
            outcome = root.rebuild(&srpm, Some("x86_64"))?;
            if let Some(killer) = killer {
                killer.join().ok();
            }
        }
        keep_logs(root.result_dir(), &case, 1003)?;
        root.remove().ok();
        if outcome.succeeded() {
            bail!("it did not fail");
        }
        tasks.arch(&outcome_text(&outcome), outcome.status);
    }
    std::fs::write(case.join("tasks.json"), serde_json::to_string_pretty(&tasks.list)? + "\n")?;
    recipe.check(&case)?;
    corpus::pack(&case, to)
}

fn outcome_text(outcome: &Outcome) -> String {
    outcome.verdict.to_string()
}

fn engine(work: &Path, mock: Option<&Path>) -> Result<Engine> {
    let mut settings = Settings::new(cache().join("buildroots"), work.join("roots"));
    settings.helper = vec!["/proc/self/exe".into(), OsString::from(HELPER_WORD)];
    settings.engine = Choice::Native;
    if let Some(program) = mock {
        settings.engine = Choice::Mock;
        settings.mock.program = Some(program.into());
        settings.mock.config_dir = work.join("mock");
        std::fs::create_dir_all(&settings.mock.config_dir)?;
    }
    Ok(Engine::new(settings)?)
}

fn cache() -> PathBuf {
    std::env::var_os("KOJI_TEST_CACHE")
        .map_or_else(|| corpus::directory().join("../../../target/test-cache"), PathBuf::from)
}

/// The small distribution the tests build with; `tests/distro/mkdistro.py` makes it.
fn distro() -> Result<PathBuf> {
    let out = cache().join("minidistro");
    let script = corpus::directory().join("../../../tests/distro/mkdistro.py");
    let status = Command::new("python3").arg(script).arg(&out).status()?;
    if !status.success() {
        bail!("mkdistro.py failed");
    }
    Ok(out.join("repo").canonicalize()?)
}

fn plan(name: &str, recipe: &Recipe, work: &Path) -> Result<Plan> {
    let mut repo = distro()?;
    if !recipe.repo.is_empty() {
        repo = repo_with(work, &repo, &recipe.repo)?;
    }
    let url = match &recipe.repo_url {
        Some(url) => url.clone(),
        None => format!("file://{}", repo.display()),
    };
    let mut plan = Plan::for_tag(
        name,
        "x86_64",
        Packages::Repo(vec![url]),
        "build",
        &Site::default(),
        &ExtraMap::new(),
    )?;
    plan.hostname = Some("builder1.example.com".into());
    if let Some(group) = &recipe.group {
        plan.group.clone_from(group);
    }
    plan.setup_packages.clone_from(&recipe.setup_packages);
    if recipe.tools {
        for path in ["/usr", "/etc/alternatives"] {
            plan.binds.push(Bind { source: path.into(), target: path.into(), writable: false });
        }
    }
    if recipe.mock {
        plan.mock.use_bootstrap = Some(false);
        plan.mock.new_chroot = Some(false);
    }
    for (name, value) in &recipe.macros {
        plan.macros.insert(format!("%{name}"), value.clone());
    }
    if let Some(timeout) = recipe.timeout {
        plan.limits.timeout = timeout;
    }
    plan.limits.disk = recipe.disk;
    plan.limits.memory = recipe.memory;
    if let Some(log) = recipe.log_limit {
        plan.limits.log = log;
    }
    Ok(plan)
}

/// The distribution with further packages, made from spec files that succeed.
fn repo_with(work: &Path, distro: &Path, specs: &[String]) -> Result<PathBuf> {
    let repo = work.join("repo");
    if repo.exists() {
        return Ok(repo);
    }
    std::fs::create_dir(&repo)?;
    for entry in std::fs::read_dir(distro)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.extension().is_some_and(|e| e == "rpm"), path.file_name()) {
            std::os::unix::fs::symlink(&path, repo.join(name))?;
        }
    }
    for (n, spec) in specs.iter().enumerate() {
        let file = work.join(format!("extra{n}.spec"));
        std::fs::write(&file, spec)?;
        let mut build = Command::new("rpmbuild");
        build
            .args(["-bb", "--nodeps", "--quiet", "--define"])
            .arg(format!("_topdir {}", work.join("extra").display()));
        build
            .args(["--define", "_rpmfilename %%{NAME}.rpm", "--define"])
            .arg(format!("_rpmdir {}", repo.display()));
        let out = build.arg(&file).output()?;
        if !out.status.success() {
            bail!("{}", String::from_utf8_lossy(&out.stderr));
        }
    }
    let comps = distro.parent().context("no parent")?.join("comps.xml");
    let out =
        Command::new("createrepo_c").args(["-q", "--no-database", "-g"]).arg(comps).arg(&repo).output()?;
    if !out.status.success() {
        bail!("{}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(repo)
}

/// The logs a builder would upload.
fn keep_logs(from: &Path, case: &Path, task: i64) -> Result<()> {
    let to = case.join(task.to_string());
    std::fs::create_dir_all(&to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.extension().is_some_and(|e| e == "log"), path.file_name()) {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Kills the first process whose command line holds the word, once it has run for a moment.
fn kill(word: &str) {
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let found = line.split(|b| *b == 0).next().is_some_and(|p| p.ends_with(word.as_bytes()));
            if let (true, Ok(pid)) = (found, entry.file_name().to_string_lossy().parse::<u32>()) {
                std::thread::sleep(std::time::Duration::from_millis(300));
                Command::new("kill").args(["-KILL", &pid.to_string()]).status().ok();
                return;
            }
        }
    }
}
