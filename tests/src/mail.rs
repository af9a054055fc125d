//! A mail server that keeps what it gets, and refuses what it is told to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::wait::wait_for;

/// A mail as the server got it.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub from: String,
    /// Of the envelope, in order.
    pub to: Vec<String>,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn read(from: &str, to: &[String], text: &str) -> Mail {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        // a line that begins with a blank goes on with the header before it
        let head = head.replace("\r\n ", " ");
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        Mail {
            from: from.to_owned(),
            to: to.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: unquoted(body),
        }
    }
}

/// Quoted-printable text as what it stands for.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "").replace("\r\n", "\n");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => bytes.push(byte),
            None => bytes.push(b'='),
        }
        bytes.extend(part.as_bytes().iter().skip(2));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Debug, Default)]
struct Letters {
    mails: Vec<Mail>,
    /// By address: the reply, and how many times it is given.
    refused: HashMap<String, (String, usize)>,
}

/// It listens on loopback until the test ends.
#[derive(Debug)]
pub struct MailServer {
    address: String,
    state: Arc<Mutex<Letters>>,
}

impl MailServer {
    pub fn start() -> Result<MailServer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = MailServer { address: listener.local_addr()?.to_string(), state: Arc::default() };
        let state = Arc::clone(&server.state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                // who hangs up in the middle has sent nothing
                std::thread::spawn(move || drop(talk(&stream, &state)));
            }
        });
        Ok(server)
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Answers `reply` (`450 later`) the next so many times that somebody wants to write to the address.
    pub fn refuse(&self, address: &str, reply: &str, times: usize) {
        lock(&self.state).refused.insert(address.to_owned(), (reply.to_owned(), times));
    }

    /// The mails with the words in their subjects.
    pub fn about(&self, subject: &str) -> Vec<Mail> {
        let has = |mail: &&Mail| mail.header("Subject").is_some_and(|s| s.contains(subject));
        lock(&self.state).mails.iter().filter(has).cloned().collect()
    }

    /// Waits for a mail with the words in its subject.
    pub fn wait_for(&self, subject: &str, patience: Duration) -> Result<Mail> {
        wait_for(&format!("a mail about {subject}"), patience, || Ok(self.about(subject).pop()))
    }
}

fn lock(state: &Mutex<Letters>) -> MutexGuard<'_, Letters> {
    state.lock().unwrap_or_else(|e| e.into_inner())
}

/// One connection, by RFC 5321.
fn talk(mut stream: &TcpStream, state: &Mutex<Letters>) -> Result<()> {
    let mut lines = BufReader::new(stream);
    let mut say = |reply: &str| stream.write_all(format!("{reply}\r\n").as_bytes());
    say("220 mail.example.com")?;
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let address = || Some(line.split_once('<')?.1.split_once('>')?.0.to_owned());
        match line.get(..4).unwrap_or(line) {
            "EHLO" | "HELO" => say("250 mail.example.com")?,
            "MAIL" => {
                from = address().context("no sender")?;
                to.clear();
                say("250 ok")?;
            }
            "RCPT" => {
                let address = address().context("no recipient")?;
                match refusal(&mut lock(state), &address) {
                    Some(reply) => say(&reply)?,
                    None => {
                        to.push(address);
                        say("250 ok")?;
                    }
                }
            }
            "DATA" if to.is_empty() => say("503 nobody to write to")?,
            "DATA" => {
                say("354 go on")?;
                let mail = Mail::read(&from, &to, &text(&mut lines)?);
                lock(state).mails.push(mail);
                say("250 taken")?;
            }
            "QUIT" => return Ok(say("221 bye")?),
            _ => say("500 what?")?,
        }
    }
}

fn refusal(state: &mut Letters, address: &str) -> Option<String> {
    let (reply, times) = state.refused.get_mut(address)?;
    *times = times.checked_sub(1)?;
    Some(reply.clone())
}

/// Up to the line with a dot alone.
fn text(lines: &mut impl BufRead) -> Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        match line.as_str() {
            ".\r\n" => return Ok(text),
            "" => anyhow::bail!("the mail has no end"),
            line => text.push_str(line.strip_prefix('.').unwrap_or(line)),
        }
    }
}
