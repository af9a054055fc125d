//! A log that is kept up to date in the background.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use futures::StreamExt as _;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::body::Body;
use crate::error::{Error, Result};
use crate::index::{CHUNK, Index};
use crate::source::{Source, Tail};
use crate::store::Store;
use crate::times::Times;

/// Bytes of the end that are fetched first. What lies before the first chunk's beginning in them is fetched again, so
/// at least 64 KiB are seen.
const TAIL: u32 = 128 * 1024;
/// Bytes of one read while the log grows or is filled backwards.
const PIECE: u32 = 1 << 20;
/// Pieces asked for at once while the log is filled backwards.
const AHEAD: usize = 3;
/// Bytes read again with each growth: when they changed, it is another log.
const OVERLAP: u64 = 64;
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where bytes from elsewhere are kept; the files have no names and go with the process.
    pub dir: PathBuf,
    /// How often to look for growth. [`Log::nudge`] looks at once.
    pub poll: Duration,
}

/// How far a log is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Changes with everything that is worth drawing.
    pub version: u64,
    pub generation: u64,
    /// Bytes of the log, as far as known.
    pub size: u64,
    /// Bytes of it that are here.
    pub loaded: u64,
    /// The end was read at least once.
    pub opened: bool,
    /// It will not grow any more.
    pub ended: bool,
    /// Why nothing comes at the moment.
    pub trouble: Option<String>,
}

impl Status {
    /// Whether all of it is here, as far as it is written.
    pub fn is_whole(&self) -> bool {
        self.opened && self.loaded == self.size
    }
}

/// A log that is open. Dropping it ends what it does in the background.
pub struct Log {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    source: Arc<dyn Source>,
    options: Options,
    body: RwLock<Arc<Body>>,
    times: Mutex<Times>,
    status: watch::Sender<Status>,
    wake: Notify,
    /// Milliseconds between two looks.
    poll: AtomicU64,
    active: AtomicBool,
    last: AtomicBool,
}

impl Log {
    /// Opens a log at its end; returns at once. To be called within a runtime.
    pub fn open(source: impl Source, options: Options) -> Result<Log> {
        let body = Body::new(Store::spool(&options.dir)?, Index::new(CHUNK, 0), 0);
        let shared = Arc::new(Shared {
            source: Arc::new(source),
            body: RwLock::new(Arc::new(body)),
            times: Mutex::default(),
            status: watch::Sender::default(),
            wake: Notify::new(),
            poll: AtomicU64::new(millis(options.poll)),
            options,
            active: AtomicBool::new(true),
            last: AtomicBool::new(false),
        });
        let task = tokio::spawn(Arc::clone(&shared).run());
        Ok(Log { shared, task })
    }

    pub fn name(&self) -> String {
        self.shared.source.name()
    }

    /// What is there. When [`Body::generation`] changes the log was begun anew.
    pub fn body(&self) -> Arc<Body> {
        self.shared.body()
    }

    pub fn status(&self) -> Status {
        self.shared.status.borrow().clone()
    }

    /// Tells of every change of the status.
    pub fn changes(&self) -> watch::Receiver<Status> {
        self.shared.status.subscribe()
    }

    /// When the byte at `offset` arrived here, if that was seen.
    pub fn time_of(&self, offset: u64) -> Option<SystemTime> {
        self.shared.times.lock().unwrap_or_else(PoisonError::into_inner).of(offset)
    }

    /// Looks for growth now: the hub says there is some.
    pub fn nudge(&self) {
        self.shared.wake.notify_one();
    }

    /// How often to look from now on: seldom while somebody tells of growth.
    pub fn set_poll(&self, poll: Duration) {
        self.shared.poll.store(millis(poll), Ordering::Relaxed);
    }

    /// A log that nobody sees does not ask for growth.
    pub fn set_active(&self, active: bool) {
        if !self.shared.active.swap(active, Ordering::Relaxed) && active {
            self.nudge();
        }
    }

