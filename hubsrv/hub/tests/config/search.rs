use koji_api::FaultKind;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names};

#[tokio::test]
async fn by_glob_expression_and_name() {
    let hub = TestHub::new().await;
    for tag in ["f45", "f45_x", "gone"] {
        admin(&hub, "createTag", [tag.into()]).await;
    }
    admin(&hub, "deleteTag", ["gone".into()]).await;
    let find = |terms: &'static str, subject: &'static str, kind: &'static str| {
        let hub = &hub;
        async move { names(&ask(hub, "search", [terms.into(), subject.into(), kind.into()]).await, "name") }
    };
    assert_eq!(find("F*", "tag", "glob").await, ["f45", "f45_x"]);
    // an underscore is no wildcard
    assert_eq!(find("f4_", "tag", "glob").await, Vec::<String>::new());
    assert_eq!(find("f4?", "tag", "glob").await, ["f45"]);
    assert_eq!(find("X$", "tag", "regexp").await, ["f45_x"]);
    assert_eq!(find("f45", "tag", "exact").await, ["f45"]);
    assert_eq!(find("gone", "tag", "glob").await, Vec::<String>::new());
    assert_eq!(find("a*", "user", "glob").await, ["alice"]);
    for subject in ["package", "build", "target", "host", "rpm", "maven", "win", "file"] {
        for kind in ["glob", "regexp", "exact"] {
            assert_eq!(find("zzz", subject, kind).await, Vec::<String>::new(), "{subject} {kind}");
        }
    }
    let count = kw([("queryOpts", Value::record([("countOnly", true.into())]))]);
    assert_eq!(ask(&hub, "search", ["*".into(), "tag".into(), "glob".into(), count]).await, Value::Int(2));
    let bad = fault(&hub, "alice", "search", ["[".into(), "tag".into(), "regexp".into()]).await;
    assert_eq!(bad.kind, FaultKind::Internal);
    let empty = fault(&hub, "alice", "search", ["".into(), "tag".into(), "glob".into()]).await;
    assert_eq!(empty.message, "empty search terms");
}
