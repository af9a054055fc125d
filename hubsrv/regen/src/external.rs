//! External repositories: a change there makes the tags that use them stale.

use std::time::Duration;

use futures::StreamExt;
use koji_api::methods as m;
use koji_client::Session;
use koji_xmlrpc::{Struct, Value};
use quick_xml::events::Event;

const TIMEOUT: Duration = Duration::from_secs(5);
/// Repositories, and arches of each, that are looked at together: one that does not answer holds up no other.
const AT_ONCE: usize = 4;
/// More than any repomd.xml has.
const MOST: usize = 8 << 20;

/// Looks at every external repository that a tag uses, and tells the hub about newer metadata.
pub async fn check(session: &Session, http: &reqwest::Client) -> anyhow::Result<()> {
    let used = session.call(m::GetTagExternalRepos::default()).await?;
    let mut repos: Vec<(i64, String, Vec<String>)> = Vec::new();
    for row in used.as_array().unwrap_or_default() {
        let (Some(id), Some(url)) = (row.int_at("external_repo_id"), row.str_at("url")) else { continue };
        let arches = if url.contains("$arch") { tag_arches(session, row).await? } else { Vec::new() };
        match repos.iter_mut().find(|(known, _, _)| *known == id) {
            Some((_, _, known)) => known.extend(arches),
            None => repos.push((id, url.to_owned(), arches)),
        }
    }
    let look = async |(id, url, arches): (i64, String, Vec<String>)| {
        if let Err(e) = check_one(session, http, id, &url, arches).await {
            tracing::warn!("cannot look at the external repo {url}: {e:#}");
        }
    };
    futures::stream::iter(repos).for_each_concurrent(AT_ONCE, look).await;
    Ok(())
}

async fn tag_arches(session: &Session, row: &Value) -> anyhow::Result<Vec<String>> {
    let only = row.str_at("arches").unwrap_or_default();
    if !only.is_empty() {
        return Ok(only.split_whitespace().map(str::to_owned).collect());
    }
    let tag = row.get("tag_id").cloned().unwrap_or_default();
    let tag = session.call(m::GetTag { tagInfo: tag, ..Default::default() }).await?;
    Ok(tag.str_at("arches").unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

async fn check_one(
    session: &Session,
    http: &reqwest::Client,
    id: i64,
    url: &str,
    mut arches: Vec<String>,
) -> anyhow::Result<()> {
    arches.sort();
    arches.dedup();
    let urls: Vec<String> = if arches.is_empty() {
        vec![url.to_owned()]
    } else {
        arches.iter().map(|a| url.replace("$arch", a)).collect()
    };
    // an arch may be missing, a server may be away: what can be read counts
    let look = async |url: String| {
        let text = fetch(http, &format!("{}/repodata/repomd.xml", url.trim_end_matches('/'))).await;
        text.inspect_err(|e| tracing::warn!("cannot look at the external repo {url}: {e:#}")).ok()
    };
    let texts = futures::stream::iter(urls).map(look).buffered(AT_ONCE);
    let newest =
        texts.filter_map(async |text| max_timestamp(&text?)).collect::<Vec<i64>>().await.into_iter().max();
    let Some(newest) = newest else { return Ok(()) };
    let data = session.call(m::RepoGetExternalRepoData { erepo: id.into() }).await?;
    if data.int_at("max_ts").is_none_or(|known| newest > known) {
        tracing::info!("external repo {url} has changed");
        let mut data: Struct = data.as_struct().cloned().unwrap_or_default();
        data.insert("max_ts".into(), newest.into());
        session.call(m::RepoSetExternalRepoData { external_repo_id: id.into(), data: data.into() }).await?;
    }
    Ok(())
}

async fn fetch(http: &reqwest::Client, url: &str) -> anyhow::Result<Vec<u8>> {
    if let Some(path) = url.strip_prefix("file://") {
        return Ok(tokio::fs::read(path).await?);
    }
    let response = http.get(url).timeout(TIMEOUT).send().await?.error_for_status()?;
    let bytes = response.bytes().await?;
    anyhow::ensure!(bytes.len() <= MOST, "{url} is {} bytes long: that is no repomd.xml", bytes.len());
    Ok(bytes.to_vec())
}

/// The newest `timestamp` of the metadata files, in whole seconds; `None` when there is none or the text is no XML.
fn max_timestamp(repomd: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(repomd).ok()?;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut inside, mut newest) = (false, None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) => inside = e.local_name().as_ref() == "timestamp",
            Event::End(_) => inside = false,
            Event::Text(t) if inside => {
                let whole = t.as_ref().trim().split('.').next().unwrap_or_default().parse::<i64>().ok();
                newest = newest.max(whole);
            }
            Event::Eof => return newest,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::max_timestamp;
    use proptest::prelude::*;

    #[test]
    fn the_newest_file_counts() {
        let xml = b"<repomd xmlns=\"http://linux.duke.edu/metadata/repo\"><revision>9</revision>\
            <data type=\"primary\"><timestamp>100</timestamp></data>\
            <data type=\"other\"><timestamp>123.75</timestamp></data></repomd>";
        assert_eq!(max_timestamp(xml), Some(123));
        assert_eq!(max_timestamp(b"<repomd></repomd>"), None);
        assert_eq!(max_timestamp(b"<html><body>404"), None);
    }

    proptest! {
        #[test]
        fn anything_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = max_timestamp(&bytes);
        }
        #[test]
        fn any_markup_is_read(text in "(<[a-z/!?]{0,8}>|timestamp|[0-9.]{1,20}|&[a-z]*;?){0,20}") {
            let _ = max_timestamp(text.as_bytes());
        }
    }
}
