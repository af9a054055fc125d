//! Task methods: one file each, and the table that knows them all.

mod build;
mod build_arch;
mod build_srpm_from_scm;
mod chainbuild;
mod create_dist_repo;
mod createrepo;
mod dist_repo;
mod new_repo;
mod notify;
mod params;
mod rebuild_srpm;
mod repository;
mod restart;
mod shutdown;
mod sleep;
mod tag_build;
mod waitrepo;

use std::future::Future;
use std::pin::Pin;

use std::path::Path;

use koji_api::methods as m;
use koji_xmlrpc::Value;

pub use params::Params;

use crate::task::{TaskCx, TaskError};

/// A task method.
pub trait TaskMethod {
    const METHOD: &'static str;
    /// What the task counts for in the host's load.
    const WEIGHT: f64;
    /// It only watches what others do: it takes no place among the host's `maxjobs`, so that a host full of such tasks
    /// can still do what they wait for.
    const WATCHES: bool = false;
    fn run(cx: &mut TaskCx, params: Params) -> impl Future<Output = Result<Value, TaskError>>;
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Value, TaskError>> + 'a>>;

/// One row of the table.
pub struct Entry {
    pub method: &'static str,
    pub weight: f64,
    pub watches: bool,
    run: for<'a> fn(&'a mut TaskCx, Params) -> Running<'a>,
}

const fn entry<T: TaskMethod + 'static>() -> Entry {
    Entry {
        method: T::METHOD,
        weight: T::WEIGHT,
        watches: T::WATCHES,
        run: |cx, params| Box::pin(T::run(cx, params)),
    }
}

/// Methods that run in a process of their own.
const TABLE: &[Entry] = &[
    entry::<build::Build>(),
    entry::<build_arch::BuildArch>(),
    entry::<build_srpm_from_scm::BuildSrpmFromScm>(),
    entry::<chainbuild::ChainBuild>(),
    entry::<create_dist_repo::CreateDistRepo>(),
    entry::<createrepo::CreateRepo>(),
    entry::<dist_repo::DistRepo>(),
    entry::<new_repo::NewRepo>(),
    entry::<notify::BuildNotification>(),
    entry::<notify::TagNotification>(),
    entry::<rebuild_srpm::RebuildSrpm>(),
    entry::<sleep::Sleep>(),
    entry::<tag_build::TagBuild>(),
    entry::<waitrepo::WaitRepo>(),
];

/// What the daemon itself does for a method, instead of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreground {
    /// Finish running tasks, then start anew.
    Restart,
    /// Stop.
    Shutdown,
}

pub fn find(method: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|e| e.method == method)
}

pub fn foreground(method: &str) -> Option<Foreground> {
    match method {
        restart::METHOD => Some(Foreground::Restart),
        shutdown::METHOD => Some(Foreground::Shutdown),
        _ => None,
    }
}

pub use restart::is_for as restart_is_for;

/// Runs the task that `cx` describes.
pub async fn run(cx: &mut TaskCx) -> Result<Value, TaskError> {
    let method = cx.info.str_at("method").unwrap_or_default().to_owned();
    let entry = find(&method)
        .ok_or_else(|| TaskError::generic(format!("this builder does not know the task method {method}")))?;
    let params = Params::from_request(&method, cx.info.get("request"))?;
    (entry.run)(cx, params).await
}

/// The repo named by a subtask's options; without one, the tag's current repo.
async fn repo_of(cx: &TaskCx, opts: &Value, tag: &Value) -> Result<Value, TaskError> {
    let repo = match opts.int_at("repo_id") {
        Some(id) => cx.session.call(m::RepoInfo { repo_id: id.into(), strict: true }).await?,
        None => cx.session.call(m::GetRepo { tag: tag.clone(), ..Default::default() }).await?,
    };
    if repo.is_nil() {
        return Err(TaskError::build("the build tag has no repo yet: make one with `koji regen-repo TAG`"));
    }
    // repoInfo names the tag, getRepo does not
    if repo.str_at("tag_name").is_some() {
        return Ok(repo);
    }
    let id = repo.get("id").cloned().unwrap_or_default();
    Ok(cx.session.call(m::RepoInfo { repo_id: id, strict: true }).await?)
}

/// An arch that this host can build and the tag has, for work that needs no particular one.
fn common_arch(host: &Value, tag: &Value) -> Result<String, TaskError> {
    let words = |v: &Value, key: &str| -> Vec<String> {
        let list = v.str_at(key).unwrap_or_default().split_whitespace();
        list.map(|a| koji_rpm::arch::canonical(a).to_owned()).collect()
    };
    let mine = words(host, "arches");
    words(tag, "arches").into_iter().find(|a| mine.contains(a)).ok_or_else(|| {
        TaskError::Refused(format!(
            "this host builds {}, the tag {}",
            mine.join(" "),
            tag.str_at("arches").unwrap_or("nothing: it has no arches")
        ))
    })
}

/// Uploads a file of this task's.
async fn upload(cx: &TaskCx, path: &Path, name: &str) -> Result<(), TaskError> {
    let remote = cx.upload_dir();
    cx.session.upload(path, remote).name(name).overwrite(true).run().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_once() {
        for e in TABLE {
            assert_eq!(TABLE.iter().filter(|o| o.method == e.method).count(), 1);
            assert!(foreground(e.method).is_none() && e.weight >= 0.0);
        }
        assert_eq!(foreground("restart"), Some(Foreground::Restart));
        assert!(find("nosuch").is_none());
    }
}
