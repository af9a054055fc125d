//! Uploads and downloads.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::server::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use koji_client::{
    Checksum, ChecksumKind, ClientError, ClientOptions, Download, LogUploader, Session, TaskLog,
};
use koji_xmlrpc::Value;

type Store = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// What a hub does with uploads. `disturb` may answer instead of it; it sees the number of the request.
async fn upload_hub(
    mut disturb: impl FnMut(usize, &Request) -> Option<Action> + Send + 'static,
) -> (Server, Store) {
    let store = Store::default();
    let files = store.clone();
    let mut n = 0;
    let server = Server::start(move |request| {
        n += 1;
        if let Some(action) = disturb(n, request) {
            return action;
        }
        let mut files = files.lock().unwrap();
        if request.header("content-type") == "application/octet-stream" {
            let path = format!("{}/{}", request.query("filepath"), request.query("filename"));
            let offset: usize = request.query("offset").parse().unwrap();
            let file = files.entry(path).or_default();
            if offset == 0 && !file.is_empty() && request.query("overwrite") != "1" {
                return fault(1000, "upload path exists");
            }
            file.truncate(offset);
            assert_eq!(file.len(), offset);
            file.extend_from_slice(&request.body);
            return reply(Value::record([
                ("size", Value::Int(request.body.len() as i64)),
                ("hexdigest", format!("{:08x}", adler2::adler32_slice(&request.body)).into()),
            ]));
        }
        let (args, kwargs) = request.args();
        match request.call().as_str() {
            "login" => login_reply("k"),
            "checkUpload" => {
                let path = format!("{}/{}", args[0].as_str().unwrap(), args[1].as_str().unwrap());
                match files.get(&path) {
                    None => reply(Value::Nil),
                    Some(file) => {
                        let mut answer = vec![("size", Value::Int(file.len() as i64)), ("mtime", 1.5.into())];
                        if kwargs.get("verify").is_some_and(|v| v.as_str() == Some("adler32")) {
                            answer.push(("hexdigest", format!("{:08x}", adler2::adler32_slice(file)).into()));
                        }
                        reply(Value::Struct(answer.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
                    }
                }
            }
            "uploadFile" => {
                let path = format!("{}/{}", args[0].as_str().unwrap(), args[1].as_str().unwrap());
                let file = files.entry(path).or_default();
                match args[4].as_int().unwrap() {
                    -1 => assert_eq!(args[2].as_int().unwrap(), file.len() as i64),
                    offset => {
                        file.truncate(offset as usize);
                        file.extend(STANDARD.decode(args[5].as_str().unwrap()).unwrap());
                    }
                }
                reply(true)
            }
            other => panic!("{other}"),
        }
    })
    .await;
    (server, store)
}

async fn session(server: &Server, blocksize: usize) -> Session {
    let session = Session::new(ClientOptions { upload_blocksize: blocksize, ..server.options() }).unwrap();
    session.login_password("u", "p").await.unwrap();
    session
}

fn local_file(dir: &Path, content: &[u8]) -> std::path::PathBuf {
    let path = dir.join("a b.rpm");
    std::fs::write(&path, content).unwrap();
    path
}

const DATA: &[u8] = b"0123456789abcdefghij!";

#[tokio::test]
async fn upload_in_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    let (server, store) = upload_hub(|_, _| None).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let upload = session(&server, 10).await.upload(&local, "cli-build/x");
    let done = upload
        .progress(Arc::new(move |done, total| tell.lock().unwrap().push((done, total))))
        .run()
        .await
        .unwrap();
    assert_eq!(store.lock().unwrap()["cli-build/x/a b.rpm"], DATA);
    assert_eq!((done.size, done.adler32), (21, adler2::adler32_slice(DATA)));
    assert_eq!(*told.lock().unwrap(), [0, 10, 20, 21].map(|n| (n, Some(21))));
    let upload = &server.seen()[2];
    assert_eq!(
        (upload.query("fileverify"), upload.query("overwrite"), upload.query("volume")),
        ("adler32", "1", "")
    );
    assert_eq!((upload.callnum(), upload.header("koji-session-key")), (1, "k"));
}

#[tokio::test]
async fn empty_file() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), b"");
    let (server, store) = upload_hub(|_, _| None).await;
    let done =
        session(&server, 10).await.upload(&local, "d").name("n").volume(Some("DEFAULT")).run().await.unwrap();
    assert_eq!((store.lock().unwrap()["d/n"].len(), done.size), (0, 0));
}

