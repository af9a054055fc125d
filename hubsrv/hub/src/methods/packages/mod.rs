//! Packages and the package lists of tags.

mod edit;

use koji_api::Fault;
use koji_api::methods::{
    CheckTagPackage, GetPackage, GetPackageConfig, GetPackageID, ListPackages, ListPackagesSimple,
    PackageListAdd, PackageListBlock, PackageListRemove, PackageListSetArches, PackageListSetOwner,
    PackageListUnblock,
};
use koji_api::types::{refs, repr};
use koji_db::names::{self, Table};
use koji_db::packages::{self, Filter};
use koji_db::{Query, QueryOpts};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::reply::Reply;
use crate::{filters, lookup};

pub(crate) use edit::{Put, put};

pub const TABLE: &[Entry] = &[
    read!(CheckTagPackage, check_tag_package),
    write!(GetPackage, get_package),
    kept!(GetPackageConfig, get_package_config),
    kept!(GetPackageID, get_package_id),
    kept!(ListPackages, list_packages),
    kept!(ListPackagesSimple, list_packages_simple),
    write!(PackageListAdd, edit::package_list_add),
    write!(PackageListBlock, edit::package_list_block),
    write!(PackageListRemove, edit::package_list_remove),
    write!(PackageListSetArches, edit::package_list_set_arches),
    write!(PackageListSetOwner, edit::package_list_set_owner),
    write!(PackageListUnblock, edit::package_list_unblock),
];

/// `create` adds a package, which upstream lets anybody do; here a login is needed.
async fn get_package(cx: &mut Cx, call: GetPackage) -> Outcome<Option<Struct>> {
    if call.strict {
        return Ok(Some(lookup::named_strict(&mut cx.tx, Table::Package, &call.info).await?.into()));
    }
    if let Some(package) = lookup::named(&mut cx.tx, Table::Package, &call.info).await? {
        return Ok(Some(package.into()));
    }
    if !call.create {
        return Ok(None);
    }
    cx.session()?;
    let name = cx.hub.names.package(&call.info)?;
    let id = names::find_or_add(&mut cx.tx, Table::Package, name).await?;
    Ok(Some(names::Named { id, name: name.to_owned() }.into()))
}

async fn get_package_id(cx: &mut Cx, call: GetPackageID) -> Outcome<Option<i64>> {
    let id = match call.name.as_str() {
        Some(name) => packages::id_of(&mut cx.tx, name).await?,
        None => None,
    };
    match id {
        None if call.strict => {
            Err(Fault::generic(format!("No such package name: {}", repr::text(&call.name))).into())
        }
        id => Ok(id),
    }
}

/// The ids of a tag and a package, if both exist.
async fn ids(cx: &mut Cx, tag: &Value, package: &Value) -> Outcome<Option<(i64, i64)>> {
    let tag = lookup::named(&mut cx.tx, Table::Tag, tag).await?;
    let package = lookup::named(&mut cx.tx, Table::Package, package).await?;
    Ok(tag.zip(package).map(|(tag, package)| (tag.id, package.id)))
}

async fn check_tag_package(cx: &mut Cx, call: CheckTagPackage) -> Outcome<bool> {
    match ids(cx, &call.tag, &call.pkg).await? {
        Some((tag, package)) => Ok(packages::is_allowed(&mut cx.tx, tag, package).await?),
        None => Ok(false),
    }
}

async fn get_package_config(cx: &mut Cx, call: GetPackageConfig) -> Outcome<Option<Struct>> {
    let event = refs::event(&call.event)?;
    let Some((tag, package)) = ids(cx, &call.tag, &call.pkg).await? else { return Ok(None) };
    Ok(packages::entry(&mut cx.tx, tag, package, event).await?.map(|e| e.row))
}

async fn list_packages_simple(_: &mut Cx, call: ListPackagesSimple) -> Outcome<Query> {
    simple(&call.prefix, &call.queryOpts)
}

fn simple(prefix: &Value, opts: &Value) -> Outcome<Query> {
    let prefix = match prefix {
        Value::Nil => None,
        prefix => Some(refs::to_str(prefix)?),
    };
    Ok(packages::all(prefix).options(&QueryOpts::from_value(opts)?)?)
}

async fn list_packages(cx: &mut Cx, call: ListPackages) -> Outcome<Reply> {
    if call.tagID.is_nil() && call.userID.is_nil() && call.pkgID.is_nil() {
        return Ok(simple(&call.prefix, &call.queryOpts)?.into());
    }
    let tx = &mut cx.tx;
    let tag = match &call.tagID {
        Value::Nil => None,
        tag => Some(lookup::tag_id(tx, tag).await?),
    };
    let owner = match &call.userID {
        Value::Nil => None,
        user => Some(lookup::user(tx, user).await?.id),
    };
    let package = match &call.pkgID {
        Value::Nil => None,
        package => Some(lookup::named_strict(tx, Table::Package, package).await?.id),
    };
    if owner.is_some() && !call.with_owners {
        return Err(Fault::generic("userID and with_owners=False can't be used together").into());
    }
    let filter = Filter {
        tag,
        owner,
        package,
        event: refs::event(&call.event)?,
        inherit: call.inherited,
        with_dups: call.with_dups,
        with_owners: call.with_owners,
        with_blocked: call.with_blocked,
    };
    let mut entries = packages::list(tx, &filter).await?;
    if call.prefix.truthy() {
        let prefix = refs::to_str(&call.prefix)?.to_lowercase();
        entries.retain(|e| e.package_name.to_lowercase().starts_with(&prefix));
    }
    let rows = entries.into_iter().map(|e| e.row).collect();
    Ok(filters::apply_opts(rows, &QueryOpts::from_value(&call.queryOpts)?)?)
}
