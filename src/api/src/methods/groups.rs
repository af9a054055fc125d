use super::prelude::*;

methods! {
    GetTagGroups "getTagGroups" Anyone (tag, event = Value::Nil, inherit: bool = true, incl_pkgs: bool = true, incl_reqs: bool = true, incl_blocked: bool = false);
    GroupListAdd "groupListAdd" Perm("tag") (taginfo, grpinfo, block: bool = false, force: bool = false; **opts);
    GroupListBlock "groupListBlock" Perm("tag") (taginfo, grpinfo);
    GroupListRemove "groupListRemove" Perm("tag") (taginfo, grpinfo, force: bool = false);
    GroupListUnblock "groupListUnblock" Perm("tag") (taginfo, grpinfo);
    GroupPackageListAdd "groupPackageListAdd" Perm("tag") (taginfo, grpinfo, pkg_name, block: bool = false, force: bool = false; **opts);
    GroupPackageListBlock "groupPackageListBlock" Perm("tag") (taginfo, grpinfo, pkg_name);
    GroupPackageListRemove "groupPackageListRemove" Perm("tag") (taginfo, grpinfo, pkg_name);
    GroupPackageListUnblock "groupPackageListUnblock" Perm("tag") (taginfo, grpinfo, pkg_name);
    GroupReqListAdd "groupReqListAdd" Perm("tag") (taginfo, grpinfo, reqinfo, block: bool = false, force: bool = false; **opts);
    GroupReqListBlock "groupReqListBlock" Perm("tag") (taginfo, grpinfo, reqinfo);
    GroupReqListRemove "groupReqListRemove" Perm("tag") (taginfo, grpinfo, reqinfo, force = Value::Nil);
    GroupReqListUnblock "groupReqListUnblock" Perm("tag") (taginfo, grpinfo, reqinfo);
}
