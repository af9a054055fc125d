use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// Set the owner of packages in all tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The new owner
    owner: String,
    #[arg(value_name = "PACKAGE")]
    packages: Vec<String>,
    /// Print what changes
    #[arg(long)]
    verbose: bool,
    /// Show what would be done
    #[arg(long)]
    test: bool,
    /// Only packages of this user; all of them when no package is given
    #[arg(long, visible_alias = "from", value_name = "USER")]
    old_user: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.packages.is_empty() && a.old_user.is_none() {
        return Err(CommandError::usage("Please specify an owner and at least one package"));
    }
    let owner = user(cx, &a.owner).await?;
    let old = match &a.old_user {
        Some(name) => user(cx, name).await?,
        None => Value::Nil,
    };
    let listed = |package: Value| m::ListPackages {
        pkgID: package,
        userID: field(&old, "id"),
        with_dups: true,
        ..Default::default()
    };
    let mut entries = Vec::new();
    for package in &a.packages {
        let found = cx.hub().call(listed(package.into())).await?;
        if items(&found).is_empty() {
            cx.out.line(format!("No data for package {package}"));
        }
        entries.extend_from_slice(items(&found));
    }
    if a.packages.is_empty() {
        let found = cx.hub().call(listed(Value::Nil)).await?;
        if items(&found).is_empty() {
            return Err(CommandError::new(format!("No data for user {}", text(&old, "name"))));
        }
        entries.extend_from_slice(items(&found));
    }
    let new = text(&owner, "name");
    for entry in &entries {
        let (package, tag) = (text(entry, "package_name"), text(entry, "tag_name"));
        let change = format!("owner for {package} in tag {tag}: {} -> {new}", text(entry, "owner_name"));
        if entry.get("owner_id") == owner.get("id") {
            if a.verbose {
                cx.out.line(format!("Preserving owner={new} for package {package} in tag {tag}"));
            }
            continue;
        }
        if a.test {
            cx.out.line(format!("Would have changed {change}"));
            continue;
        }
        if a.verbose {
            cx.out.line(format!("Changing {change}"));
        }
        let call = m::PackageListSetOwner {
            taginfo: field(entry, "tag_id"),
            pkginfo: package.into(),
            owner: field(&owner, "id"),
            ..Default::default()
        };
        cx.hub().call(call).await?;
    }
    Ok(())
}

async fn user(cx: &Cx, name: &str) -> Result<Value> {
    let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
    if user.is_nil() { Err(CommandError::new(format!("No such user: {name}"))) } else { Ok(user) }
}
