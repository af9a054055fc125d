//! From a source to rpms in a tag, with our programs and with upstream's client; and what users do wrong.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod build_path;
mod dist_repo;
mod mail;
mod new_repo;
mod upstream_client;

use koji_tests::{MailServer, Options, System, run_scenarios};

#[test]
fn builds() {
    let system = System::start(Options::default()).unwrap();
    let scenarios = [
        build_path::SCENARIOS,
        bad_input::SCENARIOS,
        upstream_client::SCENARIOS,
        dist_repo::SCENARIOS,
        new_repo::SCENARIOS,
    ]
    .concat();
    run_scenarios(&system, 3, &scenarios);
}

#[test]
fn mails() {
    let server = MailServer::start().unwrap();
    let system =
        System::start(Options { mail: Some(server.address().to_owned()), ..Options::default() }).unwrap();
    run_scenarios(&mail::Office { system, server }, 3, mail::SCENARIOS);
}