    /// Whoever writes it has ended: what is there now is the rest.
    pub fn finish(&self) {
        self.shared.last.store(true, Ordering::Relaxed);
        self.nudge();
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Drop for Log {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What came of looking for growth.
enum Grown {
    Nothing,
    /// Perhaps there is more.
    Some,
    /// It is another log.
    Anew,
}

impl Shared {
    fn body(&self) -> Arc<Body> {
        Arc::clone(&self.body.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn run(self: Arc<Self>) {
        let mut generation = 0;
        loop {
            if !self.open(generation).await {
                return;
            }
            let body = self.body();
            let filled = async {
                self.fill(&body).await;
                // the end is followed for as long as it takes
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = filled => {}
                anew = self.follow(&body) => if !anew {
                    // it has ended; what is missing before is still wanted
                    self.fill(&body).await;
                    return;
                },
            }
            generation += 1;
        }
    }

    /// Reads the end, however long it takes until there is one; false when there will be none.
    async fn open(&self, generation: u64) -> bool {
        let mut failures = 0;
        loop {
            match self.begin(generation).await {
                Ok(()) => return true,
                Err(error) => {
                    if matches!(error, Error::Missing(_)) && self.last.load(Ordering::Relaxed) {
                        self.tell(|status| {
                            status.ended = true;
                            status.trouble = Some(error.to_string());
                        });
                        return false;
                    }
                    self.failed(&error, &mut failures).await;
                }
            }
        }
    }

    async fn begin(&self, generation: u64) -> Result<()> {
        let tail = match self.source.tail(TAIL).await {
            Err(Error::Growing(size)) => {
                let offset = size.saturating_sub(TAIL.into());
                Tail { offset, bytes: self.source.read(offset, TAIL).await? }
            }
            tail => tail?,
        };
        // an index begins where a chunk does
        let end = tail.offset + tail.bytes.len() as u64;
        let base = tail.offset.next_multiple_of(CHUNK).min(end - end % CHUNK);
        let skip = usize::try_from(base.saturating_sub(tail.offset)).unwrap_or(usize::MAX);
        let (base, bytes) = match tail.bytes.get(skip..) {
            Some(bytes) if base >= tail.offset => (base, bytes),
            // shorter than it should be: from the beginning, then
            _ => (0, Default::default()),
        };
        let store = match self.source.file()? {
            Some(file) => Store::direct(file),
            None => Store::spool(&self.options.dir)?,
        };
        let body = Body::new(store, Index::new(CHUNK, base), generation);
        if !body.store.is_direct() {
            body.store.write(base, bytes)?;
        }
        body.append(bytes);
        *self.body.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(body);
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = Times::starting(end);
        self.tell(|status| {
            status.generation = generation;
            (status.opened, status.trouble) = (true, None);
        });
        Ok(())
    }

    /// Fetches what lies before, from the end to the beginning.
    async fn fill(&self, body: &Arc<Body>) {
        let mut failures = 0;
        while body.bytes().start > 0 {
            let result = if body.store.is_direct() {
                self.index_before(body).await
            } else {
                self.fetch_before(body).await
            };
            if let Err(error) = result {
                self.failed(&error, &mut failures).await;
            }
        }
    }

    async fn fetch_before(&self, body: &Arc<Body>) -> Result<()> {
        let start = body.bytes().start;
        let piece = u64::from(PIECE);
        // pieces end where chunks do, so only the one at the beginning is shorter
        let ends = (1..=start.div_ceil(piece)).rev().map(|n| (n * piece).min(start));
        let pieces = futures::stream::iter(ends.map(|end| async move {
            let begin = (end - 1) / piece * piece;
            let length = u32::try_from(end - begin).unwrap_or(PIECE);
            (begin, length, self.source.read(begin, length).await)
        }));
        let mut pieces = pieces.buffered(AHEAD);
        while let Some((begin, length, bytes)) = pieces.next().await {
            let bytes = bytes?;
            if bytes.len() as u64 != u64::from(length) {
                // it was begun anew; who follows its end will see that
                return Err(Error::Missing(format!("the beginning of {}", self.source.name())));
            }
            body.store.write(begin, &bytes)?;
            body.prepend(&bytes);
            self.tell(|_| {});
        }
        Ok(())
    }

    /// Of a file here only the lines are counted.
    async fn index_before(&self, body: &Arc<Body>) -> Result<()> {
        const BLOCK: u64 = 4 << 20;
        let indexed = Arc::clone(body);
        let work = move || -> Result<()> {
            let start = indexed.bytes().start;
            let begin = start.saturating_sub(BLOCK * 16);
            let mut buffer = vec![0; usize::try_from(BLOCK).unwrap_or(0)];
            let mut end = start;
            while end > begin {
                let from = ((end - 1) / BLOCK * BLOCK).max(begin);
                let length = usize::try_from(end - from).unwrap_or(0);
                let bytes = buffer.get_mut(..length).unwrap_or_default();
                let read = indexed.store.read(from, bytes).map_err(Error::io("cannot read the log"))?;
                if read < length {
                    return Err(Error::Missing("the beginning of the log".to_owned()));
                }
                indexed.prepend(bytes);
                end = from;
            }
            Ok(())
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|e| Error::Answer(format!("counting lines broke off: {e}")))??;
        self.tell(|_| {});
        Ok(())
    }

    /// Reads on at the end; true when the log was begun anew, false when it has ended.
    async fn follow(&self, body: &Arc<Body>) -> bool {
        let mut failures = 0;
        loop {
            let last = self.last.load(Ordering::Relaxed);
            if self.active.load(Ordering::Relaxed) || last {
                match self.grow(body).await {
                    Ok(Grown::Anew) => return true,
                    Ok(Grown::Some) => continue,
                    Ok(Grown::Nothing) if last => {
                        self.tell(|status| status.ended = true);
                        return false;
                    }
                    Ok(Grown::Nothing) => failures = 0,
                    Err(error) => {
                        self.failed(&error, &mut failures).await;
                        continue;
                    }
                }
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.until_tick()) => {}
            }
        }
    }

    /// All logs look at the same moments, so that what they ask for goes together.
    fn until_tick(&self) -> Duration {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        let poll = Duration::from_millis(self.poll.load(Ordering::Relaxed).max(10));
        let since = START.elapsed().as_nanos() % poll.as_nanos();
        poll - Duration::from_nanos(u64::try_from(since).unwrap_or(0))
    }

    async fn grow(&self, body: &Arc<Body>) -> Result<Grown> {
        let there = body.bytes();
        let overlap = OVERLAP.min(there.end - there.start);
        let from = there.end - overlap;
        let bytes = self.source.read(from, PIECE).await?;
        let skip = usize::try_from(overlap).unwrap_or(usize::MAX);
        let known = body.read(from, skip).map_err(Error::io("cannot read the log"))?;
        let (again, new) = bytes.split_at(skip.min(bytes.len()));
        if again != known || known.len() != skip {
            return Ok(Grown::Anew);
        }
        let trouble = self.status.borrow().trouble.is_some();
        if new.is_empty() {
            if trouble {
                self.tell(|status| status.trouble = None);
            }
            return Ok(Grown::Nothing);
        }
        if !body.store.is_direct() {
            body.store.write(there.end, new)?;
        }
        body.append(new);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.reached(there.end + new.len() as u64, SystemTime::now());
        drop(times);
        self.tell(|status| status.trouble = None);
        Ok(if bytes.len() as u64 == u64::from(PIECE) { Grown::Some } else { Grown::Nothing })
    }

    /// Says why nothing comes, and waits longer each time.
    async fn failed(&self, error: &Error, failures: &mut u32) {
        tracing::debug!("{}: {error}", self.source.name());
        let text = error.to_string();
        if self.status.borrow().trouble.as_ref() != Some(&text) {
            self.tell(|status| status.trouble = Some(text));
        }
        let pause = match error {
            // it is not there yet: that is no reason to hold back
            Error::Missing(_) => self.until_tick(),
            _ => {
                let pause = Duration::from_millis(500 << (*failures).min(5)).min(LONGEST_PAUSE);
                pause.mul_f64(rand::random_range(0.75..1.25))
            }
        };
        *failures += 1;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.wake.notified(), if matches!(error, Error::Missing(_)) => {}
        }
    }

    fn tell(&self, change: impl FnOnce(&mut Status)) {
        let bytes = self.body().bytes();
        self.status.send_modify(|status| {
            change(status);
            status.version += 1;
            (status.size, status.loaded) = (bytes.end, bytes.end - bytes.start);
        });
    }
}
