//! Which sources a builder fetches: kojid.conf's `allowed_scms`, and the hub policy `build_from_scm`.

use glob::Pattern;

use crate::{ScmError, ScmUrl};

/// What the rule that matched says about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRules {
    /// Check out the sibling repository `common` too.
    pub use_common: bool,
    /// Run in the checkout, inside the buildroot, to fetch sources; `None` runs nothing.
    pub source_command: Option<Vec<String>>,
}

impl Default for SourceRules {
    fn default() -> Self {
        SourceRules { use_common: true, source_command: Some(vec!["make".into(), "sources".into()]) }
    }
}

/// The list `allowed_scms`: `host:repository[:use_common[:source,command]]` entries separated by white space, globs in
/// the first two fields, `!host:repository` forbids; the first entry that matches decides.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    forbids: bool,
    host: Pattern,
    repository: Pattern,
    rules: SourceRules,
}

impl Allowed {
    /// `Err` names the entry that cannot be understood.
    pub fn parse(text: &str) -> Result<Allowed, String> {
        let entries = text.split_whitespace().map(Entry::parse).collect::<Result<_, _>>()?;
        Ok(Allowed { entries })
    }

    pub fn check(&self, url: &ScmUrl) -> Result<SourceRules, ScmError> {
        let refused = || ScmError::NotAllowed { host: url.host.clone(), repository: url.repository.clone() };
        let entry = self.entries.iter().find(|e| e.matches(url)).ok_or_else(refused)?;
        if entry.forbids { Err(refused()) } else { Ok(entry.rules.clone()) }
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Entry, String> {
        let bad = |why: &str| format!("allowed_scms: the entry '{text}' {why}");
        let (forbids, rest) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut fields = rest.split(':');
        let host = fields.next().unwrap_or_default();
        let repository = fields.next().ok_or_else(|| bad("has no ':' between host and repository"))?;
        let pattern = |s: &str| Pattern::new(s).map_err(|e| bad(&format!("has a bad pattern: {e}")));
        let mut rules = SourceRules::default();
        if let Some(common) = fields.next() {
            rules.use_common = !matches!(common.to_ascii_lowercase().as_str(), "no" | "off" | "false" | "0");
        }
        if let Some(command) = fields.next() {
            rules.source_command =
                Some(command.split(',').filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>())
                    .filter(|c| !c.is_empty());
        }
        Ok(Entry { forbids, host: pattern(host)?, repository: pattern(repository)?, rules })
    }

    fn matches(&self, url: &ScmUrl) -> bool {
        // an entry without a port means any port
        let bare = url.host.rsplit_once(':').map_or(url.host.as_str(), |(h, _)| h);
        (self.host.matches(&url.host) || self.host.matches(bare)) && self.repository.matches(&url.repository)
    }
}

/// What the first words of a matching `build_from_scm` rule mean: `allow [use_common] [cmd words... | none]`.
/// `None`: the source is refused.
pub fn from_policy(action: Option<&str>) -> Option<SourceRules> {
    let mut words = action?.split_whitespace();
    if !matches!(words.next()?.to_ascii_lowercase().as_str(), "allow" | "allowed" | "yes" | "true") {
        return None;
    }
    let mut rules = SourceRules { use_common: false, ..SourceRules::default() };
    let mut rest: Vec<String> = words.map(str::to_owned).collect();
    if rest.first().is_some_and(|w| w == "use_common") {
        rules.use_common = true;
        rest.remove(0);
    }
    match rest.first().map(String::as_str) {
        None => {}
        Some("none") => rules.source_command = None,
        Some(_) => rules.source_command = Some(rest),
    }
    Some(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(s: &str) -> ScmUrl {
        ScmUrl::parse(s, false).unwrap()
    }

    #[test]
    fn first_match_decides() {
        let a = Allowed::parse(
            "!git.example.org:/secret/* git.example.org:/* src.*:/rpms/*:no:fedpkg,sources local:/x:off:",
        )
        .unwrap();
        assert!(a.check(&url("git://git.example.org/secret/x#1")).is_err());
        assert_eq!(a.check(&url("git://git.example.org/a/b#1")).unwrap(), SourceRules::default());
        let r = a.check(&url("git+https://src.fp.org/rpms/hello#1")).unwrap();
        assert_eq!(r.source_command, Some(vec!["fedpkg".to_owned(), "sources".to_owned()]));
        assert!(!r.use_common);
        assert_eq!(a.check(&url("git://local/x#1")).unwrap().source_command, None);
        assert!(a.check(&url("git://elsewhere/x#1")).is_err());
        assert!(Allowed::parse("nocolon").is_err());
    }

    #[test]
    fn policy_words() {
        assert_eq!(from_policy(None), None);
        assert_eq!(from_policy(Some("deny not yours")), None);
        let r = from_policy(Some("allow")).unwrap();
        assert_eq!(
            (r.use_common, r.source_command.map(|c| c.join(" "))),
            (false, Some("make sources".into()))
        );
        let r = from_policy(Some("allow use_common fedpkg sources")).unwrap();
        assert_eq!(
            (r.use_common, r.source_command.map(|c| c.join(" "))),
            (true, Some("fedpkg sources".into()))
        );
        assert_eq!(from_policy(Some("allow none")).unwrap().source_command, None);
    }
}
