//! Checksums of files.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The digests Koji stores for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecksumKind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

/// A checksum a file is expected to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    pub kind: ChecksumKind,
    /// In hexadecimal, of either case.
    pub hex: String,
}

impl FromStr for ChecksumKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "md5" => ChecksumKind::Md5,
            "sha1" => ChecksumKind::Sha1,
            "sha256" => ChecksumKind::Sha256,
            "sha512" => ChecksumKind::Sha512,
            _ => return Err(format!("{name:?} is no known type of checksum")),
        })
    }
}

impl ChecksumKind {
    /// The digest of a file, in lower-case hexadecimal. Reads the whole file, blocking.
    pub fn of_file(self, path: &Path) -> std::io::Result<String> {
        match self {
            ChecksumKind::Md5 => digest::<Md5>(path),
            ChecksumKind::Sha1 => digest::<Sha1>(path),
            ChecksumKind::Sha256 => digest::<Sha256>(path),
            ChecksumKind::Sha512 => digest::<Sha512>(path),
        }
    }
}

impl Checksum {
    /// `Err` says what is wrong with the file.
    pub fn verify(&self, path: &Path) -> Result<(), String> {
        let found = self.kind.of_file(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        if found.eq_ignore_ascii_case(&self.hex) {
            Ok(())
        } else {
            Err(format!("its {:?} checksum is {found}, not {}", self.kind, self.hex))
        }
    }
}

fn digest<D: Digest>(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = D::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(digest.finalize().as_slice()));
        }
        digest.update(buffer.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "hello").unwrap();
        for (name, hex) in [
            ("md5", "5d41402abc4b2a76b9719d911017c592"),
            ("sha1", "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"),
            ("sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ] {
            let checksum = Checksum { kind: name.parse().unwrap(), hex: hex.into() };
            assert_eq!(checksum.verify(&path), Ok(()));
        }
        let wrong = Checksum { kind: ChecksumKind::Sha512, hex: "00".into() };
        assert!(wrong.verify(&path).unwrap_err().contains("not 00"));
        assert!("crc32".parse::<ChecksumKind>().is_err());
    }
}
