//! From uploaded rpms to a build: what gets in, what does not, and what a crash leaves.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]
use crate::common::*;
use koji_api::Fault;
use koji_db::args;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

struct Setup {
    hub: TestHub,
    host: i64,
    task: i64,
}

impl Setup {
    async fn new() -> Setup {
        let hub = TestHub::new().await;
        let host = host(&hub).await;
        let task = task(&hub, host).await;
        Setup { hub, host, task }
    }

    async fn call(&self, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
        self.hub.call_as(BUILDER, method, params).await
    }

    async fn init(&self) -> i64 {
        self.call("host.initBuild", vec![fakebuilt(self.task)]).await.unwrap().as_int().unwrap()
    }

    async fn complete(&self, build: i64, paths: &[String]) -> Result<Value, Fault> {
        let (srpm, rpms) = paths.split_first().unwrap();
        let args = vec![self.task.into(), build.into(), srpm.into(), rpms.to_vec().into()];
        self.call("host.completeBuild", args).await
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.hub.topdir().join(below)
    }
}

const PLACE: &str = "packages/fakebuilt/3.0/1.el9";

#[tokio::test]
async fn a_build_gets_in() {
    let s = Setup::new().await;
    let build = s.init().await;
    assert_eq!(s.init().await, build, "the task was started again");
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    std::fs::write(s.path(&format!("work/tasks/{0}/{0}/build.log", s.task)), "log").unwrap();
    let logs = Value::record([("x86_64", vec![format!("tasks/{0}/{0}/build.log", s.task)].into())]);
    let (srpm, rpms) = paths.split_first().unwrap();
    let args = vec![s.task.into(), build.into(), srpm.into(), rpms.to_vec().into(), Value::Nil, logs];
    let done = s.call("host.completeBuild", args.clone()).await.unwrap();
    assert_eq!((done.int_at("state"), done.str_at("nvr")), (Some(1), Some("fakebuilt-3.0-1.el9")));

    let files = [
        "src/fakebuilt-3.0-1.el9.src.rpm",
        "x86_64/fakebuilt-3.0-1.el9.x86_64.rpm",
        "noarch/fakebuilt-doc-3.0-1.el9.noarch.rpm",
        "data/logs/x86_64/build.log",
    ];
    for file in files {
        assert!(s.path(PLACE).join(file).is_file(), "{file}");
        let upload = file.rsplit('/').next().unwrap();
        let link = s.path(&format!("work/tasks/{0}/{0}/{upload}", s.task));
        assert!(link.is_symlink(), "{upload}");
        assert_eq!(
            std::fs::canonicalize(link).unwrap(),
            std::fs::canonicalize(s.path(PLACE).join(file)).unwrap()
        );
    }
    assert_eq!(count(&s.hub, "SELECT count(*) FROM rpminfo").await, 3);
    assert_eq!(count(&s.hub, "SELECT count(*) FROM rpmsigs WHERE sigkey = ''").await, 3);
    assert!(s.path(PLACE).join("data/sigcache/x86_64/fakebuilt-3.0-1.el9.x86_64.rpm.sig").is_file());

    // the builder did not get the answer and asks again
    let again = s.call("host.completeBuild", args).await.unwrap();
    assert_eq!(again, done);
    // another delivery is none
    let fault = s.complete(build, &paths[..1]).await.unwrap_err();
    assert_eq!(fault.message, "Unable to complete build: state is COMPLETE");
    let fault = s.call("host.failBuild", vec![s.task.into(), build.into()]).await.unwrap_err();
    assert!(fault.message.starts_with(&format!("cannot update build {build}")), "{fault}");
    let logs = s.hub.call("getBuildLogs", vec![build.into()]).await.unwrap();
    assert_eq!(
        logs.as_array().unwrap()[0].str_at("path"),
        Some(&*format!("{PLACE}/data/logs/x86_64/build.log"))
    );
}

#[tokio::test]
async fn what_a_crash_left_does_not_hinder() {
    let s = Setup::new().await;
    let build = s.init().await;
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    // killed while gathering, and killed between the rename and the commit
    let parent = s.path("packages/fakebuilt/3.0");
    std::fs::create_dir_all(parent.join(format!(".import-{build}/x86_64"))).unwrap();
    std::fs::write(parent.join(format!(".import-{build}/x86_64/half.rpm")), "half").unwrap();
    std::fs::create_dir_all(s.path(PLACE).join("x86_64")).unwrap();
    std::fs::write(s.path(PLACE).join("x86_64/stale.rpm"), "stale").unwrap();
    s.complete(build, &paths).await.unwrap();
    assert!(!s.path(PLACE).join("x86_64/stale.rpm").exists());
    let names: Vec<_> = std::fs::read_dir(parent).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["1.el9"]);
}

