//! `repomd.xml`: the list of a repository's metadata files.

use crate::xml::{Attr, Text, attribute};
use crate::{Error, Result};
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write as _;

/// One metadata file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// `primary`, `filelists`, `other`, `group`, `group_gz`, `origin`, `modules`, ...
    pub kind: String,
    /// Checksum of the file in hex.
    pub checksum: String,
    /// `sha256` for what we write.
    pub checksum_type: String,
    /// Checksum of the unpacked content.
    pub open_checksum: Option<String>,
    /// Checksum and size of the header that a zchunk file starts with.
    pub header: Option<(String, u64)>,
    /// Path relative to the repository.
    pub location: String,
    /// Seconds since the epoch.
    pub timestamp: u64,
    /// Bytes of the file, when known.
    pub size: Option<u64>,
    /// Bytes unpacked, when known.
    pub open_size: Option<u64>,
}

/// A repository's list of metadata files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repomd {
    /// Usually the time of writing.
    pub revision: String,
    /// The files in order.
    pub records: Vec<Record>,
}

impl Repomd {
    /// The record of a kind.
    pub fn record(&self, kind: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.kind == kind)
    }

    /// The file's text.
    pub fn to_xml(&self) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<repomd xmlns=\"http://linux.duke.edu/metadata/repo\" \
             xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n",
        );
        // A write to a String cannot fail.
        let _ = writeln!(out, "  <revision>{}</revision>", Text(&self.revision));
        for record in &self.records {
            let kind = Attr(&record.checksum_type);
            let _ = writeln!(out, "  <data type=\"{}\">", Attr(&record.kind));
            let _ = writeln!(out, "    <checksum type=\"{kind}\">{}</checksum>", Text(&record.checksum));
            if let Some(open) = &record.open_checksum {
                let _ = writeln!(out, "    <open-checksum type=\"{kind}\">{}</open-checksum>", Text(open));
            }
            if let Some((header, _)) = &record.header {
                let _ =
                    writeln!(out, "    <header-checksum type=\"{kind}\">{}</header-checksum>", Text(header));
            }
            let _ = writeln!(out, "    <location href=\"{}\"/>", Attr(&record.location));
            let _ = writeln!(out, "    <timestamp>{}</timestamp>", record.timestamp);
            if let Some(size) = record.size {
                let _ = writeln!(out, "    <size>{size}</size>");
            }
            if let Some(size) = record.open_size {
                let _ = writeln!(out, "    <open-size>{size}</open-size>");
            }
            if let Some((_, size)) = record.header {
                let _ = writeln!(out, "    <header-size>{size}</header-size>");
            }
            out.push_str("  </data>\n");
        }
        out.push_str("</repomd>\n");
        out
    }

    /// Reads the text of a repomd.xml that came from `url` (for messages). Unknown elements are passed over.
    ///
    /// Errors on what is no XML, no repomd, or lists a file without place or checksum.
    pub fn parse(text: &str, url: &str) -> Result<Self> {
        let bad = |reason: &dyn std::fmt::Display| Error::metadata(url, reason);
        let mut reader = quick_xml::Reader::from_str(text);
        let mut repomd = Self::default();
        let mut path: Vec<String> = Vec::new();
        loop {
            match reader.read_event().map_err(|error| bad(&error))? {
                Event::Start(element) => {
                    repomd.open(&path, &element, url)?;
                    path.push(element.name().0.to_owned());
                }
                Event::Empty(element) => repomd.open(&path, &element, url)?,
                Event::End(_) => {
                    path.pop();
                }
                Event::Text(value) => repomd.text(&path, value.trim()),
                Event::Eof => break,
                _ => {}
            }
        }
        if !path.is_empty() {
            return Err(bad(&"the file is cut off"));
        }
        let incomplete = |record: &&Record| record.location.is_empty() || record.checksum.is_empty();
        match repomd.records.iter().find(incomplete) {
            Some(record) => Err(bad(&format!("the entry {:?} has no location or checksum", record.kind))),
            None => Ok(repomd),
        }
    }

    fn open(&mut self, path: &[String], element: &BytesStart<'_>, url: &str) -> Result<()> {
        let value = |name: &str| -> Result<String> {
            Ok(attribute(element, name).map_err(|reason| Error::metadata(url, reason))?.unwrap_or_default())
        };
        match (path, element.name().0) {
            ([], "repomd") => {}
            ([], other) => return Err(Error::metadata(url, format!("this is <{other}>, not <repomd>"))),
            ([_], "data") => self.records.push(Record { kind: value("type")?, ..Record::default() }),
            ([_, data], name) if data == "data" => {
                let Some(record) = self.records.last_mut() else { return Ok(()) };
                match name {
                    "checksum" => record.checksum_type = value("type")?,
                    "location" => record.location = value("href")?,
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, path: &[String], value: &str) {
        match path {
            [_, name] if name == "revision" => self.revision.push_str(value),
            [_, data, name] if data == "data" => {
                let Some(record) = self.records.last_mut() else { return };
                match name.as_str() {
                    "checksum" => record.checksum.push_str(value),
                    "open-checksum" => record.open_checksum = Some(value.to_owned()),
                    "timestamp" => record.timestamp = value.parse().unwrap_or(0),
                    "size" => record.size = value.parse().ok(),
                    "open-size" => record.open_size = value.parse().ok(),
                    "header-checksum" => record.header.get_or_insert_default().0.push_str(value),
                    "header-size" => record.header.get_or_insert_default().1 = value.parse().unwrap_or(0),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
