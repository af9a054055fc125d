//! Logging in by password, and opening sessions for whoever has proved who they are.

use koji_api::Fault;
use koji_api::types::{AuthType, UserStatus};
use koji_db::Tx;
use koji_db::sessions::{self, Account};
use koji_xmlrpc::{Struct, Value};
use rand::RngExt as _;

use super::{hash_password, verify_password};
use crate::context::Cx;
use crate::fault::Outcome;

/// The session that a login makes, or renews when the caller's has expired. `hostip` is the address that it will belong to
/// instead of the caller's own.
pub async fn password_login(
    cx: &mut Cx,
    user: &str,
    password: &str,
    hostip: Option<&str>,
    renew: bool,
    exclusive: bool,
) -> Outcome<Value> {
    let wrong = || Fault::auth("invalid username or password");
    if cx.session.is_some() {
        return Err(Fault::auth("Already logged in").into());
    }
    let ip = cx.origin.ip.clone();
    if let Some(wait) = cx.hub.logins.wait(&ip, user) {
        tracing::warn!(user, ip, "login refused: too many failures");
        let text = format!("too many failed logins from {ip}; try again in {} seconds", wait.as_secs() + 1);
        return Err(Fault::auth(text).into());
    }
    let account = sessions::account(&mut cx.tx, user).await?;
    let Some(account) = matching(account, password.to_owned()).await else {
        cx.hub.logins.failed(&ip, user);
        tracing::warn!(user, ip, "login failed");
        return Err(wrong().into());
    };
    cx.hub.logins.succeeded(&ip, user);
    allowed(cx, &account.name, account.status)?;
    let hostip = match hostip {
        Some(ip) if cx.hub.settings().check_client_ip => ip.to_owned(),
        _ => cx.hub.session_ip(&cx.origin),
    };
    start(cx, account.user_id, &hostip, AuthType::Normal, renew, exclusive).await
}

/// Disabled users are somebody, but may not log in.
pub(super) fn allowed(cx: &Cx, name: &str, status: i64) -> Result<(), Fault> {
    if status == UserStatus::Normal.code() {
        return Ok(());
    }
    tracing::warn!(user = name, ip = %cx.origin.ip, "login of a disabled user");
    Err(Fault::auth(format!("logins by {name} are not allowed")))
}

/// The session of a user who is known to be the caller: a new one, or the caller's expired one with a new key. Nil for one
/// whose master is closed.
pub(super) async fn start(
    cx: &mut Cx,
    user_id: i64,
    hostip: &str,
    authtype: AuthType,
    renew: bool,
    exclusive: bool,
) -> Outcome<Value> {
    let renewable = cx.renewable.clone();
    if let (true, Some(old)) = (renew, renewable) {
        if !sessions::belongs_to(&mut cx.tx, old.id, user_id).await? {
            return Err(Fault::auth("the session to be renewed is another user's").into());
        }
        if let Some(master) = old.master
            && !sessions::is_open(&mut cx.tx, master).await?
        {
            return Ok(Value::Nil);
        }
        let key = new_key(user_id);
        sessions::renew(&mut cx.tx, old.id, &key).await?;
        if exclusive && !old.exclusive {
            make_exclusive(&mut cx.tx, old.id, user_id, false).await?;
        }
        return Ok(info(old.id, key));
    }
    let (id, answer) = open_session(&mut cx.tx, user_id, hostip, authtype.code(), None).await?;
    if exclusive {
        make_exclusive(&mut cx.tx, id, user_id, false).await?;
    }
    Ok(answer)
}

/// Opens a session: its id, and what the caller is told about it.
pub async fn open_session(
    tx: &mut Tx,
    user_id: i64,
    hostip: &str,
    authtype: i64,
    master: Option<i64>,
) -> Outcome<(i64, Value)> {
    let key = new_key(user_id);
    let id = sessions::open(tx, user_id, &key, hostip, authtype, master).await?;
    Ok((id, info(id, key)))
}

/// Gives a session its user's exclusive lock; with `force` the session that has it is closed.
pub async fn make_exclusive(tx: &mut Tx, id: i64, user_id: i64, force: bool) -> Outcome<()> {
    if let Some(holder) = sessions::lock_exclusive(tx, user_id).await?.filter(|holder| *holder != id) {
        if !force {
            return Err(Fault::new(koji_api::FaultKind::AuthLock, "Cannot get exclusive session").into());
        }
        sessions::close(tx, holder).await?;
    }
    Ok(sessions::set_exclusive(tx, id, true).await?)
}

/// A session key: the user's id and 160 random bits in upstream's alphabet, where upstream has 113.
pub fn new_key(user_id: i64) -> String {
    let mut random = rand::rng();
    let text: String = (0..27).map(|_| char::from(random.sample(rand::distr::Alphanumeric))).collect();
    format!("{user_id}-{text}")
}

fn info(id: i64, key: String) -> Value {
    let mut answer = Struct::new();
    answer.insert("session-id".into(), Value::Int(id));
    answer.insert("session-key".into(), Value::Str(key));
    answer.insert("header-auth".into(), Value::Bool(true));
    Value::Struct(answer)
}

/// The account, if that is its password. An unknown user takes as long as a known one.
async fn matching(account: Option<Account>, password: String) -> Option<Account> {
    let compare = move || {
        if password.is_empty() {
            return None;
        }
        match account {
            Some(a) => {
                let right = match (&a.hash, &a.plain) {
                    (Some(hash), _) => verify_password(hash, &password),
                    (None, Some(plain)) => super::check::same(plain, &password),
                    (None, None) => hash_password(&password).is_err(),
                };
                right.then_some(a)
            }
            None => {
                let _ = hash_password(&password);
                None
            }
        }
    };
    tokio::task::spawn_blocking(compare).await.ok().flatten()
}
