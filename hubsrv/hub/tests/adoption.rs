//! A database that upstream's hub made and used: ours starts on it, works with what is there, and leaves upstream's tables as
//! upstream knows them.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use koji_db::testing::{by_hand, empty_database};
use koji_db::{Db, KOJI, Mode, args};
use koji_xmlrpc::{FaultDoc, Value, parse_response, write_call};

/// What versions 1.36 and later have beyond 1.35: rows, no columns.
const NOT_IN_1_35: &str = "DELETE FROM archivetypes WHERE name IN ('erofs', 'erofs-compressed', 'squashfs', 'squashfs-compressed', 'wsl')";

/// As upstream's hub leaves its rows: passwords in plain text, call numbers in sessions, requests as documents.
const ROWS: &str = r#"
    INSERT INTO users (name, password, status, usertype) VALUES
        ('kojiadmin', 'secret', 0, 0), ('alice', NULL, 0, 0), ('builder1.example.com', NULL, 0, 1);
    INSERT INTO user_krb_principals (user_id, krb_principal) VALUES (2, 'alice@EXAMPLE.TEST');
    INSERT INTO user_perms (user_id, perm_id, creator_id) SELECT 1, id, 1 FROM permissions WHERE name = 'admin';
    INSERT INTO sessions (user_id, key, authtype, hostip, callnum) VALUES (2, '2-abcdefghijklmnopqrs', 2, '-', 17);
    INSERT INTO host (user_id, name, update_time) VALUES (3, 'builder1.example.com', NOW());
    INSERT INTO host_config (host_id, arches, creator_id) VALUES (1, 'x86_64', 1);
    INSERT INTO host_channels (host_id, channel_id, creator_id) VALUES (1, 1, 1);
    INSERT INTO tag (name) VALUES ('f45'), ('f45-build'), ('gone');
    INSERT INTO tag_config (tag_id, arches, creator_id) VALUES (1, 'x86_64', 1), (2, 'x86_64', 1);
    INSERT INTO tag_config (tag_id, arches, creator_id, revoke_event, revoker_id, active) VALUES (3, '', 1, get_event(), 1, NULL);
    INSERT INTO tag_inheritance (tag_id, parent_id, priority, maxdepth, intransitive, noconfig, pkg_filter, creator_id)
        VALUES (2, 1, 0, NULL, false, false, '', 1);
    INSERT INTO tag_extra (tag_id, key, value, creator_id) VALUES (2, 'mock.package_manager', '"dnf"', 1);
    INSERT INTO package (name) VALUES ('bash');
    INSERT INTO tag_packages (tag_id, package_id, blocked, extra_arches, creator_id) VALUES (1, 1, false, '', 1);
    INSERT INTO tag_package_owners (tag_id, package_id, owner, creator_id) VALUES (1, 1, 2, 1);
    INSERT INTO task (state, create_time, completion_time, channel_id, host_id, owner, method, request, result, arch, priority)
        VALUES (2, NOW(), NOW(), 1, 1, 2, 'build', E'<?xml version=''1.0''?>\n<methodCall>\n<params>\n<param>\n<value><string>bash.src.rpm</string></value>\n</param>\n</params>\n</methodCall>\n',
            E'<?xml version=''1.0''?>\n<methodResponse>\n<params>\n<param>\n<value><int>7</int></value>\n</param>\n</params>\n</methodResponse>\n', 'noarch', 20);
    INSERT INTO build (volume_id, pkg_id, version, release, state, task_id, owner, start_time, completion_time)
        VALUES (0, 1, '5.2', '1.fc45', 1, 1, 2, NOW(), NOW());
    INSERT INTO build_types (build_id, btype_id) VALUES (1, 1);
    INSERT INTO rpminfo (build_id, draft, external_repo_id, name, version, release, arch, payloadhash, size, buildtime)
        VALUES (1, false, 0, 'bash', '5.2', '1.fc45', 'x86_64', '0123456789abcdef0123456789abcdef', 7, 1700000000);
    INSERT INTO tag_listing (build_id, tag_id, creator_id) VALUES (1, 1, 1);
"#;

