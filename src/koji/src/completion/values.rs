//! Which kind of value an argument wants, by the words that its help shows for it.

use clap::{Arg, ArgAction};

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Tag,
    Target,
    Package,
    Build,
    User,
    Host,
    Channel,
    Task,
    Permission,
    Volume,
    ExternalRepo,
    Arch,
    /// A method of the hub.
    Method,
    /// A command of this program.
    Command,
    /// A profile of the configuration.
    Profile,
    TaskMethod,
    /// A group of packages that builders ask for.
    Group,
    Login,
    /// A root of `koji local`.
    LocalRoot,
    Category,
    File,
}

impl Kind {
    /// The file of the cache that holds such values.
    pub fn cached(self) -> Option<&'static str> {
        Some(match self {
            Kind::Tag => "tags",
            Kind::Target => "targets",
            Kind::Package => "packages",
            Kind::Build => "builds",
            Kind::User => "users",
            Kind::Host => "hosts",
            Kind::Channel => "channels",
            Kind::Task => "tasks",
            Kind::Permission => "permissions",
            Kind::Volume => "volumes",
            Kind::ExternalRepo => "external-repos",
            _ => return None,
        })
    }
}

/// The kinds of a positional argument, the `index`th on the line, which is shown as `arg` says.
pub fn of_positional(command: &str, arg: &Arg, index: usize) -> Vec<Kind> {
    let names = names(arg);
    let words: Vec<&str> = names.split_whitespace().collect();
    let word = words.get(index).or(words.last()).copied().unwrap_or_default();
    kinds(command, word)
}

/// The kinds of an option's value.
pub fn of_option(command: &str, arg: &Arg) -> Vec<Kind> {
    if !matches!(arg.get_action(), ArgAction::Set | ArgAction::Append) {
        return Vec::new();
    }
    let by_name = match arg.get_long().unwrap_or_default() {
        "profile" if command.is_empty() => vec![Kind::Profile],
        "authtype" => vec![Kind::Login],
        "cert" | "keytab" | "topdir" | "config" | "comps" | "multilib" | "kickstart" | "ini" => {
            vec![Kind::File]
        }
        "method" => vec![Kind::TaskMethod],
        "user" | "owner" | "runas" | "editor" => vec![Kind::User],
        "name" if command == "list-targets" => vec![Kind::Target],
        "name" if command == "list-external-repos" => vec![Kind::ExternalRepo],
        "before" | "after" | "ts" | "event" | "at" | "url" | "name" | "type" => return Vec::new(),
        "perm" | "permission" => vec![Kind::Permission],
        long => kinds(command, &long.to_uppercase()),
    };
    if by_name.is_empty() { kinds(command, &names(arg)) } else { by_name }
}

fn names(arg: &Arg) -> String {
    match arg.get_value_names() {
        Some(names) if !names.is_empty() => names.join(" "),
        _ => arg.get_id().as_str().to_uppercase(),
    }
}

/// By a word of the help: `TAG`, `NVR|ID`, `[URL]`, `PACKAGES`.
fn kinds(command: &str, word: &str) -> Vec<Kind> {
    let word = word.trim_matches(['[', ']', '.']);
    let mut found: Vec<Kind> = word.split('|').filter_map(|w| kind(command, w)).collect();
    found.dedup();
    found
}

