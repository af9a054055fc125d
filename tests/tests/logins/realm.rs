//! A hub with a keytab and TLS, its KDC, its authority, and the clients that log in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use koji_tests::{Kdc, OTHER_REALM, Options, REALM, Run, System, Upstream, command, free_port, program};
use serde_json::Value;
use tempfile::TempDir;

use crate::authority::Authority;

pub const PRINCIPALS: &[&str] = &[
    "HTTP/localhost",
    "alice",
    "Alice",
    "bob",
    "dave",
    "erin",
    "frank",
    "grace",
    "group1",
    "kojiweb",
    "kojira",
    "compile/builder1",
    "alice@EVIL.TEST",
    "host/x@EVIL.TEST",
];

pub struct Realm {
    // the hub ends before its KDC
    pub system: System,
    pub kdc: Kdc,
    pub authority: Authority,
    pub stranger: Authority,
    pub upstream: Upstream,
    port: u16,
    dir: TempDir,
}

impl Realm {
    pub fn start() -> Result<Realm> {
        let dir = tempfile::Builder::new().prefix("koji-logins-").tempdir()?;
        let kdc = Kdc::start(&dir.path().join("kdc"), PRINCIPALS)?;
        let authority = Authority::new(&dir.path().join("authority"));
        let stranger = Authority::new(&dir.path().join("stranger"));
        let port = free_port()?;
        let hub_conf = format!(
            "ListenTLS = 127.0.0.1:{port}\nTLSCertificate = {cert}\nTLSClientCA = {ca}\nAuthKeytab = {keytab}\n\
             AuthPrincipal = HTTP/localhost@{REALM}\nAllowedKrbRealms = {REALM}\n\
             ProxyPrincipals = other@{REALM}, kojiweb@{REALM}\n\
             ProxyDNs = /C=US/CN=somebody | CN=kojiweb,O=Koji\n",
            cert = authority.server("localhost").display(),
            ca = authority.file().display(),
            keytab = kdc.keytab("HTTP/localhost").display(),
        );
        let config = kdc.config().to_string_lossy().into_owned();
        let hub_env = vec![("KRB5_CONFIG".to_owned(), config)];
        let system = System::start(Options { builder: false, hub_conf, hub_env, ..Options::default() })?;
        let realm = Realm { system, kdc, authority, stranger, upstream: Upstream::get()?, port, dir };
        realm.write_profiles()?;
        Ok(realm)
    }

    fn write_profiles(&self) -> Result<()> {
        let text: String = [("kerberos", "kerberos"), ("ssl", "ssl"), ("any", "")]
            .map(|(name, authtype)| {
                let authtype =
                    if authtype.is_empty() { String::new() } else { format!("authtype = {authtype}\n") };
                format!(
                    "[{name}]\nserver = {}\nserverca = {}\nmax_retries = 2\nretry_interval = 1\n{authtype}\n",
                    self.url(),
                    self.authority.file().display()
                )
            })
            .concat();
        Ok(fs::write(self.profiles(), text)?)
    }

    fn profiles(&self) -> PathBuf {
        self.dir.path().join("koji.conf")
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/kojihub", self.port)
    }

    /// Our client, with the tickets of a file or none.
    pub fn koji(&self, profile: &str, ticket: Option<&Path>, words: &[&str]) -> Result<Run> {
        let mut koji = command(program("koji")?, ["-p", profile, "-c"]);
        koji.arg(self.profiles()).args(words).env("HOME", self.dir());
        Run::of(self.kdc.with(&mut koji, ticket))
    }

    /// Upstream's.
    pub fn python(&self, profile: &str, ticket: Option<&Path>, words: &[&str]) -> Result<Run> {
        let mut koji = self.upstream.koji();
        koji.args(["-p", profile, "-c"]).arg(self.profiles()).args(words).env("HOME", self.dir());
        Run::of(self.kdc.with(&mut koji, ticket))
    }

    /// `curl` on the path of logins, calling `sslLogin`; prints headers and body.
    pub fn curl(&self, ticket: Option<&Path>, url: &str, words: &[&str]) -> Result<Run> {
        const CALL: &str = "<methodCall><methodName>sslLogin</methodName><params/></methodCall>";
        let mut curl =
            command("curl", ["--silent", "--show-error", "--include", "--noproxy", "*", "--cacert"]);
        curl.arg(self.authority.file()).args(["--header", "Content-Type: text/xml", "--data", CALL]);
        curl.args(words).arg(url);
        Run::of(self.kdc.with(&mut curl, ticket))
    }

    /// Name, kind of login and first principal of who our client is with these words before the command.
    pub fn who(&self, profile: &str, ticket: Option<&Path>, words: &[&str]) -> Result<(String, i64, String)> {
        let words = [words, &["call", "--json", "getLoggedInUser"]].concat();
        let run = self.koji(profile, ticket, &words)?.ok()?;
        let user: Value = serde_json::from_str(&run.stdout).with_context(|| format!("no JSON from {run}"))?;
        let text = |key: &str| user.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let authtype = user.get("authtype").and_then(Value::as_i64).unwrap_or(-1);
        Ok((text("name"), authtype, text("krb_principal")))
    }

    pub fn ticket(&self, principal: &str) -> Result<PathBuf> {
        self.kdc.ticket(principal, None)
    }

    /// Whether the hub has such a user.
    pub fn knows(&self, user: &str) -> Result<bool> {
        Ok(!self.system.call("getUser", &[user.into()])?.is_null())
    }

    /// Fails when one of them has made a user.
    pub fn unknown(&self, users: &[&str]) -> Result<()> {
        for user in users {
            ensure!(!self.knows(user)?, "the refused login made the user {user}");
        }
        Ok(())
    }
}

/// A principal of the other realm.
pub fn other(name: &str) -> String {
    format!("{name}@{OTHER_REALM}")
}
