//! Changing package lists.

use koji_api::Fault;
use koji_api::methods::{
    PackageListAdd, PackageListBlock, PackageListRemove, PackageListSetArches, PackageListSetOwner,
    PackageListUnblock,
};
use koji_api::types::repr;
use koji_db::names::{self, Named, Table};
use koji_db::packages;
use koji_db::tags::Tag;
use koji_db::{Topic, Tx};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::policy::{self, Question};

/// A wish for an entry of a package list. What is `None` is taken from the entry that is there, inherited or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Put {
    pub tag: Value,
    pub package: Value,
    pub owner: Value,
    pub block: Option<bool>,
    pub extra_arches: Value,
    pub force: bool,
    /// There has to be an entry already.
    pub update: bool,
    /// Ask the policy `package_list`; a package that does not exist is added after it allowed that.
    pub policy: bool,
}

/// Adds or changes an entry.
pub(crate) async fn put(cx: &mut Cx, wish: Put) -> Outcome<()> {
    let tag = lookup::tag(&mut cx.tx, &wish.tag).await?;
    let known = lookup::named(&mut cx.tx, Table::Package, &wish.package).await?;
    if known.is_none() && wish.package.as_str().is_none() {
        return Err(Fault::generic(format!("No such package: {}", repr::text(&wish.package))).into());
    }
    let owner = match &wish.owner {
        Value::Nil => None,
        owner => Some(lookup::user(&mut cx.tx, owner).await?.id),
    };
    if wish.policy {
        let action = match wish.block {
            _ if wish.update => "update",
            Some(true) => "block",
            _ => "add",
        };
        ask(cx, &tag, action, wish.package.clone(), wish.force).await?;
    }
    let caller = cx.user_id()?;
    let package = match known {
        Some(package) => package,
        None => {
            let name = cx.hub.names.package(&wish.package)?.to_owned();
            Named { id: names::find_or_add(&mut cx.tx, Table::Package, &name).await?, name }
        }
    };
    let tx = &mut cx.tx;
    let extra_arches = match &wish.extra_arches {
        Value::Nil => None,
        some => Some(lookup::arches(some)?),
    };
    let previous = packages::entry(tx, tag.id, package.id, None).await?;
    let Some(previous) = previous else {
        if wish.update && !wish.force {
            return Err(Fault::generic(format!(
                "cannot update: tag {} has no data for package {}",
                tag.name, package.name
            ))
            .into());
        }
        let owner = match owner {
            Some(owner) => owner,
            None if wish.force => caller,
            None => return Err(Fault::generic("owner not specified").into()),
        };
        let blocked = wish.block.unwrap_or(false);
        return write(tx, &tag, package.id, owner, blocked, extra_arches.as_deref()).await;
    };
    let old_owner = previous.owner_id().unwrap_or(caller);
    let owner = owner.unwrap_or(old_owner);
    let blocked = wish.block.unwrap_or(previous.blocked);
    let extra_arches = extra_arches.as_deref().or(previous.extra_arches());
    let changed = blocked != previous.blocked || extra_arches != previous.extra_arches();
    if !changed && owner == old_owner && !wish.force {
        return Ok(());
    }
    if previous.blocked && !blocked && !wish.force {
        return Err(Fault::generic(format!("package {} is blocked in tag {}", package.name, tag.name)).into());
    }
    if changed {
        write(tx, &tag, package.id, owner, blocked, extra_arches).await?;
    } else if owner != old_owner {
        packages::set_owner(tx, tag.id, package.id, owner).await?;
    }
    Ok(())
}

