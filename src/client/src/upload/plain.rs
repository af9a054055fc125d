//! Upload by `uploadFile` calls with base64, for hubs without binary upload.

use adler2::Adler32;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use koji_api::methods::UploadFile;
use koji_xmlrpc::Value;
use sha2::{Digest, Sha256};

use super::{Upload, Uploaded, source};
use crate::error::{ClientError, Result};

/// A block is sent this often before the upload is given up.
const TRIES: u32 = 5;

pub async fn upload(job: &Upload) -> Result<Uploaded> {
    let read_error = |cause| ClientError::file("read", job.local())(cause);
    let blocksize = job.session.options().upload_blocksize.max(1);
    let mut file = source::open(job.local(), job.follow).await?;
    let total = file.metadata().await.map_err(read_error)?.len();
    let (mut sha256, mut adler) = (Sha256::new(), Adler32::new());
    let mut offset: u64 = 0;
    job.tell(0, total);
    loop {
        let block = source::block(&mut file, blocksize).await.map_err(read_error)?;
        if block.is_empty() {
            break;
        }
        sha256.update(&block);
        adler.write_slice(&block);
        let digest = hex::encode(Sha256::digest(&block));
        send(job, block.len() as u64, digest, position(job, offset)?, STANDARD.encode(&block)).await?;
        offset += block.len() as u64;
        job.tell(offset, total);
    }
    // the last call has no data, but size and checksum of the whole
    send(job, offset, hex::encode(sha256.finalize()), -1, String::new()).await?;
    Ok(Uploaded {
        path: job.to.path.clone(),
        name: job.to.name.clone(),
        size: offset,
        adler32: adler.checksum(),
    })
}

async fn send(job: &Upload, size: u64, sha256: String, offset: i64, data: String) -> Result<()> {
    let call = UploadFile {
        path: job.to.path.as_str().into(),
        name: job.to.name.as_str().into(),
        size: Value::Int(position(job, size)?),
        md5sum: Value::from(vec!["sha256".to_owned(), sha256]),
        offset: Value::Int(offset),
        data: data.into(),
        volume: job.to.volume.clone().into(),
        checksum: Value::Nil,
    };
    for _ in 0..TRIES {
        if job.session.call(call.clone()).await?.truthy() {
            return Ok(());
        }
    }
    Err(job.failed(format!("the hub does not take the block at {offset}")))
}

fn position(job: &Upload, bytes: u64) -> Result<i64> {
    i64::try_from(bytes).map_err(|_| job.failed("the file is too large"))
}
