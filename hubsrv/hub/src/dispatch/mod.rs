//! From a call to its answer: session, access, transaction, method.
//!
//! One call is one transaction: a snapshot that cannot write for reading methods, else one that is committed when the method
//! succeeds. A call whose transaction collided with another is made again from the start.

mod access;
mod multicall;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use koji_api::{Fault, FaultKind};
use koji_db::{DbError, Mode, Query, Tx, sessions};
use koji_xmlrpc::{Struct, Value, split_kwargs, write_call, write_response};

use crate::audit::{self, Note};
use crate::auth::{self, Checked, Credentials};
use crate::context::{Cx, Origin};
use crate::fault::{Failure, Outcome};
use crate::hub::Hub;
use crate::kept::{Collector, Packed, Saved};
use crate::methods::{self, Entry};
use crate::reply::{self, Reply};

pub use access::check_access;

/// How often a call is made again after a collision.
const RETRIES: u32 = 4;
/// Methods that maintenance mode lets through.
const DESPITE_LOCKOUT: &[&str] = &["login", "sslLogin", "logout"];

/// A call as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The document as it was sent, by which an answer can be found again; empty when there was none.
    pub document: Bytes,
    /// `None` when the document had no method name.
    pub method: Option<String>,
    pub params: Vec<Value>,
    pub credentials: Option<Credentials>,
    pub origin: Origin,
}

/// What to send back, and a copy of it to be kept.
pub struct Answer {
    pub content: Content,
    pub copy: Option<Collector>,
}

pub enum Content {
    Value(Value),
    /// Rows to be streamed out of the transaction that goes with them; `listed` is a list of the answers to all queries.
    Rows {
        queries: Vec<Query>,
        listed: bool,
        tx: Box<Tx>,
    },
    /// A whole document, as it was sent before.
    Kept(Arc<Packed>),
}

impl Answer {
    /// The answer in one piece.
    pub async fn into_value(self, hub: &Hub) -> Result<Value, Fault> {
        let (value, tables) = match self.content {
            Content::Value(v) => (v, None),
            Content::Rows { queries, listed, mut tx } => {
                let all = reply::lists(&mut tx, &queries).await.map_err(Failure::into_fault)?;
                let value = match all {
                    Value::Array(mut one) if !listed => one.pop().unwrap_or_default(),
                    all => all,
                };
                (value, Some(tx.reads()))
            }
            Content::Kept(packed) => return unpacked(&packed),
        };
        if let (Some(mut copy), Some(tables)) = (self.copy, tables) {
            copy.add_whole(&write_response(&value));
            hub.kept.keep(copy, tables);
        }
        Ok(value)
    }
}

fn unpacked(packed: &Packed) -> Result<Value, Fault> {
    let broken = |why: String| Fault::internal(format!("an answer that was kept cannot be read: {why}"));
    let mut document = Vec::with_capacity(packed.length());
    for piece in (0..).map_while(|n| packed.piece(n)) {
        document.extend_from_slice(&piece.map_err(|e| broken(e.to_string()))?);
    }
    let answer = koji_xmlrpc::parse_response(&document).map_err(|e| broken(e.to_string()))?;
    answer.map_err(|fault| broken(fault.string))
}

