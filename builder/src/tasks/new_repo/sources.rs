//! Which state of which external repositories a repository was merged from: kept beside its metadata, so that it can be told
//! whether a copy of it would still be what a merge makes.

use std::collections::BTreeMap;
use std::path::Path;

use koji_repodata::{Fetch, repomd_digest};

const FILE: &str = "external_repos.json";

/// Notes addresses and digests.
pub fn write(repodata: &Path, sources: &[(String, String)]) -> std::io::Result<()> {
    let sources: BTreeMap<_, _> = sources.iter().map(|(url, digest)| (url, digest)).collect();
    std::fs::write(repodata.join(FILE), serde_json::to_vec(&sources)?)
}

/// Whether the external repositories are as they were. Without a note they must have been none.
pub fn are_unchanged(repodata: &Path, some: bool, fetch: &dyn Fetch) -> bool {
    let Ok(text) = std::fs::read(repodata.join(FILE)) else { return !some };
    let Ok(known) = serde_json::from_slice::<BTreeMap<String, String>>(&text) else { return false };
    known.iter().all(|(url, digest)| repomd_digest(fetch, url).is_ok_and(|now| now == *digest))
}

#[cfg(test)]
mod tests {
    use koji_repodata::LocalFetch;

    use super::*;

    #[test]
    fn a_change_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(
            are_unchanged(dir.path(), false, &LocalFetch) && !are_unchanged(dir.path(), true, &LocalFetch)
        );
        let repodata = dir.path().join("repodata");
        std::fs::create_dir(&repodata).unwrap();
        std::fs::write(repodata.join("repomd.xml"), "one").unwrap();
        let url = format!("file://{}/", dir.path().display());
        let digest = repomd_digest(&LocalFetch, &url).unwrap();
        write(dir.path(), &[(url, digest)]).unwrap();
        assert!(are_unchanged(dir.path(), true, &LocalFetch));
        std::fs::write(repodata.join("repomd.xml"), "two").unwrap();
        assert!(!are_unchanged(dir.path(), true, &LocalFetch));
    }
}
