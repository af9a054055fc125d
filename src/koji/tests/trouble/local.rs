//! Set-ups that are broken on this machine: configuration, certificate files, disk, programs.

use crate::run::SetUp;
use crate::servers::*;

fn working(more: &str) -> SetUp {
    let address = http(good_hub());
    SetUp::profile(&format!(
        "server = http://{address}/kojihub\ntopurl = http://{address}/\nauthtype = noauth\n{more}"
    ))
}

#[test]
fn a_set_up_that_works() {
    let (findings, status) = working("").findings();
    assert_eq!(status, 0, "{findings:#?}");
    assert!(findings.iter().all(|f| f[1] != "failed"), "{findings:#?}");
    for check in ["profile", "dns", "tcp", "hub", "clock", "version", "files"] {
        assert!(findings.iter().any(|f| f[0] == check && f[1] == "ok"), "{check}: {findings:#?}");
    }
}

#[test]
fn configuration_file_missing() {
    SetUp::profile("")
        .arg("-c")
        .arg("/nonexistent/koji.conf")
        .fails("profile", &["/nonexistent/koji.conf", "--config"]);
}

#[test]
fn configuration_directory_empty() {
    let set_up = SetUp::profile("");
    let dir = set_up.home().join("conf.d");
    std::fs::create_dir(&dir).unwrap();
    set_up.arg("-c").arg(dir.display()).fails("profile", &["No config files found", ".conf"]);
}

#[test]
fn profile_misspelt() {
    let set_up =
        SetUp::config("[fedora]\nserver = http://localhost/\n[stream]\nserver = http://localhost/\n");
    set_up.arg("-p").arg("fedroa").fails("profile", &["fedroa", "did you mean fedora?"]);
}

#[test]
fn profile_unknown() {
    let set_up = SetUp::config("[fedora]\nserver = http://localhost/\n");
    set_up
        .env("KOJI_PROFILE", "completely-different")
        .fails("profile", &["completely-different", "--profile: fedora"]);
}

#[test]
fn configuration_not_readable_as_such() {
    SetUp::config("this is no ini file\n").fails("profile", &["koji.conf"]);
}

#[test]
fn value_of_the_wrong_kind() {
    SetUp::profile("server = http://localhost/\ntimeout = soon").fails("profile", &["timeout", "soon"]);
}

#[test]
fn server_without_scheme() {
    SetUp::profile("server = koji.example.com/kojihub")
        .fails("profile", &["koji.example.com/kojihub", "https://"]);
}

#[test]
fn server_of_another_scheme() {
    SetUp::profile("server = ftp://koji.example.com/kojihub")
        .fails("profile", &["ftp is neither http nor https"]);
}

#[test]
fn server_not_set() {
    let (findings, _) = SetUp::profile("weburl = http://localhost/koji").findings();
    let profile = findings.iter().find(|f| f[0] == "profile").unwrap();
    assert!(profile[1] == "warning" && profile[2].contains("names no hub"), "{findings:#?}");
}

#[test]
fn authtype_unknown() {
    working("").fails_with_authtype("gsapi");
}

impl SetUp {
    fn fails_with_authtype(self, authtype: &str) {
        self.arg("--noauth")
            .arg("--authtype")
            .arg(authtype)
            .fails("profile", &["gsapi is not known", "kerberos"]);
    }
}

#[test]
fn verification_switched_off() {
    working("no_ssl_verify = 1").warns("profile", &["no_ssl_verify", "serverca"]);
}

#[test]
fn password_that_others_can_read() {
    working("user = alice\npassword = secret").warns("profile", &["others can read it", "chmod 600"]);
}

fn with_cert(text: &str) -> SetUp {
    let set_up = SetUp::profile("");
    let file = set_up.home().join("client.pem");
    std::fs::write(&file, text).unwrap();
    let address = http(good_hub());
    let lines = format!(
        "[koji]\nserver = http://{address}/kojihub\ncert = {}\ntopurl = http://{address}/\n",
        file.display()
    );
    std::fs::write(set_up.home().join("koji.conf"), lines).unwrap();
    set_up.arg("--noauth")
}

#[test]
fn client_certificate_missing() {
    working("")
        .arg("--authtype")
        .arg("ssl")
        .arg("--cert")
        .arg("/nonexistent/me.pem")
        .arg("--noauth")
        .fails("cert", &["/nonexistent/me.pem", "--cert"]);
}

#[test]
fn client_certificate_not_set() {
    working("")
        .arg("--authtype")
        .arg("ssl")
        .arg("--noauth")
        .fails("cert", &["there is no client certificate"]);
}

#[test]
fn client_certificate_without_its_key() {
    let (cert, _) = Authority::new("A").issue("alice", VALID);
    with_cert(&cert.pem()).fails("cert", &["not its private key"]);
}

#[test]
fn client_certificate_with_another_key() {
    let authority = Authority::new("A");
    let ((cert, _), (_, key)) = (authority.issue("alice", VALID), authority.issue("bob", VALID));
    with_cert(&(cert.pem() + &key.serialize_pem())).fails("cert", &["does not belong"]);
}

#[test]
fn client_certificate_with_an_encrypted_key() {
    let (cert, _) = Authority::new("A").issue("alice", VALID);
    let key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
    with_cert(&(cert.pem() + key)).fails("cert", &["encrypted", "openssl pkey"]);
}

#[test]
fn client_certificate_expired() {
    let (cert, key) = Authority::new("A").issue("alice", ENDED);
    with_cert(&(cert.pem() + &key.serialize_pem())).fails("cert", &["expired on"]);
}

#[test]
fn client_certificate_of_the_future() {
    let (cert, key) = Authority::new("A").issue("alice", FUTURE);
    with_cert(&(cert.pem() + &key.serialize_pem())).fails("cert", &["not valid before", "clock"]);
}

#[test]
fn client_certificate_that_is_none() {
    with_cert("<html>please log in</html>").fails("cert", &["holds no certificate"]);
}

#[test]
fn authorities_missing() {
    let (findings, status) = working("serverca = /nonexistent/ca.pem").findings();
    assert_eq!(status, 1);
    let finding = findings.iter().find(|f| f[0] == "serverca").unwrap();
    assert!(finding[1] == "failed" && finding[2].contains("/nonexistent/ca.pem"), "{findings:#?}");
}

#[test]
fn authorities_in_der() {
    let (cert, _) = Authority::new("A").issue("ca", VALID);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.crt");
    std::fs::write(&file, cert.der()).unwrap();
    let (findings, _) = working(&format!("serverca = {}", file.display())).findings();
    let finding = findings.iter().find(|f| f[0] == "serverca").unwrap();
    assert!(
        finding[2].contains("in DER, not in PEM") && finding[3].contains("openssl x509"),
        "{findings:#?}"
    );
}

#[test]
fn directory_that_holds_no_files() {
    working("").directory("/proc").fails("disk", &["/proc", "virtual file system", "another directory"]);
}

#[test]
fn cache_that_is_a_file() {
    let set_up = working("");
    let file = set_up.home().join("cache");
    std::fs::write(&file, "").unwrap();
    set_up.env("XDG_CACHE_HOME", file.display()).fails("disk", &["is not a directory"]);
}

#[test]
fn buildroots_that_cannot_be_kept() {
    let set_up = working("");
    let cache = set_up.home().join("cache/koji");
    std::fs::create_dir_all(&cache).unwrap();
    std::fs::write(cache.join("buildroots"), "").unwrap();
    let set_up = set_up.env("XDG_CACHE_HOME", cache.parent().unwrap().display());
    set_up.warns("engine", &["no local buildroots here", "cache/koji/buildroots"]);
}
