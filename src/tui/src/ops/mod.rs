//! What can be done to things of the hub: each with the command line it equals and the calls it makes.

mod build;
mod host;
mod launch;
mod package;
mod tag;
mod target;
mod task;

use koji_xmlrpc::{Struct, Value, join_kwargs};

use crate::call::Call;
use crate::place::{Place, Subject};
use crate::screen::User;

/// Who may.
#[derive(Debug, Clone, Copy)]
pub enum Who {
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
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
    pub source: Source,
    pub required: bool,
}

pub fn field(name: &'static str, label: &'static str, source: Source) -> Field {
    Field { name, label, value: String::new(), source, required: true }
}

impl Field {
    pub fn value(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
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
    pub fields: fn(&Subject) -> Vec<Field>,
    /// The arguments of `koji` that do the same.
    pub line: fn(&Subject, &Values) -> Vec<String>,
    pub calls: fn(&Subject, &Values) -> Vec<Call>,
    /// Where to look afterwards.
    pub then: fn(&Subject) -> Option<Place>,
}

/// The form that starts a build.
pub fn build_form() -> &'static Op {
    launch::BUILD
}

fn nowhere(_: &Subject) -> Option<Place> {
    None
}

fn no_fields(_: &Subject) -> Vec<Field> {
    Vec::new()
}

pub fn all() -> impl Iterator<Item = &'static Op> {
    [task::OPS, build::OPS, tag::OPS, package::OPS, target::OPS, host::OPS, launch::OPS].into_iter().flatten()
}

/// Those that make sense for all of the subjects, and whether the user may.
pub fn applicable(subjects: &[Subject], user: Option<&User>) -> Vec<(&'static Op, Result<(), String>)> {
    let fits = |op: &&'static Op| !subjects.is_empty() && subjects.iter().all(|s| (op.on)(s));
    let may = |op: &'static Op| match (user, op.who) {
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
    let kwargs: Struct = kwargs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    Call { method: method.to_owned(), params: join_kwargs(params.into(), kwargs), login: true }
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
        assert!(applicable(&task, None).iter().all(|(_, may)| may.is_err()));
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
