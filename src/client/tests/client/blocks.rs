//! Large files, which come in blocks over several connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::server::*;
use koji_client::{Checksum, ChecksumKind, Download};

const DATE: &str = "Tue, 02 Jan 2024 03:04:05 GMT";
const SIZE: usize = 13_000_001;

fn data() -> Vec<u8> {
    (0..SIZE).map(|i| (i * 31 + i / 257 + i / 65_521) as u8).collect()
}

fn checksum(data: &[u8]) -> Option<Checksum> {
    use sha2::Digest;
    Some(Checksum { kind: ChecksumKind::Sha256, hex: hex::encode(sha2::Sha256::digest(data)) })
}

/// Serves `data` as a web server does that gives parts.
fn file_server(data: &[u8], request: &Request, date: &str) -> Action {
    let mut headers = vec![("Last-Modified", date.to_owned()), ("Accept-Ranges", "bytes".to_owned())];
    let Some((from, to)) = request.header("range").strip_prefix("bytes=").and_then(|r| r.split_once('-'))
    else {
        return Action::Reply { status: 200, headers, body: data.to_vec() };
    };
    let from: usize = from.parse().unwrap();
    let to = to.parse::<usize>().map_or(data.len(), |to| (to + 1).min(data.len()));
    headers.push(("Content-Range", format!("bytes {from}-{}/{}", to - 1, data.len())));
    Action::Reply { status: 206, headers, body: data[from..to].to_vec() }
}

/// The number of the block that is asked for.
fn asked(request: &Request) -> Option<usize> {
    let (from, to) = request.header("range").strip_prefix("bytes=")?.split_once('-')?;
    (!to.is_empty()).then_some(from.parse::<usize>().ok()? / (2 << 20))
}

#[tokio::test]
async fn blocks_come_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let content = data();
    let served = content.clone();
    let server = Server::start(move |request| {
        // the last come first: each waits less than the one before it
        let wait = asked(request).map_or(0, |n| 400_u64.saturating_sub(100 * (n as u64 % 4)));
        Action::Slow(Duration::from_millis(wait), Box::new(file_server(&served, request, DATE)))
    })
    .await;
    let told = Arc::new(AtomicU64::new(0));
    let seen = told.clone();
    let job = Download::new(format!("{}/a", server.url), dir.path().join("a"))
        .checksum(checksum(&content))
        .progress(Arc::new(move |done, total| {
            assert_eq!(total, Some(SIZE as u64));
            seen.fetch_max(done, Ordering::Relaxed);
        }));
    let done = server.session().downloader().unwrap().fetch(&job).await.unwrap();
    assert_eq!((done.size, done.resumed_from), (SIZE as u64, 0));
    assert_eq!(std::fs::read(dir.path().join("a")).unwrap(), content);
    assert_eq!(told.load(Ordering::Relaxed), SIZE as u64);
    let seen = server.seen();
    assert_eq!(seen.len(), 8, "the whole, then seven blocks");
    let ranges: std::collections::BTreeSet<_> = seen.iter().filter_map(asked).collect();
    assert_eq!(ranges, (0..7).collect());
}

#[tokio::test]
async fn broken_connections_cost_only_their_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let content = data();
    let served = content.clone();
    let mut broken = std::collections::HashSet::new();
    // every block breaks off once, in turn without a word and in its middle
    let server = Server::start(move |request| match (asked(request), file_server(&served, request, DATE)) {
        (Some(n), Action::Reply { headers, body, .. }) if broken.insert(n) => match n % 2 {
            0 => Action::Drop,
            _ => Action::Truncate { headers, send: body.len() / 2, body },
        },
        (_, action) => action,
    })
    .await;
    let downloader = server.session().downloader().unwrap();
    let job = Download::new(format!("{}/a", server.url), dir.path().join("a")).checksum(checksum(&content));
    // more breaks in a row than one transfer stands; what is there by then is kept
    let mut runs = 0;
    let done = loop {
        runs += 1;
        match downloader.fetch(&job).await {
            Ok(done) => break done,
            Err(e) => assert!(runs < 4, "{e}"),
        }
    };
    assert_eq!(done.size, SIZE as u64);
    assert_eq!(std::fs::read(dir.path().join("a")).unwrap(), content);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_interrupted_download_goes_on_in_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let content = data();
    let served = content.clone();
    let server = Server::start(move |request| file_server(&served, request, DATE)).await;
    let half = 5_000_000;
    std::fs::write(dir.path().join(".a.part"), &content[..half]).unwrap();
    let job = Download::new(format!("{}/a", server.url), dir.path().join("a")).checksum(checksum(&content));
    let done = server.session().downloader().unwrap().fetch(&job).await.unwrap();
    assert_eq!((done.size, done.resumed_from), (SIZE as u64, half as u64));
    assert_eq!(std::fs::read(dir.path().join("a")).unwrap(), content);
    let first = server
        .seen()
        .iter()
        .filter_map(|r| r.header("range").strip_prefix("bytes=")?.split('-').next()?.parse().ok())
        .min();
    assert_eq!(first, Some(half), "nothing was fetched twice");
}

#[tokio::test]
async fn blocks_of_two_files_are_not_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let served = data();
    let server = Server::start(move |request| {
        let replaced = asked(request).is_some_and(|n| n >= 2);
        file_server(&served, request, if replaced { "Wed, 03 Jan 2024 03:04:05 GMT" } else { DATE })
    })
    .await;
    let job = Download::new(format!("{}/a", server.url), dir.path().join("a"));
    let error = server.session().downloader().unwrap().fetch(&job).await.unwrap_err();
    assert!(error.to_string().contains("replaced during the download"), "{error}");
    assert!(!dir.path().join("a").exists());
}

#[tokio::test]
async fn a_server_without_parts_sends_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let content = data();
    let served = content.clone();
    let server =
        Server::start(move |_| Action::Reply { status: 200, headers: vec![], body: served.clone() }).await;
    let job = Download::new(format!("{}/a", server.url), dir.path().join("a")).checksum(checksum(&content));
    server.session().downloader().unwrap().fetch(&job).await.unwrap();
    assert_eq!(server.seen().len(), 1);
}
