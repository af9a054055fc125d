use super::prelude::*;

methods! {
    CheckTagPackage "checkTagPackage" Anyone (tag, pkg);
    GetPackage "getPackage" Anyone (info, strict: bool = false, create: bool = false);
    GetPackageConfig "getPackageConfig" Anyone (tag, pkg, event = Value::Nil);
    GetPackageID "getPackageID" Anyone (name, strict: bool = false);
    ListPackages "listPackages" Anyone (tagID = Value::Nil, userID = Value::Nil, pkgID = Value::Nil, prefix = Value::Nil, inherited: bool = false, with_dups: bool = false, event = Value::Nil, queryOpts = Value::Nil, with_owners: bool = true, with_blocked: bool = true);
    ListPackagesSimple "listPackagesSimple" Anyone (prefix = Value::Nil, queryOpts = Value::Nil);
    PackageListAdd "packageListAdd" Login (taginfo, pkginfo, owner = Value::Nil, block = Value::Nil, extra_arches = Value::Nil, force: bool = false, update: bool = false);
    PackageListBlock "packageListBlock" Login (taginfo, pkginfo, force: bool = false);
    PackageListRemove "packageListRemove" Login (taginfo, pkginfo, force: bool = false);
    PackageListSetArches "packageListSetArches" Login (taginfo, pkginfo, arches, force: bool = false);
    PackageListSetOwner "packageListSetOwner" Login (taginfo, pkginfo, owner, force: bool = false);
    PackageListUnblock "packageListUnblock" Login (taginfo, pkginfo, force: bool = false);
}
