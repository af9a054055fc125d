//! The mail server of `kojid.conf`, and how a mail gets to it.

use std::time::Duration;

use koji_config::kojid::KojidSettings;
use lettre::address::Address;
use lettre::message::Message;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

/// Port of mail servers.
const PORT: u16 = 25;
/// For one try, from the connection to the server's last word.
const PATIENCE: Duration = Duration::from_secs(120);
/// A server that is away or asks to come again gets the mail as often as this.
const TRIES: u32 = 5;

pub(super) struct Server<'a> {
    host: &'a str,
    port: u16,
    login: Option<Credentials>,
    /// Between two tries.
    pause: Duration,
}

/// What a try came to.
#[derive(Default)]
struct Tried {
    taken: Vec<Address>,
    /// Refused for now, with the server's words.
    later: Vec<(Address, String)>,
    /// Refused for good.
    never: Vec<(Address, String)>,
}

/// Why nobody got the mail.
struct Failed {
    cause: String,
    /// It may go better later.
    passes: bool,
}

impl From<lettre::transport::smtp::Error> for Failed {
    fn from(e: lettre::transport::smtp::Error) -> Failed {
        Failed { passes: !e.is_permanent() && !e.is_client(), cause: e.to_string() }
    }
}

impl<'a> Server<'a> {
    pub fn of(settings: &'a KojidSettings) -> Server<'a> {
        let (host, port) = host_and_port(&settings.smtphost);
        let login = settings.smtp_user.clone().zip(settings.smtp_pass.clone());
        let login = login.map(|(user, password)| Credentials::new(user, password));
        Server { host, port, login, pause: Duration::from_secs(settings.retry_interval) }
    }

    /// Gives the mail to the server for all its recipients; those it was taken for. An error when there are none.
    pub async fn deliver(&self, message: &Message) -> Result<Vec<Address>, String> {
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        let mut left = message.envelope().to().to_vec();
        let mut last = None;
        for attempt in 1..=TRIES {
            match self.once(message, &left).await {
                Ok(tried) => {
                    taken.extend(tried.taken);
                    refused.extend(tried.never);
                    left = tried.later.iter().map(|(address, _)| address.clone()).collect();
                    last = tried.later.first().map(|(address, said)| format!("{address}: {said}"));
                }
                Err(failed) => {
                    last = Some(failed.cause);
                    if !failed.passes {
                        break;
                    }
                }
            }
            if left.is_empty() {
                break;
            }
            if attempt < TRIES {
                let cause = last.as_deref().unwrap_or_default();
                tracing::info!(cause, attempt, "the mail server did not take the mail; again in a while");
                tokio::time::sleep(self.pause).await;
            }
        }
        for (address, said) in &refused {
            tracing::warn!(%address, said, "the mail server refuses the address");
        }
        if let Some(cause) = last.as_deref().filter(|_| !left.is_empty()) {
            tracing::warn!(?left, cause, "these get no mail");
        }
        let cause = last.or_else(|| refused.first().map(|(address, said)| format!("{address}: {said}")));
        match cause {
            Some(cause) if taken.is_empty() => Err(format!(
                "the mail server {}:{} did not take the mail: {cause}: is smtphost in kojid.conf right?",
                self.host, self.port
            )),
            _ => Ok(taken),
        }
    }

    async fn once(&self, message: &Message, to: &[Address]) -> Result<Tried, Failed> {
        match tokio::time::timeout(PATIENCE, self.talk(message, to)).await {
            Ok(tried) => tried,
            Err(_) => {
                let cause = format!("it has not taken it after {} s", PATIENCE.as_secs());
                Err(Failed { cause, passes: true })
            }
        }
    }

    async fn talk(&self, message: &Message, to: &[Address]) -> Result<Tried, Failed> {
        let server = (self.host, self.port);
        let hello = ClientId::default();
        let mut smtp =
            AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &hello, None, None).await?;
        let tried = self.hand_over(&mut smtp, message, to).await;
        // what was said so far stands, whether or not it hears this
        smtp.abort().await;
        tried
    }

    async fn hand_over(
        &self,
        smtp: &mut AsyncSmtpConnection,
        message: &Message,
        to: &[Address],
    ) -> Result<Tried, Failed> {
        if let Some(login) = &self.login {
            smtp.auth(DEFAULT_MECHANISMS, login).await?;
        }
        smtp.command(Mail::new(message.envelope().from().cloned(), Vec::new())).await?;
        let mut tried = Tried::default();
        for address in to {
            match smtp.command(Rcpt::new(address.clone(), Vec::new())).await {
                Ok(_) => tried.taken.push(address.clone()),
                Err(e) if e.is_permanent() => tried.never.push((address.clone(), e.to_string())),
                Err(e) if e.is_transient() => tried.later.push((address.clone(), e.to_string())),
                Err(e) => return Err(e.into()),
            }
        }
        if !tried.taken.is_empty() {
            smtp.command(Data).await?;
            smtp.message(&message.formatted()).await?;
        }
        Ok(tried)
    }
}

/// Host and port of `smtphost`: `host` or `host:port`.
fn host_and_port(smtphost: &str) -> (&str, u16) {
    match smtphost.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, port),
            Err(_) => (smtphost, PORT),
        },
        _ => (smtphost, PORT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::notify::mail::Mail;

    #[test]
    fn servers_have_ports() {
        assert_eq!(host_and_port("mail.example.com"), ("mail.example.com", 25));
        assert_eq!(host_and_port("127.0.0.1:2525"), ("127.0.0.1", 2525));
        assert_eq!(host_and_port("::1"), ("::1", 25));
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let smtphost = listener.local_addr().unwrap().to_string();
        drop(listener);
        let settings =
            KojidSettings { smtphost: smtphost.clone(), retry_interval: 0, ..KojidSettings::default() };
        let mail = Mail { subject: "hello".into(), ..Mail::default() };
        let nobody = mail.send(&settings, &["a@example.com".to_owned()]).await.unwrap_err().to_string();
        assert!(nobody.contains(&smtphost) && nobody.contains("smtphost in kojid.conf"), "{nobody}");
        assert!(mail.send(&settings, &["no address".to_owned()]).await.unwrap().is_empty());
    }
}
