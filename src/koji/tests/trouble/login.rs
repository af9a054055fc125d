//! Logins that fail.

use crate::run::SetUp;
use crate::servers::*;

fn profile(answer: Answer, lines: &str) -> SetUp {
    let address = http(answer);
    SetUp::profile(&format!("server = http://{address}/kojihub\ntopurl = http://{address}/\n{lines}"))
}

fn refused(code: i64, text: &'static str) -> SetUp {
    let answer = hub(0, move |method| (method == "login").then(|| fault(code, text)));
    profile(answer, "user = alice\npassword = secret")
}

#[test]
fn login_that_works() {
    let (findings, status) = profile(good_hub(), "user = alice\npassword = secret").findings();
    assert_eq!(status, 0, "{findings:#?}");
    let login = findings.iter().find(|f| f[0] == "login").unwrap();
    assert!(login[1] == "ok" && login[2].contains("alice") && login[2].contains("build"), "{findings:#?}");
}

#[test]
fn password_wrong() {
    refused(1002, "invalid username or password")
        .fails("login", &["invalid username or password", "check user and password"]);
}

#[test]
fn account_disabled() {
    refused(1002, "logins by alice are disabled").fails("login", &["disabled", "administrator"]);
}

#[test]
fn session_locked() {
    refused(1006, "another exclusive session").fails("login", &["exclusive", "end that program"]);
}

#[test]
fn no_way_to_log_in() {
    profile(good_hub(), "").fails("login", &["no authentication methods", "cert"]);
}

#[test]
fn password_without_user() {
    profile(good_hub(), "authtype = password").fails("login", &["there is no user", "--user"]);
}

#[test]
fn password_that_would_be_asked_for() {
    let (findings, status) = profile(good_hub(), "user = alice").findings();
    assert_eq!(status, 0, "{findings:#?}");
    assert!(findings.iter().any(|f| f[0] == "login" && f[1] == "skipped"), "{findings:#?}");
}

fn kerberos(lines: &str, klist: Option<&str>) -> SetUp {
    let set_up = profile(good_hub(), &format!("authtype = kerberos\n{lines}")).arg("--noauth");
    let conf = set_up.home().join("krb5.conf");
    std::fs::write(&conf, "[libdefaults]\n").unwrap();
    let set_up = set_up.env("KRB5_CONFIG", conf.display());
    match klist {
        Some(script) => set_up.program("klist", script),
        None => set_up.program("unrelated", "exit 0"),
    }
}

#[test]
fn keytab_missing() {
    kerberos("keytab = /nonexistent/me.keytab", None).fails("kerberos", &["/nonexistent/me.keytab"]);
}

#[test]
fn kerberos_tools_missing() {
    kerberos("", None).fails("kerberos", &["klist is not installed", "kinit"]);
}

#[test]
fn no_ticket() {
    let klist = "echo 'klist: No credentials cache found (filename: /tmp/krb5cc_0)' >&2; exit 1";
    kerberos("", Some(klist))
        .fails("kerberos", &["there is no ticket: klist: No credentials cache found", "kinit"]);
}

#[test]
fn ticket_expired() {
    let klist = "[ \"$1\" = -s ] && exit 1; echo 'Default principal: alice@EXAMPLE.TEST'";
    kerberos("principal = alice@EXAMPLE.TEST", Some(klist))
        .fails("kerberos", &["has expired", "kinit alice@EXAMPLE.TEST"]);
}

#[test]
fn ticket_of_somebody_else() {
    let klist = "echo 'Default principal: bob@EXAMPLE.TEST'";
    kerberos("principal = alice@EXAMPLE.TEST", Some(klist))
        .fails("kerberos", &["bob@EXAMPLE.TEST's", "alice@EXAMPLE.TEST"]);
}
