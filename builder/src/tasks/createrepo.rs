//! `createrepo`: metadata of one arch of a repository, merged with the tag's external repositories.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_repodata::{Cache, Compression, Merge, MergeMode, RepoWriter, pkglist};
use koji_xmlrpc::Value;

use super::new_repo::sources;
use super::repository::{HttpFetch, InMaking, cache, compression, mark_empty};
use super::{Params, TaskMethod};
use crate::task::{TaskCx, TaskError};

pub struct CreateRepo;

impl TaskMethod for CreateRepo {
    const METHOD: &'static str = "createrepo";
    const WEIGHT: f64 = 1.5;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let arch = params.str("arch")?.to_owned();
        let repo = InMaking::of(cx, &params).await?;
        let top = PathBuf::from(cx.paths().repo(repo.id, &repo.tag));
        let call = m::GetExternalRepoList {
            tag_info: repo.row.get("tag_id").cloned().unwrap_or_default(),
            event: repo.row.get("create_event").cloned().unwrap_or_default(),
        };
        let external = cx.session.call(call).await?;
        let externals = Externals::of(external.as_array().unwrap_or_default(), &arch)?;
        let job = Job {
            repo_id: repo.id,
            dir: top.join(&arch),
            comps: Some(top.join("groups/comps.xml")).filter(|c| c.is_file()),
            out: cx.workdir.join("repo"),
            arch,
            externals,
            cache: cache(&cx.settings)?,
            compression: compression(&cx.settings),
            fetch: HttpFetch::new(cx)?,
        };
        let out = job.out.clone();
        let packages = tokio::task::spawn_blocking(move || job.run()).await??;
        tracing::info!(task = cx.id, packages, "wrote repository metadata");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(out.join("repodata"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            super::upload(cx, &entry.path(), &name).await?;
            names.push(name);
        }
        names.sort();
        Ok(Value::Array(vec![cx.upload_dir().into(), names.into()]))
    }
}

/// The tag's external repositories for one arch.
struct Externals {
    mode: MergeMode,
    urls: Vec<String>,
}

impl Externals {
    /// All of them must be merged in one way: the merge has no other.
    fn of(rows: &[Value], arch: &str) -> Result<Externals, TaskError> {
        let mut urls: Vec<String> = Vec::new();
        let mut modes: Vec<&str> = Vec::new();
        for row in rows {
            let arches = row.str_at("arches").unwrap_or_default();
            if !arches.is_empty() && !arches.split_whitespace().any(|a| a == arch) {
                continue;
            }
            let Some(url) = row.str_at("url") else { continue };
            let url = url.replace("$arch", arch);
            if !urls.contains(&url) {
                urls.push(url);
            }
            let mode = row.str_at("merge_mode").unwrap_or("koji");
            if !modes.contains(&mode) {
                modes.push(mode);
            }
        }
        let mode = match modes.as_slice() {
            [] => MergeMode::Koji,
            [one] => MergeMode::from_name(one)
                .ok_or_else(|| TaskError::generic(format!("Invalid merge mode {one} of an external repo")))?,
            many => {
                return Err(TaskError::generic(format!(
                    "the external repos of the tag have several merge modes ({}): give them one",
                    many.join(", ")
                )));
            }
        };
        Ok(Externals { mode, urls })
    }
}

struct Job {
    repo_id: i64,
    /// Directory that the hub prepared for the arch.
    dir: PathBuf,
    comps: Option<PathBuf>,
    out: PathBuf,
    arch: String,
    externals: Externals,
    cache: Cache,
    compression: Compression,
    fetch: HttpFetch,
}

impl Job {
    /// Writes the metadata; the number of packages.
    fn run(&self) -> Result<usize, TaskError> {
        std::fs::create_dir_all(&self.out)?;
        let mut packages = pkglist::parse(&std::fs::read_to_string(self.dir.join("pkglist"))?)?;
        if let Some(list) = read_optional(&self.dir.join("rpmlist.jsonl"))? {
            pkglist::identify(&mut packages, &list)?;
        }
        let mut writer = RepoWriter::new(&self.dir).cache(self.cache.clone()).compression(self.compression);
        if let Some(comps) = &self.comps {
            writer = writer.comps(comps);
        }
        if self.externals.urls.is_empty() {
            let written = writer.write(&packages, &self.out)?;
            if packages.is_empty() {
                mark_empty(&self.out)?;
            }
            return Ok(written.packages);
        }
        // the name by which builders (upstream's too) tell the hub's own packages in pkgorigins
        let local = self.out.with_file_name(format!("repo_{}_premerge", self.repo_id));
        std::fs::create_dir_all(&local)?;
        writer.write(&packages, &local)?;
        let blocklist: HashSet<String> = read_optional(&self.dir.join("blocklist"))?
            .unwrap_or_default()
            .lines()
            .map(|l| l.trim().to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        let merge = Merge {
            mode: self.externals.mode,
            arch: &self.arch,
            blocklist: &blocklist,
            comps: self.comps.as_deref(),
            compression: self.compression,
            cache: Some(&self.cache),
            fetch: &self.fetch,
        };
        let mut repositories = vec![format!("file://{}/", local.display())];
        repositories.extend(self.externals.urls.iter().cloned());
        let merged = merge.run(&repositories, &self.out)?;
        sources::write(&self.out.join("repodata"), &merged.sources)?;
        Ok(merged.packages)
    }
}

fn read_optional(path: &Path) -> Result<Option<String>, TaskError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(url: &str, mode: &str, arches: Option<&str>) -> Value {
        Value::record([("url", Value::from(url)), ("merge_mode", mode.into()), ("arches", arches.into())])
    }

    #[test]
    fn external_repos_are_chosen_by_arch() {
        let rows = [row("http://h/$arch/", "koji", None), row("http://h/only/", "koji", Some("aarch64"))];
        assert_eq!(Externals::of(&rows, "x86_64").unwrap().urls, ["http://h/x86_64/"]);
        assert_eq!(Externals::of(&rows, "aarch64").unwrap().urls.len(), 2);
    }

    #[test]
    fn one_mode_for_all() {
        let rows = [row("a", "koji", None), row("b", "bare", None)];
        assert!(Externals::of(&rows, "x86_64").is_err());
        assert!(Externals::of(&[row("a", "nosuch", None)], "x86_64").is_err());
        assert_eq!(Externals::of(&rows[1..], "x86_64").unwrap().mode, MergeMode::Bare);
    }
}
