//! Commands on the builds of tags.

pub mod latest_build;
pub mod list_tagged;
pub mod list_untagged;
pub mod move_build;
pub mod tag_build;
pub mod untag_build;

use koji_api::paths::PathInfo;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::lookup::text;

/// Heads the list of builds.
fn header(cx: &Cx, maven: bool) {
    let line = |n: usize| "-".repeat(n);
    if maven {
        let row = format!(
            "{:<40}  {:<20}  {:<20}  {:<20}  {}",
            "Build", "Tag", "Group Id", "Artifact Id", "Built by"
        );
        cx.out.line(row);
        cx.out.line(format!("{}  {}  {}  {}  {}", line(40), line(20), line(20), line(20), line(16)));
    } else {
        cx.out.line(format!("{:<40}  {:<20}  {}", "Build", "Tag", "Built by"));
        cx.out.line(format!("{}  {}  {}", line(40), line(20), line(16)));
    }
}

/// One build of the list, by its name or its directory.
fn row(build: &Value, paths: Option<&PathInfo>, maven: bool) -> String {
    let first = match paths {
        None => text(build, "nvr").to_owned(),
        Some(paths) if maven => format!("{}/maven", build_dir(paths, build)),
        Some(paths) => build_dir(paths, build),
    };
    let (tag, owner) = (text(build, "tag_name"), text(build, "owner_name"));
    if maven {
        let (group, artifact) = (text(build, "maven_group_id"), text(build, "maven_artifact_id"));
        format!("{first:<40}  {tag:<20}  {group:<20}  {artifact:<20}  {owner}")
    } else {
        format!("{first:<40}  {tag:<20}  {owner}")
    }
}

/// Directory of a build's record.
pub fn build_dir(paths: &PathInfo, build: &Value) -> String {
    let name = build.str_at("name").or_else(|| build.str_at("package_name")).unwrap_or_default();
    paths.build(name, text(build, "version"), text(build, "release"), build.str_at("volume_name"))
}

/// Path of an rpm's record below its build's directory.
pub fn rpm_path(rpm: &Value) -> String {
    PathInfo::rpm((text(rpm, "name"), text(rpm, "version"), text(rpm, "release")), text(rpm, "arch"))
}

/// `name-version-release.arch`
pub fn nvra(rpm: &Value) -> String {
    format!("{}-{}-{}.{}", text(rpm, "name"), text(rpm, "version"), text(rpm, "release"), text(rpm, "arch"))
}
