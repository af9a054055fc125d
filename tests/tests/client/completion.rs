//! TAB in bash, zsh and fish.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use koji_tests::{BUILD_TAG, BUILDER, Options, Run, System, TARGET, command, program, wait_until};

use crate::terminal::Terminal;

/// A TAB is answered within this time.
const LIMIT: Duration = Duration::from_millis(50);

/// What is typed before TAB, and what stands there after it.
const LINES: &[(&str, &str)] = &[
    ("koji list-tag-i", "koji list-tag-inheritance"),
    ("koji list-tagged --inh", "koji list-tagged --inherit"),
    ("koji list-tagged t1-b", "koji list-tagged t1-build"),
    ("koji -p koji taginfo t1-b", "koji -p koji taginfo t1-build"),
    ("koji list-pkgs --tag=t1-b", "koji list-pkgs --tag=t1-build"),
    ("koji list-pkgs --tag t1-b", "koji list-pkgs --tag t1-build"),
    ("koji build t", "koji build t1"),
    ("koji buildinfo shown-1", "koji buildinfo shown-1.0-1"),
    ("koji list-tagged t1-build sho", "koji list-tagged t1-build shown"),
    ("koji userinfo teste", "koji userinfo tester"),
    ("koji hostinfo buil", "koji hostinfo builder1"),
    ("koji list-hosts --arch x86", "koji list-hosts --arch x86_64"),
    ("koji profile sh", "koji profile show"),
    ("koji image-build --kickstart /etc/hostn", "koji image-build --kickstart /etc/hostname"),
];

#[test]
fn shells_complete() {
    let system = System::start(Options { builder: false, ..Default::default() }).unwrap();
    let home = Home::make(&system).unwrap();
    home.fill(&system).unwrap();
    let task = system.submit(&[TARGET, "git+https://example.com/r#1"]).unwrap();
    home.cached(&task.to_string()).unwrap();
    // from here on the hub answers nobody, and nobody may notice
    system.hub(|hub| signal(hub.pid(), libc::SIGSTOP)).unwrap();
    let result = home.quick().and_then(|()| shells(&home, task));
    system.hub(|hub| signal(hub.pid(), libc::SIGCONT)).unwrap();
    result.unwrap();
}

fn shells(home: &Home, task: i64) -> Result<()> {
    let scripts = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../completions")).canonicalize()?;
    let script = |name: &str| scripts.join(name).display().to_string();
    let zsh = format!("autoload -Uz compinit; compinit -D -u; source {}", script("_koji"));
    for (name, shell, load) in [
        ("bash", "bash --norc --noprofile -i", format!("source {}", script("koji.bash"))),
        ("zsh", "zsh -f -i", zsh),
        ("fish", "fish --no-config -i", format!("source {}", script("koji.fish"))),
    ] {
        in_shell(home, name, shell, &load, task).with_context(|| format!("in {name}"))?;
    }
    Ok(())
}

fn in_shell(home: &Home, name: &str, shell: &str, load: &str, task: i64) -> Result<()> {
    let terminal = Terminal::start(&home.dir, name, shell, &home.variables()?)?;
    terminal.line(&format!("{load}; echo load''ed"))?;
    terminal.shows("loaded")?;
    let of_mine = (format!("koji watch-task {}", &task.to_string()), format!("koji watch-task {task}"));
    let lines = LINES.iter().map(|(typed, there)| ((*typed).to_owned(), (*there).to_owned()));
    for (typed, there) in lines.chain([of_mine]) {
        terminal.line("clear")?;
        terminal.typed(&typed)?;
        terminal.shows(&typed)?;
        terminal.key("Tab")?;
        // what follows shows that nothing more was put there than a space
        terminal.typed("=")?;
        let ends = [format!("{there} ="), format!("{there}=")];
        let found = wait_until(Duration::from_secs(30), || {
            let screen = terminal.screen()?;
            Ok(screen.lines().any(|l| ends.iter().any(|end| l.trim_end().ends_with(end))))
        })?;
        ensure!(found, "{typed:?} became\n{}", terminal.screen()?);
        terminal.key("C-u")?;
        terminal.key("C-c")?;
    }
    Ok(())
}

