use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// List tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Glob patterns of names
    #[arg(value_name = "PATTERN")]
    patterns: Vec<String>,
    /// Show ids
    #[arg(long)]
    show_id: bool,
    /// Show locks and required permissions
    #[arg(long)]
    verbose: bool,
    /// Only tags without lock and permission
    #[arg(long)]
    unlocked: bool,
    /// Only tags with this build
    #[arg(long)]
    build: Option<String>,
    /// Only tags that list this package
    #[arg(long)]
    package: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut build = Value::Nil;
    if let Some(nvr) = &a.build {
        let info = cx.hub().call(m::GetBuild { buildInfo: nvr.into(), ..Default::default() }).await?;
        if info.is_nil() {
            return Err(CommandError::usage(format!("No such build: {nvr}")));
        }
        build = field(&info, "id");
    }
    let mut package = Value::Nil;
    if let Some(name) = &a.package {
        let info = cx.hub().call(m::GetPackage { info: name.into(), ..Default::default() }).await?;
        if info.is_nil() {
            return Err(CommandError::usage(format!("No such package: {name}")));
        }
        package = field(&info, "id");
    }
    let mut tags = Vec::new();
    let mut patterns: Vec<Value> = a.patterns.iter().map(Value::from).collect();
    if patterns.is_empty() {
        patterns.push(Value::Nil);
    }
    for pattern in patterns {
        let call =
            m::ListTags { build: build.clone(), package: package.clone(), pattern, ..Default::default() };
        tags.extend(items(&cx.hub().call(call).await?).iter().cloned());
    }
    tags.sort_by(|x, y| text(x, "name").cmp(text(y, "name")));
    for tag in tags {
        let perm = tag.str_at("perm").filter(|p| !p.is_empty());
        let locked = tag.truthy_at("locked");
        if a.unlocked && (locked || perm.is_some()) {
            continue;
        }
        cx.out.data(&tag);
        let mut line = text(&tag, "name").to_owned();
        if a.show_id {
            line.push_str(&format!(" [{}]", tag.int_at("id").unwrap_or_default()));
        }
        if a.verbose && locked {
            line.push_str(" [LOCKED]");
        }
        if let (true, Some(perm)) = (a.verbose, perm) {
            line.push_str(&format!(" [{perm} perm required]"));
        }
        cx.out.line(line);
    }
    Ok(())
}
