//! One file, with continuation, checks and an atomic end.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use reqwest::header::{CONTENT_RANGE, HeaderMap, LAST_MODIFIED, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use url::Url;

use super::blocks::{self, Whole};
use super::{Download, Downloaded};
use crate::error::{ClientError, Result};
use crate::transport;

/// Repetitions after failures that may pass, and the wait before the first one, which doubles each time.
const RETRIES: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(300);

/// An attempt that brought this many bytes does not count as one that failed.
const PROGRESS: u64 = 64 << 10;

/// What the server said of the file.
#[derive(Default)]
struct Remote {
    size: Option<u64>,
    modified: Option<SystemTime>,
}

pub async fn fetch(client: &Client, url: &Url, job: &Download) -> Result<Downloaded> {
    if let Some(size) = complete_size(client, url, job).await? {
        if let Some(progress) = &job.progress {
            progress(size, Some(size));
        }
        return Ok(Downloaded { path: job.dest.clone(), size, skipped: true, resumed_from: 0 });
    }
    if let Some(parent) = job.dest.parent() {
        fs::create_dir_all(parent).await.map_err(ClientError::file("create", parent))?;
    }
    let part = part_path(&job.dest);
    let mut resumed_from = length(&part).await;
    loop {
        let remote = transfer(client, url, job, &part).await?;
        let size = length(&part).await;
        match check(job, &part, size, &remote).await {
            Ok(()) => {
                finish(&part, &job.dest, remote.modified).await?;
                return Ok(Downloaded { path: job.dest.clone(), size, skipped: false, resumed_from });
            }
            Err(cause) => {
                remove(&part).await?;
                if resumed_from == 0 {
                    return Err(ClientError::Download { url: transport::shown(url), cause });
                }
                // the remainder was of another file: once more from the start
                tracing::info!("{}: {cause}, fetched again as a whole", transport::shown(url));
                resumed_from = 0;
            }
        }
    }
}

/// The size of `dest` if it is there and complete.
async fn complete_size(client: &Client, url: &Url, job: &Download) -> Result<Option<u64>> {
    let present = match fs::metadata(&job.dest).await {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        _ => return Ok(None),
    };
    let expected = match job.size {
        Some(size) => Some(size),
        None => {
            let head = client.head(url.clone()).send().await.map_err(|e| error(url, &e))?;
            content_length(transport::check(url, head).await?.headers())
        }
    };
    let complete =
        expected == Some(present) && check(job, &job.dest, present, &Remote::default()).await.is_ok();
    Ok(complete.then_some(present))
}

/// Fills `part`, continuing after interruptions.
async fn transfer(client: &Client, url: &Url, job: &Download, part: &Path) -> Result<Remote> {
    let mut wait = BACKOFF;
    let mut tries = 0;
    let mut have = length(part).await;
    loop {
        match transfer_once(client, url, job, part).await {
            Err(error) if tries < RETRIES && passes(&error) => {
                let now = length(part).await;
                // a transfer that gets on may break as often as it likes
                if now >= have + PROGRESS {
                    (tries, wait) = (0, BACKOFF);
                }
                have = now;
                tries += 1;
                tracing::info!("download interrupted, try {tries}: {error}");
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            other => return other,
        }
    }
}

/// Failures that another attempt may not have.
fn passes(error: &ClientError) -> bool {
    match error {
        ClientError::Http { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
        other => other.is_transient(),
    }
}

async fn transfer_once(client: &Client, url: &Url, job: &Download, part: &Path) -> Result<Remote> {
    let have = length(part).await;
    let mut response = get(client, url, have).await?;
    let mut start = have;
    if have > 0 && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        let total = range_total(response.headers());
        if total == Some(have) {
            return Ok(Remote { size: total, modified: modified(response.headers()) });
        }
        remove(part).await?;
        response = get(client, url, 0).await?;
        start = 0;
    }
    let response = transport::check(url, response).await?;
    if response.status() != StatusCode::PARTIAL_CONTENT || range_start(response.headers()) != Some(start) {
        if response.status() == StatusCode::PARTIAL_CONTENT {
            let cause = "the server sent another part than asked for".to_owned();
            return Err(ClientError::Download { url: transport::shown(url), cause });
        }
        start = 0;
    }
    let remote = Remote {
        size: content_length(response.headers()).map(|rest| start + rest),
        modified: modified(response.headers()),
    };
    let mut options = OpenOptions::new();
    options.create(true).write(true);
    if start == 0 {
        options.truncate(true)
    } else {
        options.append(true)
    };
    let file = options.open(part).await.map_err(ClientError::file("write", part))?;
    match remote.size.filter(|total| blocks::worthwhile(response.headers(), start, *total)) {
        Some(total) => {
            drop(response);
            let whole = Whole { start, total, modified: remote.modified };
            if let Err(e) = blocks::fetch(client, url, job, &whole, file, part).await {
                // what is there may be of another file than what would follow
                if matches!(e, ClientError::Download { .. }) {
                    remove(part).await?;
                }
                return Err(e);
            }
        }
        None => store(url, job, response, file, part, start, remote.size.or(job.size)).await?,
    }
    Ok(remote)
}

async fn get(client: &Client, url: &Url, from: u64) -> Result<Response> {
    let mut request = client.get(url.clone());
    if from > 0 {
        request = request.header(RANGE, format!("bytes={from}-"));
    }
    request.send().await.map_err(|e| error(url, &e))
}

async fn store(
    url: &Url,
    job: &Download,
    response: Response,
    mut file: File,
    part: &Path,
    start: u64,
    total: Option<u64>,
) -> Result<()> {
    let mut done = start;
    let mut body = response.bytes_stream();
    let mut failed = None;
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => {
                file.write_all(&piece).await.map_err(ClientError::file("write", part))?;
                done += piece.len() as u64;
                if let Some(progress) = &job.progress {
                    progress(done, total);
                }
            }
            Err(e) => {
                failed = Some(error(url, &e));
                break;
            }
        }
    }
    // what came stays for the continuation
    file.flush().await.map_err(ClientError::file("write", part))?;
    failed.map_or(Ok(()), Err)
}

