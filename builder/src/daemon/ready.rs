//! Whether this host can take another task.

use std::path::Path;

use koji_config::kojid::KojidSettings;

/// `Err` says why not.
pub fn check(settings: &KojidSettings, running: usize) -> Result<(), String> {
    if running >= usize::try_from(settings.maxjobs).unwrap_or(usize::MAX) {
        return Err(format!("{running} tasks run, maxjobs is {}", settings.maxjobs));
    }
    for dir in [&settings.workdir, &settings.cache_dir, &settings.mockdir] {
        if let Some(free) = free_mib(dir)
            && free < settings.minspace
        {
            return Err(format!(
                "{free} MiB are free at {}, minspace is {} MiB: free some space",
                dir.display(),
                settings.minspace
            ));
        }
    }
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    load_fits(load_average(), settings.max_load, cpus)
}

/// Free MiB at the file system of a directory; `None` when it is not there.
pub fn free_mib(dir: &Path) -> Option<u64> {
    let fs = rustix::fs::statvfs(dir).ok()?;
    Some(fs.f_bavail.saturating_mul(fs.f_frsize) / (1 << 20))
}

fn load_fits(load: Option<f64>, max_load: u32, cpus: usize) -> Result<(), String> {
    let cpus = u32::try_from(cpus).unwrap_or(u32::MAX);
    let max = f64::from(max_load) * f64::from(cpus);
    match load {
        Some(load) if max_load > 0 && load > max => Err(format!(
            "the load is {load:.1}, more than {max:.1} (max_load {max_load} on {cpus} processors)"
        )),
        _ => Ok(()),
    }
}

/// Of the last minute.
fn load_average() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_short() {
        let dir = tempfile::tempdir().unwrap();
        let mut s =
            KojidSettings { workdir: dir.path().into(), minspace: 0, maxjobs: 2, ..Default::default() };
        assert!(check(&s, 2).unwrap_err().contains("maxjobs is 2"));
        s.minspace = u64::MAX;
        assert!(check(&s, 0).unwrap_err().contains("minspace"));
        assert!(load_fits(Some(8.1), 4, 2).unwrap_err().contains("more than 8.0"));
        assert!(load_fits(Some(8.0), 4, 2).is_ok() && load_fits(Some(99.0), 0, 2).is_ok());
        assert!(load_fits(None, 4, 2).is_ok());
        assert!(free_mib(dir.path()).unwrap() > 0 && free_mib(Path::new("/nonexistent/x")).is_none());
    }
}
