use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{arches, key_value, require_perm};

/// Add a new tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Tag to inherit from, with priority 0
    #[arg(long)]
    parent: Option<String>,
    /// Arches to build for
    #[arg(long)]
    arches: Option<String>,
    /// Switch Maven support on
    #[arg(long)]
    maven_support: bool,
    /// Let Maven repos hold all builds instead of the latest
    #[arg(long)]
    include_all: bool,
    /// Extra setting (repeatable)
    #[arg(short = 'x', long = "extra", value_name = "KEY=VALUE")]
    extra: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_perm(cx, "tag").await?;
    let extra: Struct = a.extra.iter().map(|x| key_value(x)).collect::<Result<_>>()?;
    let call = m::CreateTag {
        name: a.name.into(),
        parent: a.parent.into(),
        arches: arches(a.arches.as_deref())?,
        maven_support: a.maven_support,
        maven_include_all: a.include_all,
        extra: if extra.is_empty() { Value::Nil } else { extra.into() },
        ..Default::default()
    };
    cx.hub().call(call).await?;
    Ok(())
}
