//! The HTTP side: verbs, limits, bodies, streaming, the file store.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that unwraps says where it failed

use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::time::Duration;

use koji_db::{Mode, args};
use koji_hub::server::{self, Patience};
use koji_hub::testing::TestHub;
use koji_xmlrpc::{Value, parse_response, write_call};
use reqwest::{Client, Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

struct Served {
    hub: TestHub,
    url: String,
    client: Client,
    _stop: oneshot::Sender<()>,
}

async fn serve(lines: &str) -> Served {
    serve_with(lines, Patience::default()).await
}

async fn serve_with(lines: &str, patience: Patience) -> Served {
    serve_hub(TestHub::with_config(lines).await, patience).await
}

async fn serve_hub(hub: TestHub, patience: Patience) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let router = server::router_with(Arc::clone(&hub.hub), None, patience);
    tokio::spawn(server::serve(listener, router, async {
        let _ = stopped.await;
    }));
    Served { hub, url, client: Client::builder().no_proxy().build().unwrap(), _stop: stop }
}

impl Served {
    async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
        self.client.post(format!("{}{path}", self.url)).body(body).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap()
    }
}

fn call(method: &str, params: &[Value]) -> Vec<u8> {
    write_call(method, params)
}

async fn refused(response: reqwest::Response) -> (u16, String) {
    (response.status().as_u16(), response.text().await.unwrap())
}

/// D1: a compressed body is a document that is none; it is not unpacked, so it cannot be a bomb.
#[tokio::test]
async fn compressed_bodies_are_not_unpacked() {
    let hub = serve("").await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &call("getAPIVersion", &[])).unwrap();
    let request = hub.client.post(format!("{}/kojihub", hub.url)).header("content-encoding", "gzip");
    let (status, text) = refused(request.body(packed.finish().unwrap()).send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(text.starts_with("Invalid request: "), "{text}");
}

#[tokio::test]
async fn other_verbs_and_broken_documents_get_upstreams_words() {
    let hub = serve("MaxRequestLength = 100000").await;
    for verb in [Method::GET, Method::PUT, Method::DELETE] {
        let response = hub.client.request(verb, format!("{}/kojihub", hub.url)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers()["allow"], "POST");
        assert_eq!(response.headers()["koji-version"], "1.35.3");
        assert_eq!(response.headers()["content-type"], "text/plain");
        let text = "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n";
        assert_eq!(response.text().await.unwrap(), text);
    }
    for (body, text) in [
        ("".to_owned(), "Invalid request: Empty request\n"),
        ("hello".to_owned(), "Invalid request: syntax error: line 1, column 0\n"),
        (
            "<!DOCTYPE x [<!ENTITY a \"b\">]><methodCall><methodName>echo</methodName></methodCall>"
                .to_owned(),
            "Invalid request: EntitiesForbidden(name='a', system_id=None, public_id=None)\n",
        ),
        (format!("<methodCall><methodName>{}", "x".repeat(200_000)), "Invalid request: Request too long\n"),
    ] {
        assert_eq!(refused(hub.post("/kojihub", body).await).await, (400, text.to_owned()));
    }
}

#[tokio::test]
async fn short_answers_have_a_length_and_any_subpath_serves() {
    let hub = serve("DisableURLSessions = no").await;
    for path in ["/kojihub", "/kojihub/ssllogin", "/kojihub/a/b"] {
        let response = hub.post(path, call("getAPIVersion", &[])).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/xml");
        assert_eq!(response.headers()["koji-features"], "live, events");
        assert!(response.headers().contains_key("content-length"));
        assert_eq!(parse_response(&response.bytes().await.unwrap()).unwrap(), Ok(Value::Int(1)));
    }
    let fault = hub.post("/kojihub?foo", call("echo", &[])).await;
    assert_eq!(fault.status(), StatusCode::OK);
    let fault = parse_response(&fault.bytes().await.unwrap()).unwrap().unwrap_err();
    assert_eq!((fault.code, fault.string.as_str()), (1, "<class 'ValueError'>: bad query field: 'foo'"));
}

