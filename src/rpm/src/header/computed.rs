//! Where a tag's value comes from: the main header, the signature header, or a computation over other tags.

use super::field::Field;
use super::{RpmFile, tags};
use crate::package::files;

/// The number under which rpm shows a tag of the signature header; `None` for those that it hides.
pub(super) fn merged_number(signature_tag: u32) -> Option<u32> {
    match signature_tag {
        1000 => Some(tags::SIGSIZE),
        1002 => Some(tags::SIGPGP),
        1004 => Some(tags::SIGMD5),
        1005 => Some(tags::SIGGPG),
        1007 => Some(tags::ARCHIVESIZE),
        256..1000 => Some(signature_tag),
        _ => None,
    }
}

pub(super) fn field(rpm: &RpmFile, number: u32) -> Field {
    if let Some(field) = computed(rpm, number) {
        return field;
    }
    let array = tags::by_number(number).is_some_and(|tag| tag.array);
    if let Some(data) = rpm.header.data(number) {
        return Field::shape(Some(data), array);
    }
    let signature_tag = rpm.signature.tags().find(|tag| merged_number(*tag) == Some(number));
    Field::shape(signature_tag.and_then(|tag| rpm.signature.data(tag)), array)
}

fn computed(rpm: &RpmFile, number: u32) -> Option<Field> {
    let header = &rpm.header;
    let part = |tag| header.string(tag).unwrap_or_default();
    let nvr = || format!("{}-{}-{}", part(tags::NAME), part(tags::VERSION), part(tags::RELEASE));
    let epoch = || header.int(tags::EPOCH).map(|epoch| format!("{epoch}:")).unwrap_or_default();
    let nevr = || format!("{}-{}{}-{}", part(tags::NAME), epoch(), part(tags::VERSION), part(tags::RELEASE));
    Some(match number {
        tags::FILENAMES => Field::Texts(files::names(header)),
        tags::FILECLASS => Field::Texts(classes(rpm)),
        tags::LONGSIZE => long(rpm, tags::LONGSIZE, tags::SIZE),
        tags::LONGARCHIVESIZE => long(rpm, tags::LONGARCHIVESIZE, tags::ARCHIVESIZE),
        tags::LONGSIGSIZE => long(rpm, tags::LONGSIGSIZE, tags::SIGSIZE),
        tags::LONGFILESIZES => Field::Ints(files::sizes(header)),
        tags::EPOCHNUM => Field::Int(header.int(tags::EPOCH).unwrap_or(0)),
        tags::EVR => Field::Text(format!("{}{}-{}", epoch(), part(tags::VERSION), part(tags::RELEASE))),
        tags::NVR => Field::Text(nvr()),
        tags::NVRA => Field::Text(format!("{}.{}", nvr(), part(tags::ARCH))),
        tags::NEVR => Field::Text(nevr()),
        tags::NEVRA => Field::Text(format!("{}.{}", nevr(), part(tags::ARCH))),
        _ => return None,
    })
}

/// The 64-bit tag, or its 32-bit sibling.
fn long(rpm: &RpmFile, long: u32, short: u32) -> Field {
    match rpm.header.int(long).or_else(|| rpm.signature.int(long)) {
        Some(value) => Field::Int(value),
        None => field(rpm, short),
    }
}

/// What `file` said of each file when the package was built; for what it said nothing of, the kind of file, worded
/// as rpm words it.
fn classes(rpm: &RpmFile) -> Vec<String> {
    let header = &rpm.header;
    let dictionary = header.strings(tags::CLASSDICT);
    let mut modes = header.ints(tags::FILEMODES).into_iter();
    let mut links = header.strings(tags::FILELINKTOS).into_iter();
    header
        .ints(tags::FILECLASS)
        .into_iter()
        .map(|index| {
            let (mode, link) = (modes.next().unwrap_or(0), links.next().unwrap_or_default());
            let class = usize::try_from(index)
                .ok()
                .and_then(|at| dictionary.get(at))
                .filter(|class| !class.is_empty());
            match (class, mode & 0o170_000) {
                (Some(class), _) => class.clone(),
                (None, 0o120_000) => format!("symbolic link to `{link}'"),
                (None, 0o040_000) => "directory".to_owned(),
                (None, 0o060_000) => "block special".to_owned(),
                (None, 0o020_000) => "character special".to_owned(),
                (None, 0o010_000) => "fifo (named pipe)".to_owned(),
                (None, 0o140_000) => "socket".to_owned(),
                (None, _) => String::new(),
            }
        })
        .collect()
}