#[tokio::test]
async fn damaged_and_locked_blocks_are_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    // 1 login, 2 checkUpload, then blocks
    let (server, store) = upload_hub(|n, _| match n {
        3 => Some(reply(Value::record([("size", Value::Int(10)), ("hexdigest", "00000001".into())]))),
        5 => Some(fault(1001, "locked")),
        7 => Some(fault(1009, "unable to retry call")),
        _ => None,
    })
    .await;
    session(&server, 10).await.upload(&local, "d").run().await.unwrap();
    assert_eq!(store.lock().unwrap()["d/a b.rpm"], DATA);
    let last = server.seen().pop().unwrap();
    assert_eq!(last.args().1.get("verify"), Some(&"adler32".into()), "checked as a whole after problems");
}

#[tokio::test]
async fn connection_lost_in_an_upload() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    let (server, store) = upload_hub(|n, _| [4, 5, 6].contains(&n).then_some(Action::Drop)).await;
    session(&server, 10).await.upload(&local, "d").run().await.unwrap();
    assert_eq!(store.lock().unwrap()["d/a b.rpm"], DATA);
    let offsets: Vec<_> =
        server.seen().iter().map(|r| r.query("offset").to_owned()).filter(|o| !o.is_empty()).collect();
    assert_eq!(offsets, ["0", "10", "10", "10", "10", "20"]);
}

#[tokio::test]
async fn hubs_without_binary_upload() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    let (server, store) =
        upload_hub(|_, r| (r.call() == "checkUpload").then(|| fault(1000, "Invalid method: checkUpload")))
            .await;
    session(&server, 10).await.upload(&local, "d").run().await.unwrap();
    assert_eq!(store.lock().unwrap()["d/a b.rpm"], DATA);
    assert_eq!(
        server.calls(),
        ["login", "checkUpload", "uploadFile", "uploadFile", "uploadFile", "uploadFile"]
    );
    let (args, _) = server.seen().pop().unwrap().args();
    assert_eq!(args[3].as_array().unwrap()[0], "sha256".into());
    assert_eq!(args[3].as_array().unwrap()[1].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn uploads_resume() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    for (present, first_offset) in [(&DATA[..12], "12"), (b"other".as_slice(), "0"), (b"", "0")] {
        let (server, store) = upload_hub(|_, _| None).await;
        store.lock().unwrap().insert("d/a b.rpm".into(), present.to_vec());
        session(&server, 10).await.upload(&local, "d").resume().run().await.unwrap();
        assert_eq!(store.lock().unwrap()["d/a b.rpm"], DATA);
        assert_eq!(server.seen()[2].query("offset"), first_offset);
    }
}

#[tokio::test]
async fn upload_refusals() {
    let dir = tempfile::tempdir().unwrap();
    let local = local_file(dir.path(), DATA);
    let (server, _) =
        upload_hub(|n, _| (n >= 3).then(|| fault(1000, "Invalid upload directory, not owner: d"))).await;
    let session = session(&server, 10).await;
    let error = session.upload(&local, "d").run().await.unwrap_err();
    assert_eq!(error.to_string(), "GenericError: Invalid upload directory, not owner: d");
    assert!(matches!(
        session.upload(dir.path().join("none"), "d").run().await,
        Err(ClientError::Fault(_) | ClientError::File { .. })
    ));
    assert!(matches!(server.session().upload(&local, "d").run().await, Err(ClientError::NotLoggedIn(_))));
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&local, &link).unwrap();
    let (server, _) = upload_hub(|_, _| None).await;
    let session = self::session(&server, 10).await;
    assert!(matches!(session.upload(&link, "d").no_follow().run().await, Err(ClientError::File { .. })));
    assert!(matches!(session.upload(dir.path(), "d").run().await, Err(ClientError::File { .. })));
    session.upload(&link, "d").run().await.unwrap();
}