/// E1: a session's key in a URL, where logs keep it, is no login.
#[tokio::test]
async fn sessions_in_urls_are_not_looked_at_unless_the_hub_is_set_to() {
    for (lines, user) in [("", None), ("DisableURLSessions = no", Some("alice"))] {
        let hub = serve(lines).await;
        let (id, key) = hub.hub.session("alice").await;
        let path = format!("/kojihub?session-id={id}&session-key={key}");
        let answer = hub.post(&path, call("getLoggedInUser", &[])).await;
        let who = parse_response(&answer.bytes().await.unwrap()).unwrap().unwrap();
        assert_eq!(who.str_at("name"), user, "{lines}");
    }
}

/// D1: who sends a byte at a time, or nothing more, does not hold a connection for ever; others are served meanwhile.
#[tokio::test]
async fn slow_senders_are_given_up() {
    let short = Duration::from_millis(700);
    let hub = serve_with("", Patience { pause: short, whole: 2 * short }).await;
    let (id, key) = hub.hub.session("alice").await;
    let address = hub.url.trim_start_matches("http://").to_owned();
    let document = "POST /kojihub HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n<".to_owned();
    let upload = format!(
        "POST /kojihub?filename=f&filepath=d&fileverify=&offset=0 HTTP/1.1\r\nHost: x\r\nKoji-Session-Id: {id}\r\n\
         Koji-Session-Key: {key}\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\nhalf"
    );
    for (head, drips) in [(&document, true), (&document, false), (&upload, false)] {
        let (mut read, mut write) = TcpStream::connect(&address).await.unwrap().into_split();
        write.write_all(head.as_bytes()).await.unwrap();
        let dripping = tokio::spawn(async move {
            while drips && write.write_all(b"<").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            write
        });
        hub.get("/healthz").await.error_for_status().unwrap();
        let mut status = [0; 12];
        let answer = tokio::time::timeout(Duration::from_secs(60), read.read_exact(&mut status)).await;
        answer.expect("it is still waited for").unwrap();
        assert_eq!(&status, b"HTTP/1.1 408", "{head} {drips}");
        dripping.abort();
    }
    assert!(!hub.hub.topdir().join("work/d/f").exists());
}

/// What was sent before is sent again, whole, as long as it is right.
#[tokio::test]
async fn kept_answers_are_the_same_bytes() {
    let hub = serve_hub(TestHub::alone().await, Patience::default()).await;
    let many = "INSERT INTO tag (name) VALUES ('t');
        INSERT INTO package (name) SELECT 'package-' || n FROM generate_series(1, 4000) AS n;
        INSERT INTO tag_packages (tag_id, package_id, creator_id) SELECT 1, id, 1 FROM package;
        INSERT INTO tag_package_owners (tag_id, package_id, owner, creator_id) SELECT 1, id, 1, 1 FROM package;
        INSERT INTO tag_config (tag_id, creator_id) VALUES (1, 1);
        INSERT INTO build (volume_id, pkg_id, version, release, state, owner, completion_time)
             SELECT 0, id, '1', '1', 1, 1, now() FROM package;
        INSERT INTO tag_listing (tag_id, build_id, creator_id) SELECT 1, id, 1 FROM build;";
    koji_db::testing::by_hand(&hub.hub.hub.db, many).await.unwrap();
    for method in ["listTagged", "listPackages"] {
        let question = call(method, &[1.into()]);
        let first = hub.post("/kojihub", question.clone()).await.bytes().await.unwrap();
        let before = hub.hub.hub.kept.size();
        let again = hub.post("/kojihub", question.clone()).await;
        let length: usize = again.headers()["content-length"].to_str().unwrap().parse().unwrap();
        let again = again.bytes().await.unwrap();
        assert!(again == first && length == first.len() && length > 500_000, "{method} {length}");
        assert!(before.0 > 0 && before.1 < length && hub.hub.hub.kept.size() == before, "{before:?}");
        koji_db::testing::by_hand(&hub.hub.hub.db, "UPDATE package SET name = name || 'x' WHERE id = 4000")
            .await
            .unwrap();
        let other = hub.post("/kojihub", question).await.bytes().await.unwrap();
        assert!(other != first && other.len() > first.len(), "{method}");
    }
}

