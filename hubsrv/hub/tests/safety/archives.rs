//! C5: archives whose members have names that lead elsewhere.

use std::io::Write as _;

use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use super::state;

const NAMES: [&str; 4] = ["../../../../etc/cron.d/evil", "/etc/passwd", "a/../../b", "ok.txt"];

fn zipped() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut out);
    for name in NAMES {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"evil").unwrap();
    }
    zip.finish().unwrap();
    out.into_inner()
}

/// A tar with a link and a device, too; their names are not checked by who writes them.
fn tarred() -> Vec<u8> {
    let mut out = Vec::new();
    let kinds =
        [tar::EntryType::Regular, tar::EntryType::Symlink, tar::EntryType::Block, tar::EntryType::Regular];
    for (name, kind) in NAMES.into_iter().zip(kinds) {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(0);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
    }
    out.extend_from_slice(&[0; 1024]);
    out
}

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Value {
    hub.call_as("kojiadmin", method, params).await.unwrap_or_else(|e| panic!("{method}: {e}"))
}

#[tokio::test]
async fn c5_members_are_listed_and_never_written() {
    let hub = TestHub::new().await;
    admin(&hub, "createEmptyBuild", vec!["img".into(), "1".into(), "1".into(), Value::Nil]).await;
    admin(&hub, "createImageBuild", vec!["img-1-1".into()]).await;
    let work = hub.topdir().join("work/cli");
    std::fs::create_dir_all(&work).unwrap();
    for (name, bytes) in [("evil.zip", zipped()), ("evil.tar", tarred())] {
        std::fs::write(work.join(name), bytes).unwrap();
        let info = Value::record([("arch", Value::from("x86_64"))]);
        let build = hub.call("getBuild", vec!["img-1-1".into()]).await.unwrap();
        admin(&hub, "importArchive", vec![format!("cli/{name}").into(), build, "image".into(), info]).await;
    }
    let before = state::files(hub.dir());
    let archives = hub.call("listArchives", vec![]).await.unwrap();
    assert_eq!(archives.as_array().unwrap().len(), 2);
    for archive in archives.as_array().unwrap() {
        let id = archive.get("id").cloned().unwrap();
        let files = hub.call("listArchiveFiles", vec![id.clone()]).await.unwrap();
        let listed = files.as_array().unwrap().iter().filter(|f| f.str_at("name") == Some("ok.txt")).count();
        assert_eq!(listed, 1, "{files:?}");
        for name in NAMES {
            hub.call("getArchiveFile", vec![id.clone(), name.into()]).await.unwrap();
        }
    }
    assert_eq!(state::files(hub.dir()), before);
    assert!(!std::path::Path::new("/etc/cron.d/evil").exists());
}
