//! The versioned tables, as `queryHistory` knows them.
//!
//! Where a table names the same kind of record twice, a filter looks at the one that upstream's looks at.

/// A kind of record that rows can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    Tag,
    Build,
    Host,
    Channel,
    Package,
    /// The name of a package in a comps group.
    GroupPackage,
    User,
    Permission,
    Cg,
    ExternalRepo,
    BuildTarget,
    Group,
    /// A key of a tag's extra data.
    Key,
}

/// A versioned table with the names behind its ids; the table itself is `h`.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub(super) from: &'static str,
    /// Expression and key of each column that is not common to all.
    pub(super) columns: &'static [(&'static str, &'static str)],
    pub(super) joins: &'static [&'static str],
    pub(super) by: &'static [(By, &'static str)],
}

impl Table {
    pub(super) fn clause(&self, by: By) -> Option<&'static str> {
        self.by.iter().find(|(known, _)| *known == by).map(|(_, clause)| *clause)
    }

    /// Whether rows can be chosen by it.
    pub fn has(&self, by: By) -> bool {
        self.clause(by).is_some()
    }

    pub fn find(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|t| t.name == name)
    }
}

macro_rules! table {
    ($name:literal { $($column:literal),* } $(named { $($expression:literal as $key:literal),* })?
     $(join [ $($join:literal),* ])? $(by { $($by:ident: $clause:literal),* })?) => {
        Table {
            name: $name,
            from: concat!($name, " AS h"),
            columns: &[$((concat!("h.", $column), $column),)* $($(($expression, $key)),*)?],
            joins: &[$($($join),*)?],
            by: &[$($((By::$by, $clause)),*)?],
        }
    };
}

