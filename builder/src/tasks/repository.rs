//! What the tasks that make repositories have in common.

use std::io::Read;
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_api::types::RepoState;
use koji_client::{Download, Downloader};
use koji_config::kojid::KojidSettings;
use koji_repodata::{Cache, Compression, Fetch, LocalFetch};
use koji_xmlrpc::Value;

use super::Params;
use crate::task::{TaskCx, TaskError};

/// A repository that the hub has laid out and that has no metadata yet.
pub struct InMaking {
    pub id: i64,
    pub tag: String,
    /// The row that `repoInfo` answers.
    pub row: Value,
}

impl InMaking {
    /// The one of the parameter `repo_id`.
    pub async fn of(cx: &TaskCx, params: &Params) -> Result<InMaking, TaskError> {
        let call = m::RepoInfo { repo_id: params.value("repo_id"), strict: true };
        let row = cx.session.call(call).await?;
        let (Some(id), Some(tag)) = (row.int_at("id"), row.str_at("tag_name")) else {
            return Err(TaskError::generic("the hub answered a repo without id or tag"));
        };
        if row.int_at("state") != Some(RepoState::Init.code()) {
            return Err(TaskError::generic(format!("Repo {id} is not in the state INIT")));
        }
        Ok(InMaking { id, tag: tag.to_owned(), row })
    }
}

/// Refuses the task where a directory of the hub's is not to be seen.
pub fn mounted(dir: &Path) -> Result<(), TaskError> {
    if dir.is_dir() {
        return Ok(());
    }
    Err(TaskError::Refused(format!(
        "{} is not there: a builder of the createrepo channel needs the hub's files mounted at topdir",
        dir.display()
    )))
}

/// Says in the repository itself that it is empty on purpose, as upstream's builders do.
pub fn mark_empty(repository: &Path) -> std::io::Result<()> {
    let text = "This repo is empty because its tag has no content for this arch\n";
    std::fs::write(repository.join("repodata/EMPTY_REPO"), text)
}

/// What is known of packages and repositories, for all of this host's tasks.
pub fn cache(settings: &KojidSettings) -> Result<Cache, TaskError> {
    Ok(Cache::open(&settings.cache_dir.join("repodata"))?)
}

pub fn compression(settings: &KojidSettings) -> Compression {
    match settings.repodata_compression {
        koji_config::kojid::Compression::Gzip => Compression::Gzip,
        koji_config::kojid::Compression::Zstd => Compression::Zstd,
    }
}

/// Files by HTTP through the client's downloader, from a blocking thread.
pub struct HttpFetch {
    handle: tokio::runtime::Handle,
    downloader: Downloader,
    dir: PathBuf,
}

impl HttpFetch {
    pub fn new(cx: &TaskCx) -> Result<HttpFetch, TaskError> {
        let dir = cx.workdir.join("fetched");
        std::fs::create_dir_all(&dir)?;
        let downloader = cx.session.downloader()?;
        Ok(HttpFetch { handle: tokio::runtime::Handle::current(), downloader, dir })
    }
}

impl Fetch for HttpFetch {
    fn fetch(&self, url: &str) -> std::io::Result<Box<dyn Read + Send>> {
        if url.starts_with("file:") || url.starts_with('/') {
            return LocalFetch.fetch(url);
        }
        let file = tempfile::NamedTempFile::new_in(&self.dir)?;
        let path = file.path().with_extension("download");
        let job = Download::new(url, &path);
        self.handle
            .block_on(self.downloader.fetch(&job))
            .map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(Box::new(std::fs::File::open(path)?))
    }
}
