//! What all requests of one hub process share.

use std::net::ToSocketAddrs;
use std::sync::Arc;

use koji_api::paths::PathInfo;
use koji_config::HubConfig;
use koji_config::hub::HubSettings;
use koji_db::Db;
use koji_db::changes::Watch;
use koji_policy::{ParseError, Policies};

use crate::auth::kerberos::{self, Acceptor, KerberosError};
use crate::auth::{KnownSessions, Limiter};
use crate::context::Origin;
use crate::kept::Kept;
use crate::listeners::Listeners;
use crate::live::Live;
use crate::names::{BadPattern, NameRules};
use crate::policy;

/// A configuration that no hub can run with.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error(transparent)]
    Names(#[from] BadPattern),
    #[error(transparent)]
    Policy(#[from] ParseError),
    #[error(transparent)]
    Kerberos(#[from] KerberosError),
}

/// The hub: settings, database, file store. Stateless between requests apart from the answers that it keeps.
pub struct Hub {
    pub db: Db,
    pub paths: PathInfo,
    pub config: HubConfig,
    pub names: NameRules,
    pub policies: Policies,
    pub live: Live,
    pub listeners: Listeners,
    /// Tells what has changed, for what is kept.
    pub watch: Watch,
    pub kept: Kept,
    pub sessions: KnownSessions,
    pub logins: Limiter,
    pub session_keys: Limiter,
    /// Takes logins by Kerberos, where they are set up.
    pub kerberos: Option<Arc<Acceptor>>,
    /// The address under which this machine's own clients are known.
    own_ip: String,
}

impl Hub {
    pub fn new(db: Db, config: HubConfig) -> Result<Hub, HubError> {
        Ok(Hub {
            watch: Watch::new(db.clone()),
            db,
            paths: PathInfo::new(config.topdir().display().to_string()),
            names: NameRules::new(&config.settings)?,
            policies: policy::load(&config)?,
            live: Live::default(),
            listeners: Listeners::default(),
            kept: Kept::new(config.settings.list_cache.saturating_mul(1 << 20)),
            sessions: KnownSessions::default(),
            logins: Limiter::of_logins(),
            session_keys: Limiter::of_keys(),
            kerberos: kerberos::acceptor(&config.settings)?.map(Arc::new),
            own_ip: own_ip(),
            config,
        })
    }

    /// Whether [`Hub::new`] will take the configuration; so that a mistake is said before anything is started.
    pub fn check(config: &HubConfig) -> Result<(), HubError> {
        NameRules::new(&config.settings)?;
        policy::load(config)?;
        kerberos::acceptor(&config.settings)?;
        Ok(())
    }

    pub fn settings(&self) -> &HubSettings {
        &self.config.settings
    }

    /// Whether upstream's plugin of that name is switched on; the hub has them built in. Upstream's files are named
    /// `sidetag_hub` and `runroot_hub`, and so are they in its configuration.
    pub fn has_plugin(&self, name: &str) -> bool {
        self.settings().plugins.iter().any(|p| p.strip_suffix("_hub").unwrap_or(p) == name)
    }

    /// The address that a session of `origin` belongs to. Local clients may come over the loopback device or not; like
    /// upstream's hub, which may have made the session, they count as coming from the machine's own address.
    pub fn session_ip(&self, origin: &Origin) -> String {
        if !self.settings().check_client_ip {
            "-".into()
        } else if origin.ip == "127.0.0.1" {
            self.own_ip.clone()
        } else {
            origin.ip.clone()
        }
    }
}

fn own_ip() -> String {
    let name = nix::unistd::gethostname().ok().and_then(|n| n.into_string().ok());
    let mut addresses = name.and_then(|n| (n, 0).to_socket_addrs().ok()).into_iter().flatten();
    addresses.find(std::net::SocketAddr::is_ipv4).map_or_else(|| "127.0.0.1".into(), |a| a.ip().to_string())
}
