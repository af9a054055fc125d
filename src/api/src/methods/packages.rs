use super::prelude::*;

methods! {
    /// Whether a package is listed in a tag and not blocked.
    CheckTagPackage "checkTagPackage" Anyone (tag, pkg);
    /// Id and name of a package; `create` adds it.
    GetPackage "getPackage" Anyone (info, strict: bool = false, create: bool = false);
    /// The entry that decides about a package in a tag's list, inherited or not.
    GetPackageConfig "getPackageConfig" Anyone (tag, pkg, event = Value::Nil);
    /// The id of the package of that name.
    GetPackageID "getPackageID" Anyone (name, strict: bool = false);
    /// Entries of package lists by tag, owner or package; all packages when none of them is given.
    ListPackages "listPackages" Anyone (tagID = Value::Nil, userID = Value::Nil, pkgID = Value::Nil, prefix = Value::Nil, inherited: bool = false, with_dups: bool = false, event = Value::Nil, queryOpts = Value::Nil, with_owners: bool = true, with_blocked: bool = true);
    /// All packages whose name starts with a prefix.
    ListPackagesSimple "listPackagesSimple" Anyone (prefix = Value::Nil, queryOpts = Value::Nil);
    /// Adds a package to a tag's list, or changes its entry.
    PackageListAdd "packageListAdd" Login (taginfo, pkginfo, owner = Value::Nil, block = Value::Nil, extra_arches = Value::Nil, force: bool = false, update: bool = false);
    /// Blocks a package in a tag and in all that inherit from it.
    PackageListBlock "packageListBlock" Login (taginfo, pkginfo, force: bool = false);
    /// Takes a package off a tag's own list.
    PackageListRemove "packageListRemove" Login (taginfo, pkginfo, force: bool = false);
    /// Sets the extra arches of a package in a tag's list.
    PackageListSetArches "packageListSetArches" Login (taginfo, pkginfo, arches, force: bool = false);
    /// Sets the owner of a package in a tag's list.
    PackageListSetOwner "packageListSetOwner" Login (taginfo, pkginfo, owner, force: bool = false);
    /// Ends a block, overriding an inherited one.
    PackageListUnblock "packageListUnblock" Login (taginfo, pkginfo, force: bool = false);
}
