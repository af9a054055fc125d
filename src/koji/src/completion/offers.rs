//! From the words before the cursor to what is offered.

use clap::{Arg, ArgAction, Command};
use koji_api::methods::AREAS;
use koji_config::{ClientConfig, ClientSources};

use super::cache::{Cache, Place};
use super::values::{self, Kind};
use super::{Offer, Offers};
use crate::commands;

/// More are of no use to anybody; the last of them all is kept, so that what they have in common stays right.
const MOST: usize = 2000;

const ARCHES: &[&str] =
    &["aarch64", "armv7hl", "i386", "i686", "noarch", "ppc64le", "riscv64", "s390x", "src", "x86_64"];
const GROUPS: &[&str] = &[
    "appliance-build",
    "build",
    "image-build",
    "livecd-build",
    "livemedia-build",
    "maven-build",
    "srpm-build",
    "wrapper-rpm-build",
];
const TASK_METHODS: &[&str] = &[
    "build",
    "buildArch",
    "buildMaven",
    "buildSRPMFromSCM",
    "chainbuild",
    "createrepo",
    "distRepo",
    "image",
    "maven",
    "newRepo",
    "rebuildSRPM",
    "runroot",
    "tagBuild",
    "waitrepo",
    "winbuild",
];

/// What the cursor is at.
enum At {
    Words(Vec<Offer>),
    /// A value of these kinds; the text stands before it in the same word (`--tag=`).
    Value {
        kinds: Vec<Kind>,
        before: String,
        text: String,
    },
}

/// What to offer for the last word.
pub fn at(words: &[String]) -> Offers {
    let Some((present, before)) = words.split_last() else { return Offers::Words(Vec::new()) };
    let before = before.get(1..).unwrap_or_default();
    let mut globals = Globals::default();
    let position = root(before, present, &mut globals);
    globals.program = words.first().cloned().unwrap_or_default();
    match position {
        At::Words(list) => Offers::Words(list),
        At::Value { kinds, .. } if kinds.contains(&Kind::File) && looks_like_path(present, &kinds) => {
            Offers::Files
        }
        At::Value { kinds, before, text } => {
            let mut list = Vec::new();
            for kind in kinds {
                list.extend(value_offers(kind, &text, &globals));
            }
            for offer in &mut list {
                offer.value.insert_str(0, &before);
            }
            Offers::Words(list)
        }
    }
}

/// Where other values are possible, files are only meant by a path.
fn looks_like_path(word: &str, kinds: &[Kind]) -> bool {
    kinds.len() == 1 || word.contains('/') || word.starts_with('.')
}

/// Options before the command that decide where values come from.
#[derive(Debug, Default)]
struct Globals {
    program: String,
    profile: Option<String>,
    config: Option<String>,
    server: Option<String>,
}

impl Globals {
    fn set(&mut self, long: &str, value: &str) {
        let slot = match long {
            "profile" => &mut self.profile,
            "config" => &mut self.config,
            "server" => &mut self.server,
            _ => return,
        };
        *slot = Some(value.to_owned());
    }

    fn sources(&self) -> ClientSources {
        ClientSources {
            profile: self.profile.clone(),
            config: self.config.clone().map(Into::into),
            program: self.program.clone(),
        }
    }

    fn place(&self) -> Option<Place> {
        Place::new(&self.sources(), self.server.as_deref())
    }
}

fn root(before: &[String], present: &str, globals: &mut Globals) -> At {
    let root = crate::cli::global_command();
    let mut rest = before.iter();
    while let Some(word) = rest.next() {
        match option(&root, word) {
            Some((arg, Some(value))) => globals.set(arg.get_long().unwrap_or_default(), value),
            Some((arg, None)) if takes_value(arg) => match rest.next() {
                Some(value) => globals.set(arg.get_long().unwrap_or_default(), value),
                None => return value_at("", arg, present),
            },
            Some(_) => {}
            None if word.starts_with('-') => {}
            None => return inside(word, &rest.cloned().collect::<Vec<_>>(), present),
        }
    }
    if present.starts_with('-') {
        return options("", &root, present);
    }
    let mut list: Vec<Offer> = commands::table()
        .filter(|e| e.name.starts_with(present))
        .map(|e| Offer { value: e.name.to_owned(), about: e.summary() })
        .collect();
    list.sort_by(|x, y| x.value.cmp(&y.value));
    At::Words(list)
}

