//! `koji local` and `koji repro` against a real hub and builder: the same buildroots on this machine.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod lock;
mod refusals;
mod repro;
mod roots;
mod server;

use koji_tests::{Options, Scenario, System, run_scenarios};

const SCENARIOS: &[Scenario] = &[
    ("a root of a target is entered, extended and removed", roots::of_a_target),
    ("a build like the server's has the same packages", roots::like_the_servers),
    ("a failed build is explained and its root stays", roots::failure),
    ("sources from git are built whole", roots::from_git),
    ("a lock is replayed without a network", lock::replay),
    ("an ordinary user replays it", lock::rootless),
    ("what an ordinary user lacks is named", lock::missing_ids),
    ("a package that changed in the cache is refused", lock::tampered_cache),
    ("a build is repeated after its repository is gone", repro::without_repository),
    ("a build that holds its time of building differs", repro::clock),
    ("a package that changed at the server is refused", refusals::tampered_server),
];

#[test]
fn local_buildroots() {
    let system = System::start(Options::default()).unwrap();
    server::builds(&system).unwrap();
    // one after the other: each builds on what the ones before it left
    run_scenarios(&system, 1, SCENARIOS);
}