#[tokio::test]
async fn long_lists_are_streamed() {
    let hub = serve("").await;
    let mut tx = hub.hub.hub.db.begin(Mode::Write);
    tx.execute(
        "INSERT INTO users (name, usertype, status) SELECT 'user' || n, 0, 0 FROM generate_series(1, 5000) AS n",
        args![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let response = hub.post("/kojihub", call("listUsers", &[])).await;
    assert_eq!(response.headers()["transfer-encoding"], "chunked");
    let rows = parse_response(&response.bytes().await.unwrap()).unwrap().unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 5004);
    let whole = hub.hub.call("listUsers", vec![]).await.unwrap();
    assert_eq!(rows, whole);
}

#[tokio::test]
async fn an_error_before_the_first_piece_is_a_fault() {
    let hub = serve("").await;
    let opts = Value::record([("order", Value::from("nosuch"))]);
    let params = [Value::Int(0), Value::Nil, opts];
    let response = hub.post("/kojihub", call("listUsers", &params)).await;
    let fault = parse_response(&response.bytes().await.unwrap()).unwrap().unwrap_err();
    assert_eq!((fault.code, fault.string.as_str()), (1, "<class 'Exception'>: Invalid order: nosuch"));
}

#[tokio::test]
async fn files_are_served_in_parts_and_nothing_from_outside() {
    let hub = serve("").await;
    let top = hub.hub.topdir().to_path_buf();
    let outside = hub.hub.dir().join("secret");
    std::fs::write(&outside, "secret").unwrap();
    std::fs::create_dir_all(top.join("packages/a b/<x>")).unwrap();
    std::fs::write(top.join("packages/build.log"), "0123456789").unwrap();
    std::fs::write(top.join("packages/.user"), "1").unwrap();
    symlink(&outside, top.join("packages/out")).unwrap();
    symlink("../secret", top.join("up")).unwrap();
    symlink("packages/build.log", top.join("inside")).unwrap();
    symlink(top.join("packages/build.log"), top.join("absolute")).unwrap();

    let whole = hub.get("/kojifiles/packages/build.log").await;
    assert_eq!(whole.headers()["content-length"], "10");
    assert_eq!(whole.headers()["content-type"], "text/plain; charset=utf-8");
    let date = whole.headers()["last-modified"].to_str().unwrap().to_owned();
    assert_eq!(whole.text().await.unwrap(), "0123456789");
    for link in ["inside", "absolute"] {
        assert_eq!(hub.get(&format!("/kojifiles/{link}")).await.text().await.unwrap(), "0123456789");
    }
    let url = format!("{}/kojifiles/packages/build.log", hub.url);
    let part = hub.client.get(&url).header("range", "bytes=2-4").send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()),
        (206, "bytes 2-4/10")
    );
    assert_eq!(part.text().await.unwrap(), "234");
    let stale =
        hub.client.get(&url).header("range", "bytes=2-4").header("if-range", "Mon, 01 Jan 2001 00:00:00 GMT");
    assert_eq!(stale.send().await.unwrap().status(), StatusCode::OK);
    let behind = hub.client.get(&url).header("range", "bytes=10-").send().await.unwrap();
    assert_eq!(behind.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let known = hub.client.get(&url).header("if-modified-since", date).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let head = hub.client.head(&url).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], "10");
    assert_eq!(head.text().await.unwrap(), "");

    for path in [
        "packages/out",
        "up",
        "packages/.user",
        "nosuch",
        "..%2fsecret",
        "%2e%2e/secret",
        "packages/..%2f..%2fsecret",
        "packages/build.log%00",
        "%ff",
    ] {
        let status = hub.get(&format!("/kojifiles/{path}")).await.status().as_u16();
        assert!(status == 404 || status == 403, "{path}: {status}");
    }
    assert_eq!(hub.client.post(&url).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);

    let page = hub.get("/kojifiles/packages/").await;
    assert_eq!(page.headers()["content-security-policy"], "default-src 'none'");
    let html = page.text().await.unwrap();
    assert!(html.contains("<a href=\"./a%20b/\">a b/</a>") && html.contains("build.log</a>"), "{html}");
    assert!(!html.contains(".user"));
    let html = hub.get("/kojifiles/packages/a%20b").await.text().await.unwrap();
    assert!(html.contains("<a href=\"./%3Cx%3E/\">&lt;x&gt;/</a>"), "{html}");
}

#[tokio::test]
async fn health_is_the_databases() {
    let hub = serve("").await;
    assert_eq!(refused(hub.get("/healthz").await).await, (200, "ok\n".into()));
    hub.hub.hub.db.pool().close().await;
    assert_eq!(hub.get("/healthz").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}
