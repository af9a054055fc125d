//! What can be done to things of the hub: each with the command line it equals and the calls it makes.

pub mod own;

mod build;
mod channel;
mod host;
mod launch;
mod local;
mod package;
mod tag;
mod target;
mod task;
mod user;

use koji_xmlrpc::{Struct, Value, join_kwargs};

use crate::call::Call;
use crate::effect::Effect;
use crate::place::{Place, Subject};
use crate::screen::User;
use crate::store::Store;
use crate::theme::Role;

/// Who may.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// What it does is done here.
    Anyone,
    /// Whoever is logged in: the hub looks at the owner or at its policy.
    LoggedIn,
    /// Holders of a permission (and admins).
    Perm(&'static str),
}

/// Where the proposals for a field come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Text,
    YesNo,
    Tags,
    Targets,
    Packages,
    Hosts,
    Channels,
    Users,
    Permissions,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
    pub source: Source,
    pub required: bool,
    /// Makes sense for one thing only; left out for several.
    pub single: bool,
}

pub fn field(name: &'static str, label: &'static str, source: Source) -> Field {
    Field { name, label, value: String::new(), source, required: true, single: false }
}

impl Field {
    pub fn value(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
    }

    pub fn single(self) -> Field {
        Field { single: true, ..self }
    }

    pub fn optional(self) -> Field {
        Field { required: false, ..self }
    }
}

/// The fields as they were filled in.
#[derive(Debug, Clone, Default)]
pub struct Values(pub Vec<(&'static str, String)>);

impl Values {
    pub fn text(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
    }

    pub fn yes(&self, name: &str) -> bool {
        matches!(self.text(name).as_str(), "y" | "yes" | "true" | "1")
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }
}

/// An operation.
pub struct Op {
    pub name: &'static str,
    pub help: &'static str,
    pub who: Who,
    /// Cannot be undone: asks for the name to be typed.
    pub destroys: bool,
    pub on: fn(&Subject) -> bool,
    pub fields: fn(&Subject, &Store) -> Vec<Field>,
    /// The arguments of `koji` that do the same.
    pub line: fn(&Subject, &Values) -> Vec<String>,
    /// The calls that do it; none: the command itself is run, in the background.
    pub calls: fn(&Subject, &Values) -> Vec<Call>,
    /// Where to look afterwards.
    pub then: fn(&Subject) -> Option<Place>,
    /// The command gets the terminal: it talks, or takes long.
    pub terminal: bool,
}

impl Op {
    /// What is to be done for these things: calls together, commands one after the other.
    pub fn effects(&self, subjects: &[Subject], values: &Values) -> Vec<Effect> {
        let mut calls = Vec::new();
        let mut lines = Vec::new();
        for subject in subjects {
            let made = (self.calls)(subject, values);
            let what = format!("{} {}", self.name, subject.title());
            if made.is_empty() {
                // only the command can do it
                lines.push((what.clone(), (self.line)(subject, values)));
            }
            calls.extend(made.into_iter().map(|c| (what.clone(), c)));
        }
        if self.terminal {
            return lines.into_iter().map(|(_, line)| Effect::Shell(line)).collect();
        }
        let mut effects = vec![Effect::Say(Role::Running, format!("▶ {} …", self.name))];
        let then = subjects.first().and_then(self.then);
        if !calls.is_empty() {
            effects.push(Effect::Perform { calls, then: then.clone() });
        }
        if !lines.is_empty() {
            effects.push(Effect::Command { lines, then });
        }
        effects
    }
}

/// What most operations have in common.
const BASE: Op = Op {
    name: "",
    help: "",
    who: Who::LoggedIn,
    destroys: false,
    on: |_| false,
    fields: |_, _| Vec::new(),
    line: |_, _| Vec::new(),
    calls: |_, _| Vec::new(),
    then: |_| None,
    terminal: false,
};

/// The form that starts a build.
pub fn build_form() -> &'static Op {
    launch::BUILD
}

/// The form that builds on this machine.
pub fn local_build_form() -> &'static Op {
    local::BUILD
}

pub fn all() -> impl Iterator<Item = &'static Op> {
    let areas = [
        launch::OPS,
        task::OPS,
        build::OPS,
        tag::OPS,
        package::OPS,
        target::OPS,
        host::OPS,
        channel::OPS,
        user::OPS,
        local::OPS,
    ];
    areas.into_iter().flatten()
}

/// Those that make sense for all of the subjects, and whether the user may.
pub fn applicable(subjects: &[Subject], user: Option<&User>) -> Vec<(&'static Op, Result<(), String>)> {
    let fits = |op: &&'static Op| !subjects.is_empty() && subjects.iter().all(|s| (op.on)(s));
    let may = |op: &'static Op| match (user, op.who) {
        (_, Who::Anyone) => Ok(()),
        (None, _) => Err("needs a login".to_owned()),
        (Some(_), Who::LoggedIn) => Ok(()),
        (Some(user), Who::Perm(perm)) if user.has(perm) => Ok(()),
        (Some(_), Who::Perm(perm)) => Err(format!("needs the permission {perm}")),
    };
    all().filter(fits).map(|op| (op, may(op))).collect()
}

/// A call that changes something.
fn call<const N: usize>(method: &str, params: [Value; N]) -> Call {
    Call { method: method.to_owned(), params: params.into(), login: true }
}

fn call_with<const N: usize, const K: usize>(
    method: &str,
    params: [Value; N],
    kwargs: [(&str, Value); K],
) -> Call {
    call_with_all(method, params.into(), kwargs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

fn call_with_all(method: &str, params: Vec<Value>, kwargs: Struct) -> Call {
    Call { method: method.to_owned(), params: join_kwargs(params, kwargs), login: true }
}

/// `--name=value`; nothing without a value.
fn option(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("--{name}={value}") }
}

fn args<const N: usize>(parts: [&str; N]) -> Vec<String> {
    parts.into_iter().filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

/// A word for a shell.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=+./:@%,#".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('#') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `koji cancel 5`
pub fn shell_line(words: &[String]) -> String {
    std::iter::once("koji".to_owned()).chain(words.iter().map(|w| quote(w))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_for_a_shell() {
        let words = ["add-pkg".to_owned(), "a b".into(), "git://x#y".into(), "it's".into()];
        assert_eq!(shell_line(&words), r"koji add-pkg 'a b' git://x#y 'it'\''s'");
    }

    #[test]
    fn rights() {
        let task = [Subject::Task(5)];
        let open = |op: &Op| matches!(op.who, Who::Anyone);
        assert!(applicable(&task, None).iter().all(|(op, may)| may.is_ok() == open(op)));
        let user = User { id: 1, name: "u".into(), perms: vec![] };
        let may = |name: &str, user: &User| {
            applicable(&task, Some(user)).into_iter().find(|(op, _)| op.name == name).map(|(_, m)| m.is_ok())
        };
        assert_eq!(may("cancel", &user), Some(true));
        assert_eq!(may("free", &user), Some(false));
        let admin = User { perms: vec!["admin".into()], ..user };
        assert_eq!(may("free", &admin), Some(true));
    }
}
