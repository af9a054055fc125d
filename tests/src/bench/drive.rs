//! Clients that make the same call again and again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::Cpu;

/// What is sent: one request for each session, in turn.
#[derive(Debug, Clone)]
pub struct Request {
    pub to: SocketAddr,
    /// Whole requests, headers and body.
    texts: Arc<Vec<Vec<u8>>>,
    /// Length of the answer.
    expected: usize,
}

/// One measurement; times in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub requests: usize,
    pub rate: f64,
    pub p50: f64,
    pub p95: f64,
    /// CPU a request.
    pub hub: f64,
    pub db: f64,
}

impl Request {
    /// Prepares the call and makes it twice, to know its answer's length and to have caches filled. No session: anonymous.
    pub fn new(to: SocketAddr, body: &str, sessions: &[(i64, String)]) -> Result<Request> {
        let text = |session: String| {
            let head = format!(
                "POST /kojihub HTTP/1.1\r\nHost: {to}\r\nUser-Agent: koji/1\r\nContent-Type: text/xml\r\n{session}Content-Length: {}\r\n\r\n",
                body.len()
            );
            (head + body).into_bytes()
        };
        let mut texts: Vec<Vec<u8>> = sessions
            .iter()
            .map(|(id, key)| text(format!("Koji-Session-Id: {id}\r\nKoji-Session-Key: {key}\r\n")))
            .collect();
        if texts.is_empty() {
            texts.push(text(String::new()));
        }
        let mut client = Client::connect(to)?;
        let mut answer = Vec::new();
        for text in texts.iter().chain(&texts) {
            answer.clear();
            client.call(text, Some(&mut answer))?;
        }
        Ok(Request { to, texts: Arc::new(texts), expected: answer.len() })
    }

    /// Length of the answer in bytes.
    pub fn answer_length(&self) -> usize {
        self.expected
    }
}

/// Has `clients` make the call for some time, or three times each when it is slow.
pub fn measure(
    request: &Request,
    clients: usize,
    time: Duration,
    hub: u32,
    database: u32,
) -> Result<Measured> {
    let stop = Arc::new(AtomicBool::new(false));
    let before = (Cpu::of(hub)?, Cpu::of_tree(database)?);
    let start = Instant::now();
    let threads: Vec<_> = (0..clients)
        .map(|number| {
            let (request, stop) = (request.clone(), Arc::clone(&stop));
            thread::spawn(move || repeat(&request, number, &stop))
        })
        .collect();
    thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for thread in threads {
        let done = thread.join().map_err(|_| anyhow::anyhow!("a client thread has failed"))?;
        times.extend(done?);
    }
    let took = start.elapsed().as_secs_f64();
    let (hub, db) = (Cpu::of(hub)?.since(before.0), Cpu::of_tree(database)?.since(before.1));
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(index).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
    };
    // far below 2^53
    let count = times.len() as f64;
    Ok(Measured {
        requests: times.len(),
        rate: count / took,
        p50: at(50),
        p95: at(95),
        hub: hub * 1000.0 / count,
        db: db * 1000.0 / count,
    })
}

fn repeat(request: &Request, number: usize, stop: &AtomicBool) -> Result<Vec<Duration>> {
    const LEAST: usize = 3;
    let mut client = Client::connect(request.to)?;
    let mut times = Vec::new();
    for text in request.texts.iter().cycle().skip(number % request.texts.len()) {
        let start = Instant::now();
        let length = client.call(text, None)?;
        times.push(start.elapsed());
        ensure!(length == request.expected, "an answer has {length} bytes instead of {}", request.expected);
        if stop.load(Ordering::Relaxed) && times.len() >= LEAST {
            break;
        }
    }
    Ok(times)
}

/// A connection that stays.
struct Client {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    line: String,
    scratch: Vec<u8>,
}

impl Client {
    fn connect(to: SocketAddr) -> Result<Client> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let reader = BufReader::with_capacity(256 * 1024, stream.try_clone()?);
        Ok(Client { stream, reader, line: String::new(), scratch: vec![0; 256 * 1024] })
    }

    /// Sends a request and reads its answer; the length of the body.
    fn call(&mut self, request: &[u8], mut keep: Option<&mut Vec<u8>>) -> Result<usize> {
        self.stream.write_all(request)?;
        let status = self.line()?.to_owned();
        ensure!(status.starts_with("HTTP/1.1 200"), "the hub answered {status:?}");
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(number) = line.strip_prefix("content-length:") {
                length = Some(number.trim().parse::<usize>()?);
            }
        }
        if let Some(length) = length {
            self.take(length, &mut keep)?;
            return Ok(length);
        }
        let mut total = 0;
        loop {
            let size = usize::from_str_radix(self.line()?, 16).context("the length of a chunk")?;
            self.take(size, &mut keep)?;
            ensure!(self.line()?.is_empty(), "a chunk does not end where it says");
            total += size;
            if size == 0 {
                return Ok(total);
            }
        }
    }

    fn line(&mut self) -> Result<&str> {
        self.line.clear();
        if self.reader.read_line(&mut self.line)? == 0 {
            bail!("the hub ended the connection");
        }
        Ok(self.line.trim_end())
    }

    fn take(&mut self, length: usize, keep: &mut Option<&mut Vec<u8>>) -> Result<()> {
        let mut left = length;
        while left > 0 {
            let most = left.min(self.scratch.len());
            let read = self.reader.read(&mut self.scratch[..most])?;
            ensure!(read > 0, "the hub ended the connection within an answer");
            if let Some(keep) = keep {
                keep.extend_from_slice(&self.scratch[..read]);
            }
            left -= read;
        }
        Ok(())
    }
}

/// One call with its answer, for setting up.
pub(super) fn call_once(to: SocketAddr, body: &str) -> Result<String> {
    let mut client = Client::connect(to)?;
    let mut answer = Vec::new();
    let request = format!(
        "POST /kojihub HTTP/1.1\r\nHost: {to}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    client.call(request.as_bytes(), Some(&mut answer))?;
    Ok(String::from_utf8(answer)?)
}
