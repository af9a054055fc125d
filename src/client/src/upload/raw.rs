//! Upload in binary form: the body of a request is a block of the file.
//!
//! One block after the other: a hub refuses a second request for a file while it writes (`LockError`), with `overwrite` it cuts the
//! file off at the block's offset, and the calls of a session are numbered (upstream's `handle_upload`). What can be
//! done at the same time is done: the next block is read while one is under way.

use std::time::Duration;

use adler2::Adler32;
use bytes::Bytes;
use koji_api::FaultKind;
use koji_xmlrpc::from_response;
use serde::Deserialize;
use tokio::io::AsyncSeekExt;

use super::{Present, Target, Upload, Uploaded, parse_adler32, source};
use crate::error::{ClientError, Result};
use crate::session::{Payload, Session};

/// A block is sent this often before the upload is given up.
const TRIES: u32 = 5;
/// The hub refuses a file that another request still writes; that takes moments.
const LOCK_WAIT: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Stored {
    size: u64,
    hexdigest: Option<String>,
}

/// Sends the file from `start` on, which the hub has up to there.
pub async fn upload(job: &Upload, start: u64) -> Result<Uploaded> {
    let read_error = |cause| ClientError::file("read", job.local())(cause);
    let blocksize = job.session.options().upload_blocksize.max(1);
    let mut file = source::open(job.local(), job.follow).await?;
    let total = file.metadata().await.map_err(read_error)?.len();
    let mut whole = Adler32::new();
    let mut offset = 0;
    while offset < start {
        let want = usize::try_from(start - offset).unwrap_or(blocksize).min(blocksize);
        let block = source::block(&mut file, want).await.map_err(read_error)?;
        if block.is_empty() {
            return Err(job.failed("the file became shorter"));
        }
        whole.write_slice(&block);
        offset += block.len() as u64;
    }
    job.tell(offset, total);
    let mut repeated = start > 0;
    let mut block = source::block(&mut file, blocksize).await.map_err(read_error)?;
    // an empty file is one empty block
    while !block.is_empty() || offset == 0 {
        whole.write_slice(&block);
        let length = block.len() as u64;
        let sent = job.session.raw_block(&job.to, offset, Bytes::from(block), job.overwrite || start > 0);
        // the next one is read while this one is under way
        let (sent, next) = tokio::join!(sent, source::block(&mut file, blocksize));
        repeated |= sent?;
        offset += length;
        job.tell(offset, total);
        block = next.map_err(read_error)?;
        if length == 0 {
            break;
        }
    }
    if offset != total {
        tracing::warn!("{} changed its size during the upload: {total} -> {offset}", job.local().display());
    }
    let adler32 = whole.checksum();
    let present = job.session.check_upload(&job.to, repeated).await?;
    let present = present.ok_or_else(|| job.failed("the hub does not have the file"))?;
    if present.size != offset {
        return Err(job.failed(format!("the hub has {} bytes of {offset}", present.size)));
    }
    if repeated && present.adler32() != Some(adler32) {
        return Err(job.failed("the hub's copy has a wrong checksum"));
    }
    Ok(Uploaded { path: job.to.path.clone(), name: job.to.name.clone(), size: offset, adler32 })
}

/// How many bytes the hub has of exactly this file; 0 when what it has is something else.
pub async fn resumable(job: &Upload, present: Option<&Present>) -> Result<u64> {
    let Some((size, digest)) = present.and_then(|p| Some((p.size, p.adler32()?))) else {
        return Ok(0);
    };
    let read_error = |cause| ClientError::file("read", job.local())(cause);
    let mut file = source::open(job.local(), job.follow).await?;
    if size > file.seek(std::io::SeekFrom::End(0)).await.map_err(read_error)? {
        return Ok(0);
    }
    file.rewind().await.map_err(read_error)?;
    let mut adler = Adler32::new();
    let mut left = size;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(1 << 20).min(1 << 20);
        let block = source::block(&mut file, want).await.map_err(read_error)?;
        if block.is_empty() {
            return Ok(0);
        }
        adler.write_slice(&block);
        left -= block.len() as u64;
    }
    Ok(if adler.checksum() == digest { size } else { 0 })
}

impl Session {
    /// Sends one block until the hub confirms its checksum. True when it took more than one attempt.
    pub(super) async fn raw_block(
        &self,
        to: &Target,
        offset: u64,
        block: Bytes,
        overwrite: bool,
    ) -> Result<bool> {
        let mut overwrite = overwrite;
        let mut problem = String::new();
        for attempt in 0..TRIES {
            let (size, adler32) = (block.len() as u64, adler2::adler32_slice(&block));
            let payload = Payload::Upload { query: query(to, offset, overwrite), chunk: block.clone() };
            match self.run(&payload, from_response::<Stored>).await {
                Ok((stored, tries)) => {
                    if stored.size == size && parse_adler32(stored.hexdigest.as_deref()) == Some(adler32) {
                        return Ok(attempt > 0 || tries > 1);
                    }
                    problem = format!("the block at {offset} arrived damaged");
                    // the damaged block is ours to replace
                    overwrite = true;
                }
                Err(ClientError::Fault(fault)) if fault.is(FaultKind::Lock) => {
                    problem = fault.to_string();
                    tokio::time::sleep(LOCK_WAIT).await;
                }
                // an attempt whose answer was lost has been stored; writing the same bytes again is harmless
                Err(ClientError::Fault(fault)) if fault.is(FaultKind::Retry) => {
                    problem = fault.to_string();
                    overwrite = true;
                }
                Err(error) => return Err(error),
            }
            tracing::info!("upload of {}/{}: {problem}, sent again", to.path, to.name);
        }
        Err(to.failed(problem))
    }
}

fn query(to: &Target, offset: u64, overwrite: bool) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("filename", to.name.clone()),
        ("filepath", to.path.clone()),
        ("fileverify", "adler32".to_owned()),
        ("offset", offset.to_string()),
    ];
    if overwrite {
        query.push(("overwrite", "1".to_owned()));
    }
    if let Some(volume) = &to.volume {
        query.push(("volume", volume.clone()));
    }
    query
}
