//! Reading the package files of a repository, one `<package>` at a time.
//!
//! Files are never held in memory as a whole: those of a distribution unpack to a gigabyte. Each element is given
//! out as XML again, with its location made absolute where asked, and for primary with what merging needs to know.

use crate::xml::{Attr, attribute, resolve};
use crate::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::BufRead;

/// Most bytes of one package's element. The largest known (file lists of texlive and kernel packages) are a tenth
/// of it.
const MAX_ELEMENT: usize = 256 << 20;

/// What primary says of a package, as far as merging needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageInfo {
    /// Checksum of the rpm; the id that joins the three files.
    pub pkgid: String,
    /// Name.
    pub name: String,
    /// Architecture.
    pub arch: String,
    /// Epoch as written, usually `0`.
    pub epoch: String,
    /// Version.
    pub version: String,
    /// Release.
    pub release: String,
    /// File name of the source package; empty for source packages.
    pub sourcerpm: String,
    /// Path of the rpm, relative to the repository or its base.
    pub location: String,
    /// `xml:base` of the location.
    pub base: Option<String>,
}

impl PackageInfo {
    /// `N-V-R.A`.
    pub fn nvra(&self) -> String {
        format!("{}-{}-{}.{}", self.name, self.version, self.release, self.arch)
    }
}

/// One package of a metadata file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// The element as XML, ending in a line end.
    pub xml: String,
    /// What it says; only `pkgid`, `name`, `arch` and version for filelists and other.
    pub info: PackageInfo,
}

/// Reads the packages of a primary file's text, for programs that want to look at a repository.
pub fn read_packages(primary: impl BufRead, url: &str) -> Result<Vec<PackageInfo>> {
    let mut elements = Elements::new(primary, url, None).without_xml();
    let mut packages = Vec::new();
    while let Some(element) = elements.next()? {
        packages.push(element.info);
    }
    Ok(packages)
}

/// The packages of one metadata file.
pub(crate) struct Elements<'a, R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    url: &'a str,
    base: Option<&'a str>,
    with_xml: bool,
    in_root: bool,
}

impl<'a, R: BufRead> Elements<'a, R> {
    /// Reads `input`, which came from `url` (for messages). Locations without `xml:base` get `base`.
    pub(crate) fn new(input: R, url: &'a str, base: Option<&'a str>) -> Self {
        let reader = Reader::from_reader(input);
        Self { reader, buffer: Vec::new(), url, base, with_xml: true, in_root: false }
    }

    /// Gives out what the elements say, not the elements.
    pub(crate) fn without_xml(mut self) -> Self {
        self.with_xml = false;
        self
    }

    /// The next package, `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Element>> {
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| Error::metadata(self.url, error))? {
                Event::Start(start) if !self.in_root => {
                    if !matches!(start.name().0, "metadata" | "filelists" | "otherdata") {
                        let reason = format!("this is <{}>, no list of packages", start.name().0);
                        return Err(Error::metadata(self.url, reason));
                    }
                    self.in_root = true;
                }
                Event::Empty(_) if !self.in_root => return Ok(None),
                Event::Start(start) if start.name().0 == "package" => {
                    let mut copy = Copy::new(self.url, self.base, self.with_xml);
                    copy.start(&start, false)?;
                    return self.package(copy).map(Some);
                }
                Event::Start(start) => {
                    let end = start.to_end().into_owned();
                    self.reader
                        .read_to_end_into(end.name(), &mut Vec::new())
                        .map_err(|error| Error::metadata(self.url, error))?;
                }
                Event::Empty(start) if start.name().0 == "package" => {
                    let mut copy = Copy::new(self.url, self.base, self.with_xml);
                    copy.start(&start, true)?;
                    return Ok(Some(copy.element));
                }
                Event::End(_) => return Ok(None),
                Event::DocType(_) => return Err(Error::metadata(self.url, "document types are not allowed")),
                Event::Eof if self.in_root => return Err(Error::metadata(self.url, "the file is cut off")),
                Event::Eof => return Err(Error::metadata(self.url, "the file is empty")),
                _ => {}
            }
        }
    }

    fn package(&mut self, mut copy: Copy<'_>) -> Result<Element> {
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| Error::metadata(self.url, error))? {
                // Elements of namespaces that our root element does not declare (SUSE has some) are left out.
                Event::Start(start) if is_foreign(&start) => {
                    let end = start.to_end().into_owned();
                    self.reader
                        .read_to_end_into(end.name(), &mut Vec::new())
                        .map_err(|error| Error::metadata(self.url, error))?;
                }
                Event::Empty(start) if is_foreign(&start) => {}
                Event::Start(start) => copy.start(&start, false)?,
                Event::Empty(start) => copy.start(&start, true)?,
                Event::End(end) => {
                    copy.end(end.name().0);
                    if copy.path.is_empty() {
                        copy.write("\n");
                        return Ok(copy.element);
                    }
                }
                Event::Text(text) => copy.text(&text, &text),
                Event::CData(text) => copy.text(&crate::xml::Text(&text).to_string(), &text),
                Event::GeneralRef(reference) => {
                    let c = resolve(&reference).map_err(|reason| Error::metadata(self.url, reason))?;
                    copy.text(&format!("&{};", &*reference), c.encode_utf8(&mut [0; 4]));
                }
                Event::Eof => return Err(Error::metadata(self.url, "the file is cut off")),
                _ => {}
            }
            if copy.element.xml.len() > MAX_ELEMENT {
                return Err(Error::metadata(
                    self.url,
                    format!("the package {} is too large", copy.element.info.name),
                ));
            }
        }
    }
}

