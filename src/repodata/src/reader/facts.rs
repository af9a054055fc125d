//! What an element says of its package, gathered while the element is read.

use super::PackageInfo;
use crate::xml::attribute;
use quick_xml::events::BytesStart;

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

/// Takes the parts of a `<package>` element one after the other.
pub(super) struct Facts<'a> {
    /// What was said so far.
    pub info: &'a mut PackageInfo,
    /// Those that are open, from the package itself.
    path: Vec<Tag>,
}

impl<'a> Facts<'a> {
    /// Puts what the element says into `info`, in place of what is there.
    pub(super) fn new(info: &'a mut PackageInfo) -> Self {
        *info = PackageInfo::default();
        Self { info, path: Vec::new() }
    }

    /// Takes a start tag; `empty` for one that is the end as well. Returns whether it is the location.
    ///
    /// The error, on attributes that cannot be read, is a reason without place.
    pub(super) fn start(&mut self, start: &BytesStart<'_>, empty: bool) -> Result<bool, String> {
        let value = |name: &str| Ok::<_, String>(attribute(start, name)?.unwrap_or_default());
        let info = &mut *self.info;
        let name = start.name().0;
        let mut is_location = false;
        match (self.path.len(), name) {
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
                is_location = true;
            }
            _ => {}
        }
        if !empty {
            self.path.push(Tag::of(name));
        }
        Ok(is_location)
    }

    /// Takes an end tag.
    pub(super) fn end(&mut self) {
        self.path.pop();
    }

    /// Whether the end tag was that of the package.
    pub(super) fn are_complete(&self) -> bool {
        self.path.is_empty()
    }

    /// Takes unescaped text, or a piece of it.
    pub(super) fn text(&mut self, value: &str) {
        let info = &mut *self.info;
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