/// All that upstream's hub and its upgrade scripts can see, a line for each column, constraint, index, function and seed.
const SHAPE: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (
        SELECT concat_ws(' ', 'column', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
          FROM information_schema.columns WHERE table_schema = 'public' AND table_name !~ '^hub_'
        UNION ALL
        SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '^hub_'
        UNION ALL
        SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public' AND indexname !~ '^hub_'
        UNION ALL
        SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'function', oid::regprocedure, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', 'permission', id, name, description) FROM permissions
        UNION ALL SELECT concat_ws(' ', 'archivetype', id, name, extensions) FROM archivetypes
        UNION ALL SELECT concat_ws(' ', 'channel', id, name) FROM channels
        UNION ALL SELECT concat_ws(' ', 'btype', id, name) FROM btype
        UNION ALL SELECT concat_ws(' ', 'lock', name) FROM locks
    ) AS lines (line)";

async fn shape(db: &Db) -> String {
    let mut tx = db.begin(Mode::Read);
    let text = tx.maybe_text(SHAPE, args![]).await.unwrap().unwrap();
    assert!(text.lines().count() > 800, "{text}");
    text
}

fn program(config: &Path, args: &[&str]) -> Output {
    let hub = Command::new(env!("CARGO_BIN_EXE_koji-hub")).args(args).arg("--config").arg(config).output();
    hub.unwrap()
}

fn said(output: &Output) -> (bool, String) {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(config: &Path) -> Running {
        let mut serve = Command::new(env!("CARGO_BIN_EXE_koji-hub"));
        serve.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(config);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split([' ', ',']).find(|w| w.starts_with("http://")).unwrap_or_default().to_owned();
        assert!(!url.is_empty(), "the hub said: {line}");
        Running { child, url }
    }

    async fn call(
        &self,
        said: Option<(i64, &str)>,
        method: &str,
        params: &[Value],
    ) -> Result<Value, FaultDoc> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.post(&self.url).body(write_call(method, params));
        if let Some((id, key)) = said {
            request = request.header("Koji-Session-Id", id).header("Koji-Session-Key", key);
        }
        parse_response(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn adopt(newer: bool) {
    let options = empty_database().await.unwrap();
    let db = Db::new(options.clone(), 2);
    by_hand(&db, KOJI).await.unwrap();
    if !newer {
        by_hand(&db, NOT_IN_1_35).await.unwrap();
    }
    by_hand(&db, ROWS).await.unwrap();
    let before = shape(&db).await;

    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("hub.conf");
    let text = format!(
        "[hub]\nDataDir = {place}/data\nKojiDir = {place}/files\nDBHost = {}\nDBName = {}\nDBUser = {}\n\
         CheckClientIP = no\nDisableNotifications = yes\n",
        options.get_socket().unwrap().display(),
        options.get_database().unwrap(),
        options.get_username(),
        place = dir.path().display(),
    );
    std::fs::create_dir(dir.path().join("files")).unwrap();
    std::fs::write(&config, text).unwrap();

    // nothing is done unasked
    let (fine, text) = said(&program(&config, &["admin", "migrate", "--check"]));
    assert!(!fine && text.contains("of version 0 and would be added to; Koji's stay as they are"), "{text}");
    let (fine, text) = said(&program(&config, &["serve", "--listen", "127.0.0.1:0"]));
    assert!(!fine && text.contains("run: koji-hub admin migrate"), "{text}");
    let ours = "SELECT count(*) FROM pg_tables WHERE tablename ~ '^hub_'";
    assert_eq!(db.begin(Mode::Read).int(ours, args![]).await.unwrap(), 0);

    let (fine, text) = said(&program(&config, &["admin", "migrate"]));
    assert!(fine, "{text}");
    assert_eq!(
        said(&program(&config, &["admin", "migrate", "--check"])),
        (true, "the database is up to date\n".into())
    );
    assert_eq!(shape(&db).await, before);

    let hub = Running::start(&config);
    let tagged = hub.call(None, "listTagged", &["f45-build".into(), Value::Nil, true.into()]).await.unwrap();
    assert_eq!(tagged.as_array().unwrap()[0].str_at("nvr"), Some("bash-5.2-1.fc45"));
    let task = hub.call(None, "getTaskInfo", &[1.into(), true.into()]).await.unwrap();
    assert_eq!(task.get("request"), Some(&Value::Array(vec!["bash.src.rpm".into()])));
    assert_eq!(hub.call(None, "getTaskResult", &[1.into()]).await.unwrap(), Value::Int(7));
    assert_eq!(hub.call(None, "getTag", &["gone".into()]).await.unwrap(), Value::Nil);
    // a session that upstream's hub opened, and a password that it stored
    let who = hub.call(Some((1, "2-abcdefghijklmnopqrs")), "getLoggedInUser", &[]).await.unwrap();
    assert_eq!(who.str_at("name"), Some("alice"));
    let login = hub.call(None, "login", &["kojiadmin".into(), "secret".into()]).await.unwrap();
    let admin = Some((login.int_at("session-id").unwrap(), login.str_at("session-key").unwrap()));
    hub.call(admin, "tagBuildBypass", &["f45-build".into(), "bash-5.2-1.fc45".into()]).await.unwrap();
    hub.call(admin, "createTag", &["f46".into()]).await.unwrap();
    // upstream's hub goes on beside it, and what it does is seen at once
    by_hand(&db, "UPDATE tag_listing SET active = NULL, revoke_event = get_event(), revoker_id = 1 WHERE active AND tag_id = 1")
        .await
        .unwrap();
    let tagged = hub.call(None, "listTagged", &["f45".into()]).await.unwrap();
    assert_eq!(tagged, Value::Array(vec![]));
    drop(hub);

    assert_eq!(shape(&db).await, before);
    let plain = "SELECT password FROM users WHERE name = 'kojiadmin'";
    assert_eq!(db.begin(Mode::Read).maybe_text(plain, args![]).await.unwrap().as_deref(), Some("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_version_1_35_is_adopted_and_stays_upstreams() {
    adopt(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_version_1_36_is_adopted_and_stays_upstreams() {
    adopt(true).await;
}
