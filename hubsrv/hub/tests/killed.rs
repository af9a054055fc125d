//! `kill -9` of the program while it imports: the build is in whole or not there, and the second attempt succeeds.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use koji_xmlrpc::{FaultDoc, Value, parse_response, write_call};

const BUILDER: &str = "builder1.example.com";
/// N, V and R of the builds, and their rpms.
const BUILDS: [([&str; 3], &[&str]); 3] = [
    (
        ["hello", "1.0", "1.el9"],
        &["hello-1.0-1.el9.src", "hello-1.0-1.el9.x86_64", "hello-doc-1.0-1.el9.noarch"],
    ),
    (["fakebuilt", "3.0", "1.el9"], &["fakebuilt-3.0-1.el9.src", "fakebuilt-3.0-1.el9.x86_64"]),
    (["drafted", "1.0", "1.el9"], &["drafted-1.0-1.el9.src", "drafted-1.0-1.el9.noarch"]),
];

struct Hub {
    child: Child,
    url: String,
}

impl Hub {
    fn start(data: &Path) -> Hub {
        let mut child = Command::new(env!("CARGO_BIN_EXE_koji-hub"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split([' ', ',']).find(|w| w.starts_with("http://")).unwrap_or_default().to_owned();
        assert!(!url.is_empty(), "the hub said: {line}");
        Hub { child, url }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone)]
struct Session {
    id: String,
    key: String,
}

/// An answer; the outer error is a connection that broke.
async fn send(
    url: &str,
    session: Option<&Session>,
    method: &str,
    params: &[Value],
) -> Result<Result<Value, FaultDoc>, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url).body(write_call(method, params));
    if let Some(session) = session {
        request = request.header("Koji-Session-Id", &session.id).header("Koji-Session-Key", &session.key);
    }
    let answer = request.send().await?.bytes().await?;
    Ok(parse_response(&answer).unwrap())
}

async fn call(url: &str, session: &Session, method: &str, params: &[Value]) -> Value {
    match send(url, Some(session), method, params).await.unwrap() {
        Ok(value) => value,
        Err(fault) => panic!("{method}: {fault:?}"),
    }
}

async fn login(url: &str, user: &str) -> Session {
    let answer = send(url, None, "login", &[user.into(), "pw".into()]).await.unwrap().unwrap();
    Session {
        id: answer.int_at("session-id").unwrap().to_string(),
        key: answer.str_at("session-key").unwrap().to_owned(),
    }
}

fn add_user(data: &Path, args: &[&str]) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_koji-hub"))
        .args(["admin", "add-user", "--password-stdin"])
        .args(args)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"pw\n").unwrap();
    assert!(child.wait().unwrap().success());
}

/// Files of the build's directory that are no logs or signatures, by name.
fn rpm_files(place: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for arch in ["src", "x86_64", "noarch"] {
        for entry in std::fs::read_dir(place.join(arch)).into_iter().flatten() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
    }
    names
}

#[tokio::test]
async fn a_killed_import_is_whole_or_not_there() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let data = dir.path().join("hub");
    add_user(&data, &["kojiadmin", "--admin"]);
    let mut hub = Hub::start(&data);
    let admin = login(&hub.url, "kojiadmin").await;
    call(&hub.url, &admin, "addHost", &[BUILDER.into(), vec!["x86_64"].into()]).await;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rpms");
    Command::new(env!("CARGO_BIN_EXE_koji-hub"))
        .args(["admin", "set-password", BUILDER, "--data"])
        .arg(&data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .and_then(|mut c| {
            c.stdin.take().unwrap().write_all(b"pw\n")?;
            c.wait()
        })
        .unwrap();
    let builder = login(&hub.url, BUILDER).await;
    call(&hub.url, &builder, "exclusiveSession", &[]).await;

    for ([name, version, release], rpms) in BUILDS {
        let made = call(&hub.url, &admin, "makeTask", &["build".into(), Value::Array(vec![])]).await;
        let task = made.as_int().unwrap();
        let assigned = call(&hub.url, &admin, "assignTask", &[task.into(), BUILDER.into()]).await;
        assert!(assigned.truthy());
        assert!(call(&hub.url, &builder, "host.openTask", &[task.into()]).await.truthy());
        let announced = Value::record([
            ("name", name.into()),
            ("version", version.into()),
            ("release", release.into()),
            ("epoch", Value::Nil),
            ("task_id", task.into()),
        ]);
        let build = call(&hub.url, &builder, "host.initBuild", &[announced]).await.as_int().unwrap();
        let uploads = format!("tasks/{}/{task}", task % 10_000);
        let full = data.join("files/work").join(&uploads);
        std::fs::create_dir_all(&full).unwrap();
        let paths: Vec<String> = rpms
            .iter()
            .map(|rpm| {
                std::fs::copy(fixtures.join(format!("{rpm}.rpm")), full.join(format!("{rpm}.rpm"))).unwrap();
                format!("{uploads}/{rpm}.rpm")
            })
            .collect();
        let place: PathBuf = data.join(format!("files/packages/{name}/{version}/{release}"));
        let delivery: Vec<Value> =
            vec![task.into(), build.into(), (&paths[0]).into(), paths[1..].to_vec().into()];

        // killed a little later each time, until it was done before that
        let mut delay = 1;
        loop {
            let (url, session, params) = (hub.url.clone(), builder.clone(), delivery.clone());
            let attempt =
                tokio::spawn(async move { send(&url, Some(&session), "host.completeBuild", &params).await });
            tokio::time::sleep(Duration::from_millis(delay)).await;
            hub.kill();
            let answered = attempt.await.unwrap().is_ok_and(|answer| answer.is_ok());
            hub = Hub::start(&data);

            let state = call(&hub.url, &admin, "getBuild", &[build.into()]).await.int_at("state").unwrap();
            let rows = call(&hub.url, &admin, "listBuildRPMs", &[build.into()]).await;
            match state {
                0 => assert_eq!(rows.as_array().unwrap().len(), 0, "rows of a build that is not complete"),
                1 => {
                    assert_eq!(rows.as_array().unwrap().len(), rpms.len());
                    assert_eq!(rpm_files(&place).len(), rpms.len());
                }
                other => panic!("state {other}"),
            }
            assert!(!answered || state == 1, "an answer was given and the build is not there");
            if state == 1 {
                break;
            }
            delay += 6;
        }
        // the builder that did not hear about it asks again
        let again = call(&hub.url, &builder, "host.completeBuild", &delivery).await;
        assert_eq!(again.int_at("state"), Some(1));
        assert_eq!(rpm_files(&place).len(), rpms.len());
        let parent = place.parent().unwrap();
        let leftovers = std::fs::read_dir(parent).unwrap().flatten().map(|e| e.file_name());
        let leftovers: Vec<_> = leftovers.filter(|n| n.to_string_lossy().starts_with('.')).collect();
        assert_eq!(leftovers, Vec::<std::ffi::OsString>::new());
    }
}