fn is_foreign(start: &BytesStart<'_>) -> bool {
    start.name().0.split_once(':').is_some_and(|(prefix, _)| prefix != "rpm")
}

/// The elements whose text is of interest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Name,
    Arch,
    Checksum,
    Format,
    SourceRpm,
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name {
            "name" => Self::Name,
            "arch" => Self::Arch,
            "checksum" => Self::Checksum,
            "format" => Self::Format,
            "rpm:sourcerpm" => Self::SourceRpm,
            _ => Self::Other,
        }
    }
}

/// Writes an element again while looking at it.
struct Copy<'a> {
    url: &'a str,
    base: Option<&'a str>,
    with_xml: bool,
    /// Those that are open, from the package itself.
    path: Vec<Tag>,
    element: Element,
}

impl<'a> Copy<'a> {
    fn new(url: &'a str, base: Option<&'a str>, with_xml: bool) -> Self {
        Self { url, base, with_xml, path: Vec::new(), element: Element::default() }
    }

    fn write(&mut self, text: &str) {
        if self.with_xml {
            self.element.xml.push_str(text);
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<()> {
        let depth = self.path.len();
        let url = self.url;
        let value = |name: &str| -> Result<String> {
            Ok(attribute(start, name).map_err(|reason| Error::metadata(url, reason))?.unwrap_or_default())
        };
        let mut base = String::new();
        let info = &mut self.element.info;
        match (depth, start.name().0) {
            (0, _) => {
                info.pkgid = value("pkgid")?;
                info.name = value("name")?;
                info.arch = value("arch")?;
            }
            (1, "version") => {
                info.epoch = value("epoch")?;
                info.version = value("ver")?;
                info.release = value("rel")?;
            }
            (1, "location") => {
                info.location = value("href")?;
                info.base = Some(value("xml:base")?).filter(|base| !base.is_empty());
                if let (None, Some(wanted)) = (&info.base, self.base) {
                    base = format!(" xml:base=\"{}\"", Attr(wanted));
                }
            }
            _ => {}
        }
        self.write("<");
        if base.is_empty() {
            self.write(start);
        } else {
            let href = Attr(&self.element.info.location).to_string();
            self.write(&format!("location{base} href=\"{href}\""));
        }
        self.write(if empty { "/>" } else { ">" });
        if !empty {
            self.path.push(Tag::of(start.name().0));
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.write("</");
        self.write(name);
        self.write(">");
        self.path.pop();
    }

    fn text(&mut self, raw: &str, value: &str) {
        self.write(raw);
        let info = &mut self.element.info;
        let field = match self.path.as_slice() {
            [_, Tag::Name] => &mut info.name,
            [_, Tag::Arch] => &mut info.arch,
            [_, Tag::Checksum] => &mut info.pkgid,
            [_, Tag::Format, Tag::SourceRpm] => &mut info.sourcerpm,
            _ => return,
        };
        field.push_str(value);
    }
}
