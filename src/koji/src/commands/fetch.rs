//! Files that commands fetch from the hub's file store, one after the other, each announced.

use std::path::Path;

use koji_client::{Download, Downloader};

use crate::context::{Cx, base_name};
use crate::error::Result;
use crate::output::progress;

/// Options of commands that download.
#[derive(Debug, clap::Args)]
pub struct FetchOptions {
    /// URL of the hub's files
    #[arg(long, value_name = "URL")]
    pub topurl: Option<String>,
    /// Show no progress
    #[arg(long)]
    pub noprogress: bool,
    /// Say nothing
    #[arg(short, long)]
    pub quiet: bool,
}

/// A number of downloads.
pub struct Fetch<'a> {
    cx: &'a Cx,
    downloader: Downloader,
    quiet: bool,
    noprogress: bool,
    total: usize,
    number: usize,
}

impl<'a> Fetch<'a> {
    pub fn new(cx: &'a Cx, options: &FetchOptions, total: usize) -> Result<Fetch<'a>> {
        let quiet = options.quiet || cx.options.quiet;
        let downloader = cx.hub().downloader()?;
        Ok(Fetch { cx, downloader, quiet, noprogress: options.noprogress, total, number: 0 })
    }

    /// Fetches a file; one that is there already and complete is kept.
    pub async fn fetch(&mut self, job: Download) -> Result {
        self.announce(&job.dest);
        let resumed = job.dest.clone();
        let job = if self.cx.shows_progress(self.noprogress || self.quiet) {
            let bar = progress::bar(&base_name(&job.dest));
            job.progress(bar)
        } else {
            job
        };
        let done = self.downloader.fetch(&job).await?;
        if done.skipped {
            self.skipped(&resumed);
        }
        Ok(())
    }

    /// Says that a file is there already.
    pub fn skipped(&self, dest: &Path) {
        if !self.quiet {
            self.cx.out.line(format!("File {} already downloaded, skipping", dest.display()));
        }
    }

    /// Says which file is next.
    pub fn announce(&mut self, dest: &Path) {
        self.number += 1;
        if !self.quiet {
            let count =
                if self.total > 0 { format!(" [{}/{}]", self.number, self.total) } else { String::new() };
            self.cx.out.line(format!("Downloading{count}: {}", dest.display()));
        }
    }
}