/// After the command.
fn inside(name: &str, before: &[String], present: &str) -> At {
    let Some(entry) = commands::find(name) else { return At::Words(Vec::new()) };
    let mut command = entry.clap();
    let mut path = entry.name.to_owned();
    let mut positionals = 0;
    let mut only_positionals = false;
    let mut rest = before.iter();
    while let Some(word) = rest.next() {
        if only_positionals {
            positionals += 1;
        } else if word == "--" {
            only_positionals = true;
        } else if let Some((arg, value)) = option(&command, word) {
            let more = match (value, takes_value(arg)) {
                (None, true) => arg.get_num_args().map_or(1, |n| n.min_values().max(1)),
                _ => 0,
            };
            for _ in 0..more {
                if rest.next().is_none() {
                    return value_at(&path, arg, present);
                }
            }
        } else if word.starts_with('-') && word.len() > 1 {
            // an option that does not exist
        } else if let Some(sub) = command.find_subcommand(word).cloned() {
            path = format!("{path} {word}");
            command = sub;
        } else {
            positionals += 1;
        }
    }
    if !only_positionals && present.starts_with('-') {
        return options(&path, &command, present);
    }
    if command.has_subcommands() {
        let subs =
            command.get_subcommands().filter(|s| s.get_name().starts_with(present) && !s.is_hide_set());
        let about = |s: &Command| s.get_about().map(ToString::to_string).unwrap_or_default();
        return At::Words(subs.map(|s| Offer { value: s.get_name().to_owned(), about: about(s) }).collect());
    }
    let args: Vec<&Arg> = command.get_positionals().collect();
    let arg = args.get(positionals).or(args.last().filter(|a| many(a))).copied();
    if let Some(words) = arg.and_then(|arg| possible(arg, present)) {
        return words;
    }
    let kinds = arg.map(|arg| {
        // an argument that takes several words knows each by its place
        let first = args.iter().position(|a| a.get_id() == arg.get_id()).unwrap_or(0);
        let name = path.split(' ').next().unwrap_or_default();
        values::of_positional(name, arg, positionals - first.min(positionals))
    });
    At::Value { kinds: kinds.unwrap_or_default(), before: String::new(), text: present.to_owned() }
}

fn many(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

/// The option that a word is, and the value that is part of the word. Long ones may be shortened.
fn option<'a, 'w>(command: &'a Command, word: &'w str) -> Option<(&'a Arg, Option<&'w str>)> {
    let args = || command.get_arguments().filter(|a| !a.is_positional());
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        if name.is_empty() {
            return None;
        }
        let exact = args().find(|a| a.get_long() == Some(name));
        let arg = exact.or_else(|| args().find(|a| a.get_long().is_some_and(|l| l.starts_with(name))));
        return arg.map(|a| (a, value));
    }
    let mut chars = word.strip_prefix('-')?.chars();
    let short = chars.next()?;
    let rest = chars.as_str();
    let arg = args().find(|a| a.get_short() == Some(short))?;
    Some((arg, if takes_value(arg) && !rest.is_empty() { Some(rest) } else { None }))
}

/// The options that a word can become, or the value in it.
fn options(path: &str, command: &Command, present: &str) -> At {
    if let (true, Some((name, text))) = (present.starts_with("--"), present.split_once('=')) {
        return match option(command, present) {
            Some((arg, _)) => {
                let kinds = values::of_option(path, arg);
                At::Value { kinds, before: format!("{name}="), text: text.to_owned() }
            }
            None => At::Words(Vec::new()),
        };
    }
    let mut list = Vec::new();
    for arg in command.get_arguments().filter(|a| !a.is_positional() && !a.is_hide_set()) {
        let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let about = about.lines().next().unwrap_or_default().to_owned();
        let long = arg.get_long().map(|l| format!("--{l}"));
        // short ones only where nothing longer says the same
        let name = long.or_else(|| arg.get_short().map(|s| format!("-{s}")));
        if let Some(value) = name.filter(|n| n.starts_with(present)) {
            list.push(Offer { value, about });
        }
    }
    if "--help".starts_with(present) {
        list.push(Offer { value: "--help".into(), about: "Show the help".into() });
    }
    list.sort_by(|x, y| x.value.cmp(&y.value));
    list.dedup_by(|x, y| x.value == y.value);
    At::Words(list)
}

