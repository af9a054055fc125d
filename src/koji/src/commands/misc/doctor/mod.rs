//! `koji doctor`: one file a check, in the order in which a connection comes to stand.

mod certificate;
mod certs;
mod clock;
mod disk;
mod dns;
mod engine;
mod files;
mod finding;
mod hub;
mod kerberos;
mod login;
mod patient;
mod profile;
mod proxy;
mod tcp;
mod tls;
mod version;

use std::time::Duration;

use crate::commands::Setup;
use crate::error::{CommandError, Result};

use finding::{Finding, State};
use patient::Patient;

/// Find out what is wrong with this set-up
///
/// Checks the profile, certificates, proxy, name, connection, TLS, the hub's answers, clock, version, Kerberos, login and permissions,
/// the hub's files, disk space and what local buildroots need. Each problem comes with its cause and what to do.
///
/// Exit status: 0 when nothing is wrong (warnings allowed), 1 otherwise.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Do not log in
    #[arg(long)]
    no_login: bool,
    /// Show only what is not in order
    #[arg(long)]
    problems: bool,
    /// Seconds to wait for a connection or an answer
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    wait: u64,
}

pub async fn run(setup: Setup<'_>, a: Arguments) -> Result {
    let mut patient = Patient::new(&setup, Duration::from_secs(a.wait.max(1)), a.no_login);
    let mut failed = false;
    let mut told = false;
    // each check stands on those before it and says when it cannot be made
    let mut show = |list: Vec<Finding>| {
        for finding in list {
            failed |= finding.state == State::Failed;
            // one line for all that an earlier problem makes pointless
            let again = finding.state == State::Skipped
                && patient::is_blocked(&finding)
                && std::mem::replace(&mut told, true);
            if !again && (!a.problems || finding.state != State::Fine) {
                finding.print(setup.out);
            }
            setup.out.data(&finding.data());
        }
    };
    show(profile::check(&mut patient));
    show(certs::check(&patient));
    show(proxy::check(&mut patient));
    show(dns::check(&mut patient).await);
    show(tcp::check(&mut patient).await);
    show(tls::check(&mut patient).await);
    show(hub::check(&mut patient).await);
    show(clock::check(&patient));
    show(version::check(&patient).await);
    show(kerberos::check(&patient));
    show(login::check(&patient).await);
    show(files::check(&patient).await);
    show(disk::check());
    show(engine::check());
    if failed { Err(CommandError::status(1)) } else { Ok(()) }
}
