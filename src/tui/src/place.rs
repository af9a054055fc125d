//! Where one can be (a screen with its argument) and what one can select (a thing of the hub).

use std::fmt;

/// A screen and what it shows: `task 123`, `tag f45`, `diff f45 f46`. What deep links, history and breadcrumbs are made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Place {
    pub screen: String,
    pub arg: String,
}

impl Place {
    pub fn new(screen: &str, arg: impl fmt::Display) -> Place {
        Place { screen: screen.to_owned(), arg: arg.to_string() }
    }

    pub fn parse(text: &str) -> Place {
        let text = text.trim();
        let (screen, arg) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        Place::new(screen, arg.trim())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.arg.is_empty() {
            f.write_str(&self.screen)
        } else {
            write!(f, "{} {}", self.screen, self.arg)
        }
    }
}

/// A thing of the hub that a row stands for: what actions, copying and links work on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    Task(i64),
    Build {
        id: i64,
        nvr: String,
    },
    /// A package, in a tag where one is looked at.
    Package {
        name: String,
        tag: Option<String>,
    },
    /// A build in a tag.
    Tagged {
        nvr: String,
        tag: String,
    },
    Tag(String),
    Target(String),
    Host(String),
    Channel(String),
    Repo {
        id: i64,
        tag: String,
    },
    User(String),
    Rpm {
        id: i64,
        nvra: String,
    },
    Buildroot(i64),
    /// A root of this machine.
    Root(String),
    /// A file of a task's output, or a line of it.
    Log {
        task: i64,
        name: String,
        line: Option<u64>,
    },
    /// Only a place to go to.
    Place(Place),
    Text(String),
}

