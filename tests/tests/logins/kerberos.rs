//! Tickets.

use anyhow::{Result, ensure};
use koji_tests::{REALM, Run, Scenario, wait_until};
use std::time::Duration;

use crate::realm::{Realm, other};

pub const SCENARIOS: &[Scenario<Realm>] = &[
    ("a ticket logs in, by each client", tickets),
    ("a keytab logs in", keytabs),
    ("without a ticket that is good", no_ticket),
    ("names that look alike are different", look_alikes),
    ("other realms stay outside", other_realms),
    ("only some may log in for others", proxies),
    ("a user's principals are the administrators' matter", principals),
    ("tokens that are none, and used ones", tokens),
];

const GSSAPI: i64 = 3;

fn tickets(realm: &Realm) -> Result<()> {
    let alice = realm.ticket("alice")?;
    let who = realm.who("kerberos", Some(&alice), &[])?;
    ensure!(who == ("alice".into(), GSSAPI, format!("alice@{REALM}")), "{who:?}");
    // the usual way when the profile names none
    ensure!(realm.who("any", Some(&alice), &[])?.0 == "alice");
    realm.koji("kerberos", Some(&alice), &["moshimoshi"])?.ok()?.says(&["Authenticated via GSSAPI"])?;

    let bob = realm.ticket("bob")?;
    let theirs = realm.python("kerberos", Some(&bob), &["moshimoshi"])?.ok()?;
    theirs.says(&["bob!"])?.says(&["Authenticated via GSSAPI"])?;

    let url = format!("{}/ssllogin", realm.url());
    let curl = realm.curl(Some(&bob), &url, &["--negotiate", "--user", ":"])?.ok()?;
    // the hub proves who it is, too
    curl.says(&["session-key"])?.says(&["www-authenticate: Negotiate oY"])?;
    Ok(())
}

fn keytabs(realm: &Realm) -> Result<()> {
    let keytab = realm.kdc.keytab("erin");
    let keytab = keytab.to_string_lossy();
    let words = ["--keytab", &*keytab, "--principal", &format!("erin@{REALM}")];
    ensure!(realm.who("kerberos", None, &words)?.0 == "erin");
    ensure!(realm.who("any", None, &words[..2])?.0 == "erin");
    // the user's own ticket stays what it is
    let alice = realm.ticket("alice")?;
    ensure!(realm.who("kerberos", Some(&alice), &[])?.0 == "alice");
    realm.koji("kerberos", None, &["--keytab", &keytab, "--principal", "bob", "moshimoshi"])?.status_is(1)?;
    realm
        .koji("kerberos", None, &["--keytab", "/nonexistent", "moshimoshi"])?
        .status_is(1)?
        .says(&["/nonexistent does not exist"])?;
    realm.python("kerberos", None, &[&words[..], &["moshimoshi"]].concat())?.ok()?.says(&["erin!"])?;
    Ok(())
}

fn no_ticket(realm: &Realm) -> Result<()> {
    realm
        .koji("kerberos", None, &["moshimoshi"])?
        .status_is(1)?
        .says(&["gssapi auth failed"])?
        .says(&["kinit"])?;
    let nothing = realm.koji("any", None, &["list-tasks", "--mine"])?.status_is(1)?;
    nothing.says(&["no authentication methods available"])?.says(&["kinit"])?;
    // reading needs no login, and nothing asks for one
    realm.koji("any", None, &["list-tags"])?.ok()?;

    let short = realm.kdc.ticket("frank", Some("1s"))?;
    let expired = wait_until(Duration::from_secs(60), || {
        let run = realm.koji("kerberos", Some(&short), &["moshimoshi"])?;
        Ok(run.status == 1 && run.stderr.contains("expired"))
    })?;
    ensure!(expired, "a ticket of one second does not expire");
    Ok(())
}

fn look_alikes(realm: &Realm) -> Result<()> {
    ensure!(realm.who("kerberos", Some(&realm.ticket("alice")?), &[])?.0 == "alice");
    let who = realm.who("kerberos", Some(&realm.ticket("Alice")?), &[])?;
    ensure!(who == ("Alice".into(), GSSAPI, format!("Alice@{REALM}")), "{who:?}");
    Ok(())
}

fn other_realms(realm: &Realm) -> Result<()> {
    for name in ["alice", "host/x"] {
        let ticket = realm.ticket(&other(name))?;
        for run in [
            realm.koji("kerberos", Some(&ticket), &["moshimoshi"])?,
            realm.python("kerberos", Some(&ticket), &["moshimoshi"])?,
        ] {
            run.status_is(1)?.says(&["Kerberos principal's realm: EVIL.TEST is not allowed"])?;
        }
    }
    realm.unknown(&["host/x", &other("alice"), &other("host/x")])
}

