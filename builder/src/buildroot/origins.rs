//! Which installed packages came from external repositories: the hub stores those by their origin.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use koji_api::methods as m;
use koji_repodata::Repomd;
use koji_xmlrpc::Value;

use crate::task::{TaskCx, TaskError};

/// Adds `location` (id of the external repo) and `external_repo` (its row) to packages of external repositories.
pub async fn mark_external(
    cx: &TaskCx,
    rpms: &mut [Value],
    tag_id: &Value,
    repo: &Value,
    arch: &str,
) -> Result<(), TaskError> {
    let event = repo.get("create_event").cloned().unwrap_or_default();
    let call = m::GetExternalRepoList { tag_info: tag_id.clone(), event };
    let external = cx.session.call(call).await?;
    let external = external.as_array().unwrap_or_default();
    if external.is_empty() {
        return Ok(());
    }
    let by_url: HashMap<String, &Value> =
        external.iter().filter_map(|e| Some((e.str_at("url")?.replace("$arch", arch), e))).collect();
    let dir = repo_dir(repo, arch)?;
    let origins = read_origins(cx, &dir).await?;
    let ours = read_ours(cx, &dir).await?;
    for rpm in rpms {
        if rpm.str_at("payloadhash").is_some_and(|hash| ours.contains(hash)) {
            continue;
        }
        let key = nevra(rpm);
        let Some(url) = origins.get(&key) else { continue };
        let Some(repo) = by_url.get(url).or_else(|| by_url.get(url.trim_end_matches('/'))) else { continue };
        if let Value::Struct(members) = rpm {
            members.insert("location".into(), repo.get("external_repo_id").cloned().unwrap_or_default());
            members.insert("external_repo".into(), (*repo).clone());
        }
    }
    Ok(())
}

fn repo_dir(repo: &Value, arch: &str) -> Result<String, TaskError> {
    let id = repo.int_at("id").ok_or_else(|| TaskError::buildroot("the repo has no id"))?;
    let tag = repo.str_at("tag_name").ok_or_else(|| TaskError::buildroot("the repo has no tag"))?;
    let kind = if repo.truthy_at("dist") { "repos-dist" } else { "repos" };
    Ok(format!("{kind}/{tag}/{id}/{arch}"))
}

/// `name-[epoch:]version-release.arch`, the epoch only when it is not 0.
fn nevra(rpm: &Value) -> String {
    let s = |key| rpm.str_at(key).unwrap_or_default();
    let epoch = rpm.int_at("epoch").filter(|e| *e != 0).map(|e| format!("{e}:")).unwrap_or_default();
    format!("{}-{epoch}{}-{}.{}", s("name"), s("version"), s("release"), s("arch"))
}

/// `nevra<TAB>url` lines of the repository's pkgorigins.
async fn read_origins(cx: &TaskCx, dir: &str) -> Result<HashMap<String, String>, TaskError> {
    let path = cx.hub_file(&format!("{dir}/repodata/pkgorigins.gz")).await;
    let path = match path {
        Ok(path) => path,
        // named with its checksum, as createrepo_c does by default
        Err(_) => cx.hub_file(&format!("{dir}/repodata/{}", origins_name(cx, dir).await?)).await?,
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(&path)?).read_to_string(&mut text)?;
    Ok(origins(&text))
}

fn origins(text: &str) -> HashMap<String, String> {
    text.lines().filter_map(|l| l.split_once('\t')).map(|(n, u)| (n.to_owned(), u.to_owned())).collect()
}

/// The name that repomd.xml gives for the origins.
async fn origins_name(cx: &TaskCx, dir: &str) -> Result<String, TaskError> {
    let file = format!("{dir}/repodata/repomd.xml");
    let repomd = Repomd::parse(&std::fs::read_to_string(cx.hub_file(&file).await?)?, &file)?;
    let found = repomd.record("origin").and_then(|record| record.location.strip_prefix("repodata/"));
    found.map(str::to_owned).ok_or_else(|| TaskError::buildroot(format!("{file} names no pkgorigins")))
}

/// Payload hashes of the packages that the hub itself put into the repository.
async fn read_ours(cx: &TaskCx, dir: &str) -> Result<HashSet<String>, TaskError> {
    let Ok(path) = cx.hub_file(&format!("{dir}/rpmlist.jsonl")).await else { return Ok(HashSet::new()) };
    Ok(hashes(&std::fs::read_to_string(&path)?))
}

/// Of the lines of a rpmlist.jsonl.
fn hashes(text: &str) -> HashSet<String> {
    let hash = |line: &str| -> Option<String> {
        let row: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(row.get("payloadhash")?.as_str()?.to_owned())
    };
    text.lines().filter_map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_read_back(rows in proptest::collection::hash_map("[a-z]{1,9}-[0-9]-[0-9]\\.x86_64", "[a-z:/.]{0,20}", 0..9), junk in "\\PC{0,40}") {
            let text: String = rows.iter().map(|(nevra, url)| format!("{nevra}\t{url}\n")).collect();
            let mut read = origins(&(text + &junk));
            read.retain(|nevra, _| rows.contains_key(nevra));
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn hashes_of_good_lines(good in "[0-9a-f]{32}", junk in "\\PC{0,60}") {
            let text = format!("{{\"name\":\"a\",\"payloadhash\":\"{good}\"}}\n{{\"payloadhash\":7}}\n{junk}");
            prop_assert!(hashes(&text).contains(&good));
        }
    }
}
