//! Renewing the cache, in a process that nobody waits for.

use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use koji_api::methods as m;
use koji_client::{ClientOptions, Session};
use koji_config::{ClientConfig, ClientSources, environment};
use koji_xmlrpc::Value;

use super::cache::{Cache, Place};
use crate::lookup::{field, items, text};
use crate::watch::task_label;

/// How long values are good for.
fn limit(name: &str) -> Duration {
    Duration::from_secs(match name {
        "tasks" => 30,
        "builds" | "tags" => 300,
        // long lists at big installations, and things that live long
        _ => 3600,
    })
}

/// A hub that is away is not asked at every TAB.
const PAUSE: Duration = Duration::from_secs(30);
/// The newest builds are offered.
const BUILDS: i64 = 5000;
const TASKS: i64 = 100;
/// No request of this process takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts that process when the values of `name` are old, and does not wait for it.
pub fn when_old(place: &Place, name: &str) {
    let cache = Cache::new(place);
    if !cache.is_older(name, limit(name)) || !cache.is_older("renewed", PAUSE) || cache.is_locked() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = Command::new(program);
    command.arg(super::REFRESH).arg(place.sources.profile.as_deref().unwrap_or_default()).arg(&place.server);
    command.arg(place.sources.config.as_deref().map_or("".as_ref(), |c| c.as_os_str()));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    detach(&mut command);
    // without it, this TAB offers what there is
    command.spawn().ok();
}

/// A session of its own: it outlives the shell's job and gets none of its signals.
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// `PROFILE SERVER CONFIG`: asks the hub and writes the files.
pub fn main(arguments: &[String]) -> ExitCode {
    let [profile, server, config] = arguments else { return ExitCode::FAILURE };
    rustix::process::setsid().ok();
    let sources = ClientSources {
        profile: Some(profile.clone()),
        config: Some(config.into()).filter(|_| !config.is_empty()),
        program: "koji".into(),
    };
    let Some(place) = Place::new(&sources, Some(server)) else { return ExitCode::FAILURE };
    let cache = Cache::new(&place);
    let Some(_lock) = cache.lock() else { return ExitCode::SUCCESS };
    if cache.write("renewed", &[]).is_err() {
        return ExitCode::FAILURE;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    match runtime.block_on(renew(&place, &cache)) {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

type Pairs = Vec<(String, String)>;

/// What the hub does not tell stays as it was.
async fn renew(place: &Place, cache: &Cache<'_>) -> Option<()> {
    let session = session(place)?;
    let renew = Renew { session: &session, cache };
    if renew.is_due("tasks") {
        renew.keep("tasks", tasks(&session, place).await);
    }
    let newest = Value::record([("order", Value::from("-build_id")), ("limit", BUILDS.into())]);
    renew.names("targets", m::GetBuildTargets::default(), "name").await;
    renew.names("tags", m::ListTags::default(), "name").await;
    renew.names("builds", m::ListBuilds { queryOpts: newest, ..Default::default() }, "nvr").await;
    renew.names("packages", m::ListPackagesSimple::default(), "package_name").await;
    renew.names("hosts", m::ListHosts::default(), "name").await;
    renew.names("channels", m::ListChannels::default(), "name").await;
    renew.names("permissions", m::GetAllPerms {}, "name").await;
    renew.names("volumes", m::ListVolumes {}, "name").await;
    renew.names("external-repos", m::ListExternalRepos::default(), "name").await;
    renew.names("users", m::ListUsers { userType: Value::Int(0), ..Default::default() }, "name").await;
    Some(())
}

struct Renew<'a> {
    session: &'a Session,
    cache: &'a Cache<'a>,
}

impl Renew<'_> {
    /// Half of the time has passed: what is about to be old is asked for with the rest.
    fn is_due(&self, name: &str) -> bool {
        self.cache.is_older(name, limit(name) / 2)
    }

    async fn names(&self, name: &str, call: impl koji_api::methods::Method, key: &str) {
        if !self.is_due(name) {
            return;
        }
        let Ok(list) = self.session.call(call).await else { return };
        let pairs = items(&list).iter().map(|row| (text(row, key).to_owned(), String::new()));
        self.keep(name, Some(pairs.collect()));
    }

    fn keep(&self, name: &str, values: Option<Pairs>) {
        if let Some(values) = values {
            // a full disk is no reason to disturb anybody at the command line
            self.cache.write(name, &values).ok();
        }
    }
}

fn session(place: &Place) -> Option<Session> {
    let settings = ClientConfig::load(&place.sources).ok()?.settings;
    let mut options = ClientOptions::new(place.server.as_str());
    options.serverca.clone_from(&settings.serverca);
    options.no_ssl_verify = settings.no_ssl_verify.is_some();
    Some(Session::new(options).ok()?.without_retry().with_timeout(PATIENCE))
}

/// The newest tasks of the profile's user, else of the person at the keyboard. Nothing is asked for: there is nobody.
async fn tasks(session: &Session, place: &Place) -> Option<Pairs> {
    let name = place.user.clone().or_else(environment::user_name)?;
    let user = session.call(m::GetUser { userInfo: name.into(), ..Default::default() }).await.ok()?;
    let opts =
        Value::record([("owner", field(&user, "id")), ("parent", Value::Nil), ("decode", true.into())]);
    if user.is_nil() {
        return None;
    }
    let newest = Value::record([("order", Value::from("-id")), ("limit", TASKS.into())]);
    let list = session.call(m::ListTasks { opts, queryOpts: newest }).await.ok()?;
    let pair = |task: &Value| Some((task.int_at("id")?.to_string(), task_label(task)));
    Some(items(&list).iter().filter_map(pair).collect())
}