/// A user's home with a profile `koji`.
struct Home {
    dir: PathBuf,
}

impl Home {
    fn make(system: &System) -> Result<Home> {
        let dir = system.dir().join("home");
        std::fs::create_dir_all(dir.join(".koji"))?;
        let text = std::fs::read_to_string(system.client_config())?;
        let section = text.split("\n[").next().context("no profile in the configuration")?;
        std::fs::write(dir.join(".koji/config"), section.replace("[admin]", "[koji]"))?;
        Ok(Home { dir })
    }

    fn variables(&self) -> Result<Vec<(&'static str, String)>> {
        let koji = program("koji")?;
        let bin = koji.parent().context("no directory")?.display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let dir = self.dir.display().to_string();
        Ok(vec![
            ("HOME", dir.clone()),
            ("XDG_CACHE_HOME", format!("{dir}/cache")),
            ("XDG_DATA_HOME", format!("{dir}/data")),
            ("XDG_CONFIG_HOME", format!("{dir}/config")),
            ("PATH", format!("{bin}:{path}")),
            ("LC_ALL", "C.UTF-8".to_owned()),
        ])
    }

    fn fill(&self, system: &System) -> Result<()> {
        let run = |words: &[&str]| system.koji(words)?.ok();
        run(&["add-pkg", "--owner", "user", "t1-dest", "shown"])?;
        run(&["call", "createEmptyBuild", "shown", "1.0", "1", "None"])?;
        Ok(())
    }

    /// The answer to one TAB, and how long it took.
    fn tab(&self, words: &[&str]) -> Result<(String, Duration)> {
        let mut complete = command(program("koji")?, ["__complete", "fish", "koji"]);
        complete.args(words).envs(self.variables()?).env_remove("KOJI_PROFILE");
        let start = Instant::now();
        let run = Run::of(complete)?.ok()?;
        Ok((run.stdout, start.elapsed()))
    }

    /// The first TAB has nothing to offer, and has the cache made.
    fn cached(&self, task: &str) -> Result<()> {
        let (nothing, took) = self.tab(&["taginfo", "t1"])?;
        ensure!(nothing.is_empty() && took < Duration::from_secs(1), "{nothing} after {took:?}");
        for (words, offer) in
            [(["taginfo", "t1-b"], BUILD_TAG), (["hostinfo", "b"], BUILDER), (["watch-task", ""], task)]
        {
            let there = wait_until(Duration::from_secs(20), || Ok(self.tab(&words)?.0.contains(offer)))?;
            ensure!(there, "{offer} is not in the cache of {}", self.dir.display());
        }
        let files = self.dir.join("cache/koji/completion");
        // the last refresh may still be writing
        let finished = wait_until(Duration::from_secs(20), || has_no_leftovers(&files))?;
        ensure!(finished, "unfinished files in {}", files.display());
        Ok(())
    }

    /// With a hub that does not answer: the best of several, this machine has other work too.
    fn quick(&self) -> Result<()> {
        for words in [vec!["taginfo", "t1-b"], vec!["list-t"], vec!["list-tagged", "--"]] {
            let mut best = Duration::MAX;
            for _ in 0..10 {
                let (answer, took) = self.tab(&words)?;
                ensure!(!answer.is_empty(), "nothing for {words:?}");
                best = best.min(took);
            }
            ensure!(best < LIMIT, "{words:?} took {best:?}");
        }
        Ok(())
    }
}

fn has_no_leftovers(dir: &Path) -> Result<bool> {
    for profile in std::fs::read_dir(dir)? {
        for file in std::fs::read_dir(profile?.path())? {
            let name = file?.file_name();
            // a lock may be there: another kind of values is being renewed
            if name.to_string_lossy().starts_with('.') {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn signal(pid: u32, signal: i32) -> Result<()> {
    let pid = libc::pid_t::try_from(pid)?;
    // SAFETY: kill takes two integers and touches no memory; the hub is a child that is not yet reaped
    ensure!(unsafe { libc::kill(pid, signal) } == 0, "cannot signal {pid}");
    Ok(())
}