async fn write(
    tx: &mut Tx,
    tag: &Tag,
    package: i64,
    owner: i64,
    blocked: bool,
    extra_arches: Option<&str>,
) -> Outcome<()> {
    packages::set(tx, tag.id, package, owner, blocked, extra_arches).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

/// Asks the policy `package_list`.
async fn ask(cx: &mut Cx, tag: &Tag, action: &str, package: Value, force: bool) -> Outcome<()> {
    let data = Struct::from_iter([
        ("tag".to_owned(), Value::Int(tag.id)),
        ("action".to_owned(), action.into()),
        ("package".to_owned(), package),
        ("force".to_owned(), force.into()),
    ]);
    policy::require(cx, Question::new("package_list").force(force), data).await
}

pub(super) async fn package_list_add(cx: &mut Cx, call: PackageListAdd) -> Outcome<()> {
    let block = (!call.block.is_nil()).then(|| call.block.truthy());
    let wish = Put {
        extra_arches: call.extra_arches,
        tag: call.taginfo,
        package: call.pkginfo,
        owner: call.owner,
        block,
        force: call.force,
        update: call.update,
        policy: true,
    };
    put(cx, wish).await
}

pub(super) async fn package_list_set_owner(cx: &mut Cx, call: PackageListSetOwner) -> Outcome<()> {
    let wish = Put {
        tag: call.taginfo,
        package: call.pkginfo,
        owner: call.owner,
        force: call.force,
        update: true,
        policy: true,
        ..Put::default()
    };
    put(cx, wish).await
}

pub(super) async fn package_list_set_arches(cx: &mut Cx, call: PackageListSetArches) -> Outcome<()> {
    let wish = Put {
        extra_arches: call.arches,
        tag: call.taginfo,
        package: call.pkginfo,
        force: call.force,
        update: true,
        policy: true,
        ..Put::default()
    };
    put(cx, wish).await
}

pub(super) async fn package_list_block(cx: &mut Cx, call: PackageListBlock) -> Outcome<()> {
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, &call.taginfo).await?;
    let package = lookup::named_strict(tx, Table::Package, &call.pkginfo).await?;
    if packages::entry(tx, tag.id, package.id, None).await?.is_none() {
        return Err(Fault::generic(format!(
            "Package {} is not in tag listing for {}",
            package.name, tag.name
        ))
        .into());
    }
    let wish = Put {
        tag: call.taginfo,
        package: call.pkginfo,
        block: Some(true),
        force: call.force,
        policy: true,
        ..Put::default()
    };
    put(cx, wish).await
}

pub(super) async fn package_list_remove(cx: &mut Cx, call: PackageListRemove) -> Outcome<()> {
    let tag = lookup::tag(&mut cx.tx, &call.taginfo).await?;
    let package = lookup::named_strict(&mut cx.tx, Table::Package, &call.pkginfo).await?;
    ask(cx, &tag, "remove", Value::Int(package.id), call.force).await?;
    packages::remove(&mut cx.tx, tag.id, package.id).await?;
    cx.tx.announce(Topic::Tag(tag.id));
    Ok(())
}

pub(super) async fn package_list_unblock(cx: &mut Cx, call: PackageListUnblock) -> Outcome<()> {
    let tag = lookup::tag(&mut cx.tx, &call.taginfo).await?;
    let package = lookup::named_strict(&mut cx.tx, Table::Package, &call.pkginfo).await?;
    ask(cx, &tag, "unblock", Value::Int(package.id), call.force).await?;
    let caller = cx.user_id()?;
    let tx = &mut cx.tx;
    let Some(previous) = packages::entry(tx, tag.id, package.id, None).await? else {
        return Err(Fault::generic(format!(
            "no data (blocked or otherwise) for package {} in tag {}",
            package.name, tag.name
        ))
        .into());
    };
    if !previous.blocked {
        return Err(
            Fault::generic(format!("package {} NOT blocked in tag {}", package.name, tag.name)).into()
        );
    }
    if previous.tag_id == tag.id {
        packages::remove(tx, tag.id, package.id).await?;
        tx.announce(Topic::Tag(tag.id));
        // without its own block the tag may inherit another one, or nothing
        let next = packages::entry(tx, tag.id, package.id, None).await?;
        if next.is_some_and(|e| !e.blocked) {
            return Ok(());
        }
    }
    let owner = previous.owner_id().unwrap_or(caller);
    write(tx, &tag, package.id, owner, false, previous.extra_arches()).await
}
