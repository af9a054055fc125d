//! Logins without passwords: Kerberos with a real KDC, and TLS client certificates; by our client, by upstream's and by curl.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authority;
mod certificates;
mod daemons;
mod kerberos;
mod realm;

use koji_tests::run_scenarios;

use realm::Realm;

#[test]
fn logins() {
    let realm = Realm::start().unwrap();
    let scenarios = [kerberos::SCENARIOS, certificates::SCENARIOS, daemons::SCENARIOS].concat();
    run_scenarios(&realm, 2, &scenarios);
}
