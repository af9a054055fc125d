use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use koji_config::ini::{Ini, Section};
use koji_config::{ClientConfig, ClientSources};
use koji_xmlrpc::{Struct, Value};
use url::Url;

use super::password::{self, SetPassword};
use crate::commands::Setup;
use crate::error::{CommandError, Result};
use crate::output::Output;

/// List, show and add profiles, and keep their passwords
///
/// A profile is a section of the configuration: a hub and how to log in to it. It is chosen with -p NAME, with the variable
/// KOJI_PROFILE, or by calling the program by its name (a link).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the profiles and their hubs; an asterisk marks the one that is used when none is named
    List {},
    /// Show the options of a profile and where they are written
    Show {
        /// The profile [default: the one that is used now]
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Write a new profile
    Add(Box<New>),
    SetPassword(SetPassword),
}

#[derive(Debug, clap::Args)]
struct New {
    /// Name: letters, digits, dot, hyphen and underscore
    #[arg(value_name = "NEW-NAME")]
    name: String,
    /// URL of the hub, such as https://koji.example.com/kojihub
    #[arg(long, value_name = "URL")]
    server: String,
    /// URL of the web interface [default: /koji on the hub's host]
    #[arg(long, value_name = "URL")]
    weburl: Option<String>,
    /// URL of the hub's files
    #[arg(long, value_name = "URL")]
    topurl: Option<String>,
    /// Directory where the hub's files are mounted
    #[arg(long, value_name = "DIR")]
    topdir: Option<String>,
    /// How to log in: noauth, ssl, password or kerberos
    #[arg(long, value_name = "TYPE")]
    authtype: Option<String>,
    /// User for logins by password
    #[arg(long)]
    user: Option<String>,
    /// Client certificate with its key, PEM
    #[arg(long, value_name = "FILE")]
    cert: Option<String>,
    /// Certificates of the authorities that the hub's certificate may come from
    #[arg(long, value_name = "FILE")]
    serverca: Option<String>,
    /// Kerberos principal
    #[arg(long)]
    principal: Option<String>,
    /// Kerberos keytab
    #[arg(long, value_name = "FILE")]
    keytab: Option<String>,
    /// Replace a profile of the same name that this command has written
    #[arg(long)]
    force: bool,
}

pub async fn run(setup: Setup<'_>, a: Arguments) -> Result {
    let Setup { sources, out, .. } = setup;
    match a.action {
        Action::List {} => list(sources, out),
        Action::Show { name } => show(sources, out, name),
        Action::Add(new) => add(sources, out, &new),
        Action::SetPassword(which) => password::run(setup, which),
    }
}

fn list(sources: &ClientSources, out: &Output) -> Result {
    let ini = ClientConfig::files(sources)?;
    let used = ClientConfig::profile_name(sources);
    let mut names: Vec<String> = ini.sections().map(|s| s.name.clone()).collect();
    names.sort();
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    for section in names.iter().filter_map(|name| ini.section(name)) {
        out.data(&data(&section, section.name == used));
        let mark = if section.name == used { "*" } else { " " };
        let server = value(&section, "server").unwrap_or_default();
        out.line(format!("{mark} {:<width$} {server}", section.name).trim_end());
    }
    Ok(())
}

fn show(sources: &ClientSources, out: &Output, name: Option<String>) -> Result {
    let ini = ClientConfig::files(sources)?;
    let used = ClientConfig::profile_name(sources);
    let name = name.unwrap_or_else(|| used.clone());
    let section = ini.section(&name).ok_or_else(|| missing(&ini, &name))?;
    out.data(&data(&section, name == used));
    out.line(format!("[{name}]"));
    for entry in section.entries() {
        let text =
            if is_secret(&entry.name) { Ok("********".to_owned()) } else { section.interpolated(entry) };
        let text = text.unwrap_or_else(|e| format!("({e})"));
        out.line(format!("{} = {text}  # {}", entry.name, entry.origin));
    }
    Ok(())
}

