//! The program itself: starting, stopping, dying, coming back.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use koji_db::{Address, Db, Mode, Topic};
use koji_xmlrpc::{FaultDoc, Value, parse_response, write_call};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_koji-hub"))
}

/// A directory that the database's account can enter.
fn directory() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

struct Running {
    child: Child,
    url: String,
    line: String,
}

impl Running {
    fn start(data: &Path) -> Running {
        let mut child = program()
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
        Running { child, url, line }
    }

    async fn call(&self, method: &str, params: &[Value]) -> Result<Value, FaultDoc> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.post(&self.url).body(write_call(method, params)).send().await.unwrap();
        parse_response(&answer.bytes().await.unwrap()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn admin(data: &Path, args: &[&str], stdin: &str) -> Output {
    let mut child = program()
        .arg("admin")
        .args(args)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The process id of the private PostgreSQL.
fn postgres(data: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(data.join("postgres/postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    PathBuf::from(format!("/proc/{pid}")).exists().then_some(pid)
}

/// The private database of a running hub.
fn database(data: &Path) -> Db {
    let socket = data.join("postgres/run").display().to_string();
    let address = Address {
        host: Some(socket),
        user: Some("koji".into()),
        name: Some("koji".into()),
        ..Address::default()
    };
    Db::new(address.options().unwrap(), 1)
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < limit, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn login(user: &str, password: &str) -> [Value; 2] {
    [user.into(), password.into()]
}

const EVENT: &str = "getLastEvent";
const ANY: [Value; 2] = [Value::Nil, Value::Bool(false)];

#[tokio::test]
async fn a_hub_from_nothing_with_an_admin_and_back_to_nothing() {
    let dir = directory();
    let data = dir.path().join("hub");
    // the admin command makes the database when there is none, and leaves no server behind
    let added = admin(&data, &["add-user", "kojiadmin", "--admin", "--password-stdin"], "secret\n");
    assert!(added.status.success() && said(&added) == "added user kojiadmin with id 1\n", "{}", said(&added));
    assert_eq!(postgres(&data), None);

    let mut hub = Running::start(&data);
    for part in
        ["/kojihub", "/kojifiles", "private PostgreSQL in ", &data.join("files").display().to_string()]
    {
        assert!(hub.line.contains(part), "{}", hub.line);
    }
    assert!(hub.call("login", &login("kojiadmin", "secret")).await.is_ok());
    // the same commands while it runs
    let added = admin(&data, &["add-user", "builder", "--host", "--password-stdin"], "pw\n");
    assert_eq!(said(&added), "added user builder with id 2\n");
    assert!(hub.call("login", &login("builder", "pw")).await.is_ok());
    let twice = admin(&data, &["add-user", "builder"], "");
    assert!(
        !twice.status.success() && said(&twice) == "koji-hub: user already exists: builder\n",
        "{}",
        said(&twice)
    );
    assert_eq!(said(&admin(&data, &["set-password", "builder"], "new\n")), "set the password of builder\n");
    assert!(hub.call("login", &login("builder", "pw")).await.is_err());
    assert_eq!(said(&admin(&data, &["grant", "builder", "repo"], "")), "granted repo to builder\n");
    let again = said(&admin(&data, &["grant", "builder", "repo"], ""));
    assert_eq!(again, "koji-hub: user builder already has permission: repo\n");
    let none = said(&admin(&data, &["grant", "builder", "nosuch"], ""));
    assert_eq!(none, "koji-hub: No such permission: nosuch (--create makes it)\n");
    assert_eq!(said(&admin(&data, &["migrate", "--check"], "")), "the database is up to date\n");
    assert!(hub.call(EVENT, &ANY).await.is_ok());

    // passwords as upstream's hub keeps them
    let mut tx = database(&data).begin(Mode::Write);
    tx.execute("UPDATE users SET password = 'old' WHERE name = 'builder'", vec![]).await.unwrap();
    tx.execute("INSERT INTO users (name, usertype, status, password) VALUES ('plain', 0, 0, 'text')", vec![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(hub.call("login", &login("plain", "text")).await.is_ok());
    let asked = admin(&data, &["drop-plain-passwords"], "");
    assert!(
        !asked.status.success()
            && said(&asked)
                == "builder: keeps the password of this hub\nplain: can no longer log in by password\n\
                    nothing was changed: --yes removes the plain passwords of 2 users\n",
        "{}",
        said(&asked)
    );
    assert!(hub.call("login", &login("plain", "text")).await.is_ok());
    let done = said(&admin(&data, &["drop-plain-passwords", "--yes"], ""));
    assert!(done.ends_with("removed the plain passwords of 2 users\n"), "{done}");
    assert!(hub.call("login", &login("plain", "text")).await.is_err());
    assert!(hub.call("login", &login("builder", "new")).await.is_ok());
    assert_eq!(said(&admin(&data, &["drop-plain-passwords", "--yes"], "")), "there are no plain passwords\n");

    let metrics = reqwest::get(hub.url.replace("/kojihub", "/metrics")).await.unwrap().text().await.unwrap();
    let calls = "koji_hub_calls_total{method=\"getLastEvent\",outcome=\"ok\"} 1";
    assert!(metrics.contains(calls), "{metrics}");

    // somebody who waits does not hold up the end
    let topics = Value::Array(vec!["task:1".into()]);
    let wait = [topics, Value::Nil, 60.into()];
    let signal = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        hub.signal(Signal::SIGTERM);
    };
    let start = Instant::now();
    let (answer, ()) = tokio::join!(hub.call("live.wait", &wait), signal);
    assert_eq!(answer.unwrap().get("topics"), Some(&Value::Array(vec![])));
    assert!(hub.child.wait().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_eq!(postgres(&data), None);
}

#[tokio::test]
async fn a_dead_database_is_said_at_once_and_comes_back() {
    let dir = directory();
    let hub = Running::start(dir.path());
    assert_eq!(hub.call(EVENT, &ANY).await, Ok(Value::Nil));
    let pid = postgres(dir.path()).unwrap();
    // the server cannot be replaced while its watcher is stopped from doing so
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    let start = Instant::now();
    let mut outages = 0;
    until("the database is back", async || match hub.call(EVENT, &ANY).await {
        // a session of the killed server may answer once more
        Ok(answer) => answer == Value::Nil && postgres(dir.path()).is_some_and(|p| p != pid),
        Err(fault) => {
            assert_eq!((fault.code, fault.string.as_str()), (1014, "database outage"));
            outages += 1;
            false
        }
    })
    .await;
    assert!(outages > 0 && start.elapsed() < Duration::from_secs(20), "{outages} {:?}", start.elapsed());
    assert!(postgres(dir.path()).is_some_and(|p| p != pid));

    // the live bus listens again
    let db = database(dir.path());
    let topics = Value::Array(vec!["task:7".into()]);
    let start = hub.call("live.wait", &[topics.clone(), Value::Nil, 0.into()]).await.unwrap();
    let mut cursor = start.get("cursor").unwrap().clone();
    until("an announcement arrives", async || {
        let mut tx = db.begin(Mode::Write);
        tx.announce(Topic::Task(7));
        tx.commit().await.unwrap();
        let answer =
            hub.call("live.wait", &[topics.clone(), cursor.clone(), Value::Double(0.5)]).await.unwrap();
        cursor = answer.get("cursor").unwrap().clone();
        answer.get("topics") == Some(&topics)
    })
    .await;
}

#[tokio::test]
async fn a_killed_hub_takes_its_database_along_and_starts_again() {
    let dir = directory();
    let mut hub = Running::start(dir.path());
    let pid = postgres(dir.path()).unwrap();
    hub.signal(Signal::SIGKILL);
    hub.child.wait().unwrap();
    // at once: the old server may still be ending
    let again = Running::start(dir.path());
    assert_eq!(again.call(EVENT, &ANY).await, Ok(Value::Nil));
    assert_ne!(postgres(dir.path()), Some(pid));
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let dir = directory();
    let conf = dir.path().join("hub.conf");
    let serve = |text: &str| {
        std::fs::write(&conf, text).unwrap();
        let output =
            program().args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&conf).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let data = dir.path().display();
    let missing = serve(&format!("[hub]\nDataDir = {data}\nKojiDir = {data}/nosuch\n"));
    assert_eq!(missing, format!("koji-hub: KojiDir {data}/nosuch is no directory; create or mount it\n"));
    let pattern = serve(&format!("[hub]\nDataDir = {data}\nRegexUserName = (\n"));
    assert_eq!(pattern, "koji-hub: RegexUserName in hub.conf is no valid pattern: unclosed group in \"(\"\n");
    let tls = serve(&format!("[hub]\nDataDir = {data}\nListenTLS = 127.0.0.1:0\n"));
    assert_eq!(tls, "koji-hub: ListenTLS needs TLSCertificate, the file of the hub's certificate\n");
    let empty = dir.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let tls = serve(&format!(
        "[hub]\nDataDir = {data}\nListenTLS = 127.0.0.1:0\nTLSCertificate = {}\n",
        empty.display()
    ));
    assert!(tls.starts_with("koji-hub: TLSCertificate ") && tls.contains("no certificate"), "{tls}");
    let keys = serve(&format!("[hub]\nDataDir = {data}\nAuthKeytab = {data}/nosuch.keytab\n"));
    assert!(
        keys.starts_with("koji-hub: ") && keys.contains("nosuch.keytab") && keys.lines().count() == 1,
        "{keys}"
    );
    let proxies = serve("[hub]\nTrustedProxies = localhost\n");
    assert!(proxies.contains("hub.conf:2") && proxies.contains("addresses and networks"), "{proxies}");
    let level = serve("[hub]\nMaxJobs = x\n");
    assert!(level.contains("hub.conf:2"), "{level}");
    std::fs::create_dir_all(dir.path().join("koji")).unwrap();
    let gone = serve(&format!(
        "[hub]\nDataDir = {data}\nKojiDir = {data}/koji\nDBHost = {data}\nDBName = koji\nDBUser = koji\n"
    ));
    assert!(gone.starts_with("koji-hub: koji on ") && gone.contains("cannot be reached"), "{gone}");
    let none = program().args(["serve", "--config", "/nosuch/hub.conf"]).output().unwrap();
    assert!(String::from_utf8_lossy(&none.stderr).contains("/nosuch/hub.conf"), "{none:?}");
}
