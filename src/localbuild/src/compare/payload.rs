//! Files out of an rpm's payload: compressed cpio, read in one pass and in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use koji_rpm::{Field, RpmFile};

use crate::error::{Error, Result};

/// Larger files are not looked into.
const MAX_FILE: u64 = 64 << 20;
/// Bytes of all that is kept.
const MAX_TOTAL: u64 = 256 << 20;
const MAX_NAME: u64 = 16 << 10;

/// The content of the wanted files, by their path in the package. What cannot be read (very large files, a format that is not
/// known) is left out.
pub fn files(rpm: &Path, wanted: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<u8>>> {
    let headers = RpmFile::open(rpm)?;
    let compressor = match headers.field("PAYLOADCOMPRESSOR")? {
        Field::Text(name) => name,
        _ => "gzip".into(),
    };
    let mut file = std::fs::File::open(rpm).map_err(Error::io("open", rpm))?;
    file.seek(SeekFrom::Start(headers.header_end)).map_err(Error::io("read", rpm))?;
    let file = BufReader::new(file);
    let reader: Box<dyn Read> = match compressor.as_str() {
        "gzip" => Box::new(flate2::read::MultiGzDecoder::new(file)),
        "xz" => Box::new(lzma_rust2::XzReader::new(file, true)),
        "zstd" => Box::new(zstd::Decoder::new(file).map_err(Error::io("read", rpm))?),
        "bzip2" => Box::new(bzip2::read::MultiBzDecoder::new(file)),
        "" | "none" | "identity" => Box::new(file),
        _ => return Ok(BTreeMap::new()),
    };
    cpio(BufReader::new(reader), wanted).map_err(Error::io("read the payload of", rpm))
}

/// Reads a cpio archive ("new" format). Of hard links only the last one carries the content.
fn cpio(mut input: impl Read, wanted: &BTreeSet<String>) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut kept = 0;
    let mut links: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    loop {
        let mut head = [0; 110];
        input.read_exact(&mut head)?;
        if !(head.starts_with(b"070701") || head.starts_with(b"070702")) {
            // with files of more than 4 GiB rpm writes another format, without names
            return Ok(found);
        }
        let number = |field: usize| -> std::io::Result<u64> {
            let at = 6 + field * 8;
            let digits = head.get(at..at + 8).and_then(|d| std::str::from_utf8(d).ok());
            digits
                .and_then(|d| u64::from_str_radix(d, 16).ok())
                .ok_or_else(|| std::io::Error::other("the archive is damaged"))
        };
        let (inode, size, name_size) = (number(0)?, number(6)?, number(11)?);
        if name_size == 0 || name_size > MAX_NAME {
            return Err(std::io::Error::other("the archive is damaged"));
        }
        let name = take(&mut input, name_size)?;
        skip(&mut input, pad(110 + name_size))?;
        let name = String::from_utf8_lossy(name.strip_suffix(b"\0").unwrap_or(&name)).into_owned();
        if name == "TRAILER!!!" {
            return Ok(found);
        }
        let path = name.strip_prefix('.').filter(|n| n.starts_with('/')).unwrap_or(&name).to_owned();
        if wanted.contains(&path) {
            links.entry(inode).or_default().push(path);
        }
        let names = if size > 0 { links.remove(&inode).unwrap_or_default() } else { Vec::new() };
        if !names.is_empty() && size <= MAX_FILE && kept + size <= MAX_TOTAL {
            let data = take(&mut input, size)?;
            kept += size;
            for name in names {
                found.insert(name, data.clone());
            }
        } else {
            skip(&mut input, size)?;
        }
        skip(&mut input, pad(size))?;
    }
}

fn take(input: &mut impl Read, size: u64) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    if input.take(size).read_to_end(&mut data)? as u64 != size {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(data)
}

fn skip(input: &mut impl Read, size: u64) -> std::io::Result<()> {
    let skipped = std::io::copy(&mut input.take(size), &mut std::io::sink())?;
    if skipped == size { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}

/// Up to the next multiple of four.
fn pad(size: u64) -> u64 {
    (4 - size % 4) % 4
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(name: &str, data: &[u8], inode: u32) -> Vec<u8> {
        let mut fields = [0u32; 13];
        fields[0] = inode;
        fields[6] = u32::try_from(data.len()).unwrap();
        fields[11] = u32::try_from(name.len() + 1).unwrap();
        let mut out = b"070701".to_vec();
        fields.iter().for_each(|f| out.extend(format!("{f:08x}").bytes()));
        out.extend(name.bytes());
        out.push(0);
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(data);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    #[test]
    fn wanted_files_come_out() {
        let archive = [
            entry("./usr/a", b"alpha", 1),
            entry("./usr/b", b"", 2),
            entry("./usr/c", b"linked", 2),
            entry("x.spec", b"Name: x", 3),
            entry("TRAILER!!!", b"", 0),
        ]
        .concat();
        let wanted: BTreeSet<String> = ["/usr/a", "/usr/b", "x.spec"].map(String::from).into();
        let found = cpio(archive.as_slice(), &wanted).unwrap();
        assert_eq!(found["/usr/a"], b"alpha");
        assert_eq!(found["/usr/b"], b"linked");
        assert_eq!(found["x.spec"], b"Name: x");
        assert!(cpio(&archive[..150], &wanted).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
            if magic && bytes.len() > 110 {
                bytes[..6].copy_from_slice(b"070701");
                bytes[6..110].iter_mut().for_each(|b| *b = b"0123456789abcdef"[usize::from(*b % 16)]);
            }
            let _ = cpio(bytes.as_slice(), &BTreeSet::from(["/a".to_owned()]));
        }
    }
}