fn value_at(path: &str, arg: &Arg, present: &str) -> At {
    let kinds = || values::of_option(path, arg);
    let value = || At::Value { kinds: kinds(), before: String::new(), text: present.to_owned() };
    possible(arg, present).unwrap_or_else(value)
}

/// The values of an argument that takes only certain ones.
fn possible(arg: &Arg, present: &str) -> Option<At> {
    // flags say that they take true and false
    let values = if takes_value(arg) { arg.get_possible_values() } else { Vec::new() };
    let names = values.iter().map(|p| p.get_name()).filter(|n| n.starts_with(present));
    (!values.is_empty()).then(|| At::Words(names.map(plain).collect()))
}

fn plain(value: &str) -> Offer {
    Offer { value: value.to_owned(), about: String::new() }
}

fn value_offers(kind: Kind, prefix: &str, globals: &Globals) -> Vec<Offer> {
    let fixed = |list: &[&str]| list.iter().filter(|v| v.starts_with(prefix)).map(|v| plain(v)).collect();
    match kind {
        Kind::Arch => fixed(ARCHES),
        Kind::Group => fixed(GROUPS),
        Kind::TaskMethod => fixed(TASK_METHODS),
        Kind::Login => fixed(&["kerberos", "noauth", "password", "ssl"]),
        Kind::Category => {
            let names: Vec<&str> = commands::Category::ALL.iter().map(|(_, name, _)| *name).collect();
            fixed(&names)
        }
        Kind::Command => {
            let names: Vec<&str> = commands::table().map(|e| e.name).collect();
            fixed(&names)
        }
        Kind::Method => {
            let mut names: Vec<&str> =
                AREAS.iter().flat_map(|(_, decls)| decls.iter().map(|d| d.name)).collect();
            names.sort_unstable();
            fixed(&names)
        }
        Kind::Profile => {
            let names = ClientConfig::profiles(&globals.sources()).unwrap_or_default();
            fixed(&names.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Kind::LocalRoot => {
            let names = commands::local_roots();
            fixed(&names.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Kind::File => Vec::new(),
        cached => match (cached.cached(), globals.place()) {
            (Some(name), Some(place)) => {
                let found = Cache::new(&place).starting_with(name, prefix, MOST);
                super::refresh::when_old(&place, name);
                found
            }
            _ => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offered(line: &str) -> Vec<String> {
        match at(&super::super::line::split(line)) {
            Offers::Words(list) => list.into_iter().map(|o| o.value).collect(),
            Offers::Files => vec!["!files".into()],
        }
    }

    #[test]
    fn commands_and_options() {
        assert_eq!(offered("koji list-tag"), ["list-tag-inheritance", "list-tagged", "list-tags"]);
        assert_eq!(offered("koji --quiet -p x moshi"), ["moshimoshi"]);
        assert!(offered("koji --prof").contains(&"--profile".to_owned()));
        assert_eq!(offered("koji list-tagged --inh"), ["--inherit"]);
        assert_eq!(offered("koji list-tagged --json"), ["--json", "--jsonl"]);
        assert_eq!(offered("koji nonsense "), Vec::<String>::new());
    }

    #[test]
    fn values_that_need_no_hub() {
        assert_eq!(offered("koji list-hosts --arch=x86"), ["--arch=x86_64"]);
        assert_eq!(offered("koji list-hosts --arch x86"), ["x86_64"]);
        assert_eq!(offered("koji call getTagG"), ["getTagGroups"]);
        assert_eq!(offered("koji completion z"), ["zsh"]);
        assert_eq!(offered("koji list-groups x li"), ["livecd-build", "livemedia-build"]);
        assert_eq!(offered("koji --authtype k"), ["kerberos"]);
        assert_eq!(offered("koji image-build --kickstart "), ["!files"]);
        assert_eq!(offered("koji build tgt ./x"), ["!files"]);
    }

    proptest! {
        #[test]
        fn any_words(words in proptest::collection::vec("(koji|call|list-tagged|-p|--arch=?|--|-|=|[a-z-]{0,6})", 0..6)) {
            // an own configuration directory that is not there: nothing of this machine is read
            let mut words = words;
            words.insert(1.min(words.len()), "--config=/nonexistent/koji".into());
            let _ = at(&words);
        }
    }
}
