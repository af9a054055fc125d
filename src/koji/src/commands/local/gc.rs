use std::time::Duration;

use koji_buildroot::{CacheLimits, Choice, Engine, Settings};

use super::place::Place;
use crate::context::Cx;
use crate::error::Result;

/// Remove what was not used for long from the caches
///
/// Cached packages of roots that still exist stay.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Keep what was used in so many days
    #[arg(long, value_name = "DAYS", default_value = "30")]
    days: u64,
    /// Keep so many GiB of roots, and as many of rpms
    #[arg(long, value_name = "GIB", default_value = "20")]
    size: u64,
}

pub fn run(cx: &Cx, choice: Choice, a: &Arguments) -> Result {
    let place = Place::here()?;
    let age = Duration::from_secs(a.days.saturating_mul(86400));
    let bytes = a.size.saturating_mul(1 << 30);
    let kept = place.engine(choice)?;
    let mut settings = Settings::new(&place.cache, &place.roots);
    settings.engine = choice;
    settings.cache_limits = CacheLimits { bytes, age };
    // an open root holds its layers; one that cannot be opened has none any more
    let open: Vec<_> = place.names().iter().filter_map(|name| kept.open(name).ok()).collect();
    let report = Engine::new(settings)?.gc()?;
    drop(open);
    let rpms = place.store.gc(bytes, age);
    cx.out.line(format!("Removed {} cached roots ({} MiB)", report.removed, report.freed >> 20));
    cx.out.line(format!("Removed {} rpms ({} MiB)", rpms.files, rpms.bytes >> 20));
    Ok(())
}
