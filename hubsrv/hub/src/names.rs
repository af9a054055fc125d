//! What names may look like: options `MaxNameLengthInternal`, `RegexNameInternal`, `RegexUserName`.

use koji_api::Fault;
use koji_config::hub::HubSettings;
use koji_xmlrpc::Value;
use regex::Regex;

/// The compiled rules.
#[derive(Debug)]
pub struct NameRules {
    max: usize,
    internal: Option<Regex>,
    user: Option<Regex>,
}

#[derive(Debug, thiserror::Error)]
#[error("{option} in hub.conf is no valid pattern: {why} in {pattern:?}")]
pub struct BadPattern {
    option: &'static str,
    pattern: String,
    why: String,
}

impl BadPattern {
    /// The crate draws the place on lines of its own; what is wrong stands on the last one, after `error: `.
    fn new(option: &'static str, pattern: &str, source: &regex::Error) -> BadPattern {
        let shown = source.to_string();
        let last = shown.lines().last().unwrap_or(&shown);
        let why = last.strip_prefix("error: ").unwrap_or(last).to_owned();
        BadPattern { option, pattern: pattern.to_owned(), why }
    }
}

impl NameRules {
    pub fn new(settings: &HubSettings) -> Result<NameRules, BadPattern> {
        let compile = |option, text: &str| match text {
            "" => Ok(None),
            // upstream's patterns match at the start of the name
            text => Regex::new(&format!("^(?:{text})"))
                .map(Some)
                .map_err(|source| BadPattern::new(option, text, &source)),
        };
        Ok(NameRules {
            max: settings.max_name_length_internal,
            internal: compile("RegexNameInternal", &settings.regex_name_internal)?,
            user: compile("RegexUserName", &settings.regex_user_name)?,
        })
    }

    /// A name of a tag, target, channel, group, permission, ...
    pub fn internal<'a>(&self, name: &'a Value) -> Result<&'a str, Fault> {
        let name = name.as_str().ok_or_else(|| Fault::generic("Name should be string"))?;
        self.check("Name", name, self.internal.as_ref(), "RegexNameInternal")?;
        no_path(name)?;
        Ok(name)
    }

    /// The name of a package that is put on a list: upstream takes any there, ours what can be the name of a directory.
    pub fn package<'a>(&self, name: &'a Value) -> Result<&'a str, Fault> {
        let name = name.as_str().ok_or_else(|| Fault::generic("Name should be string"))?;
        self.check("Name", name, None, "")?;
        let plain = |b: u8| b.is_ascii_graphic() || b == b' ';
        if !name.bytes().all(plain) || name.contains('/') {
            return Err(Fault::generic(format!("Name {name} cannot be the name of a directory")));
        }
        no_path(name)?;
        Ok(name)
    }

    /// A user's name.
    pub fn user<'a>(&self, name: &'a Value) -> Result<&'a str, Fault> {
        let name = name.as_str().ok_or_else(|| Fault::generic("Name should be string"))?;
        self.check("Name", name, self.user.as_ref(), "RegexUserName")?;
        Ok(name)
    }

    pub fn principal<'a>(&self, name: &'a Value) -> Result<&'a str, Fault> {
        let name = name.as_str().ok_or_else(|| Fault::generic("Kerberos principal should be string"))?;
        self.check("Kerberos principal", name, self.user.as_ref(), "RegexUserName")?;
        Ok(name)
    }

    fn check(&self, what: &str, name: &str, pattern: Option<&Regex>, option: &str) -> Result<(), Fault> {
        if self.max != 0 && name.chars().count() > self.max {
            return Err(Fault::generic(format!(
                "{what} {name} is too long. Max length is {} characters",
                self.max
            )));
        }
        if pattern.is_some_and(|p| !p.is_match(name)) {
            return Err(Fault::generic(format!("{what} {name} does not match {option} value")));
        }
        Ok(())
    }
}

/// Names are parts of paths and arguments of programs; upstream's patterns let slashes and dots through.
fn no_path(name: &str) -> Result<(), Fault> {
    let hides = |part: &str| part.is_empty() || part.starts_with('.');
    if name.starts_with('-') || name.split('/').any(hides) {
        return Err(Fault::generic(format!(
            "Name {name} cannot be part of a path: it is empty, or starts with - or ."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_options() {
        let rules = NameRules::new(&HubSettings::default()).unwrap();
        let text = |r: Result<&str, Fault>| r.map_err(|f| f.message).map(str::to_owned);
        assert_eq!(text(rules.internal(&"f45-build+x".into())), Ok("f45-build+x".into()));
        assert_eq!(
            text(rules.internal(&"a b".into())),
            Err("Name a b does not match RegexNameInternal value".into())
        );
        assert_eq!(
            text(rules.internal(&"a\n".into())),
            Err("Name a\n does not match RegexNameInternal value".into())
        );
        assert_eq!(text(rules.user(&Value::Int(5))), Err("Name should be string".into()));
        assert_eq!(text(rules.user(&"".into())), Err("Name  does not match RegexUserName value".into()));
        assert!(
            text(rules.user(&"x".repeat(300).into())).unwrap_err().ends_with("Max length is 256 characters")
        );
        let settings = HubSettings { regex_user_name: String::new(), ..HubSettings::default() };
        assert!(NameRules::new(&settings).unwrap().user(&"a b".into()).is_ok());
        let settings = HubSettings { regex_user_name: "(".into(), ..HubSettings::default() };
        assert!(NameRules::new(&settings).unwrap_err().to_string().starts_with("RegexUserName in hub.conf"));
    }
}