fn proxies(realm: &Realm) -> Result<()> {
    let web = realm.ticket("kojiweb")?;
    let who = realm.who("kerberos", Some(&web), &["--runas", "heidi"])?;
    ensure!(who.0 == "heidi" && who.1 == GSSAPI, "{who:?}");
    realm.python("kerberos", Some(&web), &["--runas", "heidi", "moshimoshi"])?.ok()?.says(&["heidi!"])?;
    let alice = realm.ticket("alice")?;
    realm
        .koji("kerberos", Some(&alice), &["--runas", koji_tests::ADMIN, "moshimoshi"])?
        .status_is(1)?
        .says(&[&format!("alice@{REALM} is not authorized to login other users")])?;
    Ok(())
}

fn principals(realm: &Realm) -> Result<()> {
    // a user without any gets the one of its name, the user who has others does not
    realm.system.call("createUser", &["dave".into()])?;
    ensure!(realm.who("kerberos", Some(&realm.ticket("dave")?), &[])?.2 == format!("dave@{REALM}"));
    realm.system.call("createUser", &["grace".into(), 0.into(), format!("gg@{REALM}").into()])?;
    let grace = realm.ticket("grace")?;
    let words = ["not a Kerberos principal of the user grace", "--add-krb"];
    realm.koji("kerberos", Some(&grace), &["moshimoshi"])?.status_is(1)?.says(&words)?;
    realm.system.koji(["edit-user", &format!("--add-krb=grace@{REALM}"), "grace"])?.ok()?;
    ensure!(realm.who("kerberos", Some(&grace), &[])?.0 == "grace");

    realm.system.koji(["disable-user", "grace"])?.ok()?;
    realm
        .koji("kerberos", Some(&grace), &["moshimoshi"])?
        .status_is(1)?
        .says(&["logins by grace are not allowed"])?;

    realm.system.call("newGroup", &["group1".into()])?;
    let group = realm.ticket("group1")?;
    realm.koji("kerberos", Some(&group), &["moshimoshi"])?.status_is(1)?.says(&["is a group"])?;
    Ok(())
}

/// Sends one token twice, as somebody would who has seen it.
const REPLAY: &str = r#"
import base64, sys, gssapi, requests
url, ca = sys.argv[1:]
name = gssapi.Name("HTTP@localhost", gssapi.NameType.hostbased_service)
spnego = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
token = gssapi.SecurityContext(name=name, mech=spnego, usage="initiate").step()
headers = {"Authorization": "Negotiate " + base64.b64encode(token).decode()}
call = "<methodCall><methodName>sslLogin</methodName><params/></methodCall>"
for _ in range(2):
    answer = requests.post(url, data=call, headers=headers, verify=ca)
    print(answer.status_code, "session-key" in answer.text, answer.text.strip().splitlines()[0])
"#;

fn tokens(realm: &Realm) -> Result<()> {
    let url = format!("{}/ssllogin", realm.url());
    let asked = realm.curl(None, &url, &[])?.ok()?;
    asked.says(&["HTTP/1.1 401"])?.says(&["www-authenticate: Negotiate"])?;
    for token in ["AAAA", "!", "YIIC", ""] {
        let header = format!("Authorization: Negotiate {token}");
        let run = realm.curl(None, &url, &["--header", &header])?.ok()?.says(&["HTTP/1.1 401"])?;
        ensure!(!run.stdout.contains("session-key"), "{run}");
    }
    // headers of a web server that nobody has named as trusted
    let spoofed =
        ["--header", "X-Remote-User: tester@EXAMPLE.TEST", "--header", "X-SSL-Client-Verify: SUCCESS"];
    for url in [url.clone(), realm.system.url("/kojihub/ssllogin"), realm.system.url("/kojihub")] {
        let run = realm.curl(
            None,
            &url,
            &[&spoofed[..], &["--header", "X-SSL-Client-S-DN: CN=tester"]].concat(),
        )?;
        ensure!(!run.ok()?.stdout.contains("session-key"), "{url} believes anybody");
    }

    let mut python = realm.upstream.python();
    python.args(["-c", REPLAY, &url]).arg(realm.authority.file());
    let run = Run::of(realm.kdc.with(&mut python, Some(&realm.ticket("alice")?)))?.ok()?;
    let lines: Vec<&str> = run.stdout.lines().collect();
    ensure!(lines.len() == 2 && lines[0].starts_with("200 True"), "{run}");
    ensure!(lines[1].starts_with("401 False") && lines[1].contains("replay"), "{run}");
    Ok(())
}
