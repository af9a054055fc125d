//! Server-sent events: what happened, to many listeners, over killed connections and from several hub processes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use koji_client::events::{Event, Events, Notice};
use koji_client::{ClientOptions, Session};
use koji_config::HubConfig;
use koji_db::{Db, Mode, Topic};
use koji_hub::hub::Hub;
use koji_hub::server;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::common;

const PATIENCE: Duration = Duration::from_secs(60);

/// A hub process: it serves until it is killed.
struct Process {
    hub: Arc<Hub>,
    address: String,
    bus: JoinHandle<()>,
    server: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Process {
    /// One more hub at the database of `first`, at `address`.
    async fn start(first: &TestHub, address: &str, lines: &str) -> Process {
        let text = format!("[hub]\nKojiDir = {}\n{lines}\n", first.topdir().display());
        // with connections of its own, as another process has
        let db = Db::new((*first.hub.db.pool().connect_options()).clone(), 4);
        let hub = Arc::new(Hub::new(db, HubConfig::from_text(&text).unwrap()).unwrap());
        let bus = {
            let hub = Arc::clone(&hub);
            tokio::spawn(async move { hub.live.run(&hub.db).await })
        };
        // until it hears the others
        let deadline = Instant::now() + PATIENCE;
        while hub.live.cursor().contains('-') {
            assert!(Instant::now() < deadline, "the bus does not listen");
            announce(first, Topic::Task(0), 0).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let deadline = Instant::now() + PATIENCE;
        let listener = loop {
            match TcpListener::bind(address).await {
                Ok(listener) => break listener,
                Err(e) => assert!(Instant::now() < deadline, "{address}: {e}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = server::router(Arc::clone(&hub), None);
        let server = tokio::spawn(server::serve(listener, router, async {
            let _ = stopped.await;
        }));
        Process { hub, address, bus, server, stop: Some(stop) }
    }

    fn session(&self) -> Session {
        Session::new(ClientOptions::new(format!("http://{}/kojihub", self.address))).unwrap()
    }

    async fn end(mut self) {
        self.hub.live.close();
        drop(self.stop.take());
        let _ = (&mut self.server).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.bus.abort();
    }
}

async fn announce(hub: &TestHub, topic: Topic, state: i64) {
    let mut tx = hub.hub.db.begin(Mode::Write);
    tx.announce_with(topic, [("state", state.into())]);
    tx.commit().await.unwrap();
}

async fn get(url: impl reqwest::IntoUrl) -> reqwest::Result<reqwest::Response> {
    reqwest::Client::builder().no_proxy().build()?.get(url).send().await
}

async fn next(events: &mut Events) -> Notice {
    tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap()
}

/// The next event that is not of a task's own start-up noise.
async fn event(events: &mut Events) -> Event {
    loop {
        match next(events).await {
            Notice::Event(event) if event.topic() == "task:0" => {}
            Notice::Event(event) => return event,
            other => panic!("{other:?} instead of an event"),
        }
    }
}

#[tokio::test]
async fn what_happens_is_told_with_what_is_known_of_it() {
    let first = TestHub::new().await;
    let hub = Process::start(&first, "127.0.0.1:0", "").await;
    let mut events = Events::listen(&hub.session(), ["tag", "task", "log", "build"]);
    assert_eq!(next(&mut events).await, Notice::Connected);
    let tag = first.call_as("kojiadmin", "createTag", vec!["f45".into()]).await.unwrap().as_int().unwrap();
    assert_eq!(event(&mut events).await.topic(), format!("tag:{tag}"));
    let task = first
        .call_as("kojiadmin", "makeTask", vec!["sleep".into(), Value::Array(vec![1.into()])])
        .await
        .unwrap()
        .as_int()
        .unwrap();
    let made = event(&mut events).await;
    assert_eq!(
        (made.topic(), made.int("state"), made.text("method")),
        (format!("task:{task}"), Some(0), Some("sleep"))
    );
    first.call_as("kojiadmin", "cancelTask", vec![task.into()]).await.unwrap();
    assert_eq!(event(&mut events).await.int("state"), Some(3));
    // a log grows
    let host = common::host(&first).await;
    let open = common::task(&first, host).await;
    let path = Value::from(format!("tasks/{}/{open}", open % 10_000));
    let content = Value::Base64(b"line\n".to_vec());
    let upload = vec![path, "build.log".into(), Value::Nil, Value::Nil, 0.into(), content];
    first.call_as(common::BUILDER, "uploadFile", upload).await.unwrap();
    let grown = event(&mut events).await;
    assert_eq!((grown.kind.as_str(), grown.id), ("log", open));
    assert_eq!((grown.text("name"), grown.int("size")), (Some("build.log"), Some(5)));
    // a build is made and given up
    let build = first
        .call_as(common::BUILDER, "host.initBuild", vec![common::fakebuilt(open)])
        .await
        .unwrap()
        .as_int()
        .unwrap();
    let state = |e: Event| (e.topic(), e.int("state"));
    assert_eq!(state(event(&mut events).await), (format!("build:{build}"), Some(0)));
    first.call_as(common::BUILDER, "host.failBuild", vec![open.into(), build.into()]).await.unwrap();
    assert_eq!(state(event(&mut events).await), (format!("build:{build}"), Some(3)));
    // other topics from now on
    events.set_topics(["task:9"]);
    assert_eq!(next(&mut events).await, Notice::Connected);
    announce(&first, Topic::Task(8), 1).await;
    announce(&first, Topic::Task(9), 1).await;
    assert_eq!(event(&mut events).await.topic(), "task:9");
}

#[tokio::test]
async fn a_hub_that_is_killed_loses_nothing_while_another_runs() {
    let first = TestHub::new().await;
    let (one, other) =
        tokio::join!(Process::start(&first, "127.0.0.1:0", ""), Process::start(&first, "127.0.0.1:0", ""));
    let address = one.address.clone();
    let mut events = Events::listen(&one.session(), ["task"]);
    assert_eq!(next(&mut events).await, Notice::Connected);
    let mut told = Vec::new();
    for id in 1..=20 {
        announce(&first, Topic::Task(id), 1).await;
    }
    for _ in 0..15 {
        told.push(event(&mut events).await.id);
    }
    one.end().await;
    for id in 21..=40 {
        announce(&first, Topic::Task(id), 1).await;
    }
    // the other hub takes the address over, and knows what happened
    let router = server::router(Arc::clone(&other.hub), None);
    let listener = TcpListener::bind(&address).await.unwrap();
    let server = tokio::spawn(server::serve(listener, router, std::future::pending()));
    while told.len() < 40 {
        match next(&mut events).await {
            Notice::Event(event) if event.id > 0 => told.push(event.id),
            Notice::Event(_) | Notice::Lost(_) | Notice::Connected => {}
            bad => panic!("{bad:?} after {told:?}"),
        }
    }
    assert_eq!(told, (1..=40).collect::<Vec<_>>());
    server.abort();
}

#[tokio::test]
async fn an_unknown_cursor_is_reset_and_a_restarted_hub_says_so() {
    let first = TestHub::new().await;
    let hub = Process::start(&first, "127.0.0.1:0", "").await;
    let address = hub.address.clone();
    let mut events = Events::listen(&hub.session(), ["task"]);
    assert_eq!(next(&mut events).await, Notice::Connected);
    announce(&first, Topic::Task(1), 1).await;
    event(&mut events).await;
    hub.end().await;
    assert!(matches!(next(&mut events).await, Notice::Lost(_)));
    announce(&first, Topic::Task(2), 1).await;
    let hub = Process::start(&first, &address, "").await;
    loop {
        match next(&mut events).await {
            Notice::Connected => break,
            Notice::Lost(_) => {}
            bad => panic!("{bad:?}"),
        }
    }
    // nothing is known of what happened before it started
    assert_eq!(next(&mut events).await, Notice::Reset);
    let url = format!("http://{}/kojihub/events", hub.address);
    let bad = get(format!("{url}?topics=nosuch")).await.unwrap();
    assert_eq!(bad.status(), 400);
    assert!(bad.text().await.unwrap().starts_with("unknown topic nosuch"));
}

#[tokio::test]
async fn listeners_are_limited_and_can_be_switched_off() {
    let first = TestHub::new().await;
    let hub = Process::start(&first, "127.0.0.1:0", "EventListeners = 1").await;
    let url = format!("http://{}/kojihub/events", hub.address);
    let one = get(&url).await.unwrap();
    assert_eq!(
        (one.status().as_u16(), &one.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    assert_eq!(get(&url).await.unwrap().status(), 503);
    drop(one);
    let deadline = Instant::now() + PATIENCE;
    while get(&url).await.unwrap().status() != 200 {
        assert!(Instant::now() < deadline, "the place is not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let off = Process::start(&first, "127.0.0.1:0", "EventListeners = 0").await;
    assert_eq!(next(&mut Events::listen(&off.session(), ["task"])).await, Notice::Unsupported);
    assert_eq!(get(format!("http://{}/kojihub/events", off.address)).await.unwrap().status(), 404);
}

/// So many as the process may have connections, both ends of each being here.
fn listeners() -> usize {
    let (_, hard) = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE).unwrap();
    nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    usize::try_from(hard.saturating_sub(200) / 2).unwrap_or(usize::MAX).min(1000)
}

fn cpu() -> Duration {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
    let time = |t: nix::sys::time::TimeVal| {
        Duration::from_secs(t.tv_sec().unsigned_abs()) + Duration::from_micros(t.tv_usec().unsigned_abs())
    };
    time(usage.user_time()) + time(usage.system_time())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_listeners_are_cheap() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let count = listeners();
    let first = TestHub::new().await;
    let hub = Process::start(&first, "127.0.0.1:0", "").await;
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = tokio::net::TcpStream::connect(&hub.address).await.unwrap();
        let request = "GET /kojihub/events?topics=task HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    let deadline = Instant::now() + PATIENCE;
    while hub.hub.listeners.count() < count {
        assert!(Instant::now() < deadline, "only {} listen", hub.hub.listeners.count());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (start, before) = (Instant::now(), cpu());
    for id in 1..=20 {
        announce(&first, Topic::Task(id), 2).await;
    }
    for stream in &mut streams {
        let mut text = Vec::new();
        let mut buffer = [0; 16384];
        while !String::from_utf8_lossy(&text).contains("\"task:20\"") {
            let read = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
            assert!(read > 0, "cut off after {}", String::from_utf8_lossy(&text));
            text.extend_from_slice(&buffer[..read]);
        }
    }
    println!(
        "{count} listeners heard 20 events within {:?}, for {:?} of processor time, both ends",
        start.elapsed(),
        cpu().saturating_sub(before)
    );
}
