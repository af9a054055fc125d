//! Where files lie below the top directory (or its URL): the on-disk contract of a hub.
//!
//! Components are joined as text; whoever opens files checks names from outside first
//! (see the hub's store).

/// Paths below one root: a directory (`/mnt/koji`) or a URL of the same tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathInfo {
    top: String,
}

impl PathInfo {
    pub fn new(top: impl Into<String>) -> PathInfo {
        let mut top = top.into();
        while top.len() > 1 && top.ends_with('/') {
            top.pop();
        }
        PathInfo { top }
    }

    pub fn top(&self) -> &str {
        &self.top
    }

    /// Root of a volume; the default volume is the top itself.
    pub fn volume(&self, volume: Option<&str>) -> String {
        match volume {
            None | Some("" | "DEFAULT") => self.top.clone(),
            Some(v) => format!("{}/vol/{v}", self.top),
        }
    }

    pub fn build(&self, name: &str, version: &str, release: &str, volume: Option<&str>) -> String {
        format!("{}/packages/{name}/{version}/{release}", self.volume(volume))
    }

    /// Of an rpm, below its build's directory.
    pub fn rpm(nvr: (&str, &str, &str), arch: &str) -> String {
        format!("{arch}/{}-{}-{}.{arch}.rpm", nvr.0, nvr.1, nvr.2)
    }

    /// Of an rpm's signed copy, below its build's directory.
    pub fn signed(nvr: (&str, &str, &str), arch: &str, sigkey: &str) -> String {
        format!("data/signed/{sigkey}/{}", Self::rpm(nvr, arch))
    }

    /// Of an rpm's stored signature header, below its build's directory.
    pub fn sighdr(nvr: (&str, &str, &str), arch: &str, sigkey: &str) -> String {
        format!("data/sigcache/{sigkey}/{}.sig", Self::rpm(nvr, arch))
    }

    /// Logs of a build, below its directory.
    pub const BUILD_LOGS: &'static str = "data/logs";

    pub fn repo(&self, repo_id: i64, tag: &str) -> String {
        format!("{}/repos/{tag}/{repo_id}", self.top)
    }

    pub fn dist_repo(&self, repo_id: i64, tag: &str, volume: Option<&str>) -> String {
        format!("{}/repos-dist/{tag}/{repo_id}", self.volume(volume))
    }

    /// Below `work`: what a task uploads.
    pub fn task_rel(task_id: i64) -> String {
        format!("tasks/{}/{task_id}", task_id.rem_euclid(10_000))
    }

    pub fn task(&self, task_id: i64, volume: Option<&str>) -> String {
        format!("{}/{}", self.work(volume), Self::task_rel(task_id))
    }

    pub fn work(&self, volume: Option<&str>) -> String {
        format!("{}/work", self.volume(volume))
    }

    pub fn scratch(&self) -> String {
        format!("{}/scratch", self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_upstreams() {
        let p = PathInfo::new("/mnt/koji/");
        assert_eq!(p.build("a", "1", "2", None), "/mnt/koji/packages/a/1/2");
        assert_eq!(p.build("a", "1", "2", Some("vol2")), "/mnt/koji/vol/vol2/packages/a/1/2");
        assert_eq!(PathInfo::rpm(("a", "1", "2"), "src"), "src/a-1-2.src.rpm");
        assert_eq!(p.task(12345, None), "/mnt/koji/work/tasks/2345/12345");
        assert_eq!(p.repo(7, "f45-build"), "/mnt/koji/repos/f45-build/7");
    }
}
