//! What is known about the hub at the other end.

use std::collections::BTreeSet;
use std::time::SystemTime;

use koji_api::methods::{GetAPIVersion, GetKojiVersion};
use reqwest::header::HeaderMap;

use crate::error::{ClientError, Result};
use crate::session::Session;

/// Filled from the headers of every answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct HubInfo {
    /// An answer was seen, so `features` is complete.
    seen: bool,
    version: Option<String>,
    features: BTreeSet<String>,
    /// Seconds that the hub's clock was ahead of ours when its last answer came.
    clock_skew: Option<f64>,
}

impl HubInfo {
    pub(crate) fn note(&mut self, headers: &HeaderMap) {
        self.seen = true;
        let date = headers.get("Date").and_then(|v| v.to_str().ok());
        if let Some(date) = date.and_then(|d| httpdate::parse_http_date(d).ok()) {
            let now = SystemTime::now();
            let ahead = date.duration_since(now).map(|d| d.as_secs_f64());
            self.clock_skew = Some(ahead.unwrap_or_else(|behind| -behind.duration().as_secs_f64()));
        }
        if let Some(version) = headers.get("Koji-Version").and_then(|v| v.to_str().ok()) {
            self.version = Some(version.to_owned());
        }
        if let Some(list) = headers.get("Koji-Features").and_then(|v| v.to_str().ok()) {
            self.features =
                list.split(',').map(str::trim).filter(|f| !f.is_empty()).map(str::to_owned).collect();
        }
    }
}

impl Session {
    /// The hub's version: its `Koji-Version` header where it sends one (since 1.35), else its answer to
    /// `getKojiVersion` (since 1.23), else "1.22.0".
    pub async fn hub_version(&self) -> Result<String> {
        if let Some(version) = self.hub_info().version {
            return Ok(version);
        }
        let version = match self.call_as::<String>(GetKojiVersion {}).await {
            Ok(version) => self.hub_info().version.unwrap_or(version),
            Err(ClientError::Fault(fault)) if fault.message.contains("Invalid method") => "1.22.0".to_owned(),
            Err(error) => return Err(error),
        };
        self.with_hub_info(|info| info.version = Some(version.clone()));
        Ok(version)
    }

    /// Seconds that the hub's clock is ahead of ours, negative when it is behind, by the `Date` of its last answer,
    /// which has whole seconds; `None` before the first one.
    pub fn clock_skew(&self) -> Option<f64> {
        self.hub_info().clock_skew
    }

    /// The extensions the hub offers beyond upstream's API, `live` for instance; an upstream hub has none.
    /// Asks the hub for its API version when nothing was asked before.
    pub async fn features(&self) -> Result<BTreeSet<String>> {
        if !self.hub_info().seen {
            self.call(GetAPIVersion {}).await?;
        }
        Ok(self.hub_info().features)
    }

    pub async fn has_feature(&self, name: &str) -> Result<bool> {
        Ok(self.features().await?.contains(name))
    }
}
