//! A large file in blocks that come over several connections at once.
//!
//! The blocks are written in their order, so that what is there of a file is always its beginning: a download that breaks goes
//! on there, whichever way it goes on.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use reqwest::header::{ACCEPT_RANGES, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Client, StatusCode};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use url::Url;

use super::Download;
use super::fetch::{error, header, modified, range_start};
use crate::error::{ClientError, Result};
use crate::transport;

/// Bytes of a block; as many as there are connections are held in memory.
const BLOCK: u64 = 2 << 20;
/// Bytes that are written at once: for larger pieces kernels look for huge pages, which takes longer than writing.
const WRITTEN: usize = 256 << 10;
const CONNECTIONS: usize = 4;

/// What there is to fetch.
pub struct Whole {
    /// The first byte that is missing.
    pub start: u64,
    /// Size of the file.
    pub total: u64,
    /// Of the file that was asked for first; blocks of another one are refused.
    pub modified: Option<SystemTime>,
}

/// Whether the rest is large, and the server gives parts of files.
pub fn worthwhile(headers: &HeaderMap, start: u64, total: u64) -> bool {
    let ranges =
        headers.contains_key(CONTENT_RANGE) || header(headers, ACCEPT_RANGES.as_str()) == Some("bytes");
    ranges && total.saturating_sub(start) > 2 * BLOCK
}

/// Appends the rest of the file to `file`, which is at `part`.
pub async fn fetch(
    client: &Client,
    url: &Url,
    job: &Download,
    whole: &Whole,
    mut file: File,
    part: &Path,
) -> Result<()> {
    let received = AtomicU64::new(whole.start);
    let tell = |bytes: usize| {
        let done = received.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if let Some(progress) = &job.progress {
            progress(done.min(whole.total), Some(whole.total));
        }
    };
    let count = (whole.total - whole.start).div_ceil(BLOCK);
    let blocks = (0..count).map(|n| {
        let from = whole.start + n * BLOCK;
        block(client, url, whole, from, (from + BLOCK).min(whole.total), &tell)
    });
    let mut blocks = futures::stream::iter(blocks).buffered(CONNECTIONS);
    let mut result = Ok(());
    while let Some(block) = blocks.next().await {
        match block {
            Ok(block) => {
                for piece in block.chunks(WRITTEN) {
                    file.write_all(piece).await.map_err(ClientError::file("write", part))?;
                }
            }
            Err(e) => {
                result = Err(e);
                break;
            }
        }
    }
    // what came stays for the continuation
    file.flush().await.map_err(ClientError::file("write", part))?;
    result
}

/// The bytes from `from` up to `to`.
async fn block(
    client: &Client,
    url: &Url,
    whole: &Whole,
    from: u64,
    to: u64,
    tell: &impl Fn(usize),
) -> Result<Bytes> {
    let range = format!("bytes={from}-{}", to - 1);
    let response = client.get(url.clone()).header(RANGE, range).send().await.map_err(|e| error(url, &e))?;
    let response = transport::check(url, response).await?;
    let other = |cause: &str| ClientError::Download { url: transport::shown(url), cause: cause.to_owned() };
    let partial = response.status() == StatusCode::PARTIAL_CONTENT;
    if !partial || range_start(response.headers()) != Some(from) {
        return Err(other("the server sent another part than asked for"));
    }
    if modified(response.headers()) != whole.modified {
        return Err(other("the file was replaced during the download"));
    }
    let wanted = usize::try_from(to - from).unwrap_or(usize::MAX);
    let mut bytes = BytesMut::with_capacity(wanted);
    let mut body = response.bytes_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|e| error(url, &e))?;
        bytes.extend_from_slice(&piece);
        if bytes.len() > wanted {
            return Err(other("the server sent more than asked for"));
        }
        tell(piece.len());
    }
    if bytes.len() < wanted {
        return Err(other("the server sent less than asked for"));
    }
    Ok(bytes.freeze())
}