/// `Err` says what is wrong with the file at `path`.
async fn check(job: &Download, path: &Path, size: u64, remote: &Remote) -> Result<(), String> {
    for expected in [job.size, remote.size].into_iter().flatten() {
        if size != expected {
            return Err(format!("it has {size} bytes, not {expected}"));
        }
    }
    let (checksum, verify, path) = (job.checksum.clone(), job.verify.clone(), path.to_owned());
    let checks = move || {
        if let Some(checksum) = checksum {
            checksum.verify(&path)?;
        }
        verify.map_or(Ok(()), |verify| verify(&path))
    };
    tokio::task::spawn_blocking(checks).await.unwrap_or_else(|e| Err(format!("its check broke off: {e}")))
}

/// The file gets its time and, once it is safely on disk, its name.
async fn finish(part: &Path, dest: &Path, modified: Option<SystemTime>) -> Result<()> {
    let (from, to) = (part.to_owned(), dest.to_owned());
    let rename = move || {
        let file = std::fs::OpenOptions::new().append(true).open(&from)?;
        if let Some(modified) = modified {
            file.set_modified(modified)?;
        }
        file.sync_all()?;
        std::fs::rename(&from, &to)
    };
    let renamed = tokio::task::spawn_blocking(rename).await.unwrap_or_else(|e| Err(std::io::Error::other(e)));
    renamed.map_err(ClientError::file("write", dest))
}

pub fn part_path(dest: &Path) -> PathBuf {
    let name = dest.file_name().unwrap_or_default().to_string_lossy().into_owned();
    dest.with_file_name(format!(".{name}.part"))
}

async fn length(path: &Path) -> u64 {
    fs::metadata(path).await.map_or(0, |metadata| metadata.len())
}

async fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path).await {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(ClientError::file("remove", path)(e)),
        _ => Ok(()),
    }
}

pub(super) fn error(url: &Url, e: &reqwest::Error) -> ClientError {
    transport::error(url, Duration::from_secs(120), e)
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    header(headers, "content-length")?.parse().ok()
}

pub(super) fn modified(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(header(headers, LAST_MODIFIED.as_str())?).ok()
}

/// `5` of `bytes 5-9/10`.
pub(super) fn range_start(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_RANGE.as_str())?.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}

/// `10` of `bytes */10`.
fn range_total(headers: &HeaderMap) -> Option<u64> {
    header(headers, CONTENT_RANGE.as_str())?.rsplit_once('/')?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(range: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(value) = range.parse() {
            headers.insert(CONTENT_RANGE, value);
        }
        headers
    }

    proptest! {
        #[test]
        fn content_ranges(start: u64, end: u64, total: u64) {
            prop_assert_eq!(range_start(&with(&format!("bytes {start}-{end}/{total}"))), Some(start));
            prop_assert_eq!(range_total(&with(&format!("bytes */{total}"))), Some(total));
            prop_assert_eq!(range_start(&with(&format!("bytes */{total}"))), None);
        }

        #[test]
        fn any_content_range(text in "[ -~]{0,40}") {
            let headers = with(&text);
            let _ = (range_start(&headers), range_total(&headers), content_length(&headers), modified(&headers));
        }
    }
}
