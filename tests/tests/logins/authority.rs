//! Certificates made for the test.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use time::{Duration, OffsetDateTime};

pub struct Authority {
    dir: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// Days from now between which a certificate is valid.
pub type Days = (i64, i64);
pub const VALID: Days = (-10, 300);
pub const ENDED: Days = (-300, -10);

impl Authority {
    pub fn new(dir: &Path) -> Authority {
        fs::create_dir_all(dir).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // both authorities of the test have the same name: the key is what counts
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Authority { dir: dir.to_path_buf(), issuer };
        fs::write(authority.file(), authority.issuer.pem()).unwrap();
        authority
    }

    pub fn file(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// Certificate and key of a server, in one file.
    pub fn server(&self, host: &str) -> PathBuf {
        self.issue(host, vec![host.to_owned()], &[(DnType::CommonName, host)], VALID)
    }

    /// Certificate and key of a client with that subject, the most general part first, in one file.
    pub fn client(&self, file: &str, subject: &[(DnType, &str)], days: Days) -> PathBuf {
        self.issue(file, Vec::new(), subject, days)
    }

    fn issue(&self, file: &str, names: Vec<String>, subject: &[(DnType, &str)], days: Days) -> PathBuf {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in subject {
            params.distinguished_name.push(kind.clone(), *value);
        }
        params.not_before = OffsetDateTime::now_utc() + Duration::days(days.0);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(days.1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = self.dir.join(format!("{file}.pem"));
        fs::write(&path, certificate.pem() + &key.serialize_pem()).unwrap();
        path
    }
}