fn missing(ini: &Ini, name: &str) -> CommandError {
    let known: Vec<&str> = ini.sections().map(|s| s.name.as_str()).collect();
    CommandError::new(format!(
        "no configuration for profile name: {name}\nThere are: {}. `koji profile add {name} --server URL` makes it.",
        if known.is_empty() { "none".to_owned() } else { known.join(", ") }
    ))
}

fn value(section: &Section, name: &str) -> Option<String> {
    section.interpolated(section.get(name)?).ok()
}

fn is_secret(name: &str) -> bool {
    name.contains("password")
}

fn data(section: &Section, default: bool) -> Value {
    let settings: Struct = section
        .entries()
        .map(|e| {
            (e.name.clone(), if is_secret(&e.name) { Value::Nil } else { value(section, &e.name).into() })
        })
        .collect();
    Value::record([
        ("name", Value::from(&section.name)),
        ("default", default.into()),
        ("file", section.origin.to_string().into()),
        ("settings", settings.into()),
    ])
}

fn add(sources: &ClientSources, out: &Output, new: &New) -> Result {
    let text = section_text(new)?;
    let file = directory(sources)?.join(format!("{}.conf", new.name));
    // a configuration that does not exist yet has no profiles
    let there = ClientConfig::files(&ClientSources { config: existing(sources), ..sources.clone() })?
        .section(&new.name);
    if let Some(section) = there {
        let own = section.entries().all(|e| *e.origin.file == file) && file.exists();
        if !(new.force && own) {
            let remedy = if own { "--force replaces it" } else { "edit it there, or choose another name" };
            return Err(CommandError::new(format!(
                "there is a profile {} already, in {}: {remedy}",
                new.name, section.origin
            )));
        }
    }
    write(&file, &text)?;
    let written = Ini::from_text(&file, &text).map_err(|e| CommandError::new(e.to_string()))?;
    if let Some(section) = written.section(&new.name) {
        out.data(&data(&section, ClientConfig::profile_name(sources) == new.name));
    }
    out.line(format!("Wrote {}", file.display()));
    out.line(format!("Use it with `koji -p {}`, or set KOJI_PROFILE={}", new.name, new.name));
    Ok(())
}

/// The file or directory of `--config`, where it is there.
fn existing(sources: &ClientSources) -> Option<PathBuf> {
    let path = sources.config.as_ref()?;
    let empty = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    (path.exists() && !empty).then(|| path.clone())
}

/// Where a profile is written: the directory of `--config`, else the user's own.
fn directory(sources: &ClientSources) -> Result<PathBuf> {
    match &sources.config {
        Some(path) if path.is_file() => Err(CommandError::new(format!(
            "{} is a file: a profile gets a file of its own, so give --config a directory",
            path.display()
        ))),
        Some(path) => Ok(path.clone()),
        None => Ok(ClientConfig::personal_dir()),
    }
}

/// The section with what is given, ready to be read back as it was given.
fn section_text(new: &New) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if new.name.is_empty() || new.name == "DEFAULT" || !new.name.chars().all(plain) {
        return Err(CommandError::usage(format!(
            "{:?} is no name for a profile: letters, digits, dot, hyphen and underscore are allowed",
            new.name
        )));
    }
    let server = url("--server", &new.server)?;
    let weburl = match &new.weburl {
        Some(text) => Some(url("--weburl", text)?.to_string()),
        None => server.join("/koji").ok().map(String::from),
    };
    if let Some(text) = &new.topurl {
        url("--topurl", text)?;
    }
    if let Some(kind) = &new.authtype
        && !["noauth", "ssl", "password", "kerberos", "gssapi"].contains(&kind.as_str())
    {
        return Err(CommandError::usage(format!(
            "--authtype {kind} is not known: noauth, ssl, password or kerberos"
        )));
    }
    let mut text = format!("[{}]\n", new.name);
    for (name, value) in [
        ("server", Some(&new.server)),
        ("weburl", weburl.as_ref()),
        ("topurl", new.topurl.as_ref()),
        ("topdir", new.topdir.as_ref()),
        ("authtype", new.authtype.as_ref()),
        ("user", new.user.as_ref()),
        ("cert", new.cert.as_ref()),
        ("serverca", new.serverca.as_ref()),
        ("principal", new.principal.as_ref()),
        ("keytab", new.keytab.as_ref()),
    ] {
        let Some(value) = value else { continue };
        if value.chars().any(char::is_control) {
            return Err(CommandError::usage(format!("the value of --{name} has control characters")));
        }
        text.push_str(&format!("{name} = {}\n", value.trim().replace('%', "%%")));
    }
    Ok(text)
}

