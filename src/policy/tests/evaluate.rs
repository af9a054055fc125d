//! Policies run as the hub runs them: with tests that it answers itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use koji_policy::{EvalError, Evaluation, Policies, PolicyContext, RuleSet, TestCall, Verdict};
use koji_xmlrpc::{Struct, Value};

const TESTS: [&str; 3] = ["has_perm", "is_child_task", "is_build_owner"];

/// A user with some permissions.
struct User {
    permissions: Vec<&'static str>,
    data: Struct,
}

impl PolicyContext for User {
    type Error = EvalError;

    fn data(&self) -> &Struct {
        &self.data
    }

    async fn test(&mut self, call: &TestCall) -> Result<bool, EvalError> {
        // a real context waits for its database here
        tokio::task::yield_now().await;
        Ok(match call.name.as_str() {
            "has_perm" => self.permissions.iter().any(|p| koji_policy::matches_any(p, &call.args)),
            "is_child_task" => self.data.contains_key("parent"),
            _ => false,
        })
    }
}

fn user(permissions: &[&'static str], data: &[(&str, &str)]) -> User {
    let data = data.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
    User { permissions: permissions.to_vec(), data }
}

async fn run(sets: &[(&str, &str)], name: &str, mut user: User) -> Result<Evaluation, EvalError> {
    let mut policies = Policies::defaults(&TESTS).unwrap();
    for (name, text) in sets {
        policies.insert(RuleSet::from_text(name, text, &TESTS).unwrap());
    }
    Ok(policies.evaluate(name, &mut user).await?.expect("the policy exists"))
}

async fn action(text: &str, user: User) -> Option<String> {
    run(&[("p", text)], "p", user).await.unwrap().action().map(str::to_owned)
}

#[tokio::test]
async fn the_first_rule_that_fires_decides() {
    let text =
        "match tag f4* && has_perm build :: allow first\nmatch tag f4* !! deny other tag\nall :: deny rest";
    assert_eq!(action(text, user(&["build"], &[("tag", "f40")])).await.unwrap(), "allow first");
    assert_eq!(action(text, user(&["build"], &[("tag", "el9")])).await.unwrap(), "deny other tag");
    assert_eq!(action(text, user(&[], &[("tag", "f40")])).await.unwrap(), "deny rest");
    assert_eq!(action("! has_perm admin :: deny", user(&["admin"], &[])).await, None);
}

#[tokio::test]
async fn a_block_without_a_decision_goes_on_after_it() {
    let text =
        "has tag :: {\n match tag a :: in-a\n has_perm x :: {\n  match tag b :: in-b\n }\n}\nall :: after";
    assert_eq!(action(text, user(&[], &[("tag", "a")])).await.unwrap(), "in-a");
    assert_eq!(action(text, user(&["x"], &[("tag", "b")])).await.unwrap(), "in-b");
    assert_eq!(action(text, user(&["x"], &[("tag", "c")])).await.unwrap(), "after");
    assert_eq!(action(text, user(&[], &[])).await.unwrap(), "after");
}

#[tokio::test]
async fn break_stop_and_flags_steer() {
    let nest = |inner: &str| {
        format!("all :: {{\n all :: {{\n  {inner}\n  all :: inner\n }}\n all :: middle\n}}\nall :: outer")
    };
    for (inner, expected) in [
        ("all :: break", Some("middle")),
        ("all :: break 2", Some("outer")),
        ("all :: break 9", None),
        ("all :: stop", None),
        ("none :: stop", Some("inner")),
    ] {
        assert_eq!(action(&nest(inner), user(&[], &[])).await.as_deref(), expected, "{inner}");
    }
    let flags = "has tag :: flag seen\nflagged seen :: yes\nall :: no";
    assert_eq!(action(flags, user(&[], &[("tag", "x")])).await.unwrap(), "yes");
    assert_eq!(action(flags, user(&[], &[])).await.unwrap(), "no");
}

#[tokio::test]
async fn policies_ask_each_other_but_not_in_a_circle() {
    let sets = [("a", "policy b :: allow\nall :: deny"), ("b", "has_perm admin :: Allow\nall :: maybe")];
    assert_eq!(run(&sets, "a", user(&["admin"], &[])).await.unwrap().action(), Some("allow"));
    assert_eq!(run(&sets, "a", user(&[], &[])).await.unwrap().action(), Some("deny"));
    let circle = [("a", "policy b :: allow"), ("b", "policy a :: allow")];
    assert_eq!(run(&circle, "a", user(&[], &[])).await, Err(EvalError::Loop("policy b".into())));
    let absent = [("a", "policy nowhere :: allow")];
    let error = run(&absent, "a", user(&[], &[])).await.unwrap_err();
    assert_eq!(error.to_string(), "no such policy: nowhere");
    // the same policy twice in a row is no circle
    let twice = [("a", "policy b && policy b :: allow"), ("b", "all :: yes")];
    assert_eq!(run(&twice, "a", user(&[], &[])).await.unwrap().action(), Some("allow"));
}

#[tokio::test]
async fn verdicts_have_reasons() {
    let verdict = |text: &'static str| async move {
        run(&[("p", text)], "p", user(&[], &[])).await.unwrap().verdict("deny")
    };
    let denied = verdict("all :: deny Not Today").await;
    assert_eq!((denied.allowed, denied.reason.as_str()), (false, "Not Today"));
    assert_eq!(denied.violation("p", false), "policy violation (p): Not Today");
    assert_eq!(denied.violation("p", true), "policy violation (p): Not Today [rule: all :: deny Not Today]");
    assert!(verdict("all :: ALLOW").await.allowed);
    assert_eq!(verdict("none :: allow").await.reason, "not covered by policy");
    let odd = verdict("all :: perhaps").await;
    assert_eq!((odd.allowed, odd.invalid, odd.reason.as_str()), (false, true, "error in policy"));
    assert!(Verdict::missing(true).allowed && !Verdict::missing(false).allowed);
    let nested = verdict("all :: {\n has x !! deny y\n}").await;
    assert_eq!(nested.rule, "all :: ... has x !! deny y");
}