fn kind(command: &str, word: &str) -> Option<Kind> {
    let word = word.to_uppercase().replace('_', "-");
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = word.strip_suffix('S').unwrap_or(word);
    Some(match word {
        "TAG" | "BASETAG" | "SIDETAG" | "SRC" | "DEST" | "PARENT" | "DEST-TAG" | "BUILD-TAG" | "FROM"
        | "TO" | "TAG-NAME" | "PARENT-TAG" | "DESTINATION" | "SRC-TAG" | "DST-TAG" => Kind::Tag,
        "SOURCE" if command == "clone-tag" => Kind::Tag,
        "PATTERN" if command == "list-tags" => Kind::Tag,
        "TARGET" | "BUILD-TARGET" => Kind::Target,
        "PACKAGE" | "PKG" => Kind::Package,
        "NVR" | "BUILD" | "N-V-R" | "WAIT-BUILD" => Kind::Build,
        "USER" | "USERNAME" | "OWNER" => Kind::User,
        "HOST" | "HOSTNAME" => Kind::Host,
        "CHANNEL" | "CHANNEL-OVERRIDE" | "OLD-CHANNEL" => Kind::Channel,
        "TASK-ID" | "TASK" => Kind::Task,
        "PERMISSION" | "PERM" => Kind::Permission,
        "VOLUME" => Kind::Volume,
        "REPO" | "EXTERNAL-REPO" if command.contains("external-repo") => Kind::ExternalRepo,
        "GROUP" | "REQUIRED-GROUP" => Kind::Group,
        "ARCH" | "ARCHE" => Kind::Arch,
        "ROOT" if command.starts_with("local") => Kind::LocalRoot,
        "METHOD" => Kind::Method,
        "COMMAND" if command.is_empty() => Kind::Command,
        "CATEGORY" => Kind::Category,
        "FILE" | "SRPM" | "KICKSTART" | "CONFIG" | "DIR" | "PATH" | "COMP" | "DIRECTORY" => Kind::File,
        "NAME" => return by_command(command),
        _ => return None,
    })
}

/// Commands whose argument is called NAME: what they work on.
fn by_command(command: &str) -> Option<Kind> {
    Some(match command {
        "edit-target" | "remove-target" => Kind::Target,
        "edit-tag" | "remove-tag" | "lock-tag" | "unlock-tag" | "taginfo" | "edit-sidetag"
        | "remove-sidetag" => Kind::Tag,
        "edit-external-repo" | "remove-external-repo" => Kind::ExternalRepo,
        "edit-channel" | "enable-channel" | "disable-channel" | "remove-channel" => Kind::Channel,
        "edit-user" | "enable-user" | "disable-user" | "userinfo" => Kind::User,
        "edit-permission" => Kind::Permission,
        "profile" => Kind::Profile,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positional(command: &str, index: usize) -> Vec<Kind> {
        let clap = crate::commands::find(command).unwrap().clap();
        let args: Vec<&Arg> = clap.get_positionals().collect();
        let arg = args.get(index).or(args.last()).unwrap();
        of_positional(command, arg, index - args.iter().position(|a| a.get_id() == arg.get_id()).unwrap())
    }

    #[test]
    fn words_of_the_help_say_what_is_meant() {
        for (command, index, kind) in [
            ("tag-build", 0, Kind::Tag),
            ("tag-build", 3, Kind::Build),
            ("move-build", 1, Kind::Tag),
            ("clone-tag", 0, Kind::Tag),
            ("clone-tag", 1, Kind::Tag),
            ("build", 0, Kind::Target),
            ("maven-build", 0, Kind::Target),
            ("spin-livecd", 2, Kind::Target),
            ("spin-livecd", 3, Kind::Arch),
            ("runroot", 0, Kind::Tag),
            ("add-pkg", 0, Kind::Tag),
            ("add-pkg", 1, Kind::Package),
            ("edit-target", 0, Kind::Target),
            ("remove-tag", 0, Kind::Tag),
            ("grant-permission", 0, Kind::Permission),
            ("grant-permission", 1, Kind::User),
            ("add-host-to-channel", 0, Kind::Host),
            ("add-host-to-channel", 1, Kind::Channel),
            ("watch-task", 0, Kind::Task),
            ("cancel", 0, Kind::Task),
            ("add-group-pkg", 1, Kind::Group),
            ("repro", 0, Kind::Build),
        ] {
            assert!(
                positional(command, index).contains(&kind),
                "{command} {index}: {:?}",
                positional(command, index)
            );
        }
        assert_eq!(positional("add-tag", 0), []);
    }
}
