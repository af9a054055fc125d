//! Files from the hub's file store.

mod blocks;
mod checksum;
mod fetch;
mod output;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use reqwest::Client;
use url::Url;

pub use checksum::{Checksum, ChecksumKind};
pub use output::{TaskLog, task_output_bytes};

use crate::error::{ClientError, Result};
use crate::session::Session;
use crate::{ClientOptions, Progress, transport};

/// A check of a complete file before it gets its name; `Err` says what is wrong with it.
pub type Verify = Arc<dyn Fn(&Path) -> Result<(), String> + Send + Sync>;

/// One file to fetch.
#[derive(Clone)]
pub struct Download {
    pub url: String,
    /// Gets this name when it is complete and checked; until then it is `.NAME.part` beside it.
    pub dest: PathBuf,
    /// Expected size in bytes.
    pub size: Option<u64>,
    pub checksum: Option<Checksum>,
    pub verify: Option<Verify>,
    pub progress: Option<Progress>,
}

/// How a download went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// The file was there already, complete.
    pub skipped: bool,
    /// Bytes that an earlier, interrupted download had left.
    pub resumed_from: u64,
}

impl Download {
    pub fn new(url: impl Into<String>, dest: impl Into<PathBuf>) -> Self {
        Download {
            url: url.into(),
            dest: dest.into(),
            size: None,
            checksum: None,
            verify: None,
            progress: None,
        }
    }

    /// Where the file is until it is complete.
    pub fn part_path(&self) -> PathBuf {
        fetch::part_path(&self.dest)
    }

    pub fn size(mut self, size: Option<u64>) -> Self {
        self.size = size;
        self
    }

    pub fn checksum(mut self, checksum: Option<Checksum>) -> Self {
        self.checksum = checksum;
        self
    }

    /// A check beyond size and checksum, such as the payload digest of an rpm. It may read the file, blocking.
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = Some(verify);
        self
    }

    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }
}

/// Fetches files over HTTP.
#[derive(Clone)]
pub struct Downloader {
    client: Client,
}

impl Downloader {
    pub fn new(options: &ClientOptions) -> Result<Self> {
        let client = transport::builder(options)?
            // the files count, not a compressed form of them
            .no_gzip()
            .read_timeout(Duration::from_secs(120))
            .build()
            .map_err(|e| {
                ClientError::Options(format!("cannot set up HTTP: {}", transport::root_cause(&e)))
            })?;
        Ok(Downloader { client })
    }

    /// Fetches one file. A complete file of the right size is kept, an interrupted download is continued.
    pub async fn fetch(&self, job: &Download) -> Result<Downloaded> {
        let url = Url::parse(&job.url)
            .map_err(|e| ClientError::Download { url: job.url.clone(), cause: e.to_string() })?;
        fetch::fetch(&self.client, &url, job).await
    }

    /// Fetches all files, up to `parallel` at a time; the results come in the order of the jobs.
    pub async fn fetch_all(&self, jobs: &[Download], parallel: usize) -> Vec<Result<Downloaded>> {
        futures::stream::iter(jobs.iter().map(|job| self.fetch(job)))
            .buffered(parallel.max(1))
            .collect()
            .await
    }
}

impl Session {
    pub fn downloader(&self) -> Result<Downloader> {
        Downloader::new(self.options())
    }
}
