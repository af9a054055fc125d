use super::prelude::*;

methods! {
    /// Comps groups of a tag with packages and requirements, merged through inheritance.
    GetTagGroups "getTagGroups" Anyone (tag, event = Value::Nil, inherit: bool = true, incl_pkgs: bool = true, incl_reqs: bool = true, incl_blocked: bool = false);
    /// Adds a group to a tag, or changes it; options are the columns of a comps group.
    GroupListAdd "groupListAdd" Perm("tag") (taginfo, grpinfo, block: bool = false, force: bool = false; **opts);
    /// Blocks a group in a tag.
    GroupListBlock "groupListBlock" Perm("tag") (taginfo, grpinfo);
    /// Takes a group off a tag's own list.
    GroupListRemove "groupListRemove" Perm("tag") (taginfo, grpinfo, force: bool = false);
    /// Ends a tag's own block of a group.
    GroupListUnblock "groupListUnblock" Perm("tag") (taginfo, grpinfo);
    /// Adds a package to a group; options are type, basearchonly and requires.
    GroupPackageListAdd "groupPackageListAdd" Perm("tag") (taginfo, grpinfo, pkg_name, block: bool = false, force: bool = false; **opts);
    /// Blocks a package in a group.
    GroupPackageListBlock "groupPackageListBlock" Perm("tag") (taginfo, grpinfo, pkg_name);
    /// Takes a package out of a group.
    GroupPackageListRemove "groupPackageListRemove" Perm("tag") (taginfo, grpinfo, pkg_name);
    /// Ends a tag's own block of a package in a group.
    GroupPackageListUnblock "groupPackageListUnblock" Perm("tag") (taginfo, grpinfo, pkg_name);
    /// Has a group require another; options are type and is_metapkg.
    GroupReqListAdd "groupReqListAdd" Perm("tag") (taginfo, grpinfo, reqinfo, block: bool = false, force: bool = false; **opts);
    /// Blocks a requirement of a group.
    GroupReqListBlock "groupReqListBlock" Perm("tag") (taginfo, grpinfo, reqinfo);
    /// Removes a requirement of a group; `force` has no effect.
    GroupReqListRemove "groupReqListRemove" Perm("tag") (taginfo, grpinfo, reqinfo, force = Value::Nil);
    /// Ends a tag's own block of a requirement.
    GroupReqListUnblock "groupReqListUnblock" Perm("tag") (taginfo, grpinfo, reqinfo);
}
