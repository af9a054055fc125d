//! The Maven part of a repo: `maven/GROUP/PATH/ARTIFACT/VERSION` links to the artifacts of the tag's builds, with
//! `maven-metadata.xml` beside them.

use std::collections::{BTreeMap, BTreeSet};

use koji_api::paths::PathInfo;
use koji_db::tagging;
use koji_xmlrpc::Struct;

use koji_rpm::vercmp;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::hub::Hub;
use crate::store::{self, RelPath, relative};
use md5::{Digest, Md5};
use sha1::Sha1;

/// What to link, by the place below `maven`.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Place of an artifact's version, and where it is below the top directory.
    links: BTreeMap<String, String>,
    /// Place of an artifact, its group, name and versions.
    artifacts: BTreeMap<String, (String, String, BTreeSet<String>)>,
}

/// The newest artifacts of a tag.
pub(super) async fn links(cx: &mut Cx, tag: i64, event: i64) -> Outcome<Links> {
    let mut found = Links::default();
    for archive in tagging::maven_archives(&mut cx.tx, tag, Some(event), true).await? {
        found.add(&archive);
    }
    Ok(found)
}

impl Links {
    fn add(&mut self, archive: &Struct) -> Option<()> {
        let text = |key: &str| archive.get(key)?.as_str().map(str::to_owned);
        let (group, artifact, version) = (text("group_id")?, text("artifact_id")?, text("version")?);
        let place = format!("{}/{artifact}", group.replace('.', "/"));
        let volume = text("volume_name");
        // relative to the top directory
        let paths = PathInfo::new(".");
        let (name, build_version, release) =
            (text("build_name")?, text("build_version")?, text("build_release")?);
        let build = paths.build(&name, &build_version, &release, volume.as_deref());
        self.links.insert(format!("{place}/{version}"), format!("{build}/maven/{place}/{version}"));
        let entry = self.artifacts.entry(place).or_insert_with(|| (group, artifact, BTreeSet::new()));
        entry.2.insert(version);
        Some(())
    }

    /// Writes them below the repo's directory.
    pub(super) fn write(&self, hub: &Hub, repo: &RelPath) -> Outcome<()> {
        let root = store::volume(hub, None)?;
        for (place, target) in &self.links {
            let (Some(link), Some(target)) =
                (RelPath::parse(&format!("{repo}/maven/{place}")), RelPath::parse(target))
            else {
                tracing::warn!(%repo, place, "a Maven artifact with an impossible path is left out of the repo");
                continue;
            };
            let Some(parent) = link.parent() else { continue };
            root.make_dirs(&parent)?.link_over(link.name(), &relative(&link, &target))?;
        }
        for (place, (group, artifact, versions)) in &self.artifacts {
            let Some(dir) = RelPath::parse(&format!("{repo}/maven/{place}")) else { continue };
            let text = metadata(group, artifact, versions);
            let dir = root.make_dirs(&dir)?;
            dir.put(METADATA.as_ref(), text.as_bytes())?;
            // Maven checks what it downloads
            dir.put(format!("{METADATA}.md5").as_ref(), hex::encode(Md5::digest(&text)).as_bytes())?;
            dir.put(format!("{METADATA}.sha1").as_ref(), hex::encode(Sha1::digest(&text)).as_bytes())?;
        }
        Ok(())
    }
}

const METADATA: &str = "maven-metadata.xml";

/// The versions of an artifact, the newest last.
fn metadata(group: &str, artifact: &str, versions: &BTreeSet<String>) -> String {
    let mut versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    versions.sort_by(|a, b| vercmp(a, b));
    let newest = escaped(versions.last().copied().unwrap_or_default());
    let list: String =
        versions.iter().map(|v| format!("      <version>{}</version>\n", escaped(v))).collect();
    let format = time::macros::format_description!("[year][month][day][hour][minute][second]");
    let now = time::OffsetDateTime::now_utc().format(format).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\"?>\n<metadata>\n  <groupId>{}</groupId>\n  <artifactId>{}</artifactId>\n  <versioning>\n    \
         <latest>{newest}</latest>\n    <release>{newest}</release>\n    <versions>\n{list}    </versions>\n    \
         <lastUpdated>{now}</lastUpdated>\n  </versioning>\n</metadata>\n",
        escaped(group),
        escaped(artifact)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_last() {
        let versions = ["1.10".to_owned(), "1.9".to_owned(), "1.0&".to_owned()].into();
        let text = metadata("org.x", "tool", &versions);
        assert!(text.contains("<latest>1.10</latest>"), "{text}");
        assert!(text.contains("<version>1.0&amp;</version>\n      <version>1.9</version>"), "{text}");
    }
}
