//! Options `RLIMIT_*`.

use anyhow::Context as _;
use koji_config::hub::HubSettings;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};

/// Sets the limits that are configured.
pub(super) fn apply(settings: &HubSettings) -> anyhow::Result<()> {
    let files = settings.rlimit_nofile.or(settings.rlimit_ofile);
    for (name, resource, limit) in [
        ("RLIMIT_AS", Resource::RLIMIT_AS, settings.rlimit_as),
        ("RLIMIT_CORE", Resource::RLIMIT_CORE, settings.rlimit_core),
        ("RLIMIT_CPU", Resource::RLIMIT_CPU, settings.rlimit_cpu),
        ("RLIMIT_DATA", Resource::RLIMIT_DATA, settings.rlimit_data),
        ("RLIMIT_FSIZE", Resource::RLIMIT_FSIZE, settings.rlimit_fsize),
        ("RLIMIT_MEMLOCK", Resource::RLIMIT_MEMLOCK, settings.rlimit_memlock),
        ("RLIMIT_NOFILE", Resource::RLIMIT_NOFILE, files),
        ("RLIMIT_NPROC", Resource::RLIMIT_NPROC, settings.rlimit_nproc),
        ("RLIMIT_RSS", Resource::RLIMIT_RSS, settings.rlimit_rss),
        ("RLIMIT_STACK", Resource::RLIMIT_STACK, settings.rlimit_stack),
    ] {
        let Some(limit) = limit else { continue };
        let number = |n: i64| u64::try_from(n).unwrap_or(RLIM_INFINITY);
        let (_, hard) = getrlimit(resource).with_context(|| name)?;
        setrlimit(resource, number(limit.soft), limit.hard.map_or(hard, number))
            .with_context(|| format!("{name} cannot be set to {limit:?}"))?;
    }
    Ok(())
}
