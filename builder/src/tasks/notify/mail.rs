//! One mail: its text and headers.

use koji_config::kojid::KojidSettings;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use super::smtp::Server;
use crate::task::TaskError;

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

    /// The mail with its addresses. What comes from outside is on one line, without control characters, and encoded where a
    /// header needs it.
    fn message(&self, from: &str, to: &[Mailbox]) -> Result<Message, TaskError> {
        let bad = |what: &str, e: &dyn std::fmt::Display| TaskError::generic(format!("{what}: {e}"));
        let sender: Mailbox = from.parse().map_err(|e| bad("from_addr in kojid.conf is no address", &e))?;
        let mut builder = Message::builder().from(sender).subject(plain(&self.subject));
        for address in to {
            builder = builder.to(address.clone());
        }
        for (name, value) in &self.headers {
            let name = HeaderName::new_from_ascii((*name).to_owned())
                .map_err(|e| bad(&format!("the header {name}"), &e))?;
            builder = builder.raw_header(HeaderValue::new(name, plain(value)));
        }
        let body = self.lines.iter().map(|line| plain(line)).collect::<Vec<_>>().join("\r\n");
        builder.header(ContentType::TEXT_PLAIN).body(body).map_err(|e| bad("cannot make the mail", &e))
    }

    /// Sends it to each of the addresses; those whose mail was taken. One that is none, or that the server refuses, does not
    /// keep the others from their mail.
    pub async fn send(&self, settings: &KojidSettings, to: &[String]) -> Result<Vec<String>, TaskError> {
        let mut good: Vec<Mailbox> = Vec::new();
        for address in to {
            match address.parse() {
                Ok(mailbox) => good.push(mailbox),
                Err(_) => tracing::warn!(address, "not a mail address: left out"),
            }
        }
        if good.is_empty() {
            return Ok(Vec::new());
        }
        let message = self.message(&settings.from_addr, &good)?;
        let taken = Server::of(settings).deliver(&message).await.map_err(TaskError::generic)?;
        Ok(taken.iter().map(ToString::to_string).collect())
    }
}

/// Each control character is a space.
fn plain(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_hold_one_line_each() {
        let mail = Mail {
            subject: "Package: x\r\nBcc: evil@example.com".into(),
            headers: vec![("X-Koji-Tag", "a\nX-Evil: 1".into()), ("X-Koji-User", "žofie".into())],
            lines: vec!["žluťoučký".into(), "\u{1b}]0;title\u{7}two".into()],
        };
        let message = mail.message("Koji <koji@example.com>", &["a@example.com".parse().unwrap()]).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let names: Vec<&str> =
            text.lines().take_while(|l| !l.is_empty()).filter_map(|l| l.split(':').next()).collect();
        assert!(!names.contains(&"Bcc") && !names.contains(&"X-Evil"), "{text}");
        assert!(text.contains("X-Koji-Tag: a X-Evil: 1") && text.is_ascii(), "{text}");
        assert_eq!(plain(&mail.lines[1]), " ]0;title two");
        assert!(mail.message("no address", &[]).is_err());
    }
}
