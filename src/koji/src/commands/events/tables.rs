//! The tables that have a history: what a row is known by, and how a change of it is told.

use koji_xmlrpc::Value;

use super::timeline::Change;

/// A table with history.
pub struct Table {
    pub name: &'static str,
    /// The fields that name the thing; two rows with the same ones at an event are an edit.
    pub keys: &'static [&'static str],
    /// What is said of a change, an addition and an end. `{field}` stands for a field of the row.
    sentences: [&'static str; 3],
}

const fn table(name: &'static str, keys: &'static [&'static str], sentences: [&'static str; 3]) -> Table {
    Table { name, keys, sentences }
}

const TABLES: &[Table] = &[
    table(
        "user_perms",
        &["user_id", "perm_id"],
        [
            "permission {permission.name} re-granted to {user.name}",
            "permission {permission.name} granted to {user.name}",
            "permission {permission.name} revoked for {user.name}",
        ],
    ),
    table(
        "user_groups",
        &["user_id", "group_id"],
        [
            "user {user.name} re-added to group {group.name}",
            "user {user.name} added to group {group.name}",
            "user {user.name} removed from group {group.name}",
        ],
    ),
    table(
        "cg_users",
        &["user_id", "cg_id"],
        [
            "user {user.name} re-added to content generator {content_generator.name}",
            "user {user.name} added to content generator {content_generator.name}",
            "user {user.name} removed from content generator {content_generator.name}",
        ],
    ),
    table(
        "tag_inheritance",
        &["tag_id", "parent_id"],
        [
            "inheritance line {tag.name}->{parent.name} updated",
            "inheritance line {tag.name}->{parent.name} added",
            "inheritance line {tag.name}->{parent.name} removed",
        ],
    ),
    table(
        "tag_config",
        &["tag_id"],
        ["tag configuration for {tag.name} altered", "new tag: {tag.name}", "tag deleted: {tag.name}"],
    ),
    table(
        "tag_extra",
        &["tag_id", "key"],
        [
            "tag option {key} for tag {tag.name} altered",
            "added tag option {key} for tag {tag.name}",
            "tag option {key} removed for {tag.name}",
        ],
    ),
    table(
        "build_target_config",
        &["build_target_id"],
        [
            "build target configuration for {build_target.name} updated",
            "new build target: {build_target.name}",
            "build target deleted: {build_target.name}",
        ],
    ),
    table(
        "external_repo_config",
        &["external_repo_id"],
        [
            "external repo configuration for {external_repo.name} altered",
            "new external repo: {external_repo.name}",
            "external repo deleted: {external_repo.name}",
        ],
    ),
    table(
        "external_repo_data",
        &["external_repo_id"],
        [
            "tracking data for external repo {external_repo.name} altered",
            "new tracking data for external repo {external_repo.name}",
            "deleted tracking data for external repo {external_repo.name}",
        ],
    ),
    table(
        "host_config",
        &["host_id"],
        ["host configuration for {host.name} altered", "new host: {host.name}", "host deleted: {host.name}"],
    ),
    table(
        "host_channels",
        &["host_id", "channel_id"],
        [
            // a link that is made anew shows as its end
            "host {host.name} removed from channel {channels.name}",
            "host {host.name} added to channel {channels.name}",
            "host {host.name} removed from channel {channels.name}",
        ],
    ),
    table(
        "tag_external_repos",
        &["tag_id", "external_repo_id"],
        [
            "external repo entry for {external_repo.name} in tag {tag.name} updated",
            "external repo entry for {external_repo.name} added to tag {tag.name}",
            "external repo entry for {external_repo.name} removed from tag {tag.name}",
        ],
    ),
    table(
        "tag_listing",
        &["build_id", "tag_id"],
        [
            "{name}-{version}-{release} re-tagged into {tag.name}",
            "{name}-{version}-{release} tagged into {tag.name}",
            "{name}-{version}-{release} untagged from {tag.name}",
        ],
    ),
    table(
        "tag_packages",
        &["package_id", "tag_id"],
        [
            "package list entry for {package.name} in {tag.name} updated",
            "package list entry created: {package.name} in {tag.name}",
            "package list entry revoked: {package.name} in {tag.name}",
        ],
    ),
    table(
        "tag_package_owners",
        &["package_id", "tag_id"],
        [
            "package owner changed for {package.name} in {tag.name}",
            "package owner {owner.name} set for {package.name} in {tag.name}",
            "package owner {owner.name} revoked for {package.name} in {tag.name}",
        ],
    ),
    table(
        "group_config",
        &["group_id", "tag_id"],
        [
            "group {group.name} configuration for tag {tag.name} updated",
            "group {group.name} added to tag {tag.name}",
            "group {group.name} removed from tag {tag.name}",
        ],
    ),
    table(
        "group_req_listing",
        &["group_id", "tag_id", "req_id"],
        [
            "group dependency {group.name}->{req.name} updated in tag {tag.name}",
            "group dependency {group.name}->{req.name} added in tag {tag.name}",
            "group dependency {group.name}->{req.name} dropped from tag {tag.name}",
        ],
    ),
    table(
        "group_package_listing",
        &["group_id", "tag_id", "package"],
        [
            "package entry {package} in group {group.name}, tag {tag.name} updated",
            "package {package} added to group {group.name} in tag {tag.name}",
            "package {package} removed from group {group.name} in tag {tag.name}",
        ],
    ),
];

/// A table of the history by name; nothing for one that a newer hub may have.
pub fn find(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|t| t.name == name)
}

/// What happened to a row.
pub fn sentence(table: &str, change: Change, row: &Value) -> String {
    let Some(known) = find(table) else {
        let what = match change {
            Change::Edited => "updated",
            Change::Created => "created",
            Change::Revoked => "revoked",
        };
        return format!("{table} entry {what}");
    };
    let [edited, created, revoked] = known.sentences;
    filled(
        match change {
            Change::Edited => edited,
            Change::Created => created,
            Change::Revoked => revoked,
        },
        row,
    )
}

fn filled(template: &str, row: &Value) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&crate::lookup::shown(row, field));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let row = Value::record([
            ("tag.name", Value::from("f40")),
            ("name", "bash".into()),
            ("version", "5".into()),
            ("release", "1".into()),
        ]);
        assert_eq!(sentence("tag_listing", Change::Created, &row), "bash-5-1 tagged into f40");
        assert_eq!(sentence("tag_config", Change::Revoked, &row), "tag deleted: f40");
        assert_eq!(sentence("tag_extra", Change::Edited, &row), "tag option None for tag f40 altered");
        assert_eq!(sentence("new_table", Change::Created, &row), "new_table entry created");
    }
}
