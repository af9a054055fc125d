//! The policies that hold when none is configured.

/// Name and text of each default policy.
pub(crate) const DEFAULTS: [(&str, &str); 11] = [
    ("build_rpm", "all :: allow"),
    ("build_from_srpm", ADMIN_ONLY),
    ("build_from_repo_id", ADMIN_ONLY),
    ("build_from_scm", ADMIN_ONLY),
    (
        "package_list",
        "has_perm admin tag :: allow\nall :: deny Only admin/tag can do this via default policy",
    ),
    ("channel", "has req_channel :: req\nis_child_task :: parent\nall :: use default"),
    ("priority", "all :: stay"),
    (
        "vm",
        "has_perm admin win-admin :: allow\nall :: deny Only admin/win-admin can do this via default policy",
    ),
    ("cg_import", "all :: allow"),
    ("volume", "all :: DEFAULT"),
    (
        "draft_promotion",
        "has_perm draft-promoter :: allow\nis_build_owner :: allow\n\
         all :: deny Only draft-promoter and build owner can do this via default policy",
    ),
];

const ADMIN_ONLY: &str = "has_perm admin :: allow\nall :: deny Only admin can do this via default policy";
