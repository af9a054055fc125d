//! The Kerberos ticket, where the profile logs in with one.

use std::io;
use std::process::{Command, Output, Stdio};

use koji_config::environment;

use super::finding::Finding;
use super::patient::Patient;

const CHECK: &str = "kerberos";

pub fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(settings) = &patient.settings else { return Vec::new() };
    let wanted = matches!(settings.authtype.as_deref(), Some("kerberos" | "gssapi"))
        || (settings.authtype.is_none() && (settings.keytab.is_some() || settings.principal.is_some()));
    if !wanted {
        return vec![Finding::skipped(CHECK, "the profile does not log in with it")];
    }
    let mut found = Vec::new();
    if !environment::krb5_conf().iter().any(|file| file.is_file()) {
        let files: Vec<String> = environment::krb5_conf().iter().map(|f| f.display().to_string()).collect();
        let text = format!("there is no configuration of Kerberos: {}", files.join(", "));
        found.push(Finding::warning(CHECK, text, "write /etc/krb5.conf with the realm, unless DNS names it"));
    }
    found.push(match &settings.keytab {
        Some(keytab) => match std::fs::File::open(keytab) {
            Ok(_) => Finding::fine(CHECK, format!("keytab {}", keytab.display())),
            Err(e) => {
                let text = format!("the keytab {} cannot be read: {e}", keytab.display());
                Finding::failed(CHECK, text, "correct keytab in the profile, or the file's permissions")
            }
        },
        None => ticket(settings.principal.as_deref()),
    });
    found
}

/// What klist says of the credential cache.
fn ticket(principal: Option<&str>) -> Finding {
    let listed = match klist(&[]) {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let remedy = "install krb5-workstation (Fedora) or krb5-user (Debian), then kinit";
            return Finding::failed(CHECK, "klist is not installed, so there can hardly be a ticket", remedy);
        }
        Err(e) => return Finding::warning(CHECK, format!("klist cannot be run: {e}"), "run klist by hand"),
    };
    let kinit = format!("kinit {}", principal.unwrap_or("USER@REALM"));
    if !listed.status.success() {
        let why = String::from_utf8_lossy(&listed.stderr).trim().to_owned();
        return Finding::failed(CHECK, format!("there is no ticket: {why}"), kinit);
    }
    // -s says nothing and fails when the ticket has expired
    if !klist(&["-s"]).is_ok_and(|o| o.status.success()) {
        return Finding::failed(CHECK, "the Kerberos ticket has expired", kinit);
    }
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let owner = text.lines().find_map(|l| l.trim().strip_prefix("Default principal: ")).unwrap_or("somebody");
    match principal {
        Some(wanted) if owner.split('@').next() != wanted.split('@').next() => {
            let text = format!("the ticket is {owner}'s, the profile wants {wanted}");
            Finding::failed(CHECK, text, kinit)
        }
        _ => Finding::fine(CHECK, format!("ticket of {owner}")),
    }
}

fn klist(args: &[&str]) -> io::Result<Output> {
    Command::new("klist").args(args).env("LC_ALL", "C").stdin(Stdio::null()).output()
}
