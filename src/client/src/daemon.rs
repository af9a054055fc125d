//! How a daemon logs in: what its settings offer, and as the only one of its kind.

use std::path::Path;

use crate::error::{ClientError, Result};
use crate::options::ClientOptions;
use crate::session::{Credentials, Session};

impl Credentials {
    /// The login that a daemon's settings ask for, in upstream's order: a certificate that is there, user and password, else
    /// Kerberos, if `principal` finds who to be.
    pub fn of_daemon<E: From<ClientError>>(
        cert: Option<&Path>,
        user: Option<&str>,
        password: Option<&str>,
        principal: impl FnOnce() -> Result<String, E>,
    ) -> Result<Credentials, E> {
        if let Some(cert) = cert.filter(|c| c.is_file()) {
            return Ok(Credentials::Ssl { cert: cert.to_owned(), proxyuser: None, proxyauthtype: None });
        }
        let Some(user) = user else {
            return Ok(Credentials::Gssapi {
                principal: Some(principal()?),
                proxyuser: None,
                proxyauthtype: None,
            });
        };
        match password {
            Some(password) => {
                Ok(Credentials::Password { user: user.to_owned(), password: password.to_owned() })
            }
            None => Err(ClientError::Options(format!("user is {user}, but there is no password")).into()),
        }
    }
}

impl Session {
    /// Logs in and makes that the user's only session; `force` ends the one that stands in the way. An error says what did
    /// not work.
    pub async fn of_daemon(options: ClientOptions, credentials: Credentials, force: bool) -> Result<Session> {
        let (server, how) = (options.server.clone(), format!("{credentials:?}"));
        let session = Session::new(options)?;
        session
            .login(credentials)
            .await
            .map_err(|e| ClientError::Login(format!("login to {server} by {how}: {e}")))?;
        session.exclusive_session(force).await.map_err(|e| {
            ClientError::Login(format!(
                "it is not the only one of this account (does another run? --force-lock takes over): {e}"
            ))
        })?;
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(cert: Option<&Path>, user: Option<&str>, password: Option<&str>) -> Result<String> {
        let principal = || Ok::<_, ClientError>("host/b1@EXAMPLE.COM".to_owned());
        Credentials::of_daemon(cert, user, password, principal).map(|c| format!("{c:?}"))
    }

    #[test]
    fn the_order_is_upstreams() {
        let dir = tempfile::tempdir().unwrap();
        let cert = dir.path().join("client.pem");
        let (user, password) = (Some("b1"), Some("secret"));
        assert_eq!(chosen(Some(&cert), user, password).unwrap(), "Password(b1)");
        std::fs::write(&cert, "").unwrap();
        assert_eq!(chosen(Some(&cert), user, password).unwrap(), format!("Ssl({})", cert.display()));
        assert_eq!(chosen(None, None, password).unwrap(), "Gssapi(Some(\"host/b1@EXAMPLE.COM\"))");
        let none = chosen(None, user, None).unwrap_err().to_string();
        assert_eq!(none, "user is b1, but there is no password");
        let nobody = Credentials::of_daemon(None, None, None, || Err(ClientError::Options("no way".into())));
        assert_eq!(nobody.unwrap_err().to_string(), "no way");
    }
}
