//! The network: a thread of its own with its own runtime, so that parsing a large answer never delays a key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use koji_api::FaultKind;
use koji_client::events::{Events, Notice};
use koji_client::{ClientError, ClientOptions, Credentials, Live, Session, Tape};
use koji_xmlrpc::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::call::{Call, from_json};
use crate::effect::Job;
use crate::event::Event;
use crate::place::Place;
use crate::screen::{Message, ScreenId, User};

/// A read that takes longer is given up and tried again.
const PATIENCE: Duration = Duration::from_secs(60);

/// What background work gets: the hub, and the way back.
#[derive(Clone)]
pub struct Net {
    /// Anonymous; calls run side by side and are tried once.
    pub reader: Session,
    /// As the user logged in (if at all); calls go one after the other.
    pub user: Session,
    /// Where logs are kept while they are looked at.
    pub spool: PathBuf,
    /// This program, for its commands.
    program: Vec<String>,
    credentials: Option<Credentials>,
    events: UnboundedSender<Event>,
}

impl Net {
    /// `credentials` are those that a session which ended is opened again with.
    pub(crate) fn new(
        session: &Session,
        spool: PathBuf,
        program: Vec<String>,
        credentials: Option<Credentials>,
        events: UnboundedSender<Event>,
    ) -> Net {
        let patient = |session: &Session| session.without_retry().with_timeout(PATIENCE);
        Net {
            reader: patient(&session.anonymous()),
            user: patient(session),
            spool,
            program,
            credentials,
            events,
        }
    }

    /// A message for a screen.
    pub fn send(&self, screen: ScreenId, message: Message) {
        // the program may have ended meanwhile
        let _ = self.events.send(Event::Screen(screen, message));
    }
}

pub enum Order {
    Fetch(Vec<Call>),
    Perform { calls: Vec<(String, Call)>, then: Option<Place> },
    Command { lines: Vec<(String, Vec<String>)>, then: Option<Place> },
    Watch(Vec<String>),
    Run(Job),
}

/// How to reach the hub.
#[derive(Clone)]
pub struct Hub {
    pub options: ClientOptions,
    pub credentials: Option<Credentials>,
    /// For files that are kept while they are looked at.
    pub spool: PathBuf,
    /// This program with the options that lead to the hub.
    pub program: Vec<String>,
}

/// Starts the thread. Dropping the sender ends it (after logging out). `tape` hears all calls.
pub fn start(
    hub: Hub,
    events: UnboundedSender<Event>,
    tape: Option<Arc<dyn Tape>>,
) -> std::io::Result<(UnboundedSender<Order>, std::thread::JoinHandle<()>)> {
    let (orders, inbox) = unbounded_channel();
    let thread = std::thread::Builder::new().name("hub".into()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
        {
            Ok(runtime) => runtime,
            Err(e) => {
                let _ = events.send(Event::LoggedIn(Err(format!("cannot start: {e}"))));
                return;
            }
        };
        runtime.block_on(serve(hub, inbox, events, tape));
        // background work of screens may still wait for the hub
        runtime.shutdown_background();
    })?;
    Ok((orders, thread))
}

async fn serve(
    hub: Hub,
    mut inbox: UnboundedReceiver<Order>,
    events: UnboundedSender<Event>,
    tape: Option<Arc<dyn Tape>>,
) {
    let session = match tape {
        Some(tape) => Session::taped(hub.options, tape),
        None => Session::new(hub.options),
    };
    let net = match session {
        Ok(session) => Net::new(&session, hub.spool, hub.program, hub.credentials.clone(), events),
        Err(e) => {
            let _ = events.send(Event::LoggedIn(Err(e.to_string())));
            return;
        }
    };
    if let Some(credentials) = hub.credentials {
        tokio::spawn(login(net.clone(), credentials));
    } else {
        let _ = net.events.send(Event::LoggedIn(Ok(None)));
    }
    let (topics, watched) = tokio::sync::watch::channel(Vec::new());
    tokio::spawn(watch(net.clone(), watched));
    while let Some(order) = inbox.recv().await {
        let net = net.clone();
        match order {
            Order::Fetch(calls) => {
                tokio::spawn(fetch(net, calls));
            }
            Order::Perform { calls, then } => {
                tokio::spawn(perform(net, calls, then));
            }
            Order::Command { lines, then } => {
                tokio::spawn(command(net, lines, then));
            }
            Order::Run(job) => {
                tokio::spawn(job(net));
            }
            Order::Watch(list) => {
                topics.send_replace(list);
            }
        }
    }
    if net.user.is_logged_in() {
        // a hub that is gone must not keep the terminal
        let _ = tokio::time::timeout(Duration::from_secs(2), net.user.logout()).await;
    }
}

