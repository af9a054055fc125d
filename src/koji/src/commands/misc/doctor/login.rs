//! The login as every command makes it, and what the user may do.

use koji_api::methods as m;
use koji_client::{Credentials, Session};
use koji_xmlrpc::Value;

use super::finding::Finding;
use super::patient::Patient;
use crate::advice;
use crate::secrets::{self, Account};

const CHECK: &str = "login";

pub async fn check(patient: &Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let (Some(session), Some(settings)) = (&patient.session, &patient.settings) else { return Vec::new() };
    if patient.no_login || settings.authtype.as_deref() == Some("noauth") {
        return vec![Finding::skipped(CHECK, "no login is wanted")];
    }
    let by_password = settings.authtype.as_deref() == Some("password")
        || (settings.authtype.is_none()
            && settings.user.is_some()
            && settings.cert.as_ref().is_none_or(|c| !c.is_file()));
    if by_password
        && let Some(user) = &settings.user
        && settings.password.is_none()
        && let Ok(None) = secrets::find(Account { server: &settings.server, user })
    {
        return vec![Finding::skipped(
            CHECK,
            "the password is asked for by commands that log in; it is not tried here",
        )];
    }
    let credentials = match crate::profile::credentials(patient.options, settings) {
        Ok(credentials) => credentials,
        Err(e) => {
            let (text, remedy) =
                e.message.split_once('\n').unwrap_or((&e.message, "complete the profile, or use --noauth"));
            return vec![Finding::failed(CHECK, text, remedy)];
        }
    };
    let how = match &credentials {
        Credentials::Password { .. } => "password",
        Credentials::Ssl { .. } => "client certificate",
        Credentials::Gssapi { .. } => "Kerberos",
    };
    if let Err(e) = session.login(credentials).await {
        let remedy = advice::remedy(&e).unwrap_or_else(|| "ask those who run the hub".into());
        return vec![Finding::failed(CHECK, format!("the login by {how} failed: {e}"), remedy)];
    }
    let finding = who(session, how).await;
    session.logout().await.ok();
    vec![finding]
}

async fn who(session: &Session, how: &str) -> Finding {
    let user = match session.call(m::GetLoggedInUser {}).await {
        Ok(user) => user,
        Err(e) => {
            return Finding::failed(
                CHECK,
                format!("the hub forgets the login at once: {e}"),
                "tell those who run the hub",
            );
        }
    };
    let name = user.str_at("name").unwrap_or("nobody");
    let perms = session.call(m::GetPerms {}).await.unwrap_or_default();
    let perms: Vec<&str> = perms.as_array().unwrap_or_default().iter().filter_map(Value::as_str).collect();
    let perms = if perms.is_empty() {
        "no permissions beyond those of every user".to_owned()
    } else {
        format!("permissions: {}", perms.join(", "))
    };
    Finding::fine(CHECK, format!("{name}, by {how}; {perms}"))
}
