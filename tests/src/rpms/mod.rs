//! Rpm files written in no time, for what needs thousands of them or odd ones.
//!
//! They have all that a repository or a hub reads of a package and true digests, but the payload of none of their files:
//! nothing can be installed from them.

mod header;
mod sample;

use std::path::{Path, PathBuf};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use self::header::Header;
pub use self::sample::sample;

/// A package. Empty texts are left out of the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rpm {
    pub name: String,
    pub epoch: Option<u32>,
    pub version: String,
    pub release: String,
    pub arch: String,
    /// File name of the source package; `None` makes this one.
    pub sourcerpm: Option<String>,
    pub summary: String,
    pub description: String,
    pub license: String,
    pub vendor: String,
    pub packager: String,
    pub group: String,
    pub url: String,
    pub buildhost: String,
    /// Seconds since the epoch.
    pub buildtime: u32,
    pub files: Vec<RpmFile>,
    pub relations: Vec<Relation>,
    /// Newest first.
    pub changelog: Vec<Change>,
    /// Bytes that no compression makes smaller, in place of a payload.
    pub payload: usize,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpmFile {
    /// With a slash at its start.
    pub path: String,
    /// Type and permissions.
    pub mode: u16,
    /// rpm's flags, such as [`GHOST`].
    pub flags: u32,
    pub size: u32,
}

pub const DIRECTORY: u16 = 0o040_755;
pub const REGULAR: u16 = 0o100_644;
pub const GHOST: u32 = 1 << 6;

/// Kinds of dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relates {
    Requires,
    Provides,
    Conflicts,
    Obsoletes,
    Recommends,
    Suggests,
    Supplements,
    Enhances,
}

impl Relates {
    pub const ALL: [Relates; 8] = [
        Relates::Requires,
        Relates::Provides,
        Relates::Conflicts,
        Relates::Obsoletes,
        Relates::Recommends,
        Relates::Suggests,
        Relates::Supplements,
        Relates::Enhances,
    ];

    /// Tags of names, flags and versions.
    fn tags(self) -> [u32; 3] {
        match self {
            Relates::Requires => [1049, 1048, 1050],
            Relates::Provides => [1047, 1112, 1113],
            Relates::Conflicts => [1054, 1053, 1055],
            Relates::Obsoletes => [1090, 1114, 1115],
            Relates::Recommends => [5046, 5048, 5047],
            Relates::Suggests => [5049, 5051, 5050],
            Relates::Supplements => [5052, 5054, 5053],
            Relates::Enhances => [5055, 5057, 5056],
        }
    }
}

/// A dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub kind: Relates,
    pub name: String,
    /// rpm's `RPMSENSE_*`.
    pub flags: u32,
    pub version: String,
}

/// An entry of a changelog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Seconds since the epoch.
    pub time: u32,
    pub author: String,
    pub text: String,
}

/// A written package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub path: PathBuf,
    /// Bytes.
    pub size: usize,
    /// MD5 of header and payload in hex: what Koji knows the package by.
    pub payloadhash: String,
}

impl Rpm {
    /// `src` for a source package.
    pub fn file_arch(&self) -> &str {
        if self.sourcerpm.is_some() { &self.arch } else { "src" }
    }

    pub fn file_name(&self) -> String {
        format!("{}-{}-{}.{}.rpm", self.name, self.version, self.release, self.file_arch())
    }

    /// Writes the file into a directory.
    pub fn write(&self, dir: &Path) -> std::io::Result<Written> {
        let payload = noise(self.payload, &self.name);
        let header = self.header(&payload).encode(63);
        let md5 = Md5::new().chain_update(&header).chain_update(&payload).finalize();
        let mut signature = Header::default();
        signature.text(269, &hex(&Sha1::digest(&header)));
        signature.text(273, &hex(&Sha256::digest(&header)));
        signature.words(1000, &[word(header.len() + payload.len())]);
        signature.bytes(1004, &md5);
        signature.words(1007, &[word(payload.len())]);
        let mut signature = signature.encode(62);
        signature.resize(signature.len().next_multiple_of(8), 0);
        let bytes = [self.lead(), signature, header, payload].concat();
        let path = dir.join(self.file_name());
        std::fs::write(&path, &bytes)?;
        Ok(Written { path, size: bytes.len(), payloadhash: hex(&md5) })
    }

    /// The 96 bytes that file(1) knows rpms by; nothing else reads more of them than the type.
    fn lead(&self) -> Vec<u8> {
        let kind = u8::from(self.sourcerpm.is_none());
        let mut lead = vec![0xed, 0xab, 0xee, 0xdb, 3, 0, 0, kind, 0, 1];
        lead.extend(self.name.bytes().take(65));
        lead.resize(76, 0);
        lead.extend([0, 1, 0, 5]);
        lead.resize(96, 0);
        lead
    }

