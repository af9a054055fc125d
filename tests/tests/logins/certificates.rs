//! TLS client certificates.

use std::path::Path;

use anyhow::{Result, ensure};
use koji_tests::{REALM, Run, Scenario};
use rcgen::DnType;

use crate::authority::{ENDED, VALID};
use crate::realm::Realm;

pub const SCENARIOS: &[Scenario<Realm>] = &[
    ("a certificate logs in, by each client", logins),
    ("certificates that are not good", bad),
    ("a certificate's name is no principal", names),
    ("only some certificates log in for others", proxies),
    ("the TLS port serves everybody else, too", others),
];

const SSL: i64 = 2;

fn with<'a>(cert: &'a Path, words: &[&'a str]) -> Vec<&'a str> {
    [&["--cert", cert.to_str().unwrap()], words].concat()
}

fn logins(realm: &Realm) -> Result<()> {
    let subject =
        [(DnType::CountryName, "US"), (DnType::OrganizationName, "Koji"), (DnType::CommonName, "carol")];
    let carol = realm.authority.client("carol", &subject, VALID);
    let who = realm.who("ssl", None, &with(&carol, &[]))?;
    ensure!(who == ("carol".into(), SSL, String::new()), "{who:?}");
    ensure!(realm.who("any", None, &with(&carol, &[]))?.0 == "carol");
    let theirs = realm.python("ssl", None, &with(&carol, &["moshimoshi"]))?.ok()?;
    theirs.says(&["carol!"])?.says(&["Authenticated via client certificate"])?;
    let url = format!("{}/ssllogin", realm.url());
    realm.curl(None, &url, &with(&carol, &[]))?.ok()?.says(&["session-key"])?;
    Ok(())
}

fn bad(realm: &Realm) -> Result<()> {
    let name = [(DnType::CommonName, "mallory")];
    let stranger = realm.stranger.client("mallory", &name, VALID);
    let ended = realm.authority.client("ended", &name, ENDED);
    for (cert, why) in [(&stranger, "UnknownCA"), (&ended, "CertificateExpired")] {
        let run = realm.koji("ssl", None, &with(cert, &["moshimoshi"]))?.status_is(1)?;
        let alert = run.stderr.contains("DecryptError") || run.stderr.contains(why);
        ensure!(run.stderr.contains("does not accept the client's certificate") && alert, "{run}");
        realm.python("ssl", None, &with(cert, &["moshimoshi"]))?.status_is(1)?;
    }
    let nameless = realm.authority.client("nameless", &[(DnType::OrganizationName, "Koji")], VALID);
    let words = ["unable to get user information (CN) from client certificate"];
    realm.koji("ssl", None, &with(&nameless, &["moshimoshi"]))?.status_is(1)?.says(&words)?;
    let odd = realm.authority.client("odd", &[(DnType::CommonName, "a b;<script>")], VALID);
    let words = ["does not match RegexUserName"];
    realm.koji("ssl", None, &with(&odd, &["moshimoshi"]))?.status_is(1)?.says(&words)?;
    realm.unknown(&["mallory", "a b;<script>"])
}

fn names(realm: &Realm) -> Result<()> {
    // the user's name is the same account, however one logs in
    ensure!(realm.who("kerberos", Some(&realm.ticket("bob")?), &[])?.0 == "bob");
    let bob = realm.authority.client("bob", &[(DnType::CommonName, "bob")], VALID);
    let who = realm.who("ssl", None, &with(&bob, &[]))?;
    ensure!(who == ("bob".into(), SSL, format!("bob@{REALM}")), "{who:?}");
    // a principal's text is no name
    let principal = format!("bob@{REALM}");
    let clash = realm.authority.client("clash", &[(DnType::CommonName, &principal)], VALID);
    let words = ["is another user's Kerberos principal"];
    realm.koji("ssl", None, &with(&clash, &["moshimoshi"]))?.status_is(1)?.says(&words)?;
    Ok(())
}

fn proxies(realm: &Realm) -> Result<()> {
    let koji = (DnType::OrganizationName, "Koji");
    let web = (DnType::CommonName, "kojiweb");
    let good = realm.authority.client("web", &[koji.clone(), web.clone()], VALID);
    let who = realm.who("ssl", None, &with(&good, &["--runas", "ivan"]))?;
    ensure!(who.0 == "ivan" && who.1 == SSL, "{who:?}");
    realm.python("ssl", None, &with(&good, &["--runas", "ivan", "moshimoshi"]))?.ok()?.says(&["ivan!"])?;
    for (file, subject) in [
        ("short", vec![web.clone()]),
        ("reverse", vec![web.clone(), koji.clone()]),
        ("inside", vec![(DnType::OrganizationName, "Koji/CN=kojiweb"), web.clone()]),
        ("comma", vec![(DnType::CommonName, "kojiweb,O=Koji")]),
    ] {
        let cert = realm.authority.client(file, &subject, VALID);
        realm
            .koji("ssl", None, &with(&cert, &["--runas", koji_tests::ADMIN, "moshimoshi"]))?
            .status_is(1)?
            .says(&["is not authorized to login other users"])?;
    }
    Ok(())
}

fn others(realm: &Realm) -> Result<()> {
    realm.koji("any", None, &["list-tags"])?.ok()?.says(&[koji_tests::DEST_TAG])?;
    let words = ["--authtype", "password", "--user", "user", "--password", "test-password"];
    ensure!(realm.who("any", None, &words)?.0 == "user");
    let plain: Run = realm.system.koji_as("user", ["moshimoshi"])?.ok()?;
    plain.says(&["Authenticated via password"])?;
    Ok(())
}
