use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{key_value, typed};

/// Change the name or the Kerberos principals of a user
#[derive(Debug, clap::Args)]
pub struct Arguments {
    username: String,
    /// Give the user another name
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// Replace a principal (repeatable)
    #[arg(long, value_name = "OLD=NEW")]
    edit_krb: Vec<String>,
    /// Add a principal (repeatable)
    #[arg(long, value_name = "KRB")]
    add_krb: Vec<String>,
    /// Remove a principal (repeatable)
    #[arg(long, value_name = "KRB")]
    remove_krb: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mapping = |old: Value, new: Value| Value::record([("old", old), ("new", new)]);
    let mut mappings = Vec::new();
    for option in &a.edit_krb {
        let (old, new) = key_value(option)?;
        mappings.push(mapping(typed(&old), new));
    }
    mappings.extend(a.add_krb.iter().map(|new| mapping(Value::Nil, typed(new))));
    mappings.extend(a.remove_krb.iter().map(|old| mapping(typed(old), Value::Nil)));
    let call = m::EditUser {
        userInfo: a.username.into(),
        name: a.rename.into(),
        krb_principal_mappings: mappings.into(),
    };
    cx.hub().call(call).await?;
    Ok(())
}
