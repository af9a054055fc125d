//! Logs that grow, are begun anew, are not there, or come from a source that fails.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use koji_logs::source::{Source, Tail};
use koji_logs::{Error, FileSource, Log, Options, Result, Status};

#[derive(Clone, Default)]
struct Fake {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    content: Vec<u8>,
    missing: bool,
    failing: bool,
    growing: bool,
    /// Offsets and lengths that were asked for.
    reads: Vec<(u64, u32)>,
}

impl Fake {
    fn with(content: &[u8]) -> Fake {
        let fake = Fake::default();
        fake.state.lock().unwrap().content = content.to_vec();
        fake
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    fn check(&self) -> Result<()> {
        let state = self.state.lock().unwrap();
        if state.missing {
            return Err(Error::Missing("fake".into()));
        }
        if state.failing {
            return Err(Error::Answer("the hub is away".into()));
        }
        Ok(())
    }

    fn piece(&self, offset: u64, length: u32) -> Vec<u8> {
        let mut state = self.state.lock().unwrap();
        state.reads.push((offset, length));
        let start = usize::try_from(offset).unwrap().min(state.content.len());
        let end = (start + length as usize).min(state.content.len());
        state.content[start..end].to_vec()
    }
}

impl Source for Fake {
    fn name(&self) -> String {
        "fake".into()
    }

    fn tail(&self, length: u32) -> BoxFuture<'_, Result<Tail>> {
        Box::pin(async move {
            self.check()?;
            let size = self.change(|s| s.content.len() as u64);
            if self.change(|s| std::mem::take(&mut s.growing)) {
                return Err(Error::Growing(size));
            }
            let offset = size.saturating_sub(length.into());
            Ok(Tail { offset, bytes: self.piece(offset, length) })
        })
    }

