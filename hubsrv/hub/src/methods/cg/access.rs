//! Who may import for a content generator.

use koji_api::Fault;
use koji_api::methods::{GrantCGAccess, ListCGs, RevokeCGAccess};
use koji_db::cg;
use koji_db::names::{self, Named, Table};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn list_cgs(cx: &mut Cx, _: ListCGs) -> Outcome<Struct> {
    Ok(cg::all(&mut cx.tx).await?)
}

pub async fn grant_cg_access(cx: &mut Cx, call: GrantCGAccess) -> Outcome<()> {
    let user = lookup::user_or_caller(cx, &call.user).await?;
    let generator = match call.cg.as_str().filter(|_| call.create) {
        Some(name) => {
            let id = names::find_or_add(&mut cx.tx, Table::ContentGenerator, name).await?;
            Named { id, name: name.to_owned() }
        }
        None => lookup::named_strict(&mut cx.tx, Table::ContentGenerator, &call.cg).await?,
    };
    if cg::has_access(&mut cx.tx, generator.id, user.id).await? {
        let text = format!("User already has access to content generator {}", generator.name);
        return Err(Fault::generic(text).into());
    }
    Ok(cg::grant(&mut cx.tx, generator.id, user.id).await?)
}

pub async fn revoke_cg_access(cx: &mut Cx, call: RevokeCGAccess) -> Outcome<()> {
    let user = lookup::user_or_caller(cx, &call.user).await?;
    let generator = lookup::named_strict(&mut cx.tx, Table::ContentGenerator, &call.cg).await?;
    Ok(cg::revoke(&mut cx.tx, generator.id, user.id).await?)
}

/// The generator, if the caller may act for it.
pub(crate) async fn assert_cg(cx: &mut Cx, which: &Value) -> Outcome<Named> {
    let generator = lookup::named_strict(&mut cx.tx, Table::ContentGenerator, which).await?;
    let user = cx.session.as_ref().map(|s| s.user_id).ok_or_else(|| Fault::auth("Not logged-in"))?;
    if !cg::has_access(&mut cx.tx, generator.id, user).await? {
        let text = format!("Content generator access required ({})", generator.name);
        return Err(Fault::auth(text).into());
    }
    Ok(generator)
}
