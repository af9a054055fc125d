//! Signature headers as byte blocks: taken out of an rpm, named by the key that made them, put back into it.
//!
//! Koji keeps a package's signatures apart from the package and makes signed copies when asked (inventory:
//! "Signatures & checksums"). Nothing here verifies a signature.

use crate::header::{Header, RpmFile, raw};
use crate::{Error, Result};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

// Tags of the signature header itself, before rpm renumbers them.
const DSA: u32 = 267;
const RSA: u32 = 268;
const PGP: u32 = 1002;
const MD5: u32 = 1004;
const GPG: u32 = 1005;

/// The signature header of the rpm at `path`, with its padding (Koji's `rip_rpm_sighdr`).
pub fn rip(path: &Path) -> Result<Vec<u8>> {
    let rpm = RpmFile::open(path)?;
    let mut bytes = rpm.signature.bytes().to_vec();
    bytes.resize(bytes.len() + rpm.signature.padding(), 0);
    Ok(bytes)
}

/// The id of the key that signed: the last four bytes as 8 lower-case hex digits, or `""` for an unsigned header.
///
/// The first of GPG, PGP, DSA and RSA that is there decides. Errors when that is no OpenPGP signature packet of
/// version 3 or 4 with exactly one issuer.
pub fn key_id(sighdr: &[u8]) -> Result<String> {
    let header = Header::parse(sighdr)?;
    match [GPG, PGP, DSA, RSA].into_iter().find_map(|tag| header.binary(tag)) {
        Some(packet) => packet_key_id(packet).map(hex::encode),
        None => Ok(String::new()),
    }
}

/// The MD5 digest of header and payload that a signature header holds, in hex.
pub fn sigmd5(sighdr: &[u8]) -> Result<Option<String>> {
    Ok(Header::parse(sighdr)?.binary(MD5).map(hex::encode))
}

/// Writes to `dst` the rpm at `src` with its signature header replaced by `sighdr`. The copy appears under its
/// name only once it is complete and on disk; it has the permissions of `src`. The directory of `dst` must exist.
pub fn splice(sighdr: &[u8], src: &Path, dst: &Path) -> Result<()> {
    let new = Header::parse(sighdr)?;
    let (bare, padded) = (new.bytes().len(), new.bytes().len() + new.padding());
    if sighdr.len() != padded && sighdr.len() != bare {
        return Err(Error::header("the signature header has trailing bytes"));
    }
    // Reads and checks both old headers, so that nothing but an rpm is spliced into.
    let rest_from = RpmFile::open(src)?.header_start;
    let mut input = BufReader::with_capacity(256 * 1024, File::open(src).map_err(Error::io(src))?);
    let mut lead = [0u8; 96];
    input.read_exact(&mut lead).map_err(Error::io(src))?;
    input.seek(SeekFrom::Start(rest_from)).map_err(Error::io(src))?;
    let padding = vec![0; padded - sighdr.len()];
    let parts = [lead.as_slice(), sighdr, &padding].concat();
    write_copy(&mut parts.chain(input), src, dst).map_err(Error::io(dst))
}

fn write_copy(input: &mut impl Read, src: &Path, dst: &Path) -> std::io::Result<()> {
    let dir = dst.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut output = tempfile::NamedTempFile::new_in(dir)?;
    std::io::copy(input, &mut output)?;
    output.flush()?;
    output.as_file().set_permissions(std::fs::metadata(src)?.permissions())?;
    output.as_file().sync_all()?;
    output.persist(dst).map_err(|error| error.error)?;
    File::open(dir)?.sync_all()
}

/// The limit that [`rip`] and [`splice`] put on a signature header's data, in bytes.
pub const MAX_SIZE: u32 = raw::MAX_SIGNATURE_DATA;

/// Takes bytes off the front of a packet.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count).ok_or_else(|| bad("it is cut off"))?;
        self.0 = rest;
        Ok(head)
    }

    fn number(&mut self, size: usize) -> Result<usize> {
        Ok(self.take(size)?.iter().fold(0, |value, byte| (value << 8) | usize::from(*byte)))
    }

    /// A length in the new packet format, also that of subpackets.
    fn length(&mut self, partial_from: usize) -> Result<usize> {
        match self.number(1)? {
            first @ 0..192 => Ok(first),
            255 => self.number(4),
            first if first < partial_from => Ok(((first - 192) << 8) + self.number(1)? + 192),
            _ => Err(bad("its length is partial")),
        }
    }
}

fn bad(text: &str) -> Error {
    Error::Signature(text.to_owned())
}

/// RFC 4880: packet header (4.2), signature packets of version 3 (5.2.2) and 4 (5.2.3), issuer subpacket 16.
fn packet_key_id(packet: &[u8]) -> Result<[u8; 4]> {
    let mut bytes = Bytes(packet);
    let first = bytes.number(1)?;
    if first & 0x80 == 0 {
        return Err(bad("it is no OpenPGP packet"));
    }
    let (tag, length) = if first & 0x40 == 0 {
        let length = match first & 3 {
            0 => bytes.number(1)?,
            1 => bytes.number(2)?,
            2 => bytes.number(4)?,
            _ => bytes.0.len(),
        };
        ((first >> 2) & 0xf, length)
    } else {
        (first & 0x3f, bytes.length(224)?)
    };
    if length != bytes.0.len() {
        return Err(bad("its length does not fit"));
    }
    if tag != 2 {
        return Err(bad("it is no signature packet"));
    }
    match bytes.number(1)? {
        3 => {
            // Length, type and time of what is hashed, then 8 bytes of key id.
            bytes.take(6)?;
            last_four(bytes.take(8)?)
        }
        4 => {
            bytes.take(3)?;
            let mut issuers = Vec::new();
            for _ in ["hashed", "unhashed"] {
                let length = bytes.number(2)?;
                collect_issuers(bytes.take(length)?, &mut issuers)?;
            }
            match issuers.as_slice() {
                [issuer] => last_four(issuer),
                other => Err(bad(&format!("it names {} issuers, not one", other.len()))),
            }
        }
        other => Err(bad(&format!("version {other} is not known"))),
    }
}

fn collect_issuers<'a>(area: &'a [u8], issuers: &mut Vec<&'a [u8]>) -> Result<()> {
    let mut bytes = Bytes(area);
    while !bytes.0.is_empty() {
        let length = bytes.length(255)?;
        let body = bytes.take(length)?;
        match body.split_first() {
            Some((kind, issuer)) if kind & 0x7f == 16 => issuers.push(issuer),
            Some(_) => {}
            None => return Err(bad("it has an empty subpacket")),
        }
    }
    Ok(())
}

fn last_four(id: &[u8]) -> Result<[u8; 4]> {
    id.last_chunk::<4>().copied().ok_or_else(|| bad("its key id is too short"))
}