impl Subject {
    /// All kinds, as [`Subject::kind`] says them.
    pub const KINDS: &[&str] = &[
        "task",
        "build",
        "package",
        "tag",
        "target",
        "host",
        "channel",
        "repo",
        "user",
        "rpm",
        "buildroot",
        "root",
        "log",
    ];

    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Task(_) => "task",
            Subject::Build { .. } | Subject::Tagged { .. } => "build",
            Subject::Package { .. } => "package",
            Subject::Tag(_) => "tag",
            Subject::Target(_) => "target",
            Subject::Host(_) => "host",
            Subject::Channel(_) => "channel",
            Subject::Repo { .. } => "repo",
            Subject::User(_) => "user",
            Subject::Rpm { .. } => "rpm",
            Subject::Buildroot(_) => "buildroot",
            Subject::Root(_) => "root",
            Subject::Log { .. } => "log",
            Subject::Place(_) | Subject::Text(_) => "",
        }
    }

    /// Its number; its name where it has none.
    pub fn id(&self) -> String {
        match self {
            Subject::Build { id, .. } | Subject::Rpm { id, .. } if *id > 0 => id.to_string(),
            Subject::Log { task, .. } => task.to_string(),
            _ => self.name(),
        }
    }

    /// The tag that it is looked at in.
    pub fn tag(&self) -> Option<String> {
        match self {
            Subject::Tag(tag) | Subject::Tagged { tag, .. } | Subject::Repo { tag, .. } => Some(tag.clone()),
            Subject::Package { tag, .. } => tag.clone(),
            _ => None,
        }
    }

    /// Kind and name for people.
    pub fn title(&self) -> String {
        match self {
            Subject::Task(id) => format!("task {id}"),
            Subject::Build { nvr, .. } => format!("build {nvr}"),
            Subject::Package { name, tag: Some(tag) } => format!("package {name} in {tag}"),
            Subject::Package { name, .. } => format!("package {name}"),
            Subject::Tagged { nvr, tag } => format!("build {nvr} in {tag}"),
            Subject::Tag(name) => format!("tag {name}"),
            Subject::Target(name) => format!("target {name}"),
            Subject::Host(name) => format!("host {name}"),
            Subject::Channel(name) => format!("channel {name}"),
            Subject::Repo { id, tag } => format!("repo {id} of {tag}"),
            Subject::User(name) => format!("user {name}"),
            Subject::Rpm { nvra, .. } => format!("rpm {nvra}"),
            Subject::Buildroot(id) => format!("buildroot {id}"),
            Subject::Root(name) => format!("root {name}"),
            Subject::Log { task, name, .. } => format!("{name} of task {task}"),
            Subject::Place(place) => place.to_string(),
            Subject::Text(text) => text.clone(),
        }
    }

    /// Only the name or number.
    pub fn name(&self) -> String {
        match self {
            Subject::Task(id) | Subject::Buildroot(id) => id.to_string(),
            Subject::Repo { id, .. } => id.to_string(),
            Subject::Build { nvr, .. } | Subject::Tagged { nvr, .. } => nvr.clone(),
            Subject::Package { name, .. } | Subject::Log { name, .. } => name.clone(),
            Subject::Tag(s)
            | Subject::Target(s)
            | Subject::Host(s)
            | Subject::Channel(s)
            | Subject::User(s)
            | Subject::Root(s) => s.clone(),
            Subject::Rpm { nvra, .. } => nvra.clone(),
            Subject::Place(place) => place.arg.clone(),
            Subject::Text(text) => text.clone(),
        }
    }

    /// Where `enter` leads.
    pub fn place(&self) -> Option<Place> {
        Some(match self {
            Subject::Task(id) => Place::new("task", id),
            Subject::Build { nvr, .. } | Subject::Tagged { nvr, .. } => Place::new("build", nvr),
            Subject::Package { name, .. } => Place::new("package", name),
            Subject::Tag(name) => Place::new("tag", name),
            Subject::Target(name) => Place::new("target", name),
            Subject::Host(name) => Place::new("host", name),
            Subject::Channel(name) => Place::new("channel", name),
            Subject::Repo { id, .. } => Place::new("repo", id),
            Subject::User(name) => Place::new("user", name),
            Subject::Rpm { id, .. } => Place::new("rpm", id),
            Subject::Buildroot(id) => Place::new("buildroot", id),
            Subject::Root(name) => Place::new("root", name),
            Subject::Log { task, name, line: None } => Place::new("log", format!("{task} {name}")),
            Subject::Log { task, name, line: Some(line) } => {
                Place::new("log", format!("{task} {name} {line}"))
            }
            Subject::Place(place) => place.clone(),
            Subject::Text(_) => return None,
        })
    }

    /// The page in Koji's web interface.
    pub fn url(&self, weburl: &str) -> Option<String> {
        let page = match self {
            Subject::Task(id) => format!("taskinfo?taskID={id}"),
            Subject::Build { id, .. } if *id > 0 => format!("buildinfo?buildID={id}"),
            Subject::Build { nvr, .. } | Subject::Tagged { nvr, .. } => {
                format!("search?match=exact&type=build&terms={nvr}")
            }
            Subject::Package { name, .. } => format!("packageinfo?packageID={name}"),
            Subject::Tag(name) => format!("taginfo?tagID={name}"),
            Subject::Target(name) => format!("buildtargetinfo?name={name}"),
            Subject::Host(name) => format!("hostinfo?hostID={name}"),
            Subject::Channel(name) => format!("channelinfo?channelID={name}"),
            Subject::Repo { id, .. } => format!("repoinfo?repoID={id}"),
            Subject::User(name) => format!("userinfo?userID={name}"),
            Subject::Rpm { id, .. } => format!("rpminfo?rpmID={id}"),
            Subject::Buildroot(id) => format!("buildrootinfo?buildrootID={id}"),
            Subject::Log { task, name, .. } => format!("getfile?taskID={task}&name={name}"),
            Subject::Root(_) | Subject::Place(_) | Subject::Text(_) => return None,
        };
        Some(format!("{}/{page}", weburl.trim_end_matches('/')))
    }

    /// The command line that shows the same.
    pub fn command(&self) -> Option<String> {
        Some(match self {
            Subject::Task(id) => format!("koji taskinfo -v {id}"),
            Subject::Build { nvr, .. } | Subject::Tagged { nvr, .. } => format!("koji buildinfo {nvr}"),
            Subject::Package { name, .. } => format!("koji list-builds --package={name}"),
            Subject::Tag(name) => format!("koji taginfo {name}"),
            Subject::Target(name) => format!("koji list-targets --name={name}"),
            Subject::Host(name) => format!("koji hostinfo {name}"),
            Subject::Channel(name) => format!("koji list-hosts --channel={name}"),
            Subject::Repo { id, .. } => format!("koji repoinfo {id}"),
            Subject::User(name) => format!("koji userinfo {name}"),
            Subject::Rpm { nvra, .. } => format!("koji rpminfo {nvra}"),
            Subject::Buildroot(id) => format!("koji list-buildroot {id}"),
            Subject::Root(name) => format!("koji local shell {name}"),
            Subject::Log { task, name, .. } => format!("koji download-logs --match={name} {task}"),
            Subject::Place(_) | Subject::Text(_) => return None,
        })
    }
}
