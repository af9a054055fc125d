//! Gets rpms into the store: by what a hub recorded, by a repository's list, or by a lock.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use futures::StreamExt;
use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_buildroot::{ExactRpm, InstalledPackage};
use koji_client::{Downloader, Session};
use koji_xmlrpc::Value;

use crate::check::Checked;
use crate::error::{Error, Result};
use crate::origin::Origin;
use crate::recorded::{Recorded, installed_nevra};
use crate::repo::{self, Located};
use crate::store::Store;

/// Downloads at a time.
const PARALLEL: usize = 6;

/// An rpm that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// For messages.
    pub nevra: String,
    /// What Koji identifies it by; empty when that is not known.
    pub ident: String,
    pub sha256: Option<String>,
    /// Where it is, best place first.
    pub urls: Vec<String>,
}

/// An rpm in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    pub need: Need,
    pub path: PathBuf,
    pub sha256: String,
}

impl Got {
    pub fn exact(&self) -> ExactRpm {
        ExactRpm { path: self.path.clone(), sha256: self.sha256.clone() }
    }
}

/// Where rpms come from.
pub struct Source<'a> {
    pub downloader: Downloader,
    /// The hub's files: a URL, or the directory where they are mounted.
    pub files: PathInfo,
    pub store: &'a Store,
    /// Fetch nothing.
    pub offline: bool,
    /// Told how many are fetched of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Source<'_> {
    /// Has all of them in the store, in the given order. A file that is not what was recorded is refused.
    pub async fn get(&self, needs: Vec<Need>) -> Result<Vec<Got>> {
        let have: Vec<Option<Got>> = needs.iter().map(|n| self.stored(n)).collect();
        let missing: Vec<&Need> =
            needs.iter().zip(&have).filter(|(_, h)| h.is_none()).map(|(n, _)| n).collect();
        if let Some(first) = missing.first().filter(|_| self.offline) {
            return Err(Error::Offline { count: missing.len(), first: first.nevra.clone() });
        }
        let total = missing.len();
        let mut fetched: BTreeMap<(String, String), Got> = BTreeMap::new();
        let mut running =
            futures::stream::iter(missing.into_iter().map(|n| self.fetch(n))).buffer_unordered(PARALLEL);
        while let Some(got) = running.next().await {
            let got = got?;
            fetched.insert((got.need.nevra.clone(), got.need.ident.clone()), got);
            (self.progress)(fetched.len(), total);
        }
        drop(running);
        needs
            .into_iter()
            .zip(have)
            .map(|(need, have)| {
                have.or_else(|| fetched.get(&(need.nevra.clone(), need.ident.clone())).cloned())
                    .ok_or_else(|| Error::NotThere(format!("{} was not fetched", need.nevra)))
            })
            .collect()
    }

    /// Whether the metadata of a repository can be read.
    pub async fn has_repo(&self, url: &str) -> Result<bool> {
        repo::is_there(&self.downloader, url, &self.store.tmp()).await
    }

    fn stored(&self, need: &Need) -> Option<Got> {
        let (path, sha256) = match &need.sha256 {
            Some(sha256) => (self.store.by_sha256(sha256)?, sha256.clone()),
            None => self.store.by_ident(&need.ident)?,
        };
        Some(Got { need: need.clone(), path, sha256 })
    }

    async fn fetch(&self, need: &Need) -> Result<Got> {
        let tmp = self.store.tmp();
        let dir = tempfile::tempdir_in(&tmp).map_err(Error::io("create", &tmp))?;
        let file = dir.path().join("download.rpm");
        let mut last = Error::NotThere(format!("nobody knows where {} is", need.nevra));
        for url in &need.urls {
            if let Err(e) = repo::get(&self.downloader, url, &file).await {
                last = e;
                continue;
            }
            let (path, checked) = self.store.adopt(&file, url, |c| accept(need, c))?;
            return Ok(Got { need: need.clone(), path, sha256: checked.sha256 });
        }
        Err(last)
    }

    /// Packages of a server's buildroot: from the hub's store, external ones from their repositories at that time.
    pub async fn recorded(&self, session: &Session, origin: &Origin, list: &[Recorded]) -> Result<Vec<Need>> {
        let unknown = |r: &Recorded| self.store.by_ident(&r.payloadhash).is_none();
        let mut builds: BTreeMap<i64, Value> = BTreeMap::new();
        let mut calls = session.multicall();
        let mut ids: Vec<i64> = list.iter().filter_map(|r| r.build_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut external: HashMap<i64, HashMap<String, Located>> = HashMap::new();
        if !self.offline {
            ids.iter()
                .for_each(|id| calls.add(m::GetBuild { buildInfo: (*id).into(), ..Default::default() }));
            for (id, build) in ids.iter().zip(calls.run().await?) {
                builds.insert(*id, build.map_err(koji_client::ClientError::Fault)?);
            }
            external = self.external(session, origin, list.iter().filter(|r| unknown(r))).await?;
        }
        let mut needs = Vec::new();
        for r in list {
            let mut urls = Vec::new();
            let mut sha256 = None;
            if let Some(build) = r.build_id.and_then(|id| builds.get(&id)) {
                let text = |key: &str| build.str_at(key).unwrap_or_default().to_owned();
                let name = build.str_at("package_name").or(build.str_at("name")).unwrap_or_default();
                let dir =
                    self.files.build(name, &text("version"), &text("release"), build.str_at("volume_name"));
                urls.push(format!("{dir}/{}", PathInfo::rpm((&r.name, &r.version, &r.release), &r.arch)));
            }
            if let Some((id, name)) = r.external_repo.as_ref().filter(|_| !self.offline && unknown(r)) {
                let found = external.get(id).and_then(|packages| packages.get(&r.nevra()));
                let Some(found) = found else {
                    return Err(Error::NotThere(format!(
                        "the external repository {name} no longer has {}, which was in the server's buildroot",
                        r.nevra()
                    )));
                };
                urls.push(found.url.clone());
                sha256.clone_from(&found.sha256);
            }
            if urls.is_empty() {
                urls.extend(self.store.url(&r.payloadhash));
            }
            needs.push(Need { nevra: r.nevra(), ident: r.payloadhash.clone(), sha256, urls });
        }
        Ok(needs)
    }

    /// The lists of the external repositories that some packages came from, by id.
    async fn external(
        &self,
        session: &Session,
        origin: &Origin,
        list: impl Iterator<Item = &Recorded>,
    ) -> Result<HashMap<i64, HashMap<String, Located>>> {
        let mut wanted: BTreeMap<i64, String> = BTreeMap::new();
        list.filter_map(|r| r.external_repo.clone()).for_each(|(id, name)| {
            wanted.insert(id, name);
        });
        let mut found = HashMap::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let event = origin.repo.event;
        let call = m::GetExternalRepoList { tag_info: origin.tag_id.into(), event: event.into() };
        let linked = session.call(call).await?;
        for (id, name) in wanted {
            let here = linked
                .as_array()
                .unwrap_or_default()
                .iter()
                .find(|r| r.int_at("external_repo_id") == Some(id));
            let url = match here.and_then(|r| r.str_at("url")) {
                Some(url) => url.to_owned(),
                None => {
                    // the tag does not name it any more: as it was then, by itself
                    let call =
                        m::GetExternalRepo { info: id.into(), event: event.into(), ..Default::default() };
                    let row = session.call(call).await?;
                    let gone =
                        || Error::NotThere(format!("the hub no longer knows the external repository {name}"));
                    row.str_at("url").ok_or_else(gone)?.to_owned()
                }
            };
            let url = url.replace("$arch", &origin.arch);
            found.insert(id, repo::index(&self.downloader, &url, &self.store.tmp()).await?);
        }
        Ok(found)
    }

    /// Packages that were installed from a repository.
    pub async fn installed(&self, list: &[InstalledPackage], repos: &[String]) -> Result<Vec<Need>> {
        let mut index = HashMap::new();
        let all_stored = list.iter().all(|p| self.store.by_ident(&p.payloadhash).is_some());
        let mut last = None;
        for url in repos {
            match repo::index(&self.downloader, url, &self.store.tmp()).await {
                Ok(found) => {
                    index = found;
                    last = None;
                    break;
                }
                Err(e) => last = Some(e),
            }
        }
        if let Some(e) = last.filter(|_| !all_stored) {
            return Err(e);
        }
        Ok(list
            .iter()
            .map(|p| {
                let found = index.get(&installed_nevra(p));
                Need {
                    nevra: installed_nevra(p),
                    ident: p.payloadhash.clone(),
                    sha256: found.and_then(|f| f.sha256.clone()),
                    urls: found
                        .map(|f| f.url.clone())
                        .or_else(|| self.store.url(&p.payloadhash))
                        .into_iter()
                        .collect(),
                }
            })
            .collect())
    }
}

/// Whether a file is the one that is wanted.
fn accept(need: &Need, found: &Checked) -> std::result::Result<(), String> {
    if let Some(wanted) = &need.sha256
        && *wanted != found.sha256
    {
        return Err(format!("its sha256 is {}, wanted is {wanted}", found.sha256));
    }
    if !need.ident.is_empty() && need.ident != found.ident {
        return Err(format!("its payload hash is {}, recorded is {}", found.ident, need.ident));
    }
    if need.ident.is_empty() && need.sha256.is_none() {
        return Ok(());
    }
    let p = &found.package;
    let epoch = p.epoch.and_then(|e| i64::try_from(e).ok());
    let name = crate::recorded::nevra(&p.name, epoch, &p.version, &p.release, &p.arch);
    let wanted = need.nevra.replacen("-0:", "-", 1);
    if name != wanted { Err(format!("it is {name}, wanted is {wanted}")) } else { Ok(()) }
}
