//! C2, J3: what happens when many do the same at once.

use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use koji_hub::auth::Credentials;
use koji_hub::context::Origin;
use koji_hub::testing::TestHub;
use koji_hub::uploads::receive;

/// J3: many users make a build of the same name, version and release at the same moment.
#[tokio::test]
async fn j3_one_nvr_is_made_once() {
    const USERS: usize = 12;
    let hub = TestHub::new().await;
    for user in 0..USERS {
        let name = format!("u{user}");
        hub.call_as("kojiadmin", "createUser", vec![name.as_str().into()]).await.unwrap();
        hub.call_as("kojiadmin", "grantPermission", vec![name.as_str().into(), "admin".into()])
            .await
            .unwrap();
        hub.session(&name).await;
    }
    for version in ["1", "2", "3"] {
        let calls = (0..USERS).map(|user| {
            let params = vec!["hello".into(), version.into(), "1".into(), koji_xmlrpc::Value::Nil];
            let hub = &hub;
            async move { hub.call_as(&format!("u{user}"), "createEmptyBuild", params).await }
        });
        let answers = futures::future::join_all(calls).await;
        let made = answers.iter().filter(|a| a.is_ok()).count();
        assert_eq!(made, 1, "{answers:?}");
        for fault in answers.iter().filter_map(|a| a.as_ref().err()) {
            assert_eq!(fault.kind.code(), 1000, "{fault}");
            assert!(fault.message.contains("already exists"), "{fault}");
        }
    }
    let all = hub.call("listBuilds", vec![]).await.unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
}

/// C2: a directory turns into a link and back, over and over, while files are uploaded into it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c2_no_upload_follows_a_link_that_comes_in_between() {
    let hub = TestHub::new().await;
    let outside = hub.dir().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let work = hub.topdir().join("work");
    let (place, aside) = (work.join("d/sub"), work.join("d/aside"));
    std::fs::create_dir_all(&place).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (swapping, target) = (Arc::clone(&stop), outside.clone());
    let swapper = std::thread::spawn(move || {
        let mut swaps = 0_u64;
        while !swapping.load(Ordering::Relaxed) {
            // an upload may come in between and make the directory anew, so each step may fail
            let _ = std::fs::rename(&place, &aside);
            swaps += u64::from(symlink(&target, &place).is_ok());
            if place.is_symlink() {
                std::fs::remove_file(&place).unwrap();
            }
            if std::fs::rename(&aside, &place).is_err() {
                let _ = std::fs::remove_dir_all(&aside);
                let _ = std::fs::create_dir(&place);
            }
        }
        swaps
    });
    let (id, key) = hub.session("alice").await;
    let mut kept = 0;
    for n in 0..300 {
        let said = Some(Credentials { id, key: key.clone(), callnum: None });
        let origin = Origin { ip: "127.0.0.1".into(), ..Origin::default() };
        let query = format!("filename=f{n}&filepath=d/sub&overwrite=1");
        let mut body = axum::body::Body::from("evil");
        let sent = receive(&hub.hub, said, origin, &query, &mut body, Duration::from_secs(60)).await;
        kept += u32::from(sent.is_ok());
    }
    stop.store(true, Ordering::Relaxed);
    let swaps = swapper.join().unwrap();
    let escaped = std::fs::read_dir(&outside).unwrap().count();
    assert_eq!(escaped, 0, "{kept} uploads, {swaps} swaps");
    assert!(swaps > 0);
}
