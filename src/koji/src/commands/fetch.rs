//! Files that commands fetch from the hub's file store, several at a time, announced in their order.

use std::path::Path;

use futures::StreamExt;
use koji_client::{ClientError, Download, Downloader};

use crate::context::{Cx, base_name};
use crate::error::Result;
use crate::output::progress::Bars;

/// Files that come at the same time.
const PARALLEL: usize = 4;

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
    bars: Option<Bars>,
    total: usize,
    number: usize,
}

/// One file of several.
pub enum Wanted {
    File(Download),
    /// With what is fetched instead where there is no such file, and the words that say so.
    Either(Download, Download, &'static str),
    /// A file of a name that another one has already: said, not fetched.
    Double(std::path::PathBuf),
}

impl Wanted {
    fn job(&self) -> Option<&Download> {
        match self {
            Wanted::File(job) | Wanted::Either(job, _, _) => Some(job),
            Wanted::Double(_) => None,
        }
    }
}

impl<'a> Fetch<'a> {
    pub fn new(cx: &'a Cx, options: &FetchOptions, total: usize) -> Result<Fetch<'a>> {
        let quiet = options.quiet || cx.options.quiet;
        let downloader = cx.hub().downloader()?;
        let bars = cx.shows_progress(options.noprogress || quiet).then(Bars::default);
        Ok(Fetch { cx, downloader, quiet, bars, total, number: 0 })
    }

    /// Fetches a file; one that is there already and complete is kept.
    pub async fn fetch(&mut self, job: Download) -> Result {
        self.all(vec![Wanted::File(job)]).await
    }

    /// Fetches all files, several at a time. The first that cannot be had ends it, and none behind it is left.
    pub async fn all(&mut self, files: Vec<Wanted>) -> Result {
        let there: Vec<bool> = files.iter().map(|f| f.job().is_some_and(|job| job.dest.exists())).collect();
        let jobs: Vec<Download> = files.iter().filter_map(Wanted::job).map(|job| self.shown(job)).collect();
        let downloader = self.downloader.clone();
        let mut results =
            futures::stream::iter(jobs.iter().map(|job| downloader.fetch(job))).buffered(PARALLEL);
        for (n, file) in files.iter().enumerate() {
            let Some(job) = file.job() else {
                if let Wanted::Double(dest) = file {
                    self.announce(dest);
                    self.skipped(dest);
                }
                continue;
            };
            self.announce(&job.dest);
            let Some(result) = results.next().await else { break };
            let result = match (file, result) {
                (Wanted::Either(_, other, words), Err(ClientError::Http { status: 404, .. })) => {
                    self.cx.out.warn(words);
                    self.announce(&other.dest);
                    downloader.fetch(&self.shown(other)).await
                }
                (_, result) => result,
            };
            match result {
                Ok(done) if done.skipped => self.skipped(&job.dest),
                Ok(_) => (),
                Err(e) => {
                    drop(results);
                    // what a later attempt can go on with stays
                    if !e.is_transient() {
                        let later = files.iter().zip(&there).skip(n + 1);
                        later.filter(|(_, there)| !**there).filter_map(|(f, _)| f.job()).for_each(forget);
                    }
                    return Err(e.into());
                }
            }
        }
        Ok(())
    }

    fn shown(&self, job: &Download) -> Download {
        match &self.bars {
            Some(bars) => job.clone().progress(bars.bar(&base_name(&job.dest))),
            None => job.clone(),
        }
    }

    fn say(&self, text: &str) {
        let print = || self.cx.out.line(text);
        match &self.bars {
            Some(bars) => bars.aside(print),
            None => print(),
        }
    }

    /// Says that a file is there already.
    pub fn skipped(&self, dest: &Path) {
        if !self.quiet {
            self.say(&format!("File {} already downloaded, skipping", dest.display()));
        }
    }

    /// Says which file is next.
    pub fn announce(&mut self, dest: &Path) {
        self.number += 1;
        if !self.quiet {
            let count =
                if self.total > 0 { format!(" [{}/{}]", self.number, self.total) } else { String::new() };
            self.say(&format!("Downloading{count}: {}", dest.display()));
        }
    }
}

/// Takes away what came of a file that upstream's client, one after the other, would not have begun.
fn forget(job: &Download) {
    for path in [job.dest.clone(), job.part_path()] {
        // it may not be there at all
        std::fs::remove_file(path).ok();
    }
}
