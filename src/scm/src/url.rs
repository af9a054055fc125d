//! SCM URLs: `scheme://[user@]host/path?module#ref`.

use std::fmt;

use crate::ScmError;

/// The version control system that a scheme stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScmKind {
    Git,
    Svn,
    Cvs,
}

const SCHEMES: &[(&str, ScmKind)] = &[
    ("cvs", ScmKind::Cvs),
    ("cvs+ssh", ScmKind::Cvs),
    ("git", ScmKind::Git),
    ("git+http", ScmKind::Git),
    ("git+https", ScmKind::Git),
    ("git+rsync", ScmKind::Git),
    ("git+ssh", ScmKind::Git),
    ("svn", ScmKind::Svn),
    ("svn+http", ScmKind::Svn),
    ("svn+https", ScmKind::Svn),
    ("svn+ssh", ScmKind::Svn),
];

/// A checked SCM URL. What does not parse strictly is refused: rules are matched against `host` and `repository`, so these
/// must be exactly what the version control program will use (CVE-2017-1002153).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScmUrl {
    pub kind: ScmKind,
    pub scheme: String,
    pub user: Option<String>,
    /// With the port, if any.
    pub host: String,
    /// Path of the repository, with its leading slash.
    pub repository: String,
    /// Directory inside the repository.
    pub module: Option<String>,
    /// Branch, tag or commit.
    pub revision: String,
}

impl ScmUrl {
    /// Whether a build's source looks like an SCM URL at all (and is no uploaded file).
    pub fn is_scm_url(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| SCHEMES.iter().any(|(s, _)| *s == scheme))
    }

    pub fn parse(text: &str, allow_password: bool) -> Result<ScmUrl, ScmError> {
        let bad = |reason: &str| ScmError::BadUrl { url: without_password(text), reason: reason.to_owned() };
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(bad("it contains white space or control characters"));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| bad("no scheme, such as git+https://"))?;
        let kind = SCHEMES
            .iter()
            .find(|(s, _)| *s == scheme)
            .map(|(_, kind)| *kind)
            .ok_or_else(|| bad(&format!("the scheme {scheme} is not supported")))?;
        let (rest, revision) =
            rest.split_once('#').ok_or_else(|| bad("it must end in #REVISION, such as #main or a commit"))?;
        let (rest, module) = match rest.split_once('?') {
            Some((rest, module)) => (rest, Some(module)),
            None => (rest, None),
        };
        let slash = rest.find('/').ok_or_else(|| bad("no path of a repository after the host"))?;
        let (authority, repository) = rest.split_at(slash);
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if user.is_some_and(|u| u.contains(':')) && !allow_password {
            return Err(bad("a password in the URL is not allowed"));
        }
        let host_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
        if host.is_empty() || host.starts_with('-') || !host.chars().all(host_ok) {
            return Err(bad("the host is not a plain host name"));
        }
        if user.is_some_and(|u| u.is_empty() || u.starts_with('-')) {
            return Err(bad("the user name is empty or starts with '-'"));
        }
        if repository.contains(';') {
            return Err(bad("parameters (;) are not supported"));
        }
        plain_path(repository.trim_start_matches('/')).map_err(bad)?;
        if repository.starts_with("//") {
            return Err(bad("the path of the repository starts with //"));
        }
        let module = module.filter(|m| !m.is_empty());
        if let Some(module) = module {
            plain_path(module).map_err(bad)?;
        }
        if revision.is_empty() || revision.starts_with('-') {
            return Err(bad("the revision after # is empty or starts with '-'"));
        }
        if scheme == "git+ssh" && user.is_none() {
            return Err(bad("git+ssh needs a user name: git+ssh://USER@HOST/..."));
        }
        Ok(ScmUrl {
            kind,
            scheme: scheme.to_owned(),
            user: user.map(str::to_owned),
            host: host.to_owned(),
            repository: repository.to_owned(),
            module: module.map(|m| m.trim_end_matches('/').to_owned()),
            revision: revision.to_owned(),
        })
    }

    /// The URL as the version control program takes it: without `git+`, module and revision.
    pub fn remote(&self) -> String {
        let scheme = self.scheme.strip_prefix("git+").unwrap_or(&self.scheme);
        let user = self.user.as_ref().map(|u| format!("{u}@")).unwrap_or_default();
        format!("{scheme}://{user}{}{}", self.host, self.repository)
    }

    /// The last component of the repository's path without `.git`: the directory of a checkout.
    pub fn directory(&self) -> &str {
        let path = self.repository.trim_end_matches('/');
        let name = path.rsplit('/').next().unwrap_or(path);
        name.strip_suffix(".git").unwrap_or(name)
    }

    /// The same source at an exact revision.
    pub fn at(&self, revision: &str) -> String {
        ScmUrl { revision: revision.to_owned(), ..self.clone() }.to_string()
    }
}

