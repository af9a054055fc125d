//! Files with the parameters of Maven builds: a section a package.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use koji_config::files::{self, Source};
use koji_config::ini::{Ini, Section};
use koji_xmlrpc::{Struct, Value};

use crate::error::{CommandError, Result};

/// Parameters of one build.
#[derive(Debug, Default)]
pub struct Maven {
    pub scmurl: Option<String>,
    pub patches: Option<String>,
    pub specfile: Option<String>,
    pub goals: Vec<String>,
    pub profiles: Vec<String>,
    pub packages: Vec<String>,
    pub jvm_options: Vec<String>,
    pub maven_options: Vec<String>,
    /// `NAME=VALUE`, or a name without a value.
    pub properties: Vec<String>,
    /// `NAME=VALUE`.
    pub envs: Vec<String>,
}

impl Maven {
    /// As the hub takes them; only what is set.
    pub fn opts(&self, scratch: bool) -> std::result::Result<Struct, String> {
        let mut opts = Struct::new();
        for (name, value) in
            [("scmurl", &self.scmurl), ("patches", &self.patches), ("specfile", &self.specfile)]
        {
            if let Some(value) = value.as_ref().filter(|v| !v.is_empty()) {
                opts.insert(name.into(), value.into());
            }
        }
        for (name, list) in [
            ("goals", &self.goals),
            ("profiles", &self.profiles),
            ("packages", &self.packages),
            ("jvm_options", &self.jvm_options),
            ("maven_options", &self.maven_options),
        ] {
            if !list.is_empty() {
                opts.insert(name.into(), list.clone().into());
            }
        }
        let split = |text: &str| match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), Value::from(value)),
            None => (text.to_owned(), Value::Nil),
        };
        let properties: Struct = self.properties.iter().map(|p| split(p)).collect();
        let envs: Struct = self.envs.iter().map(|e| split(e)).collect();
        if envs.values().any(Value::is_nil) {
            return Err("Environment variables must be in NAME=VALUE format".into());
        }
        for (name, members) in [("properties", properties), ("envs", envs)] {
            if !members.is_empty() {
                opts.insert(name.into(), members.into());
            }
        }
        if scratch {
            opts.insert("scratch".into(), true.into());
        }
        Ok(opts)
    }
}

/// The one section of the files, or the named one.
pub fn one(files: &[String], scratch: bool, section: Option<&str>) -> Result<(String, Struct)> {
    let mut builds = sections(files, false, scratch)?;
    let names = files.join(", ");
    match section {
        Some(name) => match builds.shift_remove(name) {
            Some(opts) => Ok((name.to_owned(), members(opts))),
            None => Err(CommandError::usage(format!("Section {name} does not exist in: {names}"))),
        },
        None if builds.len() > 1 => {
            Err(CommandError::usage(format!("Multiple sections in: {names}, you must specify the section")))
        }
        None => match builds.shift_remove_index(0) {
            Some((name, opts)) => Ok((name, members(opts))),
            None => Err(CommandError::usage(format!("No sections found in: {names}"))),
        },
    }
}

/// All sections, by name, when they can be built in some order.
pub fn chain(files: &[String], scratch: bool) -> Result<Struct> {
    let builds = sections(files, true, scratch)?;
    let needs = |opts: &Value| -> BTreeSet<String> {
        let list = opts.get("buildrequires").and_then(Value::as_array).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut left: BTreeMap<&String, BTreeSet<String>> = builds.iter().map(|(n, o)| (n, needs(o))).collect();
    let mut done: BTreeSet<String> = BTreeSet::new();
    while !left.is_empty() {
        let ready: BTreeSet<String> = left
            .iter()
            .filter(|(_, needs)| needs.is_subset(&done))
            .map(|(name, _)| (*name).clone())
            .collect();
        if ready.is_empty() {
            return Err(CommandError::usage("No possible build order, missing/circular dependencies"));
        }
        left.retain(|name, _| !ready.contains(*name));
        done.extend(ready);
    }
    Ok(builds)
}

fn members(opts: Value) -> Struct {
    match opts {
        Value::Struct(members) => members,
        _ => Struct::new(),
    }
}

/// Files that are not there are left out, as upstream's client does.
fn sections(names: &[String], chain: bool, scratch: bool) -> Result<Struct> {
    let sources: Vec<Source> = names.iter().map(Source::optional).collect();
    let builds = parse(&files::read(&sources)?, chain, scratch)?;
    if builds.is_empty() {
        return Err(CommandError::usage(format!("No sections found in: {}", names.join(", "))));
    }
    Ok(builds)
}

fn parse(ini: &Ini, chain: bool, scratch: bool) -> Result<Struct> {
    let mut builds = Struct::new();
    for name in ini.sections().map(|s| s.name.clone()) {
        let Some(section) = ini.section(&name) else { continue };
        let values = Values(&section);
        let opts = match values.get("type")?.as_deref() {
            None | Some("maven") => {
                let mut opts = values.maven()?.opts(scratch && !chain).map_err(CommandError::usage)?;
                let requires = values.words("buildrequires")?;
                if chain && !requires.is_empty() {
                    opts.insert("buildrequires".into(), requires.into());
                }
                if !opts.contains_key("scmurl") {
                    return Err(CommandError::usage(format!("{name} is missing the scmurl parameter")));
                }
                opts
            }
            Some("wrapper") => values.wrapper(scratch)?,
            Some(other) => return Err(CommandError::usage(format!("Unsupported build type: {other}"))),
        };
        builds.insert(name, opts.into());
    }
    Ok(builds)
}

/// The values of a section, `%(name)s` replaced.
struct Values<'a>(&'a Section);

