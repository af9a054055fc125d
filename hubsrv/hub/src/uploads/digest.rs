//! Checksums that uploads are verified with.

use adler2::Adler32;
use koji_api::Fault;
use md5::Md5;
use sha2::{Digest as _, Sha256};

/// A checksum in the making.
pub enum Digest {
    /// None was asked for.
    None,
    Md5(Md5),
    Adler32(Adler32),
    Sha256(Sha256),
}

impl Digest {
    /// `md5`, `adler32`, `sha256`, or nothing.
    pub fn named(name: &str) -> Result<Digest, Fault> {
        match name {
            "" => Ok(Digest::None),
            "md5" => Ok(Digest::Md5(Md5::new())),
            "adler32" => Ok(Digest::Adler32(Adler32::new())),
            "sha256" => Ok(Digest::Sha256(Sha256::new())),
            other => Err(Fault::generic(format!("Unsupported verify type: {other}"))),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Digest::None => {}
            Digest::Md5(d) => d.update(bytes),
            Digest::Adler32(d) => d.write_slice(bytes),
            Digest::Sha256(d) => d.update(bytes),
        }
    }

    /// In hexadecimal; `None` when none was asked for.
    pub fn finish(self) -> Option<String> {
        match self {
            Digest::None => None,
            Digest::Md5(d) => Some(hex::encode(d.finalize())),
            Digest::Adler32(d) => Some(format!("{:08x}", d.checksum())),
            Digest::Sha256(d) => Some(hex::encode(d.finalize())),
        }
    }

    /// Of `bytes` in one go.
    pub fn of(mut self, bytes: &[u8]) -> Option<String> {
        self.update(bytes);
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_known_ones() {
        let of = |name| Digest::named(name).unwrap().of(b"hello");
        assert_eq!(of("md5").unwrap(), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(of("adler32").unwrap(), "062c0215");
        assert!(of("sha256").unwrap().starts_with("2cf24dba5fb0a30e"));
        assert_eq!(of(""), None);
        let fault = Digest::named("bogus").err().map(|f| f.message);
        assert_eq!(fault.as_deref(), Some("Unsupported verify type: bogus"));
    }
}
