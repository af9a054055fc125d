//! Logging in as who TLS, Kerberos or a web server in front says one is.

use koji_api::Fault;
use koji_api::types::{AuthType, UserType};
use koji_db::users::{self, User, UserRef};
use koji_xmlrpc::Value;

use super::{Dn, Identity, check_realm, login, principal};
use crate::context::Cx;
use crate::fault::Outcome;

/// What `sslLogin` was asked for.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Whom to log in instead of oneself.
    pub proxyuser: Option<String>,
    /// The kind of login to record for that user.
    pub proxyauthtype: Option<i64>,
    pub renew: bool,
    pub exclusive: bool,
}

/// The session of the caller's verified identity, or of the user that it may log in for.
pub async fn sso_login(cx: &mut Cx, wanted: Wanted) -> Outcome<Value> {
    if cx.session.is_some() {
        return Err(Fault::auth("Already logged in").into());
    }
    // upstream's words for what its web server has not verified
    let identity = cx.origin.identity.clone().ok_or_else(|| Fault::auth("could not verify client: None"))?;
    let (mut name, mut authtype) = match &identity {
        Identity::Principal(principal) => (principal.clone(), AuthType::Gssapi),
        Identity::Certificate(subject) => {
            let part = &cx.hub.settings().dn_username_component;
            let name = subject.component(part).ok_or_else(|| {
                Fault::auth(format!("unable to get user information ({part}) from client certificate"))
            })?;
            (name.to_owned(), AuthType::Ssl)
        }
    };
    if let Some(user) = wanted.proxyuser.filter(|u| !u.is_empty()) {
        if !may_proxy(cx, &identity) {
            tracing::warn!(%identity, user, ip = %cx.origin.ip, "refused to log in for another user");
            return Err(Fault::auth(format!("{identity} is not authorized to login other users")).into());
        }
        tracing::info!(%identity, user, ip = %cx.origin.ip, "logs in another user");
        name = user;
        if let Some(code) = wanted.proxyauthtype {
            authtype = proxied(cx, code, authtype)?;
        }
    }
    let user = match authtype == AuthType::Gssapi && name.contains('@') {
        true => of_principal(cx, &name).await?,
        false => of_name(cx, &name).await?,
    };
    login::allowed(cx, &user.name, user.status)?;
    let hostip = cx.hub.session_ip(&cx.origin);
    login::start(cx, user.id, &hostip, authtype, wanted.renew, wanted.exclusive).await
}

fn may_proxy(cx: &Cx, identity: &Identity) -> bool {
    let settings = cx.hub.settings();
    match identity {
        Identity::Principal(principal) => settings.proxy_principals.split(',').any(|p| p.trim() == principal),
        Identity::Certificate(subject) => {
            settings.proxy_dns.split('|').filter_map(Dn::from_setting).any(|dn| dn == *subject)
        }
    }
}

/// The kind of login that a proxy asks to have recorded.
fn proxied(cx: &Cx, code: i64, own: AuthType) -> Result<AuthType, Fault> {
    if !cx.hub.settings().allow_proxy_auth_type && code != own.code() {
        return Err(Fault::auth(
            "Proxy must use same auth mechanism as hub (behaviour can be overriden via AllowProxyAuthType hub option)",
        ));
    }
    [AuthType::Gssapi, AuthType::Ssl]
        .into_iter()
        .find(|kind| kind.code() == code)
        .ok_or_else(|| Fault::auth(format!("Proxied authtype {code} is not valid for sslLogin")))
}

/// The user that a principal belongs to. A new one belongs to the user of its name; unlike upstream's hub, ours does not
/// give it to a user that has other principals: `alice` of one realm is not `alice` of another.
async fn of_principal(cx: &mut Cx, principal: &str) -> Outcome<User> {
    let (name, _) = principal::split(principal)?;
    check_realm(&cx.hub.settings().allowed_krb_realms, principal)?;
    let by_principal = UserRef::Parts { id: None, name: None, principal: Some(principal.to_owned()) };
    if let Some(user) = users::find(&mut cx.tx, &by_principal).await? {
        return person(user);
    }
    if !cx.hub.settings().login_creates_user {
        return Err(Fault::auth(format!("Unknown user: {principal}")).into());
    }
    cx.hub.names.principal(&principal.into())?;
    // several programs of a new user may log in at once
    users::one_at_a_time(&mut cx.tx, name).await?;
    if let Some(user) = users::find(&mut cx.tx, &by_principal).await? {
        return person(user);
    }
    let user = match find_named(cx, name).await? {
        Some(user) => person(user)?,
        None => create(cx, name).await?,
    };
    if !users::principals(&mut cx.tx, user.id).await?.is_empty() {
        return Err(Fault::auth(format!(
            "{principal} is not a Kerberos principal of the user {name}, who has others; \
             an administrator can add it: koji edit-user --add-krb={principal} {name}"
        ))
        .into());
    }
    users::add_principal(&mut cx.tx, user.id, principal).await?;
    Ok(user)
}

async fn of_name(cx: &mut Cx, name: &str) -> Outcome<User> {
    match find_named(cx, name).await? {
        Some(user) => person(user),
        None if cx.hub.settings().login_creates_user => {
            users::one_at_a_time(&mut cx.tx, name).await?;
            match find_named(cx, name).await? {
                Some(user) => person(user),
                None => create(cx, name).await,
            }
        }
        None => Err(Fault::auth(format!("Unknown user: {name}")).into()),
    }
}

/// By its name alone: text that could be a principal is none here.
async fn find_named(cx: &mut Cx, name: &str) -> Outcome<Option<User>> {
    let which = UserRef::Parts { id: None, name: Some(name.to_owned()), principal: None };
    Ok(users::find(&mut cx.tx, &which).await?)
}

/// Groups are users to the database, but nobody is a group.
fn person(user: User) -> Outcome<User> {
    if user.is_group() {
        return Err(Fault::auth(format!("{} is a group and cannot log in", user.name)).into());
    }
    Ok(user)
}

/// A name that is somebody's principal would be taken for that person wherever either can be written.
async fn create(cx: &mut Cx, name: &str) -> Outcome<User> {
    cx.hub.names.user(&name.into())?;
    let principal = UserRef::Parts { id: None, name: None, principal: Some(name.to_owned()) };
    if users::find(&mut cx.tx, &principal).await?.is_some() {
        return Err(Fault::auth(format!("{name} is another user's Kerberos principal")).into());
    }
    let id = users::create(&mut cx.tx, name, UserType::Normal, 0).await?;
    tracing::info!(name, ip = %cx.origin.ip, "the first login made the user");
    Ok(User { id, name: name.to_owned(), status: 0, usertype: UserType::Normal.code() })
}