impl Values<'_> {
    fn get(&self, name: &str) -> Result<Option<String>> {
        let entry = self.0.get(name);
        entry.map(|e| self.0.interpolated(e)).transpose().map_err(|e| CommandError::new(e.to_string()))
    }

    fn words(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.get(name)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
    }

    fn lines(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.get(name)?.unwrap_or_default().lines().map(str::to_owned).collect())
    }

    fn maven(&self) -> Result<Maven> {
        Ok(Maven {
            scmurl: self.get("scmurl")?,
            patches: self.get("patches")?,
            specfile: self.get("specfile")?,
            goals: self.words("goals")?,
            profiles: self.words("profiles")?,
            packages: self.words("packages")?,
            jvm_options: self.words("jvm_options")?,
            maven_options: self.words("maven_options")?,
            properties: self.lines("properties")?,
            envs: self.lines("envs")?,
        })
    }

    fn wrapper(&self, scratch: bool) -> Result<Struct> {
        let requires = self.words("buildrequires")?;
        if requires.len() != 1 {
            return Err(CommandError::usage("A wrapper-rpm must depend on exactly one package"));
        }
        let mut opts = Struct::new();
        opts.insert("type".into(), "wrapper".into());
        opts.insert("scmurl".into(), self.get("scmurl")?.into());
        opts.insert("buildrequires".into(), requires.into());
        if !scratch {
            opts.insert("create_build".into(), true.into());
        }
        Ok(opts)
    }
}

/// Reads one text; for other commands that take such files.
pub fn read(path: &str) -> Result<Ini> {
    let ini = files::read(&[Source::required(Path::new(path))]);
    // not the client's own configuration
    ini.map_err(|e| CommandError { status: 1, ..e.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str, chain: bool) -> Result<Struct> {
        parse(&Ini::from_text(Path::new("t.ini"), text).unwrap(), chain, false)
    }

    #[test]
    fn a_section_is_a_build() {
        let text = "[DEFAULT]\nhost = git+https://h\n[a]\nscmurl = %(host)s/a#1\ngoals = x\n  y\nproperties = k=v\n  flag\n";
        let builds = parsed(text, false).unwrap();
        let a = builds.get("a").unwrap();
        assert_eq!(a.str_at("scmurl"), Some("git+https://h/a#1"));
        assert_eq!(a.get("goals"), Some(&vec!["x", "y"].into()));
        let expected = Value::record([("k", Value::from("v")), ("flag", Value::Nil)]);
        assert_eq!(a.get("properties"), Some(&expected));
    }

    #[test]
    fn mistakes() {
        for (text, message) in [
            ("[a]\ngoals = x\n", "a is missing the scmurl parameter"),
            ("[a]\ntype = x\n", "Unsupported build type: x"),
            ("[a]\ntype = wrapper\nscmurl = u\n", "A wrapper-rpm must depend on exactly one package"),
            ("[a]\nscmurl = u\nenvs = x\n", "Environment variables must be in NAME=VALUE format"),
        ] {
            let error = parsed(text, true).unwrap_err();
            assert_eq!((error.message.as_str(), error.status), (message, 2));
        }
    }

    #[test]
    fn orders() {
        let dir = std::env::temp_dir().join(format!("koji-maven-{}", std::process::id()));
        let file = dir.to_string_lossy().into_owned();
        let build = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let built = chain(std::slice::from_ref(&file), false);
            std::fs::remove_file(&file).unwrap();
            built
        };
        let part = |name: &str, needs: &str| format!("[{name}]\nscmurl = u\nbuildrequires = {needs}\n");
        assert_eq!(build(&(part("a", "") + &part("b", "a"))).unwrap().len(), 2);
        assert_eq!(build(&(part("a", "b") + &part("b", "a"))).unwrap_err().status, 2);
        assert_eq!(build(&part("a", "elsewhere")).unwrap_err().status, 2);
    }

    proptest! {
        #[test]
        fn any_text(text in "(\\[[a-c]\\]\n|[a-z]{1,8} ?[=:] ?[%a-z=() ]{0,9}\n| [a-z]{1,3}\n){0,12}", chain: bool) {
            if let Ok(ini) = Ini::from_text(Path::new("t.ini"), &text) {
                let _ = parse(&ini, chain, false);
            }
        }
    }
}
