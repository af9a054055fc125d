//! Compression of what is written, decompression of what is read.

use crate::{Error, Result};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

/// The most that one metadata file may unpack to when its repomd.xml does not say: a guard against bombs, ten
/// times the largest file list known.
const MAX_OPEN_SIZE: u64 = 16 << 30;

/// How metadata files are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Read by everything.
    #[default]
    Gzip,
    /// Smaller and quicker to read; mergerepo_c before 1.0, with which Koji's builders merge, cannot read it.
    Zstd,
}

impl Compression {
    /// The method of a name, `gzip` or `zstd`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "gzip" | "gz" => Some(Self::Gzip),
            "zstd" | "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The ending of file names.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    /// One complete member or frame: written one after the other they are one file. Equal text gives equal bytes.
    pub(crate) fn pack(self, text: &[u8]) -> Vec<u8> {
        const LEVEL: i32 = 9;
        match self {
            Self::Gzip => gzip(text),
            // Compressing in memory does not fail.
            Self::Zstd => zstd::bulk::compress(text, LEVEL).unwrap_or_default(),
        }
    }

    /// The text of a member or frame that was packed here.
    pub(crate) fn unpack(self, data: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip => gunzip(data),
            Self::Zstd => zstd::stream::decode_all(data),
        }
    }
}

/// One complete gzip member. Members written one after the other are one gzip file. No time is recorded, so equal
/// text gives equal bytes.
pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(text.len() / 8), flate2::Compression::new(6));
    // Writing to memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

fn gunzip(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(data.len().saturating_mul(10));
    MultiGzDecoder::new(data).read_to_end(&mut text)?;
    Ok(text)
}

/// Opens a metadata file for reading, whatever of gzip, zstd, xz or nothing it is compressed with. The content
/// decides, not the name. Reading ends with an error after `open_size` bytes.
pub(crate) fn open(path: &Path, url: &str, open_size: Option<u64>) -> Result<Box<dyn Read + Send>> {
    let mut file = BufReader::with_capacity(128 * 1024, File::open(path).map_err(Error::io(path))?);
    let head = file.fill_buf().map_err(Error::io(path))?;
    let reader: Box<dyn Read + Send> = match head {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(file)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Box::new(zstd::Decoder::with_buffer(file).map_err(|error| Error::metadata(url, error))?)
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Box::new(lzma_rust2::XzReader::new(file, true)),
        [b'B', b'Z', b'h', ..] => return Err(Error::metadata(url, "bzip2 compression is not supported")),
        [0, b'Z', b'C', b'K', ..] => return Err(Error::metadata(url, "zchunk compression is not supported")),
        _ => Box::new(file),
    };
    let limit = open_size.unwrap_or(MAX_OPEN_SIZE);
    Ok(Box::new(Limited { reader, left: limit }))
}

/// Refuses to deliver more than was announced.
struct Limited<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.checked_sub(u64::try_from(count).unwrap_or(u64::MAX)) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(std::io::Error::other("the file unpacks to more than its repomd.xml announces")),
        }
    }
}
