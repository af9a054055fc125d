//! One package of a list: its file, and what is read from it, checked against what the caller and the file itself say.

use crate::cache::Key;
use crate::fragment::{FileFacts, Fragment};
use crate::pkglist::{Identity, PackageRef};
use crate::{Error, Result};
use koji_rpm::{Package, RpmFile};
use md5::Md5;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A package and its file as it is now.
pub(crate) struct Item<'a> {
    pub package: &'a PackageRef,
    path: PathBuf,
    pub size: u64,
    mtime: i64,
    /// Of its fragment in the cache.
    pub key: Key,
}

impl<'a> Item<'a> {
    /// Finds the file below `base`, without reading it.
    pub(crate) fn look_at(base: &Path, package: &'a PackageRef) -> Result<Self> {
        let path = base.join(&package.location);
        let data = std::fs::metadata(&path).map_err(Error::io(&path))?;
        let (size, mtime) = (data.len(), data.mtime());
        if let Identity::Payload { size: expected, .. } = &package.identity
            && *expected != size
        {
            return Err(mismatch(package, "size", size, expected));
        }
        let stat = format!("{size} {mtime} {}", data.mtime_nsec());
        let location = package.location.as_bytes();
        let key = match &package.identity {
            Identity::Stat => Key::of([b"stat".as_slice(), location, stat.as_bytes()]),
            Identity::Payload { hash, .. } => {
                Key::of([b"payload", hash.as_bytes(), location, stat.as_bytes()])
            }
            Identity::Sha256(digest) => Key::of([b"sha256".as_slice(), digest.as_bytes()]),
            Identity::Signed { hash, key, sha256 } => Key::of([
                b"signed".as_slice(),
                hash.as_bytes(),
                key.as_bytes(),
                sha256.as_deref().unwrap_or_default().as_bytes(),
                location,
                stat.as_bytes(),
            ]),
        };
        Ok(Item { package, path, size, mtime, key })
    }

    /// Reads the rpm.
    pub(crate) fn read(&self) -> Result<Fragment> {
        let io = || Error::io(&self.path);
        let rpm_error = |source| Error::Rpm { location: self.package.location.clone(), source };
        let mut file = BufReader::with_capacity(256 * 1024, File::open(&self.path).map_err(io())?);
        let rpm = RpmFile::read(&mut file).map_err(rpm_error)?;
        let package = Package::from_rpm(&rpm).map_err(rpm_error)?;
        file.rewind().map_err(io())?;
        let digests = Digests::of(&mut file, rpm.header_start).map_err(io())?;
        if digests.size != self.size {
            return Err(mismatch(self.package, "size", digests.size, self.size));
        }
        if let Some(expected) = rpm.sigmd5().filter(|expected| *expected != digests.md5) {
            return Err(mismatch(self.package, "md5 of header and payload", &digests.md5, expected));
        }
        let facts = FileFacts { sha256: digests.sha256, size: digests.size, mtime: self.mtime };
        self.check(&package, &rpm, &facts)?;
        Ok(Fragment::new(&package, &facts))
    }

    /// Whether a file that was read is the one that the caller means.
    fn check(&self, package: &Package, rpm: &RpmFile, facts: &FileFacts) -> Result<()> {
        let wanted = self.package;
        let (hash, sha256) = match &wanted.identity {
            Identity::Stat => (None, None),
            Identity::Payload { hash, .. } => (Some(hash), None),
            Identity::Sha256(sha256) => (None, Some(sha256)),
            Identity::Signed { hash, sha256, .. } => (Some(hash), sha256.as_ref()),
        };
        if let Some(hash) = hash.filter(|hash| package.payloadhash.as_ref() != Some(hash)) {
            let found = package.payloadhash.as_deref().unwrap_or("missing");
            return Err(mismatch(wanted, "payload hash", found, hash));
        }
        if let Identity::Signed { key, .. } = &wanted.identity {
            let found = koji_rpm::signature::key_id(rpm.signature.bytes())
                .map_err(|source| Error::Rpm { location: wanted.location.clone(), source })?;
            if found != *key {
                let found = if found.is_empty() { "missing" } else { &found };
                return Err(mismatch(wanted, "key", found, key));
            }
        }
        match sha256.filter(|expected| !expected.eq_ignore_ascii_case(&facts.sha256)) {
            Some(expected) => Err(mismatch(wanted, "sha256", &facts.sha256, expected)),
            None => Ok(()),
        }
    }
}

/// Digests in hex and the length of a file.
struct Digests {
    /// Of the whole file.
    sha256: String,
    /// Of header and payload, for which packages name it (`SIGMD5`).
    md5: String,
    size: u64,
}

impl Digests {
    /// Reads to the end; the header is at `header`.
    fn of(file: &mut impl BufRead, header: u64) -> std::io::Result<Self> {
        let (mut sha256, mut md5, mut size) = (Sha256::new(), Md5::new(), 0);
        each_block(&mut file.by_ref().take(header), |bytes| {
            sha256.update(bytes);
            size += length(bytes);
        })?;
        each_block(file, |bytes| {
            sha256.update(bytes);
            md5.update(bytes);
            size += length(bytes);
        })?;
        Ok(Self { sha256: hex::encode(sha256.finalize()), md5: hex::encode(md5.finalize()), size })
    }
}

fn each_block(file: &mut impl BufRead, mut work: impl FnMut(&[u8])) -> std::io::Result<()> {
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        work(bytes);
        let count = bytes.len();
        file.consume(count);
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

pub(crate) fn mismatch(
    package: &PackageRef,
    what: &'static str,
    found: impl ToString,
    expected: impl ToString,
) -> Error {
    Error::Mismatch {
        location: package.location.clone(),
        what,
        found: found.to_string(),
        expected: expected.to_string(),
    }
}