/// Until it works: a hub that is down comes back.
async fn login(net: Net, credentials: Credentials) {
    let mut pause = Duration::from_secs(2);
    loop {
        let error = match net.user.login(credentials.clone()).await {
            Ok(()) => match who(&net.user).await {
                Ok(user) => {
                    let _ = net.events.send(Event::LoggedIn(Ok(Some(user))));
                    return;
                }
                Err(e) => e,
            },
            Err(e) => e,
        };
        let _ = net.events.send(Event::LoggedIn(Err(error.to_string())));
        if !error.is_transient() {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(60));
    }
}

async fn who(session: &Session) -> Result<User, ClientError> {
    let user = session.call_raw("getLoggedInUser", &[]).await?;
    let perms = session.call_raw("getPerms", &[]).await?;
    Ok(User {
        id: user.int_at("id").unwrap_or_default(),
        name: user.str_at("name").unwrap_or_default().to_owned(),
        perms: perms
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
}

async fn fetch(net: Net, calls: Vec<Call>) {
    let (here, calls): (Vec<Call>, Vec<Call>) = calls.into_iter().partition(|c| c.command().is_some());
    for call in here {
        tokio::spawn(look_here(net.clone(), call));
    }
    let (user, anyone): (Vec<Call>, Vec<Call>) = calls.into_iter().partition(|c| c.login);
    for (session, calls) in [(&net.reader, anyone), (&net.user, user)] {
        if calls.is_empty() {
            continue;
        }
        let begun = Instant::now();
        let answers = many(session, &calls).await;
        let _ = net.events.send(Event::Fetched { calls, answers, ms: millis(begun) });
    }
}

/// Asks a command of this program.
async fn look_here(net: Net, call: Call) {
    let begun = Instant::now();
    let words: Vec<String> =
        net.program.iter().cloned().chain(call.command().into_iter().flatten()).collect();
    let answer = match printed_by(&words).await {
        Ok(text) => serde_json::from_str(&text).map(|json| from_json(&json)).map_err(|e| e.to_string()),
        Err(e) => Err(e),
    };
    let _ =
        net.events.send(Event::Fetched { calls: vec![call], answers: Ok(vec![answer]), ms: millis(begun) });
}

async fn many(session: &Session, calls: &[Call]) -> Result<Vec<Result<Value, String>>, String> {
    // one call needs no envelope, and its answer no copy
    if let [call] = calls {
        return match session.call_raw(&call.method, &call.params).await {
            Ok(value) => Ok(vec![Ok(value)]),
            Err(ClientError::Fault(fault)) => Ok(vec![Err(fault.message)]),
            Err(e) => Err(e.to_string()),
        };
    }
    let mut all = session.multicall();
    for call in calls {
        all.add_raw(&call.method, call.params.clone());
    }
    let answers = all.run().await.map_err(|e| e.to_string())?;
    Ok(answers.into_iter().map(|a| a.map_err(|fault| fault.message)).collect())
}

async fn perform(net: Net, calls: Vec<(String, Call)>, then: Option<Place>) {
    let begun = Instant::now();
    let mut outcomes = Vec::with_capacity(calls.len());
    for (what, call) in calls {
        let answer = as_user(&net, &call).await;
        outcomes.push((what, answer.map_err(|e| e.to_string())));
    }
    let _ = net.events.send(Event::Performed { outcomes, then, ms: millis(begun) });
}

/// A session that expired is renewed by itself. One that the hub does not know any more (it was closed, or swept away while
/// the program stood open for days) refused the call before it did anything: a new login, and the call again.
async fn as_user(net: &Net, call: &Call) -> Result<Value, ClientError> {
    let answer = net.user.call_raw(&call.method, &call.params).await;
    match (&answer, &net.credentials) {
        (Err(e), Some(credentials)) if e.fault_kind() == Some(FaultKind::Auth) => {
            net.user.login(credentials.clone()).await?;
            net.user.call_raw(&call.method, &call.params).await
        }
        _ => answer,
    }
}

/// Runs programs one after the other, without a terminal, and reports what each said last.
async fn command(net: Net, lines: Vec<(String, Vec<String>)>, then: Option<Place>) {
    let begun = Instant::now();
    let mut outcomes = Vec::with_capacity(lines.len());
    for (what, words) in lines {
        outcomes.push((what, said_by(&words).await.map(Value::from)));
    }
    let _ = net.events.send(Event::Performed { outcomes, then, ms: millis(begun) });
}

async fn said_by(words: &[String]) -> Result<String, String> {
    let out = printed_by(words).await?;
    // a task that was made is more than its link
    let task = out.lines().find_map(|l| l.strip_prefix("Created task: "));
    Ok(task.map(str::to_owned).or_else(|| last(&out)).unwrap_or_default())
}

fn last(text: &str) -> Option<String> {
    text.lines().rev().map(str::trim).find(|l| !l.is_empty()).map(str::to_owned)
}

/// What a program that does well prints, else why it did not.
async fn printed_by(words: &[String]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("nothing to run")?;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|e| format!("cannot run {program}: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    if output.status.success() {
        return Ok(out);
    }
    // the first line says what is wrong, those after it what to do
    let first = err.lines().map(str::trim).find(|l| !l.is_empty()).map(str::to_owned);
    Err(first.or_else(|| last(&out)).unwrap_or_else(|| output.status.to_string()))
}

/// Tells of news from a hub that pushes, as long as there is something to watch: of one that sends events at once.
async fn watch(net: Net, mut topics: tokio::sync::watch::Receiver<Vec<String>>) {
    loop {
        let list = topics.borrow_and_update().clone();
        if !list.is_empty() && net.reader.has_feature("events").await.unwrap_or(false) {
            if hear(&net, &mut topics).await.is_err() {
                return;
            }
            continue;
        }
        let pushes = !list.is_empty() && net.reader.has_feature("live").await.unwrap_or(false);
        if !pushes {
            tokio::select! {
                changed = topics.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(Duration::from_secs(30)) => {}
            }
            continue;
        }
        let mut live = Live::new(&net.reader, Duration::from_secs(50));
        loop {
            tokio::select! {
                changed = topics.changed() => {
                    if changed.is_err() { return }
                    break;
                }
                () = live.news(&list) => {
                    if net.events.send(Event::News(list.clone())).is_err() { return }
                }
            }
        }
    }
}

/// The program has ended.
struct Ended;

/// Tells of events until nothing is to be watched any more, or the hub stops sending them.
async fn hear(net: &Net, topics: &mut tokio::sync::watch::Receiver<Vec<String>>) -> Result<(), Ended> {
    let mut list = topics.borrow_and_update().clone();
    let mut events = Events::listen(&net.reader, list.clone());
    loop {
        let notice = tokio::select! {
            changed = topics.changed() => {
                changed.map_err(|_| Ended)?;
                list = topics.borrow_and_update().clone();
                if list.is_empty() {
                    return Ok(());
                }
                events.set_topics(list.clone());
                continue;
            }
            notice = events.next() => notice,
        };
        let news = match notice {
            Some(Notice::Event(event)) => vec![event.topic()],
            // what happened before the connection stood is not told
            Some(Notice::Connected | Notice::Reset) => list.clone(),
            // the next look at what is shown will tell why
            Some(Notice::Lost(_)) => continue,
            Some(Notice::Unsupported) | None => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                return Ok(());
            }
        };
        net.events.send(Event::News(news)).map_err(|_| Ended)?;
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// How a call is shown in the RPC log.
pub fn summary(calls: &[Call]) -> String {
    match calls {
        [one] => one.key(),
        many => {
            let names: Vec<&str> = many.iter().map(|c| c.method.as_str()).collect();
            format!("multiCall[{}] {}", many.len(), names.join(" "))
        }
    }
}