fn url(option: &str, text: &str) -> Result<Url> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(CommandError::usage(format!(
            "{option} {text} is no URL: something like https://koji.example.com/kojihub is wanted"
        ))),
    }
}

/// Writes beside the file and renames. Only the owner may read it: a password may be added later.
fn write(file: &Path, text: &str) -> Result {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |e: std::io::Error| CommandError::new(format!("cannot write {}: {e}", file.display()));
    let dir = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(failed)?;
    let temporary = dir.join(format!(".profile.{}", std::process::id()));
    let written =
        File::options().write(true).create_new(true).mode(0o600).open(&temporary).and_then(|mut f| {
            f.write_all(text.as_bytes())?;
            f.sync_all()?;
            fs::rename(&temporary, file)
        });
    if written.is_err() {
        fs::remove_file(&temporary).ok();
    }
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn new(name: &str, server: &str) -> New {
        New {
            name: name.into(),
            server: server.into(),
            weburl: None,
            topurl: None,
            topdir: None,
            authtype: None,
            user: None,
            cert: None,
            serverca: None,
            principal: None,
            keytab: None,
            force: false,
        }
    }

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("koji-profile-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_profile_is_written_once() {
        let dir = scratch("once");
        let sources = ClientSources { profile: None, config: Some(dir.clone()), program: "koji".into() };
        let out = Output::default();
        let mut stage = new("stage", "https://koji.example.com/kojihub");
        add(&sources, &out, &stage).unwrap();
        let loaded =
            ClientConfig::load(&ClientSources { program: "/bin/stage".into(), ..sources.clone() }).unwrap();
        assert_eq!(loaded.settings.weburl, "https://koji.example.com/koji");
        assert!(add(&sources, &out, &stage).unwrap_err().message.contains("--force"));
        stage.force = true;
        stage.server = "http://other/kojihub".into();
        add(&sources, &out, &stage).unwrap();
        assert_eq!(ClientConfig::profiles(&sources).unwrap(), ["stage"]);
        fs::write(dir.join("a.conf"), "[mine]\nserver = x\n").unwrap();
        stage.name = "mine".into();
        assert!(add(&sources, &out, &stage).unwrap_err().message.contains("edit it there"));
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn mistakes() {
        for (name, server) in
            [("a b", "https://h/kojihub"), ("", "https://h/x"), ("a", "h/kojihub"), ("a", "ftp://h/")]
        {
            assert_eq!(section_text(&new(name, server)).unwrap_err().status, 2, "{name} {server}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(user in "\\PC{0,20}", name in "[a-zA-Z0-9._-]{1,9}") {
            let mut profile = new(&name, "https://h/kojihub?x=%41");
            profile.user = Some(user.clone());
            if let Ok(text) = section_text(&profile) {
                let loaded = ClientConfig::from_text(&text, &name).unwrap();
                prop_assert_eq!(loaded.settings.server, profile.server);
                prop_assert_eq!(loaded.settings.user.unwrap_or_default(), user.trim());
            }
        }
    }
}
