//! Logging in and out, and what a session is told about itself.

use koji_api::Fault;
use koji_api::methods::{
    ExclusiveSession, GetLoggedInUser, GetPerms, GetSessionInfo, HasPerm, Login, Logout, LogoutChild,
    SharedSession, ShowSession, SslLogin, Subsession,
};
use koji_db::names::{self, Table};
use koji_db::sessions::{self, Which};
use koji_db::users;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::auth;
use crate::context::{Cx, Session};
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    write!(ExclusiveSession, exclusive_session),
    read!(GetLoggedInUser, get_logged_in_user),
    read!(GetPerms, get_perms),
    read!(GetSessionInfo, get_session_info),
    read!(HasPerm, has_perm),
    write!(Login, login),
    write!(Logout, logout),
    write!(LogoutChild, logout_child),
    write!(SharedSession, shared_session),
    read!(ShowSession, show_session),
    write!(SslLogin, ssl_login),
    write!(Subsession, subsession),
];

async fn login(cx: &mut Cx, call: Login) -> Outcome<Value> {
    let mut args = call.args.into_iter();
    let mut opts = call.opts;
    let mut take = |name: &str| args.next().or_else(|| opts.shift_remove(name));
    let (user, password) = (take("user"), take("password"));
    let options = take("opts").unwrap_or_default();
    let (renew, exclusive) = (take("renew"), take("exclusive"));
    let (Some(user), Some(password)) = (user, password) else {
        return Err(Fault::internal(
            "<class 'TypeError'>: Session.login() missing a required positional argument: 'user' or 'password'",
        )
        .into());
    };
    let wrong = || Fault::auth("invalid username or password");
    let password = password.as_str().filter(|p| !p.is_empty()).ok_or_else(wrong)?;
    if cx.session.is_some() {
        return Err(Fault::auth("Already logged in").into());
    }
    let user = user
        .as_str()
        .ok_or_else(|| Fault::internal("<class 'TypeError'>: a user's name must be a string"))?;
    let truthy = |v: Option<Value>| v.is_some_and(|v| v.truthy());
    let hostip = options.str_at("hostip");
    auth::password_login(cx, user, password, hostip, truthy(renew), truthy(exclusive)).await
}

async fn ssl_login(cx: &mut Cx, call: SslLogin) -> Outcome<Value> {
    let mut args = call.args.into_iter();
    let mut opts = call.opts;
    let mut take = |name: &str| args.next().or_else(|| opts.shift_remove(name)).unwrap_or_default();
    let (user, kind) = (take("proxyuser"), take("proxyauthtype"));
    let (renew, exclusive) = (take("renew").truthy(), take("exclusive").truthy());
    let proxyuser = match &user {
        Value::Nil => None,
        user => Some(user.as_str().ok_or_else(|| Fault::parameter("proxyuser must be a string"))?.to_owned()),
    };
    let proxyauthtype = match &kind {
        Value::Nil => None,
        kind => Some(kind.as_int().ok_or_else(|| Fault::parameter("proxyauthtype must be an integer"))?),
    };
    auth::sso_login(cx, auth::Wanted { proxyuser, proxyauthtype, renew, exclusive }).await
}

async fn logout(cx: &mut Cx, call: Logout) -> Outcome<()> {
    let session = logged_in(cx)?.clone();
    let id = if call.session_id.truthy() {
        let id = call.session_id.as_int().ok_or_else(|| Fault::parameter("session_id must be an integer"))?;
        if !cx.is_admin() && !sessions::belongs_to(&mut cx.tx, id, session.user_id).await? {
            return Err(Fault::generic("query returned no rows").into());
        }
        id
    } else {
        session.id
    };
    Ok(sessions::close(&mut cx.tx, id).await?)
}

async fn logout_child(cx: &mut Cx, call: LogoutChild) -> Outcome<()> {
    let master = logged_in(cx)?.id;
    let id = call.session_id.as_int().ok_or_else(|| Fault::parameter("session_id must be an integer"))?;
    Ok(sessions::close_child(&mut cx.tx, id, master).await?)
}

