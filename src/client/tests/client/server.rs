//! An HTTP server that misbehaves as told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use koji_client::{ClientOptions, Session};
use koji_xmlrpc::{Value, parse_call, split_kwargs, write_fault, write_response};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The XML-RPC method; empty for uploads and downloads.
    pub fn call(&self) -> String {
        parse_call(&self.body).ok().and_then(|c| c.method).unwrap_or_default()
    }

    pub fn args(&self) -> (Vec<Value>, koji_xmlrpc::Struct) {
        split_kwargs(parse_call(&self.body).unwrap().params)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub fn callnum(&self) -> i64 {
        self.header("koji-session-callnum").parse().unwrap()
    }
}

#[derive(Debug, Clone)]
pub enum Action {
    Reply {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a word.
    Drop,
    /// Announces more bytes than it sends.
    Truncate {
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        send: usize,
    },
    /// Waits before it answers.
    Slow(Duration, Box<Action>),
}

pub fn reply(value: impl Into<Value>) -> Action {
    Action::Reply { status: 200, headers: vec![], body: write_response(&value.into()) }
}

pub fn fault(code: i64, text: &str) -> Action {
    Action::Reply { status: 200, headers: vec![], body: write_fault(code, text) }
}

pub fn status(status: u16, body: &str) -> Action {
    Action::Reply { status, headers: vec![], body: body.as_bytes().to_vec() }
}

pub fn login_reply(key: &str) -> Action {
    reply(Value::record([
        ("session-id", Value::Int(7)),
        ("session-key", key.into()),
        ("header-auth", true.into()),
    ]))
}

type Handler = Box<dyn FnMut(&Request) -> Action + Send>;

/// Ends with the test's runtime.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub async fn start(handler: impl FnMut(&Request) -> Action + Send + 'static) -> Server {
        Self::start_with(handler, None).await
    }

    pub async fn start_with(
        handler: impl FnMut(&Request) -> Action + Send + 'static,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let handler: Arc<Mutex<Handler>> = Arc::new(Mutex::new(Box::new(handler)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, log, tls) = (handler.clone(), log.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, handler, log).await,
                        Some(config) => {
                            if let Ok(stream) = tokio_rustls::TlsAcceptor::from(config).accept(stream).await {
                                serve(stream, handler, log).await;
                            }
                        }
                    }
                });
            }
        });
        Server { url: format!("{scheme}://localhost:{port}"), seen }
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The names of all calls so far.
    pub fn calls(&self) -> Vec<String> {
        self.seen().iter().map(Request::call).collect()
    }

    pub fn options(&self) -> ClientOptions {
        ClientOptions {
            max_retries: 3,
            retry_interval: Duration::from_millis(5),
            ..ClientOptions::new(format!("{}/kojihub", self.url))
        }
    }

    pub fn session(&self) -> Session {
        Session::new(self.options()).unwrap()
    }

    /// A session that has logged in, which the handler must have allowed.
    pub async fn logged_in(&self) -> Session {
        let session = self.session();
        session.login_password("kojiadmin", "secret").await.unwrap();
        session
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: Arc<Mutex<Handler>>,
    log: Arc<Mutex<Vec<Request>>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await {
        log.lock().unwrap().push(request.clone());
        let mut action = (handler.lock().unwrap())(&request);
        if let Action::Slow(wait, then) = action {
            tokio::time::sleep(wait).await;
            action = *then;
        }
        let (status, headers, body, send) = match action {
            Action::Reply { status, headers, body } => {
                let send = body.len();
                (status, headers, body, send)
            }
            Action::Truncate { headers, body, send } => {
                let status = if headers.iter().any(|(name, _)| *name == "Content-Range") { 206 } else { 200 };
                (status, headers, body, send)
            }
            Action::Drop | Action::Slow(..) => return,
        };
        let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let mut answer = head.into_bytes();
        if request.method != "HEAD" {
            answer.extend_from_slice(&body[..send]);
        }
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() || send < body.len() {
            return;
        }
    }
}

async fn read_request(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let url = url::Url::parse("http://h").unwrap().join(&target).unwrap();
    let query = url.query_pairs().into_owned().collect();
    Some(Request { method, path: url.path().to_owned(), query, headers, body })
}
