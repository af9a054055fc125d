//! Tags, what is in them, and what is built into them.

use super::*;

pub const TAG: Record = record(
    "a tag",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        may("arches", Text, "arches, separated by spaces"),
        has("locked", Bool, "nothing can be tagged"),
        may("perm", Text, "permission that is needed to tag"),
        may("perm_id", Int, "id of that permission"),
        has("maven_support", Bool, "has Maven repositories"),
        has("maven_include_all", Bool, "these hold all versions"),
        opt("extra", Object, "options of the tag"),
        opt("blocked", Bool, "with --package: the package is blocked"),
        opt("owner_name", Text, "with --package: its owner"),
    ],
);

pub const TAG_INFO: Record = record(
    "a tag with what belongs to it",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        may("arches", Text, "arches, separated by spaces"),
        has("locked", Bool, "nothing can be tagged"),
        may("perm_id", Int, "id of the permission that is needed to tag"),
        has("extra", Object, "options of the tag and those it inherits"),
        opt("config_inheritance", Object, "where inherited settings come from"),
        has("groups", TEXTS, "names of its groups"),
        has("targets_into", List(&Of(&TARGET)), "targets that build into it"),
        has("targets_from", List(&Of(&TARGET)), "targets whose build tag it is"),
        has("repos", Object, "current repositories by the id of their tag; not with --event and the like"),
        has("external_repos", List(&Of(&TAG_EXTERNAL_REPO)), "its own external repositories"),
        has("inheritance", List(&Of(&PARENT)), "tags it inherits from"),
    ],
);

const PARENT: Record = record(
    "a link to a parent",
    &[
        has("parent_id", Int, "id of the parent"),
        has("child_id", Int, "id of the child"),
        has("name", Text, "name of the parent"),
        has("priority", Int, "lower ones come first"),
        may("maxdepth", Int, "how far inheritance goes beyond the parent"),
        has("intransitive", Bool, "not passed on to children of the child"),
        has("noconfig", Bool, "settings and groups are not inherited"),
        may("pkg_filter", Text, "regular expression that packages must match"),
    ],
);

pub const INHERITANCE: Record = record(
    "a link of a tag's inheritance, depth first",
    &[
        has("parent_id", Int, "id of the parent"),
        has("child_id", Int, "id of the child"),
        has("name", Text, "name of the parent (with --reverse of the child)"),
        has("currdepth", Int, "1 for direct links"),
        has("priority", Int, "lower ones come first"),
        may("maxdepth", Int, "how far inheritance goes beyond the parent"),
        has("intransitive", Bool, "not passed on to children of the child"),
        has("noconfig", Bool, "settings and groups are not inherited"),
        may("pkg_filter", Text, "regular expression that packages must match"),
    ],
);

pub const TARGET: Record = record(
    "a build target",
    &[
        has("id", Int, "id of the target"),
        has("name", Text, "name"),
        has("build_tag", Int, "id of the tag that buildroots are made of"),
        has("build_tag_name", Text, "its name"),
        has("dest_tag", Int, "id of the tag that builds go to"),
        has("dest_tag_name", Text, "its name"),
    ],
);

pub const PACKAGE: Record = record(
    "a package, in a tag unless all packages are listed",
    &[
        has("package_id", Int, "id of the package"),
        has("package_name", Text, "its name"),
        opt("tag_id", Int, "id of the tag that lists it"),
        opt("tag_name", Text, "name of that tag"),
        opt("owner_id", Int, "id of the owner"),
        opt("owner_name", Text, "name of the owner"),
        opt("extra_arches", Text, "further arches it is built for"),
        opt("blocked", Bool, "blocked in the tag"),
    ],
);

pub const GROUP: Record = record(
    "a group of packages in a tag",
    &[
        has("group_id", Int, "id of the group"),
        has("name", Text, "name"),
        has("tag_id", Int, "id of the tag that it comes from"),
        has("display_name", Text, "name for people"),
        may("description", Text, "description"),
        has("blocked", Bool, "blocked"),
        has("packagelist", List(&Object), "packages: package, type, basearchonly, blocked, tag_id"),
        has("grouplist", List(&Object), "groups it requires: name, type, blocked, tag_id"),
    ],
);

pub const EXTERNAL_REPO: Record = record(
    "an external repository; with --tag or --used the link to a tag",
    &[
        opt("id", Int, "id of the repository"),
        opt("name", Text, "its name"),
        has("url", Text, "its URL"),
        opt("external_repo_id", Int, "id of the repository (links)"),
        opt("external_repo_name", Text, "its name (links)"),
        opt("tag_id", Int, "id of the tag (links)"),
        opt("tag_name", Text, "its name (links)"),
        opt("priority", Int, "lower ones come first (links)"),
        opt("merge_mode", Text, "how it is merged (links)"),
        opt("arches", Text, "arches it is used for (links)"),
    ],
);

const TAG_EXTERNAL_REPO: Record = record(
    "an external repository of a tag",
    &[
        has("external_repo_id", Int, "id of the repository"),
        has("external_repo_name", Text, "its name"),
        has("url", Text, "its URL"),
        has("tag_id", Int, "id of the tag"),
        has("priority", Int, "lower ones come first"),
        has("merge_mode", Text, "how it is merged"),
    ],
);

pub const SIDETAG: Record = record(
    "a side tag",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        has("user_id", Any, "id of the owner; a number, as text with some hubs"),
        has("user_name", Text, "name of the owner"),
    ],
);

pub const NEW_TAG: Record =
    record("the new side tag", &[has("id", Int, "id of the tag"), has("name", Text, "name")]);
