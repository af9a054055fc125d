use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use crate::hub::Hub;
use crate::{server, services};
use anyhow::Context as _;
use clap::Args;
use futures::FutureExt as _;
use koji_config::hub::HubSettings;
use koji_config::{HubConfig, environment};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;

use super::database::Database;
use super::{Place, limits, logging, memory, settings};

/// Run the hub until it is told to stop (SIGTERM, SIGINT).
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port to listen on; port 0 takes a free one. [default: option Listen, 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The same for TLS, with the certificate of option TLSCertificate. [default: option ListenTLS, none]
    #[arg(long, value_name = "ADDR:PORT")]
    listen_tls: Option<SocketAddr>,
}

impl Serve {
    pub fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let mut config = settings::load(place)?;
        if let Some(listen) = self.listen {
            config.settings.listen = listen;
        }
        config.settings.listen_tls = self.listen_tls.or(config.settings.listen_tls);
        let keytab = config.settings.auth_keytab.as_deref();
        // SAFETY: nothing has started a thread yet
        unsafe { environment::set_kerberos(environment::Kerberos { keytab, ..Default::default() }) };
        logging::start(&config.settings)?;
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        limits::apply(&config.settings)?;
        memory::give_back();
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if config.settings.workers > 0 {
            runtime.worker_threads(config.settings.workers);
        }
        let runtime = runtime.enable_all().build().context("cannot start the hub's threads")?;
        runtime.block_on(serve(config))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(config: HubConfig) -> anyhow::Result<()> {
    // signals that arrive while the hub starts end it in order, too
    let stop = stop_signal()?;
    Hub::check(&config)?;
    make_directories(&config)?;
    let listeners = Listeners::open(&config.settings).await?;
    let database = Database::open(&config).await?;
    let served = run(config, &database, listeners, stop).await;
    database.close().await;
    served
}

/// Where the hub is reached: without TLS, and with it where that is set up.
struct Listeners {
    plain: TcpListener,
    tls: Option<(TcpListener, TlsAcceptor)>,
}

impl Listeners {
    async fn open(settings: &HubSettings) -> anyhow::Result<Listeners> {
        let tls = match settings.listen_tls {
            None => None,
            Some(listen) => Some((bind(listen).await?, server::acceptor(settings)?)),
        };
        Ok(Listeners { plain: bind(settings.listen).await?, tls })
    }

    fn shown(&self) -> anyhow::Result<String> {
        let plain = format!("http://{}/kojihub", self.plain.local_addr()?);
        Ok(match &self.tls {
            None => plain,
            Some((tls, _)) => format!("{plain} and https://{}/kojihub", tls.local_addr()?),
        })
    }
}

async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}; is a hub running?"))
}

async fn run(
    config: HubConfig,
    database: &Database,
    listeners: Listeners,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    database.prepare().await?;
    let metrics = server::install_metrics().context("metrics")?;
    let hub = Arc::new(Hub::new(database.db.clone(), config)?);
    let services = services::start(&hub);
    let settings = hub.settings();
    let address = listeners.plain.local_addr()?;
    let files = if settings.serve_files { format!(" (http://{address}/kojifiles)") } else { String::new() };
    println!(
        "koji-hub: {}, data {}, database {}, files {}{files}",
        listeners.shown()?,
        settings.data_dir.display(),
        database.shown,
        hub.paths.top()
    );
    let stop = async {
        stop.await;
        // callers that wait would be waited for
        hub.live.close();
    }
    .shared();
    let router = server::router(Arc::clone(&hub), Some(metrics));
    let plain = server::serve(listeners.plain, router.clone(), stop.clone());
    match listeners.tls {
        None => plain.await,
        Some((listener, tls)) => {
            futures::join!(plain, server::serve_tls(listener, tls, router, stop));
        }
    }
    drop(services);
    Ok(())
}

/// Done when the hub is told to stop. A second signal ends it at once.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (told, telling) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut told = Some(told);
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            match told.take() {
                Some(told) => {
                    let _ = told.send(());
                }
                None => std::process::exit(130),
            }
        }
    });
    Ok(async move {
        let _ = telling.await;
        tracing::info!("stopping");
    })
}

/// The directories of the store. One that the settings name must be there: a missing mount is not to be filled.
fn make_directories(config: &HubConfig) -> anyhow::Result<()> {
    let top = config.topdir();
    if config.settings.koji_dir.is_some() || config.has_database() {
        anyhow::ensure!(top.is_dir(), "KojiDir {} is no directory; create or mount it", top.display());
    }
    for name in ["packages", "repos", "scratch", "vol", "work"] {
        let dir = top.join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    Ok(())
}