/// What a method name stands for.
#[derive(Clone, Copy)]
enum Target {
    One(&'static Entry),
    Many,
}

/// The answer to a document that was answered before, if it still holds; with the method's name.
pub async fn repeated(
    hub: &Hub,
    document: &[u8],
    credentials: Option<&Credentials>,
    origin: &Origin,
) -> Option<(&'static str, Result<Arc<Packed>, Fault>)> {
    if hub.settings().server_offline || hub.settings().lock_out {
        return None;
    }
    let known = hub.kept.find(document)?;
    let look = hub.watch.look().await.filter(|look| look.holds(&known.basis))?;
    if let Some(said) = credentials {
        let mut tx = hub.db.begin(Mode::Read);
        match auth::check(hub, &mut tx, Some(&look), said, origin, known.method).await {
            Ok(Checked::Valid(_)) => tx.commit().await.ok()?,
            Ok(Checked::Expired(_)) => return None,
            Err(failure) => return Some((known.method, Err(failure.into_fault()))),
        }
    }
    metrics::counter!("koji_hub_answers_kept_total", "method" => known.method).increment(1);
    let answer = match known.saved {
        Saved::Document(packed) => Ok(packed),
        Saved::Fault(fault) => Err(fault),
    };
    Some((known.method, answer))
}

/// Makes the call.
pub async fn dispatch(hub: &Arc<Hub>, call: Incoming) -> Result<Answer, Fault> {
    if hub.settings().server_offline {
        return Err(Fault::offline(hub.settings().offline_message.as_deref().unwrap_or("server is offline")));
    }
    let name = call.method.as_deref().unwrap_or("None");
    let target = target(hub, name)?;
    let mode = mode(hub, target, &call.params);
    let mut attempt = 0;
    loop {
        let failure = match once(hub, target, mode, &call).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        attempt += 1;
        // the server may have been started anew since the connection was made
        if attempt == 1 && mode == Mode::Read && matches!(failure, Failure::Db(DbError::Unavailable(_))) {
            continue;
        }
        if matches!(failure, Failure::Db(DbError::Conflict(_))) && attempt <= RETRIES {
            tracing::debug!(
                method = name,
                attempt,
                "collided with another transaction; making the call again"
            );
            let pause = rand::random_range(1..=20 * u64::from(attempt));
            tokio::time::sleep(Duration::from_millis(pause)).await;
            continue;
        }
        return Err(failure.into_fault());
    }
}

async fn once(hub: &Arc<Hub>, target: Target, mode: Mode, call: &Incoming) -> Outcome<Answer> {
    let method = match target {
        Target::One(entry) => entry.decl.name,
        Target::Many => "multiCall",
    };
    let question = question(hub, target, call);
    let look = match mode {
        Mode::Read if question.is_some() || call.credentials.is_some() => hub.watch.look().await,
        _ => None,
    };
    let mut tx = hub.db.begin(mode);
    if matches!(target, Target::One(_)) {
        tx = tx.first_alone();
    }
    let (session, renewable) = match &call.credentials {
        None => (None, None),
        Some(said) => match auth::check(hub, &mut tx, look.as_ref(), said, &call.origin, method).await? {
            Checked::Valid(session) => (Some(session), None),
            Checked::Expired(renewable) => (None, Some(renewable)),
        },
    };
    tx.set_user(session.as_ref().map(|s| s.user_id));
    let mut cx = Cx {
        hub: Arc::clone(hub),
        tx,
        session,
        renewable,
        origin: call.origin.clone(),
        method,
        nested: false,
        depth: 0,
    };
    if hub.settings().lock_out && !DESPITE_LOCKOUT.contains(&method) && !cx.is_admin() {
        return Err(Fault::offline("Server disabled for maintenance").into());
    }
    let mut copy = None;
    if let (Some(question), Some(look)) = (question, look) {
        if let Some(known) = hub.kept.find(&question).filter(|known| look.holds(&known.basis)) {
            return match known.saved {
                Saved::Document(packed) => Ok(Answer { content: Content::Kept(packed), copy: None }),
                Saved::Fault(fault) => Err(fault.into()),
            };
        }
        cx.tx.note_reads();
        copy = Some(hub.kept.collect(method, question, look));
    }
    let reply = match target {
        Target::One(entry) => {
            let (args, kwargs) = split_kwargs(call.params.clone());
            match one(&mut cx, entry, args, kwargs).await {
                Ok(reply) => reply,
                Err(Failure::Fault(fault)) if fault.kind == FaultKind::Generic => {
                    if let Some(copy) = copy {
                        hub.kept.keep_fault(copy, fault.clone(), cx.tx.reads());
                    }
                    return Err(fault.into());
                }
                Err(failure) => return Err(failure),
            }
        }
        Target::Many => {
            let all = multicall::run(&mut cx, &call.params).await?;
            // a fault may have other reasons than the data
            copy = copy.filter(|_| !multicall::has_faults(&all));
            Reply::Value(all)
        }
    };
    finish(cx, call, reply, copy).await
}

/// What an answer to the call would be kept by; `None` when it is not to be kept.
fn question(hub: &Hub, target: Target, call: &Incoming) -> Option<Bytes> {
    if !keeps(hub, target, &call.params) {
        return None;
    }
    let document = match target {
        Target::One(entry) if call.document.is_empty() => write_call(entry.decl.name, &call.params).into(),
        _ => call.document.clone(),
    };
    hub.kept.takes(&document).then_some(document)
}

/// Whether the answer depends on nothing but the call and Koji's tables.
fn keeps(hub: &Hub, target: Target, params: &[Value]) -> bool {
    match target {
        Target::One(entry) => entry.kept,
        Target::Many => inner(params).all(|(name, _)| {
            matches!(name.and_then(|name| self::target(hub, name).ok()), Some(Target::One(entry)) if entry.kept)
        }),
    }
}

/// Names and parameters of the calls of a multicall.
fn inner(params: &[Value]) -> impl Iterator<Item = (Option<&str>, &[Value])> {
    let calls = params.first().and_then(Value::as_array).unwrap_or_default();
    calls.iter().map(|call| {
        (call.str_at("methodName"), call.get("params").and_then(Value::as_array).unwrap_or_default())
    })
}

/// A single call. What it changed is noted in its transaction, a refusal outside of it.
async fn one(cx: &mut Cx, entry: &'static Entry, args: Vec<Value>, kwargs: Struct) -> Outcome<Reply> {
    if entry.mode == Mode::Read {
        return run(cx, entry, args, kwargs).await;
    }
    let note = Note::new(entry.decl.name, &args, &kwargs);
    // logging in makes the caller's session invalid for nothing but this line
    let session = cx.session.clone();
    match run(cx, entry, args, kwargs).await {
        Ok(reply) => {
            let reply = Reply::Value(reply.into_value(&mut cx.tx).await?);
            if cx.tx.has_written().await? {
                audit::changed(&mut cx.tx, session.as_ref(), &cx.origin, &note).await?;
            }
            Ok(reply)
        }
        Err(failure @ Failure::Db(DbError::Conflict(_) | DbError::Unavailable(_))) => Err(failure),
        Err(failure) => {
            let fault = failure.into_fault();
            let db = cx.hub.db.clone();
            // its locks go before the next transaction begins
            let broken = std::mem::replace(&mut cx.tx, db.begin(Mode::Read));
            let _ = broken.rollback().await;
            audit::refused(&db, session.as_ref(), &cx.origin, &note, &fault).await;
            Err(fault.into())
        }
    }
}

/// Access, then the method.
pub(crate) async fn run(
    cx: &mut Cx,
    entry: &'static Entry,
    args: Vec<Value>,
    kwargs: Struct,
) -> Outcome<Reply> {
    let outer = std::mem::replace(&mut cx.method, entry.decl.name);
    let outcome = match check_access(cx, entry.decl) {
        Ok(()) => (entry.run)(cx, args, kwargs).await,
        Err(fault) => Err(fault.into()),
    };
    cx.method = outer;
    outcome
}

/// The method of that name as this hub serves it.
pub(crate) fn find(hub: &Hub, name: &str) -> Result<&'static Entry, Fault> {
    let entry =
        methods::find(name).filter(|e| methods::plugin_of(e.decl.name).is_none_or(|p| hub.has_plugin(p)));
    entry.ok_or_else(|| Fault::generic(format!("Invalid method: {name}")))
}

