//! An rpm file against the digests that it carries.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use koji_rpm::{Field, Package, RpmFile};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// An rpm whose digests are right.
#[derive(Debug, Clone)]
pub struct Checked {
    pub package: Package,
    /// sha256 of the file, hex.
    pub sha256: String,
    /// Bytes of the file.
    pub size: u64,
    /// What Koji identifies it by: sigmd5, or a labelled digest of the header.
    pub ident: String,
    /// Last eight digits of the key that signed it.
    pub signature: Option<String>,
}

impl Checked {
    /// `name-[epoch:]version-release.arch`.
    pub fn nevra(&self) -> String {
        let p = &self.package;
        let epoch = p.epoch.map(|e| format!("{e}:")).unwrap_or_default();
        format!("{}-{epoch}{}-{}.{}", p.name, p.version, p.release, p.arch)
    }
}

/// Reads the whole file and compares what it finds with the digests in its headers: md5 of header and payload, sha256 of the
/// header, sha256 of the payload. A signature is not verified; what the file should be is the hub's or the lock's to say.
pub fn check(path: &Path) -> Result<Checked> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bad = |reason: &str| Error::tampered(name.clone(), reason);
    let rpm = RpmFile::open(path)?;
    let package = Package::from_rpm(&rpm)?;
    let ident = rpm.payloadhash()?;
    let text = |field: &str| -> Result<Option<String>> {
        Ok(match rpm.field(field)? {
            Field::Text(text) => Some(text),
            Field::Texts(list) => list.into_iter().next(),
            _ => None,
        })
    };
    if let Some(wanted) = text("SHA256HEADER")?
        && hex::encode(Sha256::digest(rpm.header.bytes())) != wanted
    {
        return Err(bad("its header does not have the sha256 that it claims"));
    }
    let read = Error::io("read", path);
    let digests = (|| -> std::io::Result<_> {
        let mut file = File::open(path)?;
        let (mut whole, mut signed, mut payload) = (Sha256::new(), Md5::new(), Sha256::new());
        let mut size = 0;
        let mut front = vec![0; usize::try_from(rpm.header_start).unwrap_or(0)];
        file.read_exact(&mut front)?;
        whole.update(&front);
        size += rpm.header_start;
        file.seek(SeekFrom::Start(rpm.header_start))?;
        let header = rpm.header_end.saturating_sub(rpm.header_start);
        let mut head = vec![0; usize::try_from(header).unwrap_or(0)];
        file.read_exact(&mut head)?;
        whole.update(&head);
        signed.update(&head);
        size += header;
        let mut buffer = vec![0; 256 << 10];
        loop {
            let n = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..n).filter(|b| !b.is_empty()) else { break };
            whole.update(bytes);
            signed.update(bytes);
            payload.update(bytes);
            size += n as u64;
        }
        Ok((
            hex::encode(whole.finalize()),
            hex::encode(signed.finalize()),
            hex::encode(payload.finalize()),
            size,
        ))
    })();
    let (sha256, md5, payload, size) = digests.map_err(read)?;
    if rpm.sigmd5().is_some_and(|wanted| wanted != md5) {
        return Err(bad("its header and payload do not have the md5 that it claims"));
    }
    let sha256_payload = matches!(rpm.field("PAYLOADDIGESTALGO")?, Field::Int(8));
    if sha256_payload && text("PAYLOADDIGEST")?.is_some_and(|wanted| wanted != payload) {
        return Err(bad("its payload does not have the sha256 that it claims"));
    }
    let signature = koji_rpm::signature::key_id(rpm.signature.bytes()).ok().filter(|k| !k.is_empty());
    Ok(Checked { package, sha256, size, ident, signature })
}
