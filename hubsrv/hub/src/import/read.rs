//! What an uploaded rpm says of itself, checked as far as a file can be.

use std::io::{BufReader, Read, Seek, SeekFrom};

use koji_api::Fault;
use koji_rpm::{Package, RpmFile, signature};
use md5::{Digest, Md5};

use super::source::Source;
use crate::fault::Outcome;

/// An rpm that is to be imported.
pub struct RpmFacts {
    pub source: Source,
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    /// `src` for every source package.
    pub arch: String,
    pub is_source: bool,
    pub sourcerpm: Option<String>,
    /// Seconds since 1970.
    pub buildtime: i64,
    pub payloadhash: String,
    /// The signature header with its padding.
    pub sighdr: Vec<u8>,
    /// The last 8 hex digits of the signing key's id; empty for an unsigned rpm.
    pub sigkey: String,
    /// Only of noarch packages, to be compared.
    pub headers: Option<RpmFile>,
}

impl RpmFacts {
    /// Reads the headers and checks the payload against them. Blocks, as long as reading the file takes.
    pub fn read(mut source: Source) -> Outcome<RpmFacts> {
        let bad = |e: koji_rpm::Error| {
            Fault::internal(format!("error reading package header of {}: {e}", source.name))
        };
        let rpm = RpmFile::read(&mut BufReader::with_capacity(64 * 1024, &source.file)).map_err(bad)?;
        let package = Package::from_rpm(&rpm).map_err(bad)?;
        let payloadhash = rpm.payloadhash().map_err(bad)?;
        let mut sighdr = rpm.signature.bytes().to_vec();
        sighdr.resize(sighdr.len() + rpm.signature.padding(), 0);
        let sigkey = signature::key_id(&sighdr).map_err(bad)?;
        let shown = |what: &str| Fault::generic(format!("{}: {what}", source.name));
        let epoch = match package.epoch {
            None => None,
            Some(n) => Some(i32::try_from(n).map_err(|_| shown("the epoch is too large"))?.into()),
        };
        let buildtime =
            i64::try_from(package.buildtime).map_err(|_| shown("the build time is out of range"))?;
        if package.arch.len() > 16 {
            return Err(shown("the architecture's name is too long").into());
        }
        if let Some(sigmd5) = rpm.sigmd5()
            && digest(&mut source, rpm.header_start)? != sigmd5
        {
            return Err(Fault::generic(format!(
                "{}: header and payload do not have the MD5 that the signature header gives; upload the file again",
                source.name
            ))
            .into());
        }
        let headers = (package.arch == "noarch").then_some(rpm);
        Ok(RpmFacts {
            source,
            name: package.name,
            version: package.version,
            release: package.release,
            epoch,
            arch: package.arch,
            is_source: package.source,
            sourcerpm: package.sourcerpm.filter(|_| !package.source),
            buildtime,
            payloadhash,
            sighdr,
            sigkey,
            headers,
        })
    }

    pub fn nvr(&self) -> (&str, &str, &str) {
        (&self.name, &self.version, &self.release)
    }

    pub fn nvra(&self) -> String {
        format!("{}-{}-{}.{}", self.name, self.version, self.release, self.arch)
    }

    /// The name that the file has to have.
    pub fn check_file_name(&self) -> Result<(), Fault> {
        let expected = format!("{}.rpm", self.nvra());
        if self.source.name != expected {
            return Err(Fault::generic(format!("bad filename: {} (expected {expected})", self.source.name)));
        }
        Ok(())
    }

    /// Whether it was built from the source package called `srpm`, or is that itself.
    pub fn check_source(&self, srpm: &str) -> Result<(), Fault> {
        let found = if self.is_source { Some(self.source.name.as_str()) } else { self.sourcerpm.as_deref() };
        if found != Some(srpm) {
            return Err(Fault::generic(format!(
                "srpm mismatch for {}: {} (expected {srpm})",
                self.source.shown,
                found.unwrap_or("None")
            )));
        }
        Ok(())
    }
}

/// MD5 of all from `start` on, in hex.
fn digest(source: &mut Source, start: u64) -> std::io::Result<String> {
    source.file.seek(SeekFrom::Start(start))?;
    let mut hash = Md5::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match source.file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// MD5 of a signature header, in hex.
pub fn sighash(sighdr: &[u8]) -> String {
    hex::encode(Md5::digest(sighdr))
}
