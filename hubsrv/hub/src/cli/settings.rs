//! From the command line to the settings.

use std::path::Path;

use anyhow::Context as _;
use koji_config::HubConfig;

use super::Place;

/// Reads the configuration. With `--data` and without `--config` no file is read: everything lies below that directory.
pub(super) fn load(place: &Place) -> anyhow::Result<HubConfig> {
    let mut config = match (&place.config, &place.data) {
        (None, Some(_)) => HubConfig::default(),
        (file, _) => HubConfig::load(file.as_deref(), None)?,
    };
    if let Some(data) = &place.data {
        config.settings.data_dir = absolute(data)?;
    }
    Ok(config)
}

fn absolute(path: &Path) -> anyhow::Result<std::path::PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot use {}", path.display()))
}