#[tokio::test]
async fn a_refused_delivery_leaves_nothing() {
    let s = Setup::new().await;
    let build = s.init().await;
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    // an rpm of another build, under its own name
    let mut wrong = paths.clone();
    wrong.extend(upload(&s.hub, s.task, &["hello-1.0-1.el9.x86_64.rpm"]));
    let fault = s.complete(build, &wrong).await.unwrap_err();
    assert!(
        fault.message.contains("srpm mismatch") && fault.message.contains("hello-1.0-1.el9.src.rpm"),
        "{fault}"
    );
    assert_eq!(count(&s.hub, "SELECT count(*) FROM rpminfo").await, 0);
    assert_eq!(count(&s.hub, "SELECT count(*) FROM build WHERE state = 0").await, 1);
    assert!(!s.path(PLACE).exists());
    s.complete(build, &paths).await.unwrap();
}

/// The lies of security.md, C4 and H3.
#[tokio::test]
async fn lies_are_found() {
    let s = Setup::new().await;
    let build = s.init().await;
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    let dir = s.path(&format!("work/tasks/{0}/{0}", s.task));
    let rel = |name: &str| format!("tasks/{0}/{0}/{name}", s.task);
    let good = std::fs::read(fixture(FAKEBUILT[1])).unwrap();

    // another name than the header says
    std::fs::write(dir.join("fakebuilt-9-1.el9.x86_64.rpm"), &good).unwrap();
    // payload changed after the digest was made
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    std::fs::create_dir(dir.join("a")).unwrap();
    std::fs::write(dir.join("a").join(FAKEBUILT[1]), flipped).unwrap();
    // damaged in every way that a header can be
    type Damage = Box<dyn Fn(&mut Vec<u8>)>;
    let damage: [(&str, Damage); 6] = [
        ("cut", Box::new(|b| b.truncate(150))),
        ("empty", Box::new(|b| b.clear())),
        ("magic", Box::new(|b| b[0] = 0)),
        // the index count of the signature header
        ("count", Box::new(|b| b[104..108].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff]))),
        ("negative", Box::new(|b| b[104..108].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]))),
        // the offset of its first entry
        ("offset", Box::new(|b| b[120..124].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff]))),
    ];
    let mut cases = vec![
        (rel("fakebuilt-9-1.el9.x86_64.rpm"), "bad filename: fakebuilt-9-1.el9.x86_64.rpm"),
        (rel(&format!("a/{}", FAKEBUILT[1])), "do not have the MD5"),
        (rel("../../../../../etc/passwd"), "No such file"),
        ("/etc/passwd".to_owned(), "No such file"),
        (rel("nosuch.rpm"), "No such file"),
        (rel("link.rpm"), "is not a regular file"),
        (rel("fifo.rpm"), "is not a regular file"),
    ];
    for (name, harm) in &damage {
        let mut bytes = good.clone();
        harm(&mut bytes);
        std::fs::create_dir(dir.join(name)).unwrap();
        std::fs::write(dir.join(name).join(FAKEBUILT[1]), bytes).unwrap();
        cases.push((rel(&format!("{name}/{}", FAKEBUILT[1])), "error reading package header"));
    }
    std::os::unix::fs::symlink("/etc/passwd", dir.join("link.rpm")).unwrap();
    nix::unistd::mkfifo(&dir.join("fifo.rpm"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for (path, text) in cases {
        let fault = s.complete(build, &[paths[0].clone(), path.clone()]).await.unwrap_err();
        assert!(fault.message.contains(text), "{path}: {fault}");
    }

    // a binary for the source, and the source of another build
    let fault = s.complete(build, &[paths[1].clone()]).await.unwrap_err();
    assert!(fault.message.contains("not a source package"), "{fault}");
    let other = upload(&s.hub, s.task, &["hello-1.0-1.el9.src.rpm"]);
    let fault = s.complete(build, &other).await.unwrap_err();
    assert_eq!(fault.message, "Unable to complete build: name mismatch (build: fakebuilt, rpm: hello)");

    // another task's upload, another task's buildroot, no buildroot
    let stranger = task(&s.hub, s.host).await;
    let foreign = upload(&s.hub, stranger, &FAKEBUILT);
    let fault = s.complete(build, &foreign).await.unwrap_err();
    assert!(fault.message.contains("is not a file of task"), "{fault}");
    let brmap = |id: i64| Value::record([(paths[1].clone(), id.into())]);
    let with_root = |id| {
        let args =
            vec![s.task.into(), build.into(), (&paths[0]).into(), paths[1..].to_vec().into(), brmap(id)];
        s.call("host.completeBuild", args)
    };
    assert_eq!(with_root(99).await.unwrap_err().message, "no buildroot with ID: 99");
    let tag = s.hub.call_as("kojiadmin", "createTag", vec!["t".into()]).await.unwrap().as_int().unwrap();
    let repo = sql(&s.hub, "INSERT INTO repo (tag_id, state) VALUES ($1, 1) RETURNING id", args![tag]).await;
    let args = vec![repo.into(), "x86_64".into(), stranger.into()];
    let root = s.call("host.newBuildRoot", args).await.unwrap().as_int().unwrap();
    assert!(with_root(root).await.unwrap_err().message.contains("is not one of task"));

    assert_eq!(count(&s.hub, "SELECT count(*) FROM rpminfo").await, 0);
    assert!(!s.path(PLACE).exists());
    let args = vec![repo.into(), "x86_64".into(), s.task.into()];
    let root = s.call("host.newBuildRoot", args).await.unwrap().as_int().unwrap();
    with_root(root).await.unwrap();
    assert_eq!(count(&s.hub, "SELECT buildroot_id FROM rpminfo WHERE arch = 'x86_64'").await, root);
}

#[tokio::test]
async fn the_same_rpm_does_not_get_in_twice() {
    let s = Setup::new().await;
    let build = s.init().await;
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    s.complete(build, &paths).await.unwrap();
    let dir = s.path("work/cli-import/1");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::copy(fixture(FAKEBUILT[1]), dir.join(FAKEBUILT[1])).unwrap();
    let args = vec!["cli-import/1".into(), FAKEBUILT[1].into()];
    let fault = s.hub.call_as("kojiadmin", "importRPM", args).await.unwrap_err();
    assert_eq!(fault.kind, koji_api::FaultKind::Internal, "{fault}");
    assert!(dir.join(FAKEBUILT[1]).is_file() && !dir.join(FAKEBUILT[1]).is_symlink());
}

#[tokio::test]
async fn rpms_are_imported_one_by_one() {
    let s = Setup::new().await;
    let dir = s.path("work/cli-import/1");
    std::fs::create_dir_all(&dir).unwrap();
    let import = |name: &'static str| {
        std::fs::copy(fixture(name), dir.join(name)).unwrap();
        s.hub.call_as("kojiadmin", "importRPM", vec!["cli-import/1".into(), name.into()])
    };
    assert_eq!(import("hello-1.0-1.el9.x86_64.rpm").await.unwrap_err().message, "No such build");
    let source = import("hello-1.0-1.el9.src.rpm").await.unwrap();
    assert_eq!(source.get("build").unwrap().int_at("state"), Some(1));
    let binary = import("hello-1.0-1.el9.x86_64.rpm").await.unwrap();
    assert_eq!(binary.int_at("build_id"), source.int_at("build_id"));
    assert!(s.path("packages/hello/1.0/1.el9/x86_64/hello-1.0-1.el9.x86_64.rpm").is_file());
    assert!(dir.join("hello-1.0-1.el9.x86_64.rpm").is_symlink());
    let args = vec!["../..".into(), "etc/passwd".into()];
    assert!(
        s.hub.call_as("kojiadmin", "importRPM", args).await.unwrap_err().message.starts_with("No such file")
    );
    let args = vec!["cli-import/1".into(), "hello-1.0-1.el9.src.rpm".into()];
    assert!(s.hub.call_as("alice", "importRPM", args).await.is_err());
}

