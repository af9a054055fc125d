//! The configuration files of a test system.

use std::fs;

use anyhow::Result;

use super::{ADMIN, BUILDER, System};
use crate::cache::cache_dir;

/// The password of every account of a test system; it listens on loopback only and lives for a minute.
pub(super) const PASSWORD: &str = "test-password";

pub(super) fn write(system: &System) -> Result<()> {
    let dir = system.dir.display();
    let (server, files) = (system.url("/kojihub"), system.url("/kojifiles"));
    let topdir = system.topdir();
    // a KojiDir that is named must exist: the hub takes a missing one for a mount that failed
    fs::create_dir_all(&topdir)?;
    let topdir = topdir.display();
    let options = &system.options;
    let cache = cache_dir()?.join("roots");

    fs::write(
        system.dir.join("hub.conf"),
        format!(
            "[hub]\nDataDir = {dir}/hub\nKojiDir = {topdir}\nListen = 127.0.0.1:{port}\nDBDurable = no\nLogLevel = INFO\n\
             {mail}\nKojiWebURL = {web}\n{extra}\n",
            port = system.hub_port,
            mail = match options.mail {
                Some(_) => "EmailDomain = example.com",
                None => "DisableNotifications = yes",
            },
            web = system.url("/koji"),
            extra = options.hub_conf,
        ),
    )?;
    fs::write(
        system.dir.join("kojid.conf"),
        format!(
            "[kojid]\nserver = {server}\ntopurl = {files}\ntopdir = {topdir}\nuser = {BUILDER}\npassword = {PASSWORD}\n\
             workdir = {dir}/builder/work\nmockdir = {dir}/builder/roots\ncache_dir = {cache}\nminspace = 100\n\
             max_load = 0\nbuildroot_engine = native\nallowed_scms = 127.0.0.1*:/*:no:\nretry_interval = 1\n\
             offline_retry_interval = 1\n{mail}\n{extra}\n",
            cache = cache.display(),
            mail = options.mail.iter().map(|server| format!("smtphost = {server}")).collect::<String>(),
            extra = options.kojid_conf,
        ),
    )?;
    fs::write(
        system.dir.join("kojira.conf"),
        format!(
            "[kojira]\nserver = {server}\ntopdir = {topdir}\nuser = kojira\npassword = {PASSWORD}\nlogfile = none\n\
             sleeptime = 1\nretry_interval = 1\n"
        ),
    )?;
    let profile = |name: &str, login: &str| {
        format!(
            "[{name}]\nserver = {server}\ntopurl = {files}\ntopdir = {topdir}\nretry_interval = 1\nmax_retries = 60\npoll_interval = 1\n{login}\n"
        )
    };
    let login = |user: &str| format!("authtype = password\nuser = {user}\npassword = {PASSWORD}\n");
    // no retries: whether the hub answers is what this profile is used to find out
    let reader = "authtype = noauth\nanon_retry = no\n";
    let text = [profile("admin", &login(ADMIN)), profile("user", &login("user")), profile("reader", reader)]
        .concat();
    fs::write(system.client_config(), text)?;
    Ok(())
}
