//! Signatures: stored apart, put into copies, forgotten.

use crate::common::*;
use koji_api::Fault;
use koji_hub::testing::{TestHub, kw};
use koji_rpm::signature;
use koji_xmlrpc::Value;

const RPM: &str = "hello-1.0-1.el9.x86_64.rpm";
const PLACE: &str = "packages/hello/1.0/1.el9";

async fn setup() -> TestHub {
    let hub = TestHub::new().await;
    let dir = hub.topdir().join("work/cli-import/1");
    std::fs::create_dir_all(&dir).unwrap();
    for name in ["hello-1.0-1.el9.src.rpm", RPM] {
        std::fs::copy(fixture(name), dir.join(name)).unwrap();
        hub.call_as("kojiadmin", "importRPM", vec!["cli-import/1".into(), name.into()]).await.unwrap();
    }
    hub
}

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as("kojiadmin", method, params).await
}

fn base64(bytes: &[u8]) -> Value {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes).into()
}

#[tokio::test]
async fn a_signature_is_stored_written_and_forgotten() {
    let hub = setup().await;
    let nvra = || Value::from("hello-1.0-1.el9.x86_64");
    let signed = fixture("signed").join(RPM);
    let header = signature::rip(&signed).unwrap();
    let key = signature::key_id(&header).unwrap();
    admin(&hub, "addRPMSig", vec![nvra(), base64(&header)]).await.unwrap();
    let again = admin(&hub, "addRPMSig", vec![nvra(), base64(&header)]).await.unwrap_err();
    assert_eq!(
        again.message,
        format!("Signature already exists for package hello-1.0-1.el9.x86_64, key {key}")
    );
    let file = hub.topdir().join(PLACE).join(format!("data/sigcache/{key}/x86_64/{RPM}.sig"));
    assert_eq!(std::fs::read(&file).unwrap(), header);

    // the copy is the rpm that was signed elsewhere, byte by byte
    admin(&hub, "writeSignedRPM", vec![nvra(), key.as_str().into()]).await.unwrap();
    let copy = hub.topdir().join(PLACE).join(format!("data/signed/{key}/x86_64/{RPM}"));
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&signed).unwrap());
    let id = hub.call("getRPM", vec![nvra()]).await.unwrap().int_at("id").unwrap();
    let sums = hub.call("getRPMChecksums", vec![id.into()]).await.unwrap();
    let sha256 = |path: &std::path::Path| {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(std::fs::read(path).unwrap()))
    };
    assert_eq!(sums.get(&key).unwrap().str_at("sha256"), Some(&*sha256(&copy)));
    assert_eq!(sums.get("").unwrap().str_at("sha256"), Some(&*sha256(&fixture(RPM))));

    admin(&hub, "deleteRPMSig", vec![nvra(), key.as_str().into()]).await.unwrap();
    assert!(!copy.exists() && !file.exists());
    let kept: Vec<_> =
        std::fs::read_dir(file.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(kept.len() == 1 && kept[0].to_str().unwrap().ends_with(".save"), "{kept:?}");
    let left = hub.call("queryRPMSigs", vec![nvra()]).await.unwrap();
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_belong_is_refused() {
    let hub = setup().await;
    let nvra = || Value::from("hello-1.0-1.el9.x86_64");
    let other = signature::rip(&fixture("signed/hello-1.0-1.el9.src.rpm")).unwrap();
    let fault = admin(&hub, "addRPMSig", vec![nvra(), base64(&other)]).await.unwrap_err();
    assert!(fault.message.starts_with("wrong md5 for hello-1.0-1.el9.x86_64: "), "{fault}");
    let fault = admin(&hub, "addRPMSig", vec![nvra(), "Z2FyYmFnZQ==".into()]).await.unwrap_err();
    assert_eq!(fault.message, "Invalid rpm header: bad magic: b'gar'");
    let mut hostile = signature::rip(&fixture("signed").join(RPM)).unwrap();
    hostile[8..12].copy_from_slice(&[0xff; 4]);
    assert!(admin(&hub, "addRPMSig", vec![nvra(), base64(&hostile)]).await.is_err());
    let fault = admin(&hub, "writeSignedRPM", vec![nvra(), "../../x".into()]).await.unwrap_err();
    assert_eq!(fault.message, "No cached signature for package hello-1.0-1.el9.x86_64, key ../../x");
    let forced = vec![nvra(), "deadbeef".into(), kw([("force", true.into())])];
    assert!(hub.call_as("alice", "writeSignedRPM", forced).await.is_err());
    assert_eq!(count(&hub, "SELECT count(*) FROM rpmsigs").await, 2);
}