fn target(hub: &Hub, name: &str) -> Result<Target, Fault> {
    match name {
        "multiCall" | "system.multicall" => Ok(Target::Many),
        name => find(hub, name).map(Target::One),
    }
}

/// Whether the call can do with a snapshot. A call that calls others can if they can.
fn mode(hub: &Hub, target: Target, params: &[Value]) -> Mode {
    let writes = match target {
        Target::One(entry) if methods::CALLS_ANOTHER.contains(&entry.decl.name) => {
            let inner = params.first().and_then(Value::as_str).and_then(|name| find(hub, name).ok());
            inner.is_some_and(|e| e.mode == Mode::Write)
        }
        Target::One(entry) => entry.mode == Mode::Write,
        Target::Many => inner(params).any(|(name, params)| {
            let target = name.and_then(|name| self::target(hub, name).ok());
            target.is_some_and(|t| mode(hub, t, params) == Mode::Write)
        }),
    };
    if writes { Mode::Write } else { Mode::Read }
}

/// Commits. The call's number is kept only with changes, so that a call that changed nothing can be repeated.
async fn finish(mut cx: Cx, call: &Incoming, reply: Reply, copy: Option<Collector>) -> Outcome<Answer> {
    let streams = cx.tx.mode() == Mode::Read;
    let value = match reply {
        Reply::Rows(query) if streams => {
            return Ok(Answer {
                content: Content::Rows { queries: vec![*query], listed: false, tx: Box::new(cx.tx) },
                copy,
            });
        }
        Reply::Lists(queries) if streams => {
            return Ok(Answer {
                content: Content::Rows { queries, listed: true, tx: Box::new(cx.tx) },
                copy,
            });
        }
        reply => reply.into_value(&mut cx.tx).await?,
    };
    if let Some(mut copy) = copy {
        copy.add_whole(&write_response(&value));
        cx.hub.kept.keep(copy, cx.tx.reads());
    }
    if cx.tx.mode() == Mode::Write
        && let (Some(session), Some(said)) = (&cx.session, &call.credentials)
        && let Some(callnum) = said.callnum
        && session.id == said.id
        && cx.tx.has_written().await?
    {
        sessions::set_callnum(&mut cx.tx, session.id, callnum).await?;
    }
    cx.tx.commit().await?;
    Ok(Answer { content: Content::Value(value), copy: None })
}
