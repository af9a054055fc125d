//! Uploads: pieces, owners, hostile paths, a full disk.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::os::unix::fs::symlink;
use std::time::Duration;

use base64::Engine as _;
use koji_hub::auth::Credentials;
use koji_hub::context::Origin;
use koji_hub::testing::TestHub;
use koji_hub::uploads::{Broken, receive};
use koji_xmlrpc::Value;

/// A raw upload without HTTP.
async fn raw(
    hub: &TestHub,
    user: &str,
    query: &str,
    body: impl Into<axum::body::Body>,
) -> Result<Value, (i64, String)> {
    let (id, key) = hub.session(user).await;
    let said = Some(Credentials { id, key, callnum: None });
    let origin = Origin { ip: "127.0.0.1".into(), ..Origin::default() };
    let mut body = body.into();
    match receive(&hub.hub, said, origin, query, &mut body, Duration::from_secs(5)).await {
        Ok(value) => Ok(value),
        Err(Broken::Fault(fault)) => Err((fault.kind.code(), fault.message)),
        Err(Broken::Body(why)) => Err((400, why)),
        Err(Broken::Slow) => Err((408, String::new())),
    }
}

fn place(hub: &TestHub, path: &str) -> std::path::PathBuf {
    hub.topdir().join("work").join(path)
}

fn content(hub: &TestHub, path: &str) -> String {
    std::fs::read_to_string(place(hub, path)).unwrap()
}

#[tokio::test]
async fn files_grow_piece_by_piece() {
    let hub = TestHub::new().await;
    let query = |rest: &str| format!("filename=x.log&filepath=cli/1&fileverify=adler32{rest}");
    let answer = raw(&hub, "alice", &query("&offset=0"), "hello").await.unwrap();
    assert_eq!((answer.int_at("size"), answer.str_at("hexdigest")), (Some(5), Some("062c0215")));
    let shown = place(&hub, "cli/1/x.log").display().to_string();
    assert_eq!(
        raw(&hub, "alice", &query("&offset=0"), "again").await,
        Err((1000, format!("upload path exists: {shown}")))
    );
    raw(&hub, "alice", &query("&offset=5"), " world").await.unwrap();
    // the same piece once more is a retry, a shorter one an error that changes nothing
    raw(&hub, "alice", &query("&offset=5"), " world").await.unwrap();
    let short = raw(&hub, "alice", &query("&offset=5"), "!").await;
    assert_eq!(short, Err((1000, format!("Incorrect upload length for {shown} - Expected 6, actual 11"))));
    assert_eq!(raw(&hub, "alice", &query("&offset=99"), "!").await.unwrap_err().0, 1000);
    assert_eq!(raw(&hub, "alice", &query("&offset=-1"), "!").await.unwrap().int_at("offset"), Some(11));
    // with overwrite the file ends behind the piece
    raw(&hub, "alice", &query("&offset=5&overwrite=1"), "...").await.unwrap();
    assert_eq!(content(&hub, "cli/1/x.log"), "hello...");
    let found =
        hub.call("checkUpload", vec!["cli/1".into(), "x.log".into(), "md5".into(), 3.into()]).await.unwrap();
    assert_eq!((found.int_at("size"), found.int_at("sumlength")), (Some(8), Some(3)));
    assert_eq!(hub.call("checkUpload", vec!["cli/1".into(), "nosuch".into()]).await.unwrap(), Value::Nil);
}