/// All of them, by name.
pub const TABLES: &[Table] = &[
    table!("build_target_config" { "build_target_id", "build_tag", "dest_tag" }
        named { "build_target.name" as "build_target.name", "build_tag.name" as "build_tag.name",
                "dest_tag.name" as "dest_tag.name" }
        join ["LEFT JOIN build_target ON h.build_target_id = build_target.id",
              "LEFT JOIN tag AS build_tag ON h.build_tag = build_tag.id",
              "LEFT JOIN tag AS dest_tag ON h.dest_tag = dest_tag.id"]
        by { BuildTarget: "h.build_target_id = {}", Tag: "h.dest_tag = {}" }),
    table!("cg_users" { "user_id", "cg_id" }
        named { "users.name" as "user.name", "content_generator.name" as "content_generator.name" }
        join ["LEFT JOIN users ON h.user_id = users.id",
              "LEFT JOIN content_generator ON h.cg_id = content_generator.id"]
        by { User: "h.user_id = {}", Cg: "h.cg_id = {}" }),
    table!("external_repo_config" { "external_repo_id", "url" }
        named { "external_repo.name" as "external_repo.name" }
        join ["LEFT JOIN external_repo ON h.external_repo_id = external_repo.id"]
        by { ExternalRepo: "h.external_repo_id = {}" }),
    table!("external_repo_data" { "external_repo_id", "data" }
        named { "external_repo.name" as "external_repo.name" }
        join ["LEFT JOIN external_repo ON h.external_repo_id = external_repo.id"]
        by { ExternalRepo: "h.external_repo_id = {}" }),
    table!("group_config" { "group_id", "tag_id", "blocked", "exported", "display_name", "is_default",
                            "uservisible", "description", "langonly", "biarchonly" }
        named { "groups.name" as "group.name", "tag.name" as "tag.name" }
        join ["JOIN groups ON h.group_id = groups.id", "LEFT JOIN tag ON h.tag_id = tag.id"]
        by { Group: "h.group_id = {}", Tag: "h.tag_id = {}" }),
    table!("group_package_listing" { "group_id", "tag_id", "package", "blocked", "type", "basearchonly", "requires" }
        named { "groups.name" as "group.name", "tag.name" as "tag.name" }
        join ["JOIN groups ON h.group_id = groups.id", "LEFT JOIN tag ON h.tag_id = tag.id"]
        by { Group: "h.group_id = {}", Tag: "h.tag_id = {}", GroupPackage: "h.package = {}" }),
    table!("group_req_listing" { "group_id", "tag_id", "req_id", "blocked", "type", "is_metapkg" }
        named { "groups.name" as "group.name", "tag.name" as "tag.name", "req.name" as "req.name" }
        join ["JOIN groups ON h.group_id = groups.id", "LEFT JOIN tag ON h.tag_id = tag.id",
              "LEFT JOIN groups AS req ON h.req_id = req.id"]
        by { Group: "h.req_id = {}", Tag: "h.tag_id = {}" }),
    table!("host_channels" { "host_id", "channel_id" }
        named { "host.name" as "host.name", "channels.name" as "channels.name" }
        join ["LEFT JOIN host ON h.host_id = host.id", "LEFT JOIN channels ON h.channel_id = channels.id"]
        by { Host: "h.host_id = {}", Channel: "h.channel_id = {}" }),
    table!("host_config" { "host_id", "arches", "capacity", "description", "comment", "enabled" }
        named { "host.name" as "host.name" }
        join ["LEFT JOIN host ON h.host_id = host.id"]
        by { Host: "h.host_id = {}" }),
    table!("tag_config" { "tag_id", "arches", "perm_id", "locked", "maven_support", "maven_include_all" }
        named { "tag.name" as "tag.name", "permission.name" as "permission.name" }
        join ["LEFT JOIN tag ON h.tag_id = tag.id",
              "LEFT JOIN permissions AS permission ON h.perm_id = permission.id"]
        by { Tag: "h.tag_id = {}", Permission: "h.perm_id = {}" }),
    table!("tag_external_repos" { "tag_id", "external_repo_id", "priority", "merge_mode", "arches" }
        named { "tag.name" as "tag.name", "external_repo.name" as "external_repo.name" }
        join ["LEFT JOIN tag ON h.tag_id = tag.id",
              "LEFT JOIN external_repo ON h.external_repo_id = external_repo.id"]
        by { Tag: "h.tag_id = {}", ExternalRepo: "h.external_repo_id = {}" }),
    table!("tag_extra" { "tag_id", "key", "value" }
        named { "tag.name" as "tag.name" }
        join ["LEFT JOIN tag ON h.tag_id = tag.id"]
        by { Tag: "h.tag_id = {}", Key: "h.key = {}" }),
    table!("tag_inheritance" { "tag_id", "parent_id", "priority", "maxdepth", "intransitive", "noconfig", "pkg_filter" }
        named { "tag.name" as "tag.name", "parent.name" as "parent.name" }
        join ["LEFT JOIN tag ON h.tag_id = tag.id", "LEFT JOIN tag AS parent ON h.parent_id = parent.id"]
        by { Tag: "h.tag_id = {} OR h.parent_id = {}" }),
    table!("tag_listing" { "build_id", "tag_id" }
        named { "package.name" as "name", "build.version" as "version", "build.release" as "release",
                "build.epoch" as "epoch", "build.state" as "build.state", "tag.name" as "tag.name" }
        join ["JOIN build ON h.build_id = build.id", "JOIN package ON build.pkg_id = package.id",
              "LEFT JOIN tag ON h.tag_id = tag.id"]
        by { Build: "h.build_id = {}", Package: "build.pkg_id = {}", Tag: "h.tag_id = {}" }),
    table!("tag_package_owners" { "package_id", "tag_id", "owner" }
        named { "package.name" as "package.name", "tag.name" as "tag.name", "owner.name" as "owner.name" }
        join ["LEFT JOIN package ON h.package_id = package.id", "LEFT JOIN tag ON h.tag_id = tag.id",
              "LEFT JOIN users AS owner ON h.owner = owner.id"]
        by { Package: "h.package_id = {}", Tag: "h.tag_id = {}", User: "h.owner = {}" }),
    table!("tag_packages" { "package_id", "tag_id", "blocked", "extra_arches" }
        named { "package.name" as "package.name", "tag.name" as "tag.name" }
        join ["LEFT JOIN package ON h.package_id = package.id", "LEFT JOIN tag ON h.tag_id = tag.id"]
        by { Package: "h.package_id = {}", Tag: "h.tag_id = {}" }),
    table!("user_groups" { "user_id", "group_id" }
        named { "users.name" as "user.name", "usergroup.name" as "group.name" }
        join ["LEFT JOIN users ON h.user_id = users.id", "JOIN users AS usergroup ON h.group_id = usergroup.id"]
        by { User: "h.group_id = {}" }),
    table!("user_perms" { "user_id", "perm_id" }
        named { "users.name" as "user.name", "permission.name" as "permission.name" }
        join ["LEFT JOIN users ON h.user_id = users.id",
              "LEFT JOIN permissions AS permission ON h.perm_id = permission.id"]
        by { User: "h.user_id = {}", Permission: "h.perm_id = {}" }),
];