async fn subsession(cx: &mut Cx, _: Subsession) -> Outcome<Value> {
    let session = logged_in(cx)?.clone();
    let ip = cx.hub.session_ip(&cx.origin);
    let master = Some(session.master.unwrap_or(session.id));
    let (_, answer) = auth::open_session(&mut cx.tx, session.user_id, &ip, session.auth_type, master).await?;
    Ok(answer)
}

/// Without a session there is nothing to do, as upstream has it.
async fn exclusive_session(cx: &mut Cx, call: ExclusiveSession) -> Outcome<()> {
    let Some(session) = cx.session.clone() else { return Ok(()) };
    let force = call.args.first().or_else(|| call.opts.get("force")).is_some_and(Value::truthy);
    if session.master.is_some() {
        return Err(Fault::generic("subsessions cannot become exclusive").into());
    }
    if session.exclusive {
        return Err(Fault::generic("session is already exclusive").into());
    }
    auth::make_exclusive(&mut cx.tx, session.id, session.user_id, force).await
}

async fn shared_session(cx: &mut Cx, _: SharedSession) -> Outcome<()> {
    match &cx.session {
        Some(session) => Ok(sessions::set_exclusive(&mut cx.tx, session.id, false).await?),
        None => Ok(()),
    }
}

async fn get_logged_in_user(cx: &mut Cx, _: GetLoggedInUser) -> Outcome<Option<Struct>> {
    let Some(session) = cx.session.clone() else { return Ok(None) };
    let mut me: Struct = lookup::user(&mut cx.tx, &Value::Int(session.user_id)).await?.into();
    let principals = users::principals(&mut cx.tx, session.user_id).await?;
    let first = principals.first().cloned();
    me.insert("krb_principals".into(), principals.into());
    me.insert("authtype".into(), Value::Int(session.auth_type));
    me.insert("krb_principal".into(), first.into());
    Ok(Some(me))
}

async fn get_perms(cx: &mut Cx, _: GetPerms) -> Outcome<Vec<String>> {
    Ok(cx.session.as_ref().map(|s| s.perms.clone()).unwrap_or_default())
}

async fn has_perm(cx: &mut Cx, call: HasPerm) -> Outcome<bool> {
    if call.strict {
        let which = koji_api::types::NameOrId::from_value(&call.perm)?;
        let found = names::find(&mut cx.tx, Table::Permission, &which).await?;
        found.ok_or_else(|| Fault::generic(format!("No such permission {which} defined")))?;
    }
    Ok(call.perm.as_str().is_some_and(|perm| cx.has_perm(perm)))
}

async fn get_session_info(cx: &mut Cx, call: GetSessionInfo) -> Outcome<Value> {
    let Some(session) = cx.session.clone() else { return Ok(Value::Nil) };
    if call.user_id.truthy() {
        let user = lookup::user(&mut cx.tx, &call.user_id).await?.id;
        if user != session.user_id && !cx.is_admin() {
            return Err(Fault::not_allowed("only admins or owners may see all active sessions").into());
        }
        let rows = cx.tx.select(&sessions::query(Which::OfUser(user), call.details)).await?;
        return Ok(Value::Array(rows.into_iter().map(Value::Struct).collect()));
    }
    let own = cx.tx.select_one(&sessions::query(Which::One(session.id), call.details)).await?;
    Ok(own.into())
}

async fn show_session(cx: &mut Cx, _: ShowSession) -> Outcome<String> {
    Ok(match &cx.session {
        None if cx.hub.settings().disable_url_sessions => {
            "session: not logged in (no Koji-Session-* headers)".into()
        }
        None => "session: not logged in (no session header or session args)".into(),
        Some(s) => {
            let exclusive = if s.exclusive { ", exclusive" } else { "" };
            format!("session {}: user {} ({}){exclusive}", s.id, s.user_name, s.user_id)
        }
    })
}

fn logged_in(cx: &Cx) -> Result<&Session, Fault> {
    cx.session.as_ref().ok_or_else(|| Fault::auth("Not logged in"))
}
