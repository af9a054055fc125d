//! What commands say when they fail: what happened and why, then what to do; never a backtrace.

use std::path::Path;
use std::process::{Command, Output};

use crate::servers::*;

/// Runs a command against a hub at this URL, with one attempt a call.
fn koji(server: &str, args: &[&str]) -> Output {
    koji_with(&[], server, args)
}

fn koji_with(env: &[(&str, &Path)], server: &str, args: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("koji.conf");
    let lines = format!(
        "[koji]\nserver = {server}\nanon_retry = no\nmax_retries = 0\ntimeout = 2\nauth_timeout = 2\n"
    );
    std::fs::write(&config, lines).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_koji"));
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").env("RUST_BACKTRACE", "1");
    command.envs(env.iter().copied());
    command.arg("-c").arg(&config).args(args).output().unwrap()
}

/// The command fails with status 1, says these words and gives a hint with those; returns all it said.
#[track_caller]
fn fails(server: &str, args: &[&str], message: &[&str], hint: &[&str]) -> String {
    let out = koji(server, args);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{said}");
    let (before, after) = said.split_once("\nhint: ").unwrap_or_else(|| panic!("no hint: {said}"));
    for word in message {
        assert!(before.contains(word), "{word:?} is not said: {said}");
    }
    for word in hint {
        assert!(after.contains(word), "{word:?} is not in the hint: {said}");
    }
    assert!(
        !said.contains("panicked") && !said.contains("stack backtrace") && !said.contains("src/"),
        "{said}"
    );
    said
}

fn at(answer: Answer) -> String {
    format!("http://{}/kojihub", http(answer))
}

fn refusing(code: i64, text: &'static str) -> String {
    at(hub(0, move |_| Some(fault(code, text))))
}

#[test]
fn hub_down() {
    let server = format!("http://{}/kojihub", closed());
    fails(&server, &["list-tags"], &["cannot connect to", "refused"], &["the hub is down"]);
}

#[test]
fn name_not_found() {
    let server = "http://koji.does-not-exist.invalid/kojihub";
    fails(server, &["taginfo", "f45"], &["koji.does-not-exist.invalid"], &["spelling", "koji doctor"]);
}

#[test]
fn tls_not_trusted() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", VALID, None), good_hub());
    let server = format!("https://localhost:{}/kojihub", address.port());
    fails(&server, &["list-hosts"], &["TLS with", "certificate"], &["set serverca"]);
}

/// As OpenSSL has it, for who cannot write where the system's authorities are.
#[test]
fn tls_trusted_by_the_environment() {
    let authority = Authority::new("CA");
    let file = authority.file();
    let address = https(authority.server("localhost", VALID, None), good_hub());
    let server = format!("https://localhost:{}/kojihub", address.port());
    let (file, nowhere): (&Path, &Path) = (&file, "/nonexistent".as_ref());
    for (env, works) in [
        (vec![("SSL_CERT_FILE", file)], true),
        (vec![("SSL_CERT_DIR", file.parent().unwrap())], true),
        (vec![("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)], false),
    ] {
        let out = koji_with(&env, &server, &["--noauth", "call", "getAPIVersion"]);
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.success(), works, "{env:?}: {said}");
        assert!(works || said.contains("/nonexistent"), "{said}");
    }
}

#[test]
fn tls_expired() {
    let authority = Authority::new("CA");
    let address = https(authority.server("localhost", ENDED, None), good_hub());
    let server = format!("https://localhost:{}/kojihub", address.port());
    let said = String::from_utf8_lossy(&koji(&server, &["list-hosts"]).stderr).into_owned();
    assert!(said.contains("TLS with") && said.contains("\nhint: "), "{said}");
}

#[test]
fn no_answer() {
    let server = format!("http://{}/kojihub", silent(true));
    fails(&server, &["list-tags"], &["no answer from", "within 2 s"], &["busy or down"]);
}

#[test]
fn connection_lost() {
    let server = format!("http://{}/kojihub", silent(false));
    fails(&server, &["list-tags"], &["lost the connection"], &["try again"]);
}

#[test]
fn gateway() {
    fails(
        &at(status("502 Bad Gateway", "", "")),
        &["list-tags"],
        &["HTTP status 502"],
        &["behind it is down"],
    );
}

#[test]
fn page_of_another_server() {
    let page = status("200 OK", "", "<!DOCTYPE html><html><body>It works!</body></html>");
    fails(&at(page), &["list-tags"], &["no readable answer"], &["no Koji hub", "/kojihub"]);
}

#[test]
fn permission() {
    let server = refusing(1004, "admin permission required");
    fails(
        &server,
        &["list-targets"],
        &["ActionNotAllowed: admin permission required"],
        &["list-permissions --mine"],
    );
}

#[test]
fn policy() {
    let server = refusing(1004, "policy violation (tag)");
    fails(&server, &["list-targets"], &["ActionNotAllowed: policy violation (tag)"], &["policy forbids"]);
}

#[test]
fn locked() {
    let server = refusing(1003, "tag f45 is locked");
    fails(&server, &["list-targets"], &["TagError: tag f45 is locked"], &["unlock"]);
}

#[test]
fn name_unknown_to_the_hub() {
    let server = refusing(1000, "No such tag: f99");
    fails(&server, &["list-targets"], &["GenericError: No such tag: f99"], &["koji list-tags"]);
}

#[test]
fn session_retired() {
    let server = refusing(1007, "session \"7.1\" has expired");
    fails(&server, &["list-targets"], &["AuthExpired"], &["start the command again"]);
}

#[test]
fn maintenance() {
    fails(
        &refusing(1014, "server is offline"),
        &["list-targets"],
        &["ServerOffline"],
        &["closed for maintenance"],
    );
}

#[test]
fn hub_bug() {
    let server = refusing(1, "<class 'KeyError'>: 'id'");
    fails(&server, &["list-targets"], &["KeyError"], &["tell those who run it"]);
}

#[test]
fn older_hub() {
    let server = refusing(1000, "Invalid method: getBuildTargets");
    fails(&server, &["list-targets"], &["Invalid method"], &["older than the command"]);
}

#[test]
fn password_refused() {
    let server =
        at(hub(0, |method| (method == "login").then(|| fault(1002, "invalid username or password"))));
    let args = ["--user", "alice", "--password", "secret", "moshimoshi"];
    let said =
        fails(&server, &args, &["invalid username or password", "profile koji"], &["user and password"]);
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn insides_only_with_debug() {
    let server = format!("http://{}/kojihub", closed());
    let quiet = koji(&server, &["list-tags"]).stderr;
    assert!(!String::from_utf8_lossy(&quiet).contains("debug: "));
    let loud = koji(&server, &["--debug", "list-tags"]).stderr;
    assert!(
        String::from_utf8_lossy(&loud).contains("debug: Connect {"),
        "{}",
        String::from_utf8_lossy(&loud)
    );
}

#[test]
fn profile_unknown() {
    let out = koji("http://localhost/", &["-p", "nonsense", "list-tags"]);
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        said.contains("no configuration for profile name: nonsense") && said.contains("hint: "),
        "{said}"
    );
}
