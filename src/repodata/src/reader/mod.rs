//! Reading the package files of a repository, one `<package>` at a time.
//!
//! Files are never held in memory as a whole: those of a distribution unpack to a gigabyte. Each element is given
//! out as XML again, with its location made absolute where asked, and for primary with what merging needs to know.
//!
//! There are two ways through an element. The slow one, with a full parser, knows all of XML that may occur and finds
//! what is wrong. The quick one ([`plain`]) copies elements of the usual form, which are nearly all; where it gives
//! up, the slow one begins at the same place.

mod facts;
mod plain;
#[cfg(test)]
mod tests;
mod window;

use crate::xml::{Attr, resolve};
use crate::{Error, Result};
use facts::Facts;
use memchr::memmem::Finder;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, Read};
use window::Window;

/// Most bytes of one package's element. The largest known (file lists of texlive and kernel packages) are a tenth
/// of it.
const MAX_ELEMENT: usize = 256 << 20;

/// Most bytes of an element that is held in memory to be read the quick way. Few are larger.
const MAX_PLAIN: usize = 4 << 20;

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

    /// The inside of the location's tag with `base`. `None` when it has a base already.
    fn location_tag(&self, base: &str) -> Option<String> {
        let href = Attr(&self.location);
        self.base.is_none().then(|| format!("location xml:base=\"{}\" href=\"{href}\"", Attr(base)))
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
    let (mut element, mut packages) = (Element::default(), Vec::new());
    while elements.next(&mut element)? {
        packages.push(std::mem::take(&mut element.info));
    }
    Ok(packages)
}

/// The packages of one metadata file.
pub(crate) struct Elements<'a, R> {
    reader: Reader<Window<R>>,
    buffer: Vec<u8>,
    package_end: Finder<'static>,
    url: &'a str,
    base: Option<&'a str>,
    with_xml: bool,
    in_root: bool,
}

impl<'a, R: Read> Elements<'a, R> {
    /// Reads `input`, which came from `url` (for messages). Locations without `xml:base` get `base`.
    pub(crate) fn new(input: R, url: &'a str, base: Option<&'a str>) -> Self {
        Self::looking_ahead(input, url, base, MAX_PLAIN)
    }

    /// Elements of more than `most` bytes go the slow way.
    fn looking_ahead(input: R, url: &'a str, base: Option<&'a str>, most: usize) -> Self {
        let reader = Reader::from_reader(Window::new(input, most));
        let package_end = Finder::new("</package>");
        Self { reader, buffer: Vec::new(), package_end, url, base, with_xml: true, in_root: false }
    }

    /// Gives out what the elements say, not the elements.
    pub(crate) fn without_xml(mut self) -> Self {
        self.with_xml = false;
        self
    }

    /// Reads the next package into `element`, in place of what is there. `false` at the end of the file.
    ///
    /// Errors on what is no list of packages, is cut off or cannot be read.
    pub(crate) fn next(&mut self, element: &mut Element) -> Result<bool> {
        element.xml.clear();
        if self.in_root && self.plain(element)? {
            return Ok(true);
        }
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
                Event::Empty(_) if !self.in_root => return Ok(false),
                Event::Start(start) if start.name().0 == "package" => {
                    let mut copy = Copy::new(self.url, self.base, self.with_xml, element);
                    copy.start(&start, false)?;
                    return self.package(copy).map(|()| true);
                }
                Event::Start(start) => {
                    let end = start.to_end().into_owned();
                    self.reader
                        .read_to_end_into(end.name(), &mut Vec::new())
                        .map_err(|error| Error::metadata(self.url, error))?;
                }
                Event::Empty(start) if start.name().0 == "package" => {
                    Copy::new(self.url, self.base, self.with_xml, element).start(&start, true)?;
                    return Ok(true);
                }
                Event::End(_) => return Ok(false),
                Event::DocType(_) => return Err(Error::metadata(self.url, "document types are not allowed")),
                Event::Eof if self.in_root => return Err(Error::metadata(self.url, "the file is cut off")),
                Event::Eof => return Err(Error::metadata(self.url, "the file is empty")),
                _ => {}
            }
        }
    }

    /// Reads the next package when it follows at once and is plain. `false`, with nothing consumed, when not.
    ///
    /// To be called behind a tag: the parser, which does not notice what is consumed here, must not be within one.
    fn plain(&mut self, element: &mut Element) -> Result<bool> {
        let window = self.reader.get_mut();
        let bytes = window.ahead(&self.package_end);
        let Some(bytes) = bytes.map_err(|error| Error::metadata(self.url, quick_xml::Error::from(error)))?
        else {
            return Ok(false);
        };
        let length = bytes.len();
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim_start();
        let Some(plain) = plain::read(text, Facts::new(&mut element.info)) else {
            window.refuse(length);
            return Ok(false);
        };
        if self.with_xml {
            let location = self.base.and_then(|base| element.info.location_tag(base));
            plain.write(text, location.as_deref(), &mut element.xml);
        }
        window.consume(length);
        Ok(true)
    }

    fn package(&mut self, mut copy: Copy<'_>) -> Result<()> {
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
                    if copy.facts.are_complete() {
                        copy.write("\n");
                        return Ok(());
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
            if copy.xml.len() > MAX_ELEMENT {
                return Err(Error::metadata(
                    self.url,
                    format!("the package {} is too large", copy.facts.info.name),
                ));
            }
        }
    }
}

fn is_foreign(start: &BytesStart<'_>) -> bool {
    start.name().0.split_once(':').is_some_and(|(prefix, _)| prefix != "rpm")
}

/// Writes an element again while looking at it.
struct Copy<'a> {
    url: &'a str,
    base: Option<&'a str>,
    with_xml: bool,
    xml: &'a mut String,
    facts: Facts<'a>,
}

impl<'a> Copy<'a> {
    fn new(url: &'a str, base: Option<&'a str>, with_xml: bool, element: &'a mut Element) -> Self {
        Self { url, base, with_xml, xml: &mut element.xml, facts: Facts::new(&mut element.info) }
    }

    fn write(&mut self, text: &str) {
        if self.with_xml {
            self.xml.push_str(text);
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<()> {
        let is_location =
            self.facts.start(start, empty).map_err(|reason| Error::metadata(self.url, reason))?;
        let tag = self.base.filter(|_| is_location).and_then(|base| self.facts.info.location_tag(base));
        self.write("<");
        self.write(tag.as_deref().unwrap_or(start));
        self.write(if empty { "/>" } else { ">" });
        Ok(())
    }

    fn end(&mut self, name: &str) {
        self.write("</");
        self.write(name);
        self.write(">");
        self.facts.end();
    }

    fn text(&mut self, raw: &str, value: &str) {
        self.write(raw);
        self.facts.text(value);
    }
}