impl fmt::Display for ScmUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        write!(f, "{}{}", self.host, self.repository)?;
        if let Some(module) = &self.module {
            write!(f, "?{module}")?;
        }
        write!(f, "#{}", self.revision)
    }
}

/// A relative path that means what it says: no empty, `.` or `..` component, no escapes, no leading dash.
fn plain_path(path: &str) -> Result<(), &'static str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let lower = path.to_ascii_lowercase();
    if path.is_empty() {
        return Err("an empty path");
    }
    if lower.contains("%2e") || lower.contains("%2f") || lower.contains("%5c") || path.contains('\\') {
        return Err("the path contains escaped dots or slashes");
    }
    for part in path.split('/') {
        match part {
            "" => return Err("the path contains //"),
            "." | ".." => return Err("the path contains . or .. components"),
            p if p.starts_with('-') => return Err("a component of the path starts with '-'"),
            _ => {}
        }
    }
    Ok(())
}

/// For messages: they end up in logs and results that everybody reads.
fn without_password(text: &str) -> String {
    match text.split_once("://").and_then(|(s, rest)| Some((s, rest.split_once('@')?))) {
        Some((scheme, (user, rest))) if user.contains(':') && !user.contains('/') => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}:***@{rest}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(s: &str) -> Result<ScmUrl, ScmError> {
        ScmUrl::parse(s, false)
    }

    #[test]
    fn parts() {
        let u = parse("git+https://src.example.org/rpms/hello.git?sub/dir#main").unwrap();
        assert_eq!(u.remote(), "https://src.example.org/rpms/hello.git");
        assert_eq!(
            (u.directory(), u.module.as_deref(), u.revision.as_str()),
            ("hello", Some("sub/dir"), "main")
        );
        assert_eq!(u.at("abc"), "git+https://src.example.org/rpms/hello.git?sub/dir#abc");
        assert_eq!(parse("git://[::1]:9418/hello#1").unwrap().host, "[::1]:9418");
        assert_eq!(parse("git+ssh://me@h/p#r").unwrap().remote(), "ssh://me@h/p");
    }

    #[test]
    fn refuses_what_could_mean_something_else() {
        for url in [
            "git://host//badpath#r",
            "git://host/./bad#r",
            "git://host/goodpath/../badpath#r",
            "git+https://h/ok/..%2fbad#r",
            "git+https://h/%2e%2e/bad#r",
            "git://h/p#--upload-pack=cmd",
            "git://h/p#-x",
            "git://-oProxyCommand=x/p#r",
            "git://h/p",
            "git://h/p#",
            "git://h#r",
            "ext::sh -c x#r",
            "file:///etc#r",
            "git+file:///etc#r",
            "git+ssh://h/p#r",
            "git://u:pw@h/p#r",
            "git://h/p?../../x#r",
            "git://h/p?/abs#r",
            "git://h/p?-x#r",
            "git://h/p;x=1#r",
            "git://h/a b#r",
            "git://h/a\nb#r",
            "git://ho\u{455}t/p#r",
            "git://h/-p#r",
        ] {
            assert!(parse(url).is_err(), "{url} was taken");
        }
        assert!(ScmUrl::parse("git://u:pw@h/p#r", true).is_ok());
        assert!(!parse("git://u:secret@h/p#r").unwrap_err().to_string().contains("secret"));
    }

    proptest! {
        #[test]
        fn never_panics_and_round_trips(s in "(git|svn|git\\+https)://[a-z@:.\\[\\]-]{0,12}/[a-z./%?#;\\\\-]{0,20}") {
            if let Ok(u) = parse(&s) {
                prop_assert_eq!(parse(&u.to_string()).unwrap(), u);
            }
        }
        #[test]
        fn any_text_is_answered(s in "\\PC*") {
            let _ = parse(&s);
        }
    }
}
