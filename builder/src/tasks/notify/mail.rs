//! One mail: made, and given to the mail server of `kojid.conf`.

use koji_config::kojid::KojidSettings;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::task::TaskError;

/// Port of mail servers.
const SMTP: u16 = 25;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub subject: String,
    /// `X-Koji-...`: for filters.
    pub headers: Vec<(&'static str, String)>,
    pub lines: Vec<String>,
}

impl Mail {
    pub fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// The mail with its addresses. What comes from outside is on one line and encoded where a header needs it.
    fn message(&self, from: &str, to: &[String]) -> Result<Message, TaskError> {
        let bad = |what: &str, e: &dyn std::fmt::Display| TaskError::generic(format!("{what}: {e}"));
        let sender: Mailbox = from.parse().map_err(|e| bad("from_addr in kojid.conf is no address", &e))?;
        let mut builder = Message::builder().from(sender).subject(one_line(&self.subject));
        for address in to {
            let to: Mailbox =
                address.parse().map_err(|e| bad(&format!("{address} is no mail address"), &e))?;
            builder = builder.to(to);
        }
        for (name, value) in &self.headers {
            let name = HeaderName::new_from_ascii((*name).to_owned())
                .map_err(|e| bad(&format!("the header {name}"), &e))?;
            builder = builder.raw_header(HeaderValue::new(name, one_line(value)));
        }
        let body = self.lines.join("\r\n");
        builder.header(ContentType::TEXT_PLAIN).body(body).map_err(|e| bad("cannot make the mail", &e))
    }

    /// Sends it to each of the addresses. One that is none does not keep the others from their mail.
    pub async fn send(&self, settings: &KojidSettings, to: &[String]) -> Result<(), TaskError> {
        let (good, bad): (Vec<_>, Vec<_>) =
            to.iter().cloned().partition(|address| address.parse::<Mailbox>().is_ok());
        for address in bad {
            tracing::warn!(address, "not a mail address: left out");
        }
        if good.is_empty() {
            return Ok(());
        }
        let message = self.message(&settings.from_addr, &good)?;
        let (host, port) = server(&settings.smtphost);
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port);
        if let (Some(user), Some(password)) = (&settings.smtp_user, &settings.smtp_pass) {
            transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
        }
        transport.build().send(message).await.map_err(|e| {
            TaskError::generic(format!(
                "the mail server {host}:{port} did not take the mail: {e}: is smtphost in kojid.conf right?"
            ))
        })?;
        Ok(())
    }
}

/// Host and port of `smtphost`: `host` or `host:port`.
fn server(smtphost: &str) -> (&str, u16) {
    match smtphost.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, port),
            Err(_) => (smtphost, SMTP),
        },
        _ => (smtphost, SMTP),
    }
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_have_ports() {
        assert_eq!(server("mail.example.com"), ("mail.example.com", 25));
        assert_eq!(server("127.0.0.1:2525"), ("127.0.0.1", 2525));
        assert_eq!(server("::1"), ("::1", 25));
    }

    #[test]
    fn headers_hold_one_line_each() {
        let mail = Mail {
            subject: "Package: x\r\nBcc: evil@example.com".into(),
            headers: vec![("X-Koji-Tag", "a\nX-Evil: 1".into()), ("X-Koji-User", "žofie".into())],
            lines: vec!["žluťoučký".into(), "two".into()],
        };
        let message = mail.message("Koji <koji@example.com>", &["a@example.com".into()]).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let names: Vec<&str> =
            text.lines().take_while(|l| !l.is_empty()).filter_map(|l| l.split(':').next()).collect();
        assert!(!names.contains(&"Bcc") && !names.contains(&"X-Evil"), "{text}");
        assert!(text.contains("X-Koji-Tag: a X-Evil: 1") && text.is_ascii(), "{text}");
        assert!(mail.message("no address", &[]).is_err());
    }

    /// A mail server that takes one mail; what it was told.
    async fn server_for_one(listener: tokio::net::TcpListener) -> String {
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let (mut told, mut in_mail) = (String::new(), false);
        stream.write_all(b"220 test\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap() == 0 {
                return told;
            }
            told.push_str(&line);
            let answer = match (in_mail, line.trim_end()) {
                (true, ".") => {
                    in_mail = false;
                    "250 taken\r\n"
                }
                (true, _) => continue,
                (false, "DATA") => {
                    in_mail = true;
                    "354 go on\r\n"
                }
                (false, "QUIT") => return told,
                (false, _) => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn mail_reaches_the_server_and_each_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let smtphost = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(server_for_one(listener));
        let settings = KojidSettings { smtphost, ..KojidSettings::default() };
        let mail = Mail {
            subject: "hello".into(),
            headers: vec![],
            lines: vec!["one".into(), ".".into(), "two".into()],
        };
        let to = ["a@example.com".to_owned(), "no address".to_owned(), "b@example.com".to_owned()];
        mail.send(&settings, &to).await.unwrap();
        let told = tokio::time::timeout(std::time::Duration::from_secs(60), server).await.unwrap().unwrap();
        for part in [
            "MAIL FROM:<buildsys@example.com>",
            "RCPT TO:<a@example.com>",
            "RCPT TO:<b@example.com>",
            "Subject: hello",
            "two",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        assert!(!told.contains("no address"), "{told}");
        let nobody = mail.send(&settings, &["a@example.com".to_owned()]).await.unwrap_err().to_string();
        assert!(nobody.contains("smtphost"), "{nobody}");
    }
}