#[tokio::test]
async fn logs_grow() {
    let dir = tempfile::tempdir().unwrap();
    let (server, store) = upload_hub(|n, _| (n == 5).then(|| fault(1000, "no"))).await;
    let mut logs = LogUploader::new(session(&server, 10).await, "tasks/5/5", None);
    let log = dir.path().join("build.log");
    logs.watch(&log, "build.log");
    logs.watch(&log, "ignored");
    assert_eq!(logs.poll().await.unwrap(), 0);
    std::fs::write(&log, "one\n").unwrap();
    assert_eq!(logs.poll().await.unwrap(), 4);
    let append = |text: &str| {
        use std::io::Write;
        std::fs::OpenOptions::new().append(true).open(&log).unwrap().write_all(text.as_bytes()).unwrap();
    };
    append("two and three\n");
    assert_eq!(logs.poll().await.unwrap(), 14);
    append("four\n");
    logs.poll().await.unwrap_err();
    assert_eq!(logs.poll().await.unwrap(), 5);
    let content = || String::from_utf8(store.lock().unwrap()["tasks/5/5/build.log"].clone()).unwrap();
    assert_eq!(content(), "one\ntwo and three\nfour\n");
    std::fs::write(&log, "new\n").unwrap();
    assert_eq!(logs.poll().await.unwrap(), 4);
    assert_eq!(content(), "new\n");
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "s").unwrap();
    std::os::unix::fs::symlink(&secret, dir.path().join("root.log")).unwrap();
    logs.watch(dir.path().join("root.log"), "root.log");
    assert!(matches!(logs.poll().await, Err(ClientError::File { .. })));
    assert!(!store.lock().unwrap().contains_key("tasks/5/5/root.log"));
}

#[tokio::test]
async fn task_output_in_pieces() {
    let server = Server::start(|request| {
        let (_, kwargs) = request.args();
        let offset = kwargs.get("offset").and_then(Value::as_int).unwrap_or(0) as usize;
        let size = kwargs.get("size").and_then(Value::as_int).unwrap() as usize;
        reply(STANDARD.encode(&DATA[offset..(offset + size).min(DATA.len())]))
    })
    .await;
    let session = server.session();
    let mut log = TaskLog::new(5, "build.log", None);
    let mut all = Vec::new();
    loop {
        let piece = log.next(&session, 8).await.unwrap();
        if piece.is_empty() {
            break;
        }
        all.extend(piece);
    }
    assert_eq!((all.as_slice(), log.offset), (DATA, 21));
    let garbage = Server::start(|_| reply("*")).await;
    log.next(&garbage.session(), 8).await.unwrap_err();
}

const DATE: &str = "Tue, 02 Jan 2024 03:04:05 GMT";

/// Serves DATA with ranges.
fn file_server(request: &Request) -> Action {
    let from = request
        .header("range")
        .strip_prefix("bytes=")
        .and_then(|r| r.strip_suffix('-')?.parse::<usize>().ok());
    let mut headers = vec![("Last-Modified", DATE.to_owned())];
    match from {
        Some(from) if from >= DATA.len() => {
            headers.push(("Content-Range", format!("bytes */{}", DATA.len())));
            Action::Reply { status: 416, headers, body: vec![] }
        }
        Some(from) => {
            headers.push(("Content-Range", format!("bytes {from}-{}/{}", DATA.len() - 1, DATA.len())));
            Action::Reply { status: 206, headers, body: DATA[from..].to_vec() }
        }
        None => Action::Reply { status: 200, headers, body: DATA.to_vec() },
    }
}

fn sha256() -> Checksum {
    use sha2::Digest;
    Checksum { kind: ChecksumKind::Sha256, hex: hex::encode(sha2::Sha256::digest(DATA)) }
}