#[tokio::test]
async fn scratch_builds_are_only_files() {
    let s = Setup::new().await;
    let paths = upload(&s.hub, s.task, &FAKEBUILT);
    let args = vec![s.task.into(), (&paths[0]).into(), paths[1..].to_vec().into()];
    s.call("host.moveBuildToScratch", args.clone()).await.unwrap();
    for name in FAKEBUILT {
        assert!(s.path(&format!("scratch/kojiadmin/task_{}/{name}", s.task)).is_file());
    }
    assert!(s.path("work").join(&paths[0]).is_symlink());
    s.call("host.moveBuildToScratch", args).await.unwrap();
    assert_eq!(count(&s.hub, "SELECT count(*) FROM rpminfo").await, 0);
}

#[tokio::test]
async fn failed_builds_are_made_anew() {
    let s = Setup::new().await;
    let build = s.init().await;
    s.call("host.failBuild", vec![s.task.into(), build.into()]).await.unwrap();
    assert_eq!(count(&s.hub, "SELECT state FROM build").await, 3);
    let place = s.path(PLACE);
    std::fs::create_dir_all(place.join("x86_64")).unwrap();
    assert_eq!(s.init().await, build);
    assert!(!place.exists());
    assert_eq!(
        count(&s.hub, "SELECT count(*) FROM build WHERE state = 0 AND completion_time IS NULL").await,
        1
    );
    let other = task(&s.hub, s.host).await;
    let fault = s.call("host.initBuild", vec![fakebuilt(other)]).await.unwrap_err();
    assert_eq!(fault.message, format!("Build already in progress (task {})", s.task));
    // only the task's own host
    let fault = s.hub.call_as("alice", "host.initBuild", vec![fakebuilt(s.task)]).await.unwrap_err();
    assert_eq!(fault.message, "User 2 is not a host");
    for (key, bad) in [("version", "../.."), ("release", "a/b"), ("version", ".."), ("name", "../x")] {
        let mut data = fakebuilt(s.task);
        if let Value::Struct(members) = &mut data {
            members.insert(key.into(), bad.into());
        }
        assert!(s.call("host.initBuild", vec![data]).await.is_err(), "{key}={bad}");
    }
}
