//! Where the hub's log goes: stderr, as lines or as JSON.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use koji_config::hub::HubSettings;
use koji_config::{environment, logging};
use tracing_subscriber::EnvFilter;

/// Starts logging by `$KOJI_LOG` or LogLevel; LogFormat `json` writes one object a line.
pub(super) fn start(settings: &HubSettings) -> anyhow::Result<()> {
    let filter = match environment::log_filter() {
        Some(text) => {
            EnvFilter::try_new(&text).with_context(|| format!("KOJI_LOG={text} is no log filter"))?
        }
        None => EnvFilter::try_new(logging::filter(&settings.log_level).unwrap_or_else(|| "warn".into()))?,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if settings.log_format == "json" {
        builder.json().init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).init();
    }
    Ok(())
}
