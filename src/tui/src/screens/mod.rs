//! All screens: a file each and a line in the table.

mod alike;
mod build_diff;
mod buildroots;
mod builds;
mod diff;
mod eta;
mod history;
mod home;
mod hosts;
mod hour;
mod kit;
mod local;
mod log;
mod log_diff;
mod notifications;
mod packages;
mod policy;
mod repos;
mod search;
mod tags;
mod targets;
mod task;
mod tasks;
mod users;
mod why;

use crate::list::ListScreen;
use crate::place::Place;
use crate::screen::Screen;
pub use tasks::Node;

use kit::{Page, PageSpec, Table, TableSpec};

/// A kind of screen.
pub struct Entry {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// What its argument is; empty: it has none.
    pub arg: &'static str,
    pub help: &'static str,
    open: fn(&str) -> Result<Box<dyn Screen>, String>,
}

impl Entry {
    /// Cannot be opened without its argument.
    pub fn needs_argument(&self) -> bool {
        !self.arg.is_empty() && !self.arg.starts_with('[')
    }
}

/// The screen that an action of this name opens.
pub fn of_action(name: &str) -> Option<&'static Entry> {
    find(name).filter(|e| !e.needs_argument())
}

macro_rules! screen {
    ($name:literal, [$($alias:literal),*], $arg:literal, $help:literal, $open:expr) => {
        Entry { name: $name, aliases: &[$($alias),*], arg: $arg, help: $help, open: $open }
    };
}

pub const TABLE: &[Entry] = &[
    screen!("home", ["dashboard"], "", "what goes on, and what is mine", |_| Ok(ListScreen::boxed(
        home::Home::default()
    ))),
    screen!("tasks", ["ts"], "[USER|all]", "running and recent tasks as a tree", |a| Ok(ListScreen::boxed(
        tasks::Tasks::new(a)
    ))),
    screen!("task", ["t"], "ID", "one task: children in time, result, files, request", |a| Ok(
        ListScreen::boxed(task::Task::new(number(a)?))
    )),
    screen!("why", ["triage"], "TASK", "why a task failed", |a| Ok(ListScreen::boxed(why::Why::new(
        number(a)?
    )))),
    screen!("builds", [], "[PATTERN]", "recent builds, or those of a pattern", |a| table(&builds::LIST, a)),
    screen!("build", ["b"], "NVR", "one build: tags, rpms, changelog", |a| page(&builds::PAGE, a)),
    screen!("build-diff", [], "NVR NVR", "what the rpms of two builds differ in", |a| table(
        &build_diff::LIST,
        a
    )),
    screen!("rpm", [], "ID|NVRA", "one rpm", |a| page(&builds::RPM, a)),
    screen!("packages", [], "[TAG]", "all packages, or those of a tag", |a| {
        table(if a.is_empty() { &packages::ALL } else { &packages::LIST }, a)
    }),
    screen!("package", ["p"], "NAME", "one package: builds and tags", |a| page(&packages::PAGE, a)),
    screen!("tags", [], "[PATTERN]", "tags", |a| table(&tags::LIST, a)),
    screen!("tag", [], "NAME", "one tag: inheritance, targets, repository, builds", |a| page(&tags::PAGE, a)),
    screen!("history", [], "TAG", "what was changed about a tag, when and by whom", |a| table(
        &history::LIST,
        a
    )),
    screen!("diff", [], "TAG[@EVENT] TAG[@EVENT]", "what the builds of two tags differ in", |a| table(
        &diff::LIST,
        a
    )),
    screen!("targets", [], "", "build targets", |a| table(&targets::LIST, a)),
    screen!("target", [], "NAME", "one target and its repository", |a| page(&targets::PAGE, a)),
    screen!("hosts", [], "", "build hosts and their load", |a| table(&hosts::LIST, a)),
    screen!("host", [], "NAME", "one host: channels and tasks", |a| page(&hosts::PAGE, a)),
    screen!("channels", [], "", "channels", |a| table(&hosts::CHANNELS, a)),
    screen!("channel", [], "NAME", "one channel and its hosts", |a| page(&hosts::CHANNEL, a)),
    screen!("repos", [], "", "repositories and requests for them", |a| table(&repos::LIST, a)),
    screen!("repo", [], "ID", "one repository", |a| page(&repos::PAGE, a)),
    screen!("buildroot", [], "ID", "what was in a buildroot", |a| page(&buildroots::PAGE, a)),
    screen!("buildroot-diff", [], "ID ID", "what two buildroots differ in", |a| page(&buildroots::DIFF, a)),
    screen!("local", [], "", "roots of this machine, made by koji local", |a| table(&local::LIST, a)),
    screen!("root", [], "NAME", "one root of this machine: logs and results", |a| page(&local::PAGE, a)),
    screen!("policy", [], "NAME KEY=VALUE ...", "which action a policy of the hub takes for this", |a| page(
        &policy::PAGE,
        a
    )),
    screen!("user", [], "NAME", "one user: tasks and builds", |a| page(&users::PAGE, a)),
    screen!("search", [], "[TEXT]", "search everything by name", |a| Ok(Box::new(search::Search::new(a)))),
    screen!("notifications", [], "", "my tasks that ended, and mail about builds", |_| {
        Ok(ListScreen::boxed(notifications::Notifications::default()))
    }),
    screen!("log", [], "TASK [NAME [LINE]] | /PATH", "a log: of a task, or a file here", |a| Ok(Box::new(
        log::Logs::one(a)?
    ))),
    screen!("log-diff", [], "TASK [NAME]", "what a log says that the last good build's does not", |a| {
        Ok(ListScreen::boxed(log_diff::LogDiff::new(a)?))
    }),
    screen!("logs", [], "TASK|/PATH ...", "logs of several tasks beside each other or as one", |a| Ok(
        Box::new(log::Logs::several(a)?)
    )),
];

fn table(spec: &'static TableSpec, arg: &str) -> Result<Box<dyn Screen>, String> {
    Ok(ListScreen::boxed(Table::new(spec, arg)))
}

fn page(spec: &'static PageSpec, arg: &str) -> Result<Box<dyn Screen>, String> {
    Ok(ListScreen::boxed(Page::new(spec, arg)))
}

/// By name or alias.
pub fn find(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|e| e.name == name || e.aliases.contains(&name))
}

pub fn open(place: &Place) -> Result<Box<dyn Screen>, String> {
    let entry = find(&place.screen).ok_or_else(|| {
        let names: Vec<&str> = TABLE.iter().map(|e| e.name).collect();
        format!("there is no screen {}; there are {}", place.screen, names.join(", "))
    })?;
    if entry.needs_argument() && place.arg.is_empty() {
        return Err(format!("{} needs {}: {} {}", entry.name, entry.arg, entry.name, entry.arg));
    }
    (entry.open)(&place.arg)
}

fn number(arg: &str) -> Result<i64, String> {
    arg.trim_start_matches('#').parse().map_err(|_| format!("{arg} is no number"))
}
