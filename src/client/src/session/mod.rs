//! The session with a hub.

mod login;
mod request;
mod retry;
mod rows;
mod state;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use koji_api::Method;
use koji_xmlrpc::{Value, from_response, parse_response};
use reqwest::Client;
use serde::de::DeserializeOwned;
use url::Url;

pub use rows::Rows;
pub use state::{Credentials, SessionInfo};

pub(crate) use request::Payload;
use state::Login;

use crate::ClientOptions as Options;
use crate::error::Result;
use crate::hub::HubInfo;
use crate::tape::Tape;
use crate::transport;

/// A hub, reached anonymously or logged in. Cheap to clone: clones are the same session.
///
/// Calls of a logged-in session go out one after the other, because the hub numbers them; anonymous calls
/// run side by side. A program that wants both uses [`Session::anonymous`] for what needs no login, long polls above all.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
    timeout: Option<Duration>,
    retry: bool,
}

struct Inner {
    options: Options,
    url: RwLock<Url>,
    http: RwLock<Client>,
    login: tokio::sync::Mutex<Option<Login>>,
    /// As `login`, readable while a call is under way.
    logged_in: AtomicBool,
    hub: Arc<Mutex<HubInfo>>,
    tape: Option<Arc<dyn Tape>>,
}

impl Session {
    /// Nothing is sent yet.
    pub fn new(options: Options) -> Result<Session> {
        Self::open(options, None)
    }

    /// A session whose calls are heard, or answered, by `tape`. Nothing is sent yet.
    pub fn taped(options: Options, tape: Arc<dyn Tape>) -> Result<Session> {
        Self::open(options, Some(tape))
    }

    fn open(options: Options, tape: Option<Arc<dyn Tape>>) -> Result<Session> {
        let url = request::hub_url(&options.server)?;
        let http = transport::client(&options, None)?;
        Ok(Self::from_parts(options, url, http, None, Arc::default(), tape))
    }

    fn from_parts(
        options: Options,
        url: Url,
        http: Client,
        login: Option<Login>,
        hub: Arc<Mutex<HubInfo>>,
        tape: Option<Arc<dyn Tape>>,
    ) -> Session {
        let inner = Inner {
            options,
            url: RwLock::new(url),
            http: RwLock::new(http),
            logged_in: AtomicBool::new(login.is_some()),
            login: tokio::sync::Mutex::new(login),
            hub,
            tape,
        };
        Session { inner: Arc::new(inner), timeout: None, retry: true }
    }

    /// Another session with the same hub over the same connections.
    fn sibling(&self, login: Option<Login>) -> Session {
        let inner = &self.inner;
        let (options, hub, tape) = (inner.options.clone(), inner.hub.clone(), inner.tape.clone());
        Self::from_parts(options, inner.url(), inner.http(), login, hub, tape)
    }

    /// A session without login with the same hub over the same connections.
    pub fn anonymous(&self) -> Session {
        self.sibling(None)
    }

    /// This session, with another time limit for its calls: longer than usual for none, shorter for long polls.
    pub fn with_timeout(&self, timeout: Duration) -> Session {
        Session { timeout: Some(timeout), ..self.clone() }
    }

    /// This session, with every call tried only once.
    pub fn without_retry(&self) -> Session {
        Session { retry: false, ..self.clone() }
    }

    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    pub fn is_logged_in(&self) -> bool {
        self.inner.logged_in.load(Ordering::Acquire)
    }

    /// Makes a call and gives the answer as it is.
    pub async fn call(&self, method: impl Method) -> Result<Value> {
        self.make(method, parse_response).await
    }

    /// Makes a call and reads the answer as a `T`, by the rules of [`koji_xmlrpc::from_value`].
    pub async fn call_as<T: DeserializeOwned>(&self, method: impl Method) -> Result<T> {
        self.make(method, from_response).await
    }

    async fn make<M: Method, T>(&self, method: M, decode: impl retry::Decode<T>) -> Result<T> {
        let payload = Payload::call(M::DECL.name, &method.params());
        Ok(self.run(&payload, decode).await?.0)
    }

    /// Makes a call of any name; keyword arguments come with [`koji_xmlrpc::join_kwargs`].
    pub async fn call_raw(&self, name: &str, params: &[Value]) -> Result<Value> {
        Ok(self.run(&Payload::call(name, params), parse_response).await?.0)
    }

    /// [`Session::call_raw`] with the answer read as a `T`.
    pub async fn call_raw_as<T: DeserializeOwned>(&self, name: &str, params: &[Value]) -> Result<T> {
        Ok(self.run(&Payload::call(name, params), from_response).await?.0)
    }

    /// The HTTP client, and a URL below the hub's.
    pub(crate) fn http_below(&self, path: &str) -> (Client, Url) {
        let mut url = self.inner.url();
        let below = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        (self.inner.http(), url)
    }

    pub(crate) fn hub_info(&self) -> HubInfo {
        self.with_hub_info(|info| info.clone())
    }

    pub(crate) fn with_hub_info<T>(&self, f: impl FnOnce(&mut HubInfo) -> T) -> T {
        f(&mut self.inner.hub.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    fn url(&self) -> Url {
        self.url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn http(&self) -> Client {
        self.http.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_http(&self, client: Client) {
        *self.http.write().unwrap_or_else(PoisonError::into_inner) = client;
    }

    /// A certificate only travels over TLS.
    fn force_https(&self) {
        // http to https is always possible
        let _ = self.url.write().unwrap_or_else(PoisonError::into_inner).set_scheme("https");
    }

    fn set_logged_in(&self, logged_in: bool) {
        self.logged_in.store(logged_in, Ordering::Release);
    }
}