#[tokio::test]
async fn a_broken_body_leaves_what_was_there() {
    let hub = TestHub::new().await;
    let broken = || {
        let pieces: [Result<&str, std::io::Error>; 2] =
            [Ok("half"), Err(std::io::ErrorKind::ConnectionReset.into())];
        axum::body::Body::from_stream(futures::stream::iter(pieces))
    };
    assert_eq!(raw(&hub, "alice", "filename=f&filepath=d", broken()).await.unwrap_err().0, 400);
    assert!(!place(&hub, "d/f").exists());
    raw(&hub, "alice", "filename=f&filepath=d", "first").await.unwrap();
    for query in [
        "filename=f&filepath=d&overwrite=1",
        "filename=f&filepath=d&offset=5",
        "filename=f&filepath=d&offset=-1",
    ] {
        assert_eq!(raw(&hub, "alice", query, broken()).await.unwrap_err().0, 400, "{query}");
        assert_eq!(content(&hub, "d/f"), "first", "{query}");
    }
    let names: Vec<_> =
        std::fs::read_dir(place(&hub, "d")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn hostile_places_are_refused() {
    let hub = TestHub::new().await;
    let outside = hub.dir().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("f"), "precious").unwrap();
    std::fs::create_dir_all(place(&hub, "d")).unwrap();
    symlink(&outside, place(&hub, "link")).unwrap();
    symlink(outside.join("f"), place(&hub, "d/f")).unwrap();
    symlink("nowhere", place(&hub, "d/dangling")).unwrap();
    nix::unistd::mkfifo(&place(&hub, "d/fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (path, name) in [
        ("/etc", "x"),
        ("..", "x"),
        ("../x", "x"),
        ("a/../../x", "x"),
        ("a//..//..", "x"),
        (".", "x"),
        ("", "x"),
        ("d", ".hidden"),
        ("d", "a/b"),
        ("d", ""),
        ("d", "a%00b"),
        ("d", "a%0ab"),
        ("link", "f"),
        ("link/sub", "f"),
        ("d", "f"),
        ("d", "dangling"),
        ("d", "fifo"),
    ] {
        let query = format!("filename={name}&filepath={path}&overwrite=1");
        let refused = raw(&hub, "alice", &query, "evil").await;
        assert!(refused.is_err(), "{query}");
    }
    let long = format!("filename={}&filepath=d", "x".repeat(4096));
    assert!(raw(&hub, "alice", &long, "evil").await.is_err());
    for volume in ["..", "nosuch", "../vol"] {
        let query = format!("filename=x&filepath=v&volume={volume}");
        assert!(raw(&hub, "alice", &query, "evil").await.is_err(), "{volume}");
    }
    assert_eq!(std::fs::read_to_string(outside.join("f")).unwrap(), "precious");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

#[tokio::test]
async fn directories_belong_to_who_came_first_and_tasks_to_their_host() {
    let hub = TestHub::new().await;
    raw(&hub, "alice", "filename=a&filepath=mine", "x").await.unwrap();
    let refused = (1000, "Invalid upload directory, not owner: mine".to_owned());
    assert_eq!(raw(&hub, "bob", "filename=b&filepath=mine", "x").await, Err(refused));
    assert_eq!(
        raw(&hub, "alice", "filename=a&filepath=tasks/1/1", "x").await,
        Err((1002, "User 2 is not a host".into()))
    );
    assert_eq!(raw(&hub, "alice", "filename=a&filepath=tasks/x", "x").await.unwrap_err().0, 1000);
}

#[tokio::test]
async fn small_files_go_inside_the_call() {
    let hub = TestHub::new().await;
    let b64 = |text: &str| Value::from(base64::engine::general_purpose::STANDARD.encode(text));
    let upload = |name: &str, size: i64, md5: Value, offset: i64, data: Value| {
        hub.call_as(
            "alice",
            "uploadFile",
            vec!["d".into(), name.into(), size.into(), md5, offset.into(), data],
        )
    };
    let md5 = || Value::from("5d41402abc4b2a76b9719d911017c592");
    assert_eq!(upload("f", 5, md5(), 0, b64("hello")).await, Ok(true.into()));
    let shown = place(&hub, "d/f").display().to_string();
    assert_eq!(
        upload("f", 5, md5(), 0, b64("hello")).await.unwrap_err().message,
        format!("file already exists: {shown}")
    );
    assert_eq!(upload("g", 4, Value::Nil, 0, b64("hello")).await, Ok(false.into()));
    assert_eq!(upload("g", 5, "bad".into(), 0, b64("hello")).await, Ok(false.into()));
    assert!(!place(&hub, "d/g").exists());
    // two pieces, then the whole's checksum
    assert_eq!(upload("h", 3, Value::Nil, 0, b64("hel")).await, Ok(true.into()));
    assert_eq!(upload("h", 5, md5(), -1, b64("lo")).await, Ok(true.into()));
    assert_eq!(content(&hub, "d/h"), "hello");
    assert_eq!(
        hub.call("uploadFile", vec!["d".into(), "x".into(), 1.into(), Value::Nil, 0.into(), b64("x")])
            .await
            .unwrap_err()
            .kind
            .code(),
        1004
    );
}

/// Needs to mount a file system; without that right there is nothing to test with.
#[tokio::test]
async fn a_full_disk_is_said_and_leaves_nothing() {
    use nix::mount::{MsFlags, mount, umount};
    let hub = TestHub::new().await;
    let work = place(&hub, "");
    std::fs::create_dir_all(&work).unwrap();
    if mount(Some("tmpfs"), &work, Some("tmpfs"), MsFlags::empty(), Some("size=256k")).is_err() {
        return;
    }
    let big = vec![b'x'; 1 << 20];
    let full =
        "no space left on the hub's file store; nothing was kept, try again when there is room".to_owned();
    let first = raw(&hub, "alice", "filename=big&filepath=d", big.clone()).await;
    let small = raw(&hub, "alice", "filename=x.log&filepath=d", "line\n").await;
    let more = raw(&hub, "alice", "filename=x.log&filepath=d&offset=5&overwrite=1", big).await;
    let (log, big_is_there) = (content(&hub, "d/x.log"), place(&hub, "d/big").exists());
    umount(&work).unwrap();
    assert_eq!(first, Err((1000, full.clone())));
    assert!(small.is_ok(), "{small:?}");
    assert_eq!(more, Err((1000, full)));
    assert_eq!((log.as_str(), big_is_there), ("line\n", false));
}
