//! The lead, signature header and main header of an rpm file.
//!
//! [`RpmFile`] reads them from the front of a file, without the payload. Fields are addressed by tag number
//! ([`RpmFile::tag`]) or by name as Koji's `getRPMHeaders` does ([`RpmFile::field`]); [`crate::Package`] has the
//! usual ones typed.

mod computed;
mod field;
pub mod raw;
pub mod tags;

pub use field::Field;
pub use raw::{Data, Header};

use crate::{Error, Result};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Length of the lead in bytes; the signature header follows it.
pub const LEAD_SIZE: u64 = 96;
const LEAD_MAGIC: [u8; 4] = [0xed, 0xab, 0xee, 0xdb];

/// The headers of one rpm file.
#[derive(Debug, Clone)]
pub struct RpmFile {
    /// The signature header, without its padding.
    pub signature: Header,
    /// The main header.
    pub header: Header,
    /// Offset of the main header's first byte in the file.
    pub header_start: u64,
    /// Offset of the byte after the main header: where the payload starts.
    pub header_end: u64,
}

impl RpmFile {
    /// Reads the headers of the rpm file at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        Self::read(&mut BufReader::with_capacity(64 * 1024, file)).map_err(|error| error.in_file(path))
    }

    /// Reads the headers from the start of an rpm; the reader then stands (unless it reads ahead) at the payload.
    pub fn read(reader: &mut impl Read) -> Result<Self> {
        let mut lead = [0u8; 96];
        reader.read_exact(&mut lead).map_err(|_| Error::header("the file is shorter than an rpm's lead"))?;
        if !lead.starts_with(&LEAD_MAGIC) {
            return Err(Error::header("this is not an rpm file (bad magic)"));
        }
        let signature = Header::read(reader, raw::MAX_SIGNATURE_DATA)?;
        let padding = signature.padding();
        let mut pad = [0u8; 8];
        if let Some(pad) = pad.get_mut(..padding) {
            reader.read_exact(pad).map_err(|_| Error::header("the file ends in the signature header"))?;
        }
        let header = Header::read(reader, raw::MAX_HEADER_DATA)?;
        let header_start = LEAD_SIZE + to_u64(signature.bytes().len() + padding);
        let header_end = header_start + to_u64(header.bytes().len());
        Ok(Self { signature, header, header_start, header_end })
    }

    /// A field by tag number, shaped as rpm's Python binding gives it: a list where rpm declares an array, the
    /// first value where it declares a scalar, [`Field::Nil`] or an empty list where there is none. The signature
    /// header's tags appear under the numbers that rpm maps them to; tags that rpm computes are computed.
    pub fn tag(&self, number: u32) -> Field {
        computed::field(self, number)
    }

    /// A field by name (any case), by the rules of Koji's `getRPMHeaders`: the `LONG…` variant stands in for an
    /// absent `SIZE`, `ARCHIVESIZE`, `FILESIZES`, `SIGSIZE`, and binary values that are UTF-8 become text, except
    /// for names starting in `SIG` or ending in `HEADER`.
    ///
    /// Errors with "No such rpm header field" for a name that rpm does not know.
    pub fn field(&self, name: &str) -> Result<Field> {
        let name = name.to_uppercase();
        let tag = tags::by_name(&name).ok_or_else(|| Error::NoSuchField(name.clone()))?;
        let mut field = self.tag(tag.number);
        if field.is_empty()
            && matches!(tag.name, "SIZE" | "ARCHIVESIZE" | "FILESIZES" | "SIGSIZE")
            && let Some(long) = tags::by_name(&format!("LONG{}", tag.name))
        {
            field = self.tag(long.number);
        }
        if name.starts_with("SIG") || name.ends_with("HEADER") { Ok(field) } else { Ok(field.decoded()) }
    }

    /// [`RpmFile::field`], where `arch` of a source package is `src`, or `nosrc` when sources or patches are left
    /// out of it.
    pub fn field_src_arch(&self, name: &str) -> Result<Field> {
        if name.eq_ignore_ascii_case("arch") && self.is_source() {
            let nosrc = !self.tag(tags::NOSOURCE).is_empty() || !self.tag(tags::NOPATCH).is_empty();
            return Ok(Field::Text(if nosrc { "nosrc" } else { "src" }.to_owned()));
        }
        self.field(name)
    }

    /// Every field that the file holds and rpm has a name for, by ascending tag number.
    pub fn fields(&self) -> Vec<(&'static str, Field)> {
        let mut numbers: Vec<u32> = self.header.tags().filter(|tag| *tag > tags::LAST_REGION).collect();
        numbers.extend(self.signature.tags().filter_map(computed::merged_number));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .filter_map(tags::by_number)
            .filter_map(|tag| Some((tag.name, self.field(tag.name).ok()?)))
            .collect()
    }

    /// Whether this is a source package.
    pub fn is_source(&self) -> bool {
        self.header.int(tags::SOURCEPACKAGE).is_some_and(|value| value != 0)
            // Packages of rpm before 4.6 have no SOURCEPACKAGE; what they all have is SOURCERPM, in binaries only.
            || (self.header.data(tags::SOURCERPM).is_none() && self.header.data(tags::RPMVERSION).is_some())
    }

    /// Hex digest `sigmd5` of header and payload, as the signature header gives it.
    pub fn sigmd5(&self) -> Option<String> {
        self.tag(tags::SIGMD5).into_bytes().map(hex::encode)
    }

    /// What Koji identifies an rpm by (`payloadhash`): the sigmd5, or for packages without one (rpm 6) the best
    /// header digest with a label, such as `sha256::<hex>`. Errors when the file has none.
    pub fn payloadhash(&self) -> Result<String> {
        if let Some(md5) = self.sigmd5() {
            return Ok(md5);
        }
        [("sha3-256", tags::SHA3_256HEADER), ("sha256", tags::SHA256HEADER), ("sha1", tags::SHA1HEADER)]
            .into_iter()
            .find_map(|(label, tag)| Some(format!("{label}::{}", self.tag(tag).into_text()?)))
            .ok_or_else(|| Error::header("the header holds no digest that could identify the package"))
    }
}

pub(crate) fn to_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
