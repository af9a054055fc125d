//! The daemons log in as they do at sites: by keytab.

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use koji_tests::{BUILDER, Daemon, REALM, Scenario, command, program, wait_until};

use crate::realm::Realm;

pub const SCENARIOS: &[Scenario<Realm>] = &[("kojid by keytab", kojid), ("kojira by keytab", kojira)];

fn kojid(realm: &Realm) -> Result<()> {
    let principal = format!("compile/{BUILDER}@{REALM}");
    realm.system.koji(["edit-user", &format!("--add-krb={principal}"), BUILDER])?.ok()?;
    let conf = format!(
        "[kojid]\nserver = {}\nserverca = {}\nkeytab = {}\nccache = {}\nkrb_principal = {principal}\n\
         workdir = {dir}/kojid\nmockdir = {dir}/roots\ncache_dir = {dir}/cache\n",
        realm.url(),
        realm.authority.file().display(),
        realm.kdc.keytab(&format!("compile/{BUILDER}")).display(),
        realm.dir().join("kojid.ccache").display(),
        dir = realm.dir().display(),
    );
    starts(realm, "kojid", &conf, &format!("host {BUILDER}"))
}

fn kojira(realm: &Realm) -> Result<()> {
    let conf = format!(
        "[kojira]\nserver = {}\nserverca = {}\nkeytab = {}\nccache = {}\nprincipal = kojira@{REALM}\n\
         topdir = {}\nlogfile = none\nverbose = yes\n",
        realm.url(),
        realm.authority.file().display(),
        realm.kdc.keytab("kojira").display(),
        realm.dir().join("kojira.ccache").display(),
        realm.system.topdir().display(),
    );
    starts(realm, "kojira", &conf, "logged in to")
}

fn starts(realm: &Realm, name: &str, conf: &str, sign: &str) -> Result<()> {
    let file = realm.dir().join(format!("{name}.conf"));
    fs::write(&file, conf)?;
    let mut start = command(program(name)?, ["--fg", "--verbose", "--config"]);
    start.arg(&file);
    let log = realm.dir().join(format!("{name}.log"));
    let mut daemon = Daemon::start(name, realm.kdc.with(&mut start, None), &log)?;
    let text = || fs::read_to_string(&log).unwrap_or_default();
    let up = wait_until(Duration::from_secs(60), || {
        ensure!(daemon.is_running(), "{name} has ended:\n{}", text());
        Ok(text().contains(sign))
    })?;
    ensure!(up, "{name} does not log in:\n{}", text());
    daemon.terminate(Duration::from_secs(30))
}