    fn read(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Vec<u8>>> {
        Box::pin(async move {
            self.check()?;
            Ok(self.piece(offset, length))
        })
    }
}

fn options() -> Options {
    Options { dir: std::env::temp_dir(), poll: Duration::from_millis(20) }
}

async fn until(log: &Log, what: &str, check: impl Fn(&Status) -> bool) -> Status {
    let mut changes = log.changes();
    let found = tokio::time::timeout(Duration::from_secs(60), changes.wait_for(|s| check(s))).await;
    found.unwrap_or_else(|_| panic!("{what}: {:?}", log.status())).unwrap().clone()
}

fn text(log: &Log) -> Vec<u8> {
    let (body, mut all) = (log.body(), Vec::new());
    body.write_lines(body.lines(), &mut all).unwrap();
    all
}

fn lines(count: usize) -> Vec<u8> {
    (0..count).flat_map(|n| format!("line {n} of a log that is long enough\n").into_bytes()).collect()
}

#[tokio::test]
async fn a_log_is_opened_at_its_end_and_filled_backwards() {
    let content = lines(200_000);
    let source = Fake::with(&content);
    let log = Log::open(source.clone(), options()).unwrap();
    until(&log, "opened", |s| s.opened).await;
    let body = log.body();
    let last = body.window(body.lines().end - 2, 2);
    assert_eq!(last[1].text, b"line 199999 of a log that is long enough");
    // the end was the first that was asked for
    assert_eq!(source.change(|s| s.reads[0]), (content.len() as u64 - 131_072, 131_072));
    let number = last[1].id;
    until(&log, "whole", Status::is_whole).await;
    assert_eq!(body.number(number), Some(200_000));
    assert_eq!(text(&log), content);
    assert_eq!(body.window(body.numbered(1).unwrap(), 1)[0].text, b"line 0 of a log that is long enough");
    // every byte before was asked for once
    let reads = source.change(|s| s.reads.clone());
    let backwards: u64 =
        reads.iter().skip(1).filter(|(o, _)| *o + 64 < content.len() as u64).map(|r| u64::from(r.1)).sum();
    assert!(backwards <= content.len() as u64, "{reads:?}");
}

#[tokio::test]
async fn growth_is_followed_to_the_end() {
    let source = Fake::with(b"first\nsec");
    source.change(|s| s.growing = true);
    let log = Log::open(source.clone(), options()).unwrap();
    until(&log, "opened", |s| s.opened).await;
    assert!(!log.body().line(1).unwrap().ended);
    assert_eq!(log.time_of(2), None);
    source.change(|s| s.content.extend(b"ond\nthird\n"));
    until(&log, "grown", |s| s.size == 19).await;
    assert_eq!(text(&log), b"first\nsecond\nthird\n");
    assert!(log.time_of(12).is_some());
    // several megabytes between two looks
    source.change(|s| s.content.extend(lines(100_000)));
    let size = source.change(|s| s.content.len() as u64);
    until(&log, "grown much", |s| s.size == size).await;
    assert_eq!(text(&log), source.change(|s| s.content.clone()));
    log.finish();
    until(&log, "ended", |s| s.ended).await;
    let looked = source.change(|s| s.reads.len());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(source.change(|s| s.reads.len()), looked, "an ended log asks no more");
}

#[tokio::test]
async fn a_log_that_is_begun_anew_is_read_anew() {
    let source = Fake::with(&lines(10_000));
    let log = Log::open(source.clone(), options()).unwrap();
    until(&log, "whole", Status::is_whole).await;
    let old = log.body();
    source.change(|s| s.content = b"again\n".to_vec());
    until(&log, "anew", |s| s.generation == 1 && s.opened && s.size == 6).await;
    assert_eq!(text(&log), b"again\n");
    // who still reads the old one gets old lines
    assert_eq!(old.line(old.lines().start).unwrap().text, b"line 0 of a log that is long enough");
    // longer than before, but another one
    source.change(|s| s.content = lines(50));
    until(&log, "anew once more", |s| s.generation == 2 && s.size > 100).await;
    assert_eq!(text(&log), lines(50));
}

#[tokio::test]
async fn what_is_not_there_or_fails_is_said_and_tried_again() {
    let source = Fake::with(b"there\n");
    source.change(|s| s.missing = true);
    let log = Log::open(source.clone(), options()).unwrap();
    let status = until(&log, "missing", |s| s.trouble.is_some()).await;
    assert_eq!(status.trouble.unwrap(), "fake is not there (yet)");
    source.change(|s| s.missing = false);
    until(&log, "opened", |s| s.opened && s.trouble.is_none()).await;
    source.change(|s| s.failing = true);
    until(&log, "failing", |s| s.trouble.is_some()).await;
    source.change(|s| {
        s.failing = false;
        s.content.extend(b"more\n");
    });
    until(&log, "well again", |s| s.trouble.is_none() && s.size == 11).await;
    let gone = Fake::default();
    gone.change(|s| s.missing = true);
    let log = Log::open(gone, options()).unwrap();
    log.finish();
    assert!(!until(&log, "ended", |s| s.ended).await.opened);
}

#[tokio::test]
async fn a_hidden_log_does_not_ask() {
    let source = Fake::with(b"x\n");
    let log = Log::open(source.clone(), options()).unwrap();
    until(&log, "opened", |s| s.opened).await;
    log.set_active(false);
    tokio::time::sleep(Duration::from_millis(60)).await;
    let looked = source.change(|s| s.reads.len());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(source.change(|s| s.reads.len()) <= looked + 1);
    source.change(|s| s.content.extend(b"y\n"));
    log.set_active(true);
    until(&log, "grown", |s| s.size == 4).await;
}

#[tokio::test]
async fn a_file_is_read_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("build.log");
    let log = Log::open(FileSource::new(&path), options()).unwrap();
    until(&log, "missing", |s| s.trouble.is_some()).await;
    let mut content = lines(300_000);
    std::fs::write(&path, &content).unwrap();
    until(&log, "whole", Status::is_whole).await;
    assert_eq!(log.body().number(log.body().lines().end - 1), Some(300_000));
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"new\r\n").unwrap();
    content.extend(b"new\r\n");
    let size = content.len() as u64;
    until(&log, "grown", |s| s.size == size).await;
    assert_eq!(log.body().line(log.body().lines().end - 1).unwrap().text, b"new");
    // cut off where it is: whoever reads meanwhile gets less, not nonsense
    file.set_len(40).unwrap();
    let body = log.body();
    assert!(body.window(body.lines().start + 5, 10).len() <= 10);
    until(&log, "cut off", |s| s.generation == 1 && s.size == 40).await;
    // another file takes its place
    std::fs::write(dir.path().join("new"), b"rotated\n").unwrap();
    std::fs::rename(dir.path().join("new"), &path).unwrap();
    until(&log, "rotated", |s| s.generation == 2 && s.size == 8).await;
    assert_eq!(text(&log), b"rotated\n");
}
