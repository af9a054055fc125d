//! What a command works with: configuration, the hub, standard output.

use std::path::Path;
use std::time::Duration;

use koji_api::paths::PathInfo;
use koji_client::{ClientError, ClientOptions, HubFault, Session};
use koji_config::client::ClientSettings;
use koji_xmlrpc::Value;

use crate::cli::GlobalOptions;
use crate::error::{CommandError, Result};
use crate::output::Output;
use crate::profile::credentials;

/// The context of one command.
pub struct Cx {
    pub options: GlobalOptions,
    pub settings: ClientSettings,
    pub profile: String,
    pub out: Output,
    session: Session,
    logged_in: bool,
}

impl Cx {
    pub fn new(options: GlobalOptions, settings: ClientSettings, profile: String) -> Result<Cx> {
        let session = session_with(&settings)?;
        Ok(Cx { options, settings, profile, out: Output::default(), session, logged_in: false })
    }

    /// The connection as it stands: logged in when the command is one that logs in.
    pub fn hub(&self) -> &Session {
        &self.session
    }

    /// An anonymous session for waiting: a call is made once and has a short limit, so that a connection that died while
    /// the machine slept is noticed. [`crate::watch::again`] repeats what failed.
    pub fn reader(&self) -> Session {
        self.session.anonymous().without_retry().with_timeout(Duration::from_secs(120))
    }

    /// Logs in by what options and profile say.
    pub async fn login(&mut self) -> Result {
        let noauth = self.options.noauth || self.settings.authtype.as_deref() == Some("noauth");
        if self.logged_in || noauth {
            return Ok(());
        }
        let credentials = credentials(&self.options, &self.settings)?;
        self.session.login(credentials).await.map_err(|e| {
            let message = format!("{e}\n(profile {}, hub {})", self.profile, self.settings.server);
            CommandError { message, ..e.into() }
        })?;
        self.logged_in = true;
        Ok(())
    }

    pub fn is_logged_in(&self) -> bool {
        self.logged_in
    }

    /// Ends the login; what follows (watching) is anonymous, as in upstream's client.
    pub async fn logout(&mut self) {
        if self.logged_in {
            // the session expires by itself when the hub cannot be told
            self.session.logout().await.ok();
            self.logged_in = false;
        }
    }

    /// Takes the answers to calls whose refusals upstream's client does not look at: the exit status is 0 and scripts see
    /// nothing. Who sits at a terminal is told.
    pub fn unheeded(&self, answers: Vec<std::result::Result<Value, HubFault>>) {
        for fault in answers.into_iter().filter_map(std::result::Result::err) {
            if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
                self.out.warn(ClientError::Fault(fault).to_string());
            }
        }
    }

    /// The hub's files as URLs; an error when the profile has no topurl.
    pub fn urls(&self) -> Result<PathInfo> {
        match &self.settings.topurl {
            Some(url) => Ok(PathInfo::new(url)),
            None => Err(CommandError::new(format!(
                "You must specify --topurl to download files (or set topurl in profile {})",
                self.profile
            ))),
        }
    }

    /// The hub's files as the user sees them: mounted where they are mounted, else by URL.
    pub fn paths(&self) -> PathInfo {
        PathInfo::new(self.settings.topdir.to_string_lossy())
    }

    /// `weburl/taskinfo?taskID=5`
    pub fn task_url(&self, task_id: i64) -> String {
        format!("{}/taskinfo?taskID={task_id}", self.settings.weburl.trim_end_matches('/'))
    }

    /// `weburl/repoinfo?repoID=5`
    pub fn repo_url(&self, repo_id: i64) -> String {
        format!("{}/repoinfo?repoID={repo_id}", self.settings.weburl.trim_end_matches('/'))
    }

    pub fn poll_interval(&self) -> Duration {
        Duration::from_secs(self.settings.poll_interval.max(1))
    }

    /// Whether a command that can wait does so when neither --wait nor --nowait is given: not when nobody looks.
    pub fn waits(&self, wait: bool, nowait: bool) -> bool {
        wait || (!nowait && !in_background())
    }

    /// Whether progress bars make sense.
    pub fn shows_progress(&self, noprogress: bool) -> bool {
        !noprogress && !self.options.quiet && self.out.is_terminal() && !behind()
    }
}

/// Runs in the background of its terminal, or without one.
pub fn in_background() -> bool {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return true;
    }
    behind()
}

/// Another process group has the terminal.
fn behind() -> bool {
    let stdout = std::io::stdout();
    match (rustix::termios::tcgetpgrp(&stdout), rustix::process::getpgrp()) {
        (Ok(foreground), mine) => foreground != mine,
        (Err(_), _) => false,
    }
}

/// A connection as these settings say, not logged in.
pub fn session_with(settings: &ClientSettings) -> Result<Session> {
    Ok(Session::new(client_options(settings))?)
}

pub fn client_options(settings: &ClientSettings) -> ClientOptions {
    let mut o = ClientOptions::new(settings.server.as_str());
    o.serverca.clone_from(&settings.serverca);
    o.no_ssl_verify = settings.no_ssl_verify.is_some();
    o.timeout = Duration::from_secs(settings.timeout);
    o.auth_timeout = Duration::from_secs(settings.auth_timeout);
    o.max_retries = settings.max_retries;
    o.retry_interval = Duration::from_secs(settings.retry_interval);
    o.anon_retry = settings.anon_retry;
    o.offline_retry = settings.offline_retry;
    o.offline_retry_interval = Some(Duration::from_secs(settings.offline_retry_interval));
    o.use_fast_upload = settings.use_fast_upload;
    o.upload_blocksize = usize::try_from(settings.upload_blocksize).unwrap_or(1 << 20);
    o
}

/// A name for messages: strings as they are, everything else as the wire shows it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Str(s) => s.clone(),
        Value::Int(i) => i.to_string(),
        other => format!("{other:?}"),
    }
}

/// The part of a path after the last slash.
pub fn base_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