#[tokio::test]
async fn download_whole_and_skip() {
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("sub/file");
    let server = Server::start(file_server).await;
    let downloader = server.session().downloader().unwrap();
    let job = Download::new(format!("{}/kojifiles/a", server.url), &dest).checksum(Some(sha256()));
    let done = downloader.fetch(&job).await.unwrap();
    assert_eq!((done.size, done.skipped, done.resumed_from), (21, false, 0));
    assert_eq!(std::fs::read(&dest).unwrap(), DATA);
    let mtime = std::fs::metadata(&dest).unwrap().modified().unwrap();
    assert_eq!(mtime, std::time::UNIX_EPOCH + Duration::from_secs(1704164645));
    assert!(downloader.fetch(&job).await.unwrap().skipped);
    assert_eq!(server.seen().last().unwrap().method, "HEAD");
    assert!(downloader.fetch(&job.clone().size(Some(21))).await.unwrap().skipped);
    assert_eq!(server.seen().len(), 2);
    // right size, wrong content
    std::fs::write(&dest, [b'x'; 21]).unwrap();
    assert!(!downloader.fetch(&job).await.unwrap().skipped);
    assert_eq!(std::fs::read(&dest).unwrap(), DATA);
    assert_eq!(std::fs::read_dir(dest.parent().unwrap()).unwrap().count(), 1);
}

#[tokio::test]
async fn download_continues() {
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("file");
    let part = dir.path().join(".file.part");
    // breaks off after 9 bytes, then is away for a moment
    let mut n = 0;
    let server = Server::start(move |request| {
        n += 1;
        match (n, file_server(request)) {
            (1, Action::Reply { headers, body, .. }) => Action::Truncate { headers, body, send: 9 },
            (2, _) => status(503, ""),
            (_, action) => action,
        }
    })
    .await;
    let downloader = server.session().downloader().unwrap();
    let job = Download::new(format!("{}/a", server.url), &dest).size(Some(21)).checksum(Some(sha256()));
    downloader.fetch(&job).await.unwrap();
    assert_eq!(std::fs::read(&dest).unwrap(), DATA);
    assert_eq!(server.seen()[2].header("range"), "bytes=9-");

    // leftovers of an earlier run: the beginning, the whole, too much, something else
    let leftovers: [(&[u8], u64); 4] = [(&DATA[..5], 5), (DATA, 21), (&[b'x'; 30], 30), (b"xyz", 0)];
    for (left, from) in leftovers {
        std::fs::remove_file(&dest).unwrap();
        std::fs::write(&part, left).unwrap();
        let done = downloader.fetch(&job).await.unwrap();
        assert_eq!(std::fs::read(&dest).unwrap(), DATA);
        assert!(!part.exists());
        assert_eq!(done.resumed_from, from, "{left:?}");
    }
}

#[tokio::test]
async fn download_failures() {
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("file");
    let server = Server::start(|request| match request.path.as_str() {
        "/missing" => status(404, "not here"),
        _ => file_server(request),
    })
    .await;
    let downloader = server.session().downloader().unwrap();
    let job = |path: &str| Download::new(format!("{}{path}", server.url), &dest);
    let text = |result: koji_client::Result<_>| result.unwrap_err().to_string();
    assert!(text(downloader.fetch(&job("/missing")).await).ends_with("404: not here"));
    assert_eq!(server.seen().len(), 1, "not repeated");
    assert!(text(downloader.fetch(&job("/a").size(Some(20))).await).contains("21 bytes, not 20"));
    let wrong = Checksum { kind: ChecksumKind::Md5, hex: "00".into() };
    assert!(text(downloader.fetch(&job("/a").checksum(Some(wrong))).await).contains("Md5 checksum is"));
    let refused = job("/a").verify(Arc::new(|path| {
        assert_eq!(std::fs::read(path).unwrap(), DATA);
        Err("sigmd5 differs".into())
    }));
    assert!(text(downloader.fetch(&refused).await).ends_with("failed: sigmd5 differs"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left of a bad file");
    assert!(downloader.fetch(&Download::new("no url", &dest)).await.is_err());
}

#[tokio::test]
async fn downloads_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(|r| Action::Slow(Duration::from_millis(200), Box::new(file_server(r)))).await;
    let jobs: Vec<_> = (0..8)
        .map(|i| Download::new(format!("{}/{i}", server.url), dir.path().join(i.to_string())))
        .collect();
    let start = std::time::Instant::now();
    let results = server.session().downloader().unwrap().fetch_all(&jobs, 8).await;
    assert!(start.elapsed() < Duration::from_millis(1200), "{:?}", start.elapsed());
    for (i, result) in results.into_iter().enumerate() {
        assert_eq!(result.unwrap().path, dir.path().join(i.to_string()));
    }
}
