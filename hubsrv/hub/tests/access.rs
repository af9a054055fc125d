//! Who may call what: every method that this hub serves, without a session and as a user without permissions.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

use koji_api::Access;
use koji_db::Mode;
use koji_hub::methods::served;
use koji_hub::testing::TestHub;

/// Changing methods that everybody may call as far as their declaration goes, and who decides then. A new one belongs here only
/// when somebody has looked at how it decides.
const DECIDE_INSIDE: &[(&str, &str)] = &[
    ("CGImport", "only users of the content generator, and policy cg_import"),
    ("CGInitBuild", "only users of the content generator"),
    ("CGRefundBuild", "only users of the content generator, with the build's secret"),
    ("buildImage", "the permission depends on the kind of image"),
    ("cancelTask", "the task's owner, the host that runs it, admins"),
    ("distRepo", "policy dist_repo"),
    ("exclusiveSession", "concerns the caller's own session"),
    ("getPackage", "makes a package for admins only"),
    ("getRPMChecksums", "remembers checksums of files that are there"),
    ("getTagID", "makes a name for holders of the permission tag only"),
    ("host.writeSignedRPM", "hosts, and holders of the permission sign"),
    ("importArchive", "the permission depends on the kind of archive"),
    ("login", "checks the password"),
    ("logout", "the caller's own sessions; others' for admins"),
    ("logoutChild", "sessions below the caller's own"),
    ("newRepo", "holders of the permissions repo and regen-repo"),
    ("sharedSession", "concerns the caller's own session"),
    ("sslLogin", "checks the certificate or principal"),
    ("subsession", "needs a session"),
];

#[test]
fn changing_methods_are_protected_or_known_to_decide_themselves() {
    let open = served()
        .filter(|e| e.mode == Mode::Write)
        .filter(|e| matches!(e.decl.access, Access::Anyone | Access::Inside));
    let open: Vec<&str> = open.map(|e| e.decl.name).collect();
    let known: Vec<&str> = DECIDE_INSIDE.iter().map(|(name, _)| *name).collect();
    assert_eq!(open, known);
}

#[tokio::test]
async fn declared_access_is_checked_before_anything_else() {
    let hub = TestHub::new().await;
    for entry in served() {
        let name = entry.decl.name;
        let codes = match entry.decl.access {
            Access::Anyone | Access::Inside => continue,
            // those about notifications say it as upstream does
            Access::Login if name.contains("Notification") => (1000, None),
            Access::Login => (1004, None),
            Access::Perm(_) => (1004, Some(1004)),
            Access::Host => (1002, Some(1002)),
        };
        let anonymous = hub.call(name, vec![]).await.map_err(|f| f.kind.code());
        assert_eq!(anonymous, Err(codes.0), "{name} without a session");
        if let Some(code) = codes.1 {
            let alice = hub.call_as("alice", name, vec![]).await.map_err(|f| f.kind.code());
            assert_eq!(alice, Err(code), "{name} as a user without permissions");
        }
    }
}
