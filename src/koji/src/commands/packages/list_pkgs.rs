use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{field, text};

/// List packages, of a tag or of an owner
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Of this owner
    #[arg(long)]
    owner: Option<String>,
    /// In this tag
    #[arg(long)]
    tag: Option<String>,
    /// This package
    #[arg(long)]
    package: Option<String>,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Not what the tag inherits
    #[arg(long)]
    noinherit: bool,
    /// Blocked packages, too
    #[arg(long)]
    show_blocked: bool,
    /// Packages that the tag has from several parents, as often as it has them
    #[arg(long)]
    show_dups: bool,
    #[command(flatten)]
    event: EventOptions,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut call = m::ListPackages { inherited: !a.noinherit, ..Default::default() };
    if let Some(name) = &a.owner {
        let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
        if user.is_nil() {
            return Err(CommandError::usage(format!("No such user: {name}")));
        }
        call.userID = field(&user, "id");
    }
    if let Some(name) = &a.tag {
        let tag = cx.hub().call(m::GetTag { tagInfo: name.into(), ..Default::default() }).await?;
        if tag.is_nil() {
            return Err(CommandError::usage(format!("No such tag: {name}")));
        }
        call.tagID = field(&tag, "id");
    }
    call.pkgID = a.package.clone().into();
    let all = a.owner.is_none() && a.tag.is_none() && a.package.is_none();
    call.with_dups = a.tag.is_none() || a.show_dups;
    let event = a.event.announced(cx, false).await?;
    if all && event.is_some() {
        return Err(CommandError::usage(
            "--event and --ts makes sense only with --tag, --owner or --package",
        ));
    }
    if all && a.show_blocked {
        return Err(CommandError::usage("--show-blocked makes sense only with --tag, --owner or --package"));
    }
    call.event = event.into();
    if a.show_blocked {
        call.with_blocked = true;
    }
    let mut packages = cx.hub().rows(call).await?;
    let mut next = packages.next().await?;
    if next.is_none() {
        return Err(CommandError::new("(no matching packages)"));
    }
    if !a.quiet && !cx.options.quiet {
        if all {
            cx.out.line("Package");
            cx.out.line("-".repeat(23));
        } else {
            cx.out.line(format!("{:<23} {:<23} {:<16} {:<15}", "Package", "Tag", "Extra Arches", "Owner"));
            let line = |n: usize| "-".repeat(n);
            cx.out.line(format!("{} {} {} {}", line(23), line(23), line(16), line(15)));
        }
    }
    while let Some(p) = next {
        if all || a.show_blocked || !p.truthy_at("blocked") {
            cx.out.data(&p);
            cx.out.line(line(&p, all));
        }
        next = packages.next().await?;
    }
    Ok(())
}

/// A package, with its place in a tag unless only the name is wanted.
fn line(p: &Value, name_only: bool) -> String {
    let name = text(p, "package_name");
    if name_only || p.get("tag_id").is_none() {
        return name.to_owned();
    }
    let (tag, arches, owner) = (text(p, "tag_name"), text(p, "extra_arches"), text(p, "owner_name"));
    let mark = if p.truthy_at("blocked") { " [BLOCKED]" } else { "" };
    format!("{name:<23} {tag:<23} {arches:<16} {owner:<15}{mark}")
}
