//! Logging in and out.

use std::path::PathBuf;

use koji_api::FaultKind;
use koji_xmlrpc::{Value, from_response, join_kwargs};

use super::request::Payload;
use super::state::{Credentials, Login, SessionInfo};
use super::{Options, Session};
use crate::error::{ClientError, Result};
use crate::transport::{self, Kerberos};

impl Session {
    /// Logs in. An earlier login of this session is forgotten, not ended.
    pub async fn login(&self, credentials: Credentials) -> Result<()> {
        match &credentials {
            Credentials::Password { .. } => {}
            Credentials::Ssl { cert, .. } => {
                self.inner.force_https();
                self.inner.set_http(transport::client(&self.inner.options, Some(cert))?);
            }
            // the session's key comes back: nobody else may read it
            Credentials::Gssapi { .. } => self.inner.force_https(),
        }
        let mut state = self.inner.login.lock().await;
        let info = self.send_login(&credentials, None).await?;
        *state = Some(Login::new(info, Some(credentials)));
        self.inner.set_logged_in(true);
        Ok(())
    }

    pub async fn login_password(&self, user: &str, password: &str) -> Result<()> {
        self.login(Credentials::Password { user: user.to_owned(), password: password.to_owned() }).await
    }

    /// Logs in with the certificate and key in the PEM file `cert`. The hub is addressed by https from now on.
    pub async fn login_ssl(&self, cert: impl Into<PathBuf>, proxyuser: Option<String>) -> Result<()> {
        self.login(Credentials::Ssl { cert: cert.into(), proxyuser, proxyauthtype: None }).await
    }

    /// Logs in by Kerberos, with the ticket of `principal` or the usual one. The hub is addressed by https from now on.
    pub async fn login_gssapi(&self, principal: Option<String>, proxyuser: Option<String>) -> Result<()> {
        self.login(Credentials::Gssapi { principal, proxyuser, proxyauthtype: None }).await
    }

    /// Ends the session at the hub, and those of its children. A session the hub no longer knows as valid
    /// counts as ended; a failure is reported, but the session is forgotten all the same.
    pub async fn logout(&self) -> Result<()> {
        if !self.is_logged_in() {
            return Ok(());
        }
        let once = self.without_retry();
        let kwargs = [("session_id".to_owned(), Value::Nil)].into_iter().collect();
        let ended = match once.call_raw("logout", &join_kwargs(Vec::new(), kwargs)).await {
            // hubs before 1.31 know no argument
            Err(error) if error.fault_kind() == Some(FaultKind::Parameter) => {
                once.call_raw("logout", &[]).await
            }
            other => other,
        };
        self.detach().await;
        match ended {
            Err(error) if error.fault_kind() == Some(FaultKind::AuthExpired) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Forgets the login without ending it: for a process that hands its session on.
    pub async fn detach(&self) -> Option<SessionInfo> {
        let mut state = self.inner.login.lock().await;
        self.inner.set_logged_in(false);
        state.take().map(|login| login.info)
    }

    /// A session of the same user under this one: it ends with this one, and has calls of its own.
    pub async fn subsession(&self) -> Result<Session> {
        if !self.is_logged_in() {
            return Err(ClientError::NotLoggedIn("open a subsession"));
        }
        let info: Option<SessionInfo> = self.call_raw_as("subsession", &[]).await?;
        let info = info.ok_or_else(|| ClientError::Login("the hub gave no subsession".into()))?;
        let credentials = self.inner.login.lock().await.as_ref().and_then(|login| login.credentials.clone());
        Ok(self.sibling(Some(Login::new(info, credentials))))
    }

    /// Goes on with a session that another process opened. With `credentials` it can be renewed when it expires.
    ///
    /// Calls are counted from 0: right for a fresh subsession, which this is meant for.
    pub fn restore(options: Options, info: SessionInfo, credentials: Option<Credentials>) -> Result<Session> {
        let session = Session::new(options)?;
        match &credentials {
            Some(Credentials::Ssl { cert, .. }) => {
                session.inner.force_https();
                session.inner.set_http(transport::client(&session.inner.options, Some(cert))?);
            }
            Some(Credentials::Gssapi { .. }) => session.inner.force_https(),
            Some(Credentials::Password { .. }) | None => {}
        }
        Ok(session.sibling(Some(Login::new(info, credentials))))
    }

    /// Id and key of the session, for [`Session::restore`].
    pub async fn info(&self) -> Option<SessionInfo> {
        self.inner.login.lock().await.as_ref().map(|login| login.info.clone())
    }

    /// Makes this the user's only session, as a build host must. `force` ends the one that stands in the way.
    pub async fn exclusive_session(&self, force: bool) -> Result<()> {
        let kwargs = [("force".to_owned(), Value::Bool(force))].into_iter().collect();
        self.call_raw("exclusiveSession", &join_kwargs(Vec::new(), kwargs)).await?;
        if let Some(login) = self.inner.login.lock().await.as_mut() {
            login.exclusive = true;
        }
        Ok(())
    }

    /// Gets a new key for an expired session.
    pub(super) async fn renew(&self, login: &mut Login) -> Result<()> {
        let Some(credentials) = login.credentials.clone() else {
            return Err(ClientError::Login("the session has expired and cannot be renewed".into()));
        };
        let info = self.send_login(&credentials, Some(login)).await?;
        login.renew(info);
        Ok(())
    }

    async fn send_login(
        &self,
        credentials: &Credentials,
        renewed: Option<&mut Login>,
    ) -> Result<SessionInfo> {
        let (name, params, kwargs) = credentials.call(renewed.as_ref().map(|login| login.exclusive));
        let payload = Payload::call(name, &join_kwargs(params, kwargs));
        let may_repeat = renewed.is_some() || self.inner.options.anon_retry;
        let mut request = self.prepare(&payload, renewed)?;
        if let Credentials::Gssapi { principal, .. } = credentials {
            request.kerberos = Some(Kerberos { principal: principal.clone() });
        }
        let (info, _) =
            self.attempt(&payload, &request, may_repeat, &from_response::<Option<SessionInfo>>).await?;
        info.ok_or_else(|| ClientError::Login("the hub gave no session".into()))
    }
}
