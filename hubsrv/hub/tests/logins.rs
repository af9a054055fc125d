//! Logins by what a web server in front has verified, and sessions that belong to an address. Kerberos and the hub's own TLS
//! are tested with real clients in `tests/tests/logins`.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::sync::Arc;

use koji_db::{Mode, args};
use koji_hub::server;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::{Value, parse_response, write_call};
use reqwest::Client;
use tokio::net::TcpListener;

struct Served {
    hub: TestHub,
    url: String,
    client: Client,
    server: tokio::task::JoinHandle<()>,
}

/// A hub that takes this test for its web server, unless the further options name another.
async fn serve(lines: &str) -> Served {
    let trusted = if lines.contains("TrustedProxies") { "" } else { "TrustedProxies = 127.0.0.1" };
    let hub = TestHub::with_config(&format!("{trusted}\n{lines}")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/kojihub", listener.local_addr().unwrap());
    let router = server::router(Arc::clone(&hub.hub), None);
    let server = tokio::spawn(server::serve(listener, router, std::future::pending()));
    Served { hub, url, client: Client::builder().no_proxy().build().unwrap(), server }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Headers<'a> = &'a [(&'a str, &'a str)];

impl Served {
    async fn call(
        &self,
        path: &str,
        headers: Headers<'_>,
        method: &str,
        params: &[Value],
    ) -> Result<Value, (i64, String)> {
        let mut post = self.client.post(format!("{}{path}", self.url)).body(write_call(method, params));
        for (name, value) in headers {
            post = post.header(*name, *value);
        }
        let answer = post.send().await.unwrap().bytes().await.unwrap();
        parse_response(&answer).unwrap().map_err(|fault| (fault.code, fault.string))
    }

    async fn login(&self, headers: Headers<'_>, params: &[Value]) -> Result<Value, (i64, String)> {
        self.call("/ssllogin", headers, "sslLogin", params).await
    }

    async fn refused(&self, headers: Headers<'_>, params: &[Value]) -> String {
        let (code, text) = self.login(headers, params).await.unwrap_err();
        assert_eq!(code, 1002, "{text}");
        text
    }

    /// Name and kind of login of the session, asked with further headers.
    async fn who(&self, session: &Value, headers: Headers<'_>) -> Result<(String, i64), (i64, String)> {
        let marks = marks(session, 0);
        let marks: Vec<(&str, &str)> = marks.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let user = self.call("", &[&marks[..], headers].concat(), "getLoggedInUser", &[]).await?;
        Ok((user.str_at("name").unwrap_or_default().to_owned(), user.int_at("authtype").unwrap_or(-1)))
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.hub.hub.db.begin(Mode::Read).int(sql, args![]).await.unwrap()
    }
}

fn marks(session: &Value, callnum: i64) -> [(&'static str, String); 3] {
    [
        ("Koji-Session-Id", session.int_at("session-id").unwrap().to_string()),
        ("Koji-Session-Key", session.str_at("session-key").unwrap().to_owned()),
        ("Koji-Session-Callnum", callnum.to_string()),
    ]
}

const GSSAPI: i64 = 3;
const SSL: i64 = 2;

fn principal(name: &str) -> [(&'static str, &str); 1] {
    [("X-Remote-User", name)]
}

fn certificate(subject: &str) -> [(&'static str, &str); 2] {
    [("X-SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-S-DN", subject)]
}

fn proxy(user: &str) -> [Value; 1] {
    [kw([("proxyuser", user.into())])]
}

#[tokio::test]
async fn a_trusted_web_server_says_who_calls() {
    let hub = serve("").await;
    let carol = hub.login(&principal("carol@A.TEST"), &[]).await.unwrap();
    assert_eq!(hub.who(&carol, &[]).await, Ok(("carol".into(), GSSAPI)));
    // the principal is the user's from now on
    assert_eq!(
        hub.count("SELECT count(*) FROM user_krb_principals WHERE krb_principal = 'carol@A.TEST'").await,
        1
    );
    let alice = hub.login(&certificate("CN=alice,O=Koji"), &[Value::Nil]).await.unwrap();
    assert_eq!(hub.who(&alice, &[]).await, Ok(("alice".into(), SSL)));
    // a name without a realm, as web servers can be told to give
    let local = hub.login(&principal("bob"), &[]).await.unwrap();
    assert_eq!(hub.who(&local, &[]).await, Ok(("bob".into(), GSSAPI)));

    assert_eq!(hub.refused(&[], &[]).await, "could not verify client: None");
    assert_eq!(hub.refused(&[("X-SSL-Client-S-DN", "CN=alice")], &[]).await, "could not verify client: None");
    assert_eq!(
        hub.call("", &principal("alice@A.TEST"), "sslLogin", &[]).await.unwrap_err().1,
        "could not verify client: None"
    );
    for path in ["/x/ssllogin", "//ssllogin", "/%73sllogin"] {
        assert!(hub.call(path, &principal("alice@A.TEST"), "sslLogin", &[]).await.is_err(), "{path}");
    }
    let twice = [("X-Remote-User", "alice@A.TEST"), ("X-Remote-User", "kojiadmin@A.TEST")];
    assert_eq!(hub.refused(&twice, &[]).await, "the header x-remote-user was sent twice");
    for name in ["alice\\@A.TEST@EVIL", "alice@A@B", "@A.TEST", "kojiadmin@"] {
        assert_eq!(hub.refused(&principal(name), &[]).await, format!("invalid Kerberos principal: {name}"));
    }
    assert_eq!(hub.refused(&principal("blocked"), &[]).await, "logins by blocked are not allowed");
    // who it was is noted, whether it worked or not
    assert_eq!(
        hub.count(
            "SELECT count(*) FROM hub_audit WHERE method = 'sslLogin' AND user_name = 'carol@A.TEST' AND fault IS NULL"
        )
        .await,
        1
    );
    assert_eq!(
        hub.count("SELECT count(*) FROM hub_audit WHERE method = 'sslLogin' AND user_name = 'alice@A@B' AND fault = 1002")
            .await,
        1
    );
}

#[tokio::test]
async fn untrusted_headers_count_for_nothing() {
    let hub = serve("TrustedProxies = 192.0.2.1").await;
    let spoofed = [&principal("kojiadmin@A.TEST")[..], &certificate("CN=kojiadmin")[..]].concat();
    assert_eq!(hub.refused(&spoofed, &[]).await, "could not verify client: None");
    let (id, key) = hub.hub.session("alice").await;
    let session = Value::record([("session-id", Value::Int(id)), ("session-key", key.into())]);
    assert!(hub.who(&session, &[("X-Forwarded-For", "192.0.2.77")]).await.is_ok());
}

#[tokio::test]
async fn a_session_belongs_to_the_address_behind_the_proxy() {
    let hub = serve("").await;
    let from = |ip| [("X-Forwarded-For", ip)];
    let login = [&principal("alice@A.TEST")[..], &from("192.0.2.7")].concat();
    let session = hub.login(&login, &[]).await.unwrap();
    assert!(hub.who(&session, &from("192.0.2.7")).await.is_ok());
    // what the client adds stands before what the proxy writes
    assert!(hub.who(&session, &from("10.9.9.9, 192.0.2.7")).await.is_ok());
    for stolen in [&from("192.0.2.8")[..], &from("192.0.2.7, 192.0.2.8"), &[]] {
        let (code, text) = hub.who(&session, stolen).await.unwrap_err();
        assert_eq!((code, text.as_str()), (1002, "Invalid session or bad credentials"), "{stolen:?}");
    }
    let anywhere = serve("CheckClientIP = no").await;
    let session = anywhere.login(&login, &[]).await.unwrap();
    assert!(anywhere.who(&session, &from("192.0.2.8")).await.is_ok());
}

#[tokio::test]
async fn who_may_log_in_for_others() {
    let hub =
        serve("ProxyPrincipals = kojiweb@A.TEST , b@A.TEST\nProxyDNs = CN=kojiweb,O=Koji|/C=US/CN=x").await;
    for headers in
        [&principal("kojiweb@A.TEST")[..], &certificate("cn=kojiweb, o=Koji"), &certificate("CN=x,C=US")]
    {
        let session = hub.login(headers, &proxy("alice")).await.unwrap();
        assert_eq!(hub.who(&session, &[]).await.unwrap().0, "alice", "{headers:?}");
    }
    for (headers, name) in [
        (&principal("alice@A.TEST")[..], "alice@A.TEST"),
        (&principal("KOJIWEB@A.TEST"), "KOJIWEB@A.TEST"),
        (&principal("kojiweb@A.TEST.EVIL"), "kojiweb@A.TEST.EVIL"),
        (&principal("CN=kojiweb,O=Koji"), "CN=kojiweb,O=Koji"),
        (&certificate("CN=kojiweb"), "CN=kojiweb"),
        (&certificate("O=Koji,CN=kojiweb"), "O=Koji,CN=kojiweb"),
        (&certificate("CN=kojiweb\\,O=Koji"), "CN=kojiweb\\,O=Koji"),
        (&certificate("CN=kojiweb@A.TEST"), "CN=kojiweb@A.TEST"),
    ] {
        assert_eq!(
            hub.refused(headers, &proxy("kojiadmin")).await,
            format!("{name} is not authorized to login other users")
        );
    }
    // the kind of login that is recorded
    let web = certificate("CN=kojiweb,O=Koji");
    let kind = |n: i64| [kw([("proxyuser", "alice".into()), ("proxyauthtype", n.into())])];
    assert!(hub.refused(&web, &kind(GSSAPI)).await.starts_with("Proxy must use same auth mechanism as hub"));
    assert!(hub.login(&web, &kind(SSL)).await.is_ok());
    let free = serve("ProxyDNs = CN=kojiweb,O=Koji\nAllowProxyAuthType = yes").await;
    let user = [kw([("proxyuser", "carol@A.TEST".into()), ("proxyauthtype", GSSAPI.into())])];
    let session = free.login(&web, &user).await.unwrap();
    assert_eq!(free.who(&session, &[]).await, Ok(("carol".into(), GSSAPI)));
    assert_eq!(free.refused(&web, &kind(0)).await, "Proxied authtype 0 is not valid for sslLogin");
}

#[tokio::test]
async fn unknown_users_and_realms() {
    let hub = serve("LoginCreatesUser = no\nAllowedKrbRealms = A.TEST").await;
    assert_eq!(hub.refused(&principal("carol@A.TEST"), &[]).await, "Unknown user: carol@A.TEST");
    assert_eq!(hub.refused(&certificate("CN=carol"), &[]).await, "Unknown user: carol");
    // alice is a user, but that is not her principal
    assert_eq!(hub.refused(&principal("alice@A.TEST"), &[]).await, "Unknown user: alice@A.TEST");
    hub.hub
        .call_as("kojiadmin", "addUserKrbPrincipal", vec!["alice".into(), "al@A.TEST".into()])
        .await
        .unwrap();
    let session = hub.login(&principal("al@A.TEST"), &[]).await.unwrap();
    assert_eq!(hub.who(&session, &[]).await.unwrap().0, "alice");
    for evil in ["al@B.TEST", "host/x@EVIL", "al@a.test", "al@A.TEST.EVIL"] {
        let realm = evil.split_once('@').unwrap().1;
        assert_eq!(
            hub.refused(&principal(evil), &[]).await,
            format!("Kerberos principal's realm: {realm} is not allowed")
        );
    }
    assert_eq!(
        hub.count("SELECT count(*) FROM users WHERE name LIKE '%carol%' OR name LIKE 'host%'").await,
        0
    );

    let hub = serve("DNUsernameComponent = UID").await;
    let session = hub.login(&certificate("UID=alice+CN=Alice Doe,O=Koji"), &[]).await.unwrap();
    assert_eq!(hub.who(&session, &[]).await.unwrap().0, "alice");
    assert_eq!(
        hub.refused(&certificate("CN=alice"), &[]).await,
        "unable to get user information (UID) from client certificate"
    );
}

/// All of them are somebody's first call: one makes the user, and all are in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_logins_of_one_unknown_user_at_once_make_one_user() {
    let hub = serve("").await;
    let carol = principal("carol@A.TEST");
    let logins = futures::future::join_all((0..12).map(|_| hub.login(&carol, &[]))).await;
    let mut ids = std::collections::BTreeSet::new();
    for login in logins {
        let session = login.unwrap();
        assert_eq!(hub.who(&session, &[]).await, Ok(("carol".into(), GSSAPI)));
        ids.insert(session.int_at("session-id").unwrap());
    }
    assert_eq!(ids.len(), 12);
    assert_eq!(hub.count("SELECT count(*) FROM users WHERE name = 'carol'").await, 1);
    assert_eq!(
        hub.count("SELECT count(*) FROM user_krb_principals WHERE krb_principal = 'carol@A.TEST'").await,
        1
    );
}

#[tokio::test]
async fn a_login_is_renewed_and_can_be_exclusive() {
    let hub = serve("").await;
    let alice = principal("alice@A.TEST");
    let old = hub.login(&alice, &[kw([("exclusive", true.into())])]).await.unwrap();
    assert_eq!(hub.count("SELECT count(*) FROM sessions WHERE exclusive").await, 1);
    let other = hub.login(&principal("bob@A.TEST"), &[]).await.unwrap();
    let mut tx = hub.hub.hub.db.begin(Mode::Write);
    tx.execute("UPDATE sessions SET expired = TRUE, callnum = 40", args![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(hub.who(&old, &[]).await.unwrap_err().0, 1007);

    let renew = [kw([("renew", true.into()), ("exclusive", true.into())])];
    let signed = |session: &Value, who: &'static str| {
        let mut headers: Vec<(&'static str, String)> = marks(session, 41).to_vec();
        headers.push(("X-Remote-User", who.to_owned()));
        headers
    };
    async fn send(
        hub: &Served,
        headers: Vec<(&'static str, String)>,
        renew: &[Value],
    ) -> Result<Value, (i64, String)> {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        hub.login(&headers, renew).await
    }
    // nobody renews another's
    assert_eq!(send(&hub, signed(&other, "alice@A.TEST"), &renew).await.unwrap_err().0, 1002);
    let new = send(&hub, signed(&old, "alice@A.TEST"), &renew).await.unwrap();
    assert_eq!(new.int_at("session-id"), old.int_at("session-id"));
    assert_ne!(new.str_at("session-key"), old.str_at("session-key"));
    // and counts from 0 again
    assert_eq!(hub.who(&new, &[]).await, Ok(("alice".into(), GSSAPI)));
    assert_eq!(hub.who(&old, &[]).await.unwrap_err().0, 1002);
}