    fn header(&self, payload: &[u8]) -> Header {
        let mut header = Header::default();
        header.texts(100, &["C"]);
        for (tag, text) in [
            (1000, &self.name),
            (1001, &self.version),
            (1002, &self.release),
            (1007, &self.buildhost),
            (1011, &self.vendor),
            (1014, &self.license),
            (1015, &self.packager),
            (1020, &self.url),
            (1022, &self.arch),
        ] {
            if !text.is_empty() {
                header.text(tag, text);
            }
        }
        for (tag, text) in [(1004, &self.summary), (1005, &self.description), (1016, &self.group)] {
            if !text.is_empty() {
                header.translated(tag, text);
            }
        }
        header.words(1003, self.epoch.as_slice());
        header.words(1006, &[self.buildtime]);
        header.words(1009, &[self.files.iter().fold(0_u32, |sum, file| sum.saturating_add(file.size))]);
        header.text(1021, "linux");
        match &self.sourcerpm {
            Some(name) => header.text(1044, name),
            None => header.words(1106, &[1]),
        }
        for (tag, text) in [(1064, "4.20.0"), (1124, "cpio"), (1125, "gzip"), (1126, "9")] {
            header.text(tag, text);
        }
        header.texts(5092, &[&hex(&Sha256::digest(payload))]);
        header.words(5093, &[8]);
        self.put_files(&mut header);
        self.put_relations(&mut header);
        let changes = &self.changelog;
        header.words(1080, &changes.iter().map(|c| c.time).collect::<Vec<_>>());
        header.texts(1081, &changes.iter().map(|c| c.author.as_str()).collect::<Vec<_>>());
        header.texts(1082, &changes.iter().map(|c| c.text.as_str()).collect::<Vec<_>>());
        header
    }

    fn put_files(&self, header: &mut Header) {
        let mut dirs: Vec<&str> = Vec::new();
        let (mut names, mut indexes) = (Vec::new(), Vec::new());
        for file in &self.files {
            let (dir, name) = file.path.split_at(file.path.rfind('/').map_or(0, |at| at + 1));
            let index = dirs.iter().position(|have| *have == dir).unwrap_or_else(|| {
                dirs.push(dir);
                dirs.len() - 1
            });
            names.push(name);
            indexes.push(word(index));
        }
        let count = self.files.len();
        header.texts(1117, &names);
        header.texts(1118, &dirs);
        header.words(1116, &indexes);
        header.words(1028, &self.files.iter().map(|f| f.size).collect::<Vec<_>>());
        header.halves(1030, &self.files.iter().map(|f| f.mode).collect::<Vec<_>>());
        header.halves(1033, &vec![0; count]);
        header.words(1034, &vec![self.buildtime; count]);
        header.words(1037, &self.files.iter().map(|f| f.flags).collect::<Vec<_>>());
        for (tag, text) in [(1035, ""), (1036, ""), (1039, "root"), (1040, "root"), (1097, "")] {
            header.texts(tag, &vec![text; count]);
        }
        header.words(1045, &vec![u32::MAX; count]);
        header.words(1095, &vec![1; count]);
        header.words(1096, &(1..=word(count)).collect::<Vec<_>>());
    }

    fn put_relations(&self, header: &mut Header) {
        for kind in Relates::ALL {
            let of_kind: Vec<&Relation> = self.relations.iter().filter(|r| r.kind == kind).collect();
            let [names, flags, versions] = kind.tags();
            header.texts(names, &of_kind.iter().map(|r| r.name.as_str()).collect::<Vec<_>>());
            header.words(flags, &of_kind.iter().map(|r| r.flags).collect::<Vec<_>>());
            header.texts(versions, &of_kind.iter().map(|r| r.version.as_str()).collect::<Vec<_>>());
        }
    }
}

/// Bytes of a linear congruential generator: the same for the same seed.
fn noise(count: usize, seed: &str) -> Vec<u8> {
    let mut state = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..count).map(|_| next()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn word(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Run, command};

    /// rpm checks structure and digests.
    #[test]
    fn rpm_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let [source, binary] = [0, 1].map(|part| sample(7, 1, part).write(dir.path()).unwrap());
        for file in [&source.path, &binary.path] {
            let mut check = command("rpm", ["--checksig", "--nosignature"]);
            check.arg(file);
            Run::of(check).unwrap().ok().unwrap().says(&["digests OK"]).unwrap();
        }
        let query = ["-qp", "--qf", "%{nvra} %{sigmd5} %{sourcerpm}\n[%{filenames} ]\n[%{requirenevrs} ]\n"];
        let mut query = command("rpm", query);
        query.arg(&binary.path);
        let text = Run::of(query).unwrap().ok().unwrap().stdout;
        let nvra = "sample-00007-part1-1.0-1.x86_64";
        assert!(
            text.starts_with(&format!("{nvra} {} sample-00007-1.0-1.src.rpm\n", binary.payloadhash)),
            "{text}"
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].split_whitespace().count(), 40, "{text}");
        assert!(lines[2].contains("sample-00006-part1 >= 1.0"), "{text}");
    }
}