#[tokio::test]
async fn defaults_are_upstreams() {
    let eval = |name: &'static str, u: User| async move {
        run(&[], name, u).await.unwrap().action().map(str::to_owned).unwrap_or_default()
    };
    let deny = "deny Only admin can do this via default policy";
    assert_eq!(eval("build_from_srpm", user(&[], &[])).await, deny);
    assert_eq!(eval("build_from_srpm", user(&["admin"], &[])).await, "allow");
    assert_eq!(
        eval("package_list", user(&[], &[])).await,
        "deny Only admin/tag can do this via default policy"
    );
    assert_eq!(eval("package_list", user(&["tag"], &[])).await, "allow");
    assert_eq!(eval("channel", user(&[], &[("req_channel", "maven")])).await, "req");
    assert_eq!(eval("channel", user(&[], &[("parent", "1")])).await, "parent");
    assert_eq!(eval("channel", user(&[], &[])).await, "use default");
    assert_eq!(eval("priority", user(&[], &[])).await, "stay");
    assert_eq!(eval("volume", user(&[], &[])).await, "DEFAULT");
}

#[tokio::test]
async fn an_evaluation_explains_itself() {
    let sets = [("a", "has x :: allow\nall :: {\n  policy b && all :: deny because\n}"), ("b", "all :: yes")];
    let evaluation = run(&sets, "a", user(&[], &[])).await.unwrap();
    assert_eq!(
        evaluation.to_string(),
        "policy a\n  a:1: has x = no : does not fire: allow\n  a:2: all = yes : fires: { ...\n    \
         a:3: policy b = yes, all = yes : fires: deny because\n      b:1: all = yes : fires: yes\n\
         outcome: deny because\n"
    );
}
