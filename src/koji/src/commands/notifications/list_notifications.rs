use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, with};

/// List the notifications of a user, and their blocks
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Yours
    #[arg(long)]
    mine: bool,
    /// Those of a user
    #[arg(long)]
    user: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let user = match &a.user {
        Some(name) => {
            let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
            if user.is_nil() {
                return Err(CommandError::new(format!("No such user: {name}")));
            }
            field(&user, "id")
        }
        None if a.mine => {
            cx.login().await?;
            Value::Nil
        }
        None => return Err(CommandError::usage("Use --user or --mine.")),
    };
    let found = cx.hub().call(m::GetBuildNotifications { userID: user.clone() }).await?;
    let mut rows = Vec::new();
    for n in items(&found) {
        cx.out.data(&with(n, [("kind", "notification".into())]));
        let success = if n.truthy_at("success_only") { "yes" } else { "no" };
        rows.push(format!("{} {:<20} {success:<12}", about(cx, n).await?, shown(n, "email")));
    }
    let head = format!("{} {:<20} {:<12}", columns("ID", "Tag", "Package"), "E-mail", "Success-only");
    print(cx, "Notifications", "No notifications", &head, &rows);
    cx.out.line("");
    let found = cx.hub().call(m::GetBuildNotificationBlocks { userID: user }).await?;
    let mut rows = Vec::new();
    for block in items(&found) {
        cx.out.data(&with(block, [("kind", "block".into())]));
        rows.push(about(cx, block).await?);
    }
    let head = columns("ID", "Tag", "Package");
    print(cx, "Notification blocks", "No notification blocks", &head, &rows);
    Ok(())
}

fn print(cx: &Cx, title: &str, none: &str, head: &str, rows: &[String]) {
    if rows.is_empty() {
        cx.out.line(none);
        return;
    }
    cx.out.line(title);
    cx.out.line(head);
    cx.out.line("-".repeat(head.chars().count()));
    for row in rows {
        cx.out.line(row);
    }
}

fn columns(id: &str, tag: &str, package: &str) -> String {
    format!("{id:>6} {tag:<25} {package:<25}")
}

/// Id, tag and package; an asterisk for all.
async fn about(cx: &Cx, row: &Value) -> Result<String> {
    let mut tag = "*".to_owned();
    if row.truthy_at("tag_id") {
        let info = cx.hub().call(m::GetTag { tagInfo: field(row, "tag_id"), ..Default::default() }).await?;
        tag = shown(&info, "name");
    }
    let mut package = "*".to_owned();
    if row.truthy_at("package_id") {
        let call = m::GetPackage { info: field(row, "package_id"), ..Default::default() };
        package = shown(&cx.hub().call(call).await?, "name");
    }
    Ok(columns(&shown(row, "id"), &tag, &package))
}
