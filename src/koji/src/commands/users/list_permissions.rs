use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// List permissions: all of them, or those of a user
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only those that a user has
    #[arg(long)]
    user: Option<String>,
    /// Only those that you have
    #[arg(long)]
    mine: bool,
    /// No header
    #[arg(long)]
    quiet: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let wanted = if a.mine {
        Some(field(&cx.hub().call(m::GetLoggedInUser {}).await?, "id"))
    } else {
        a.user.as_deref().map(Into::into)
    };
    let mut perms = match wanted {
        Some(info) => {
            let user = cx.hub().call(m::GetUser { userInfo: info, ..Default::default() }).await?;
            if user.is_nil() {
                return Err(CommandError::new(format!("No such user: {}", a.user.unwrap_or_default())));
            }
            of_user(cx, &user).await?
        }
        None => items(&cx.hub().call(m::GetAllPerms {}).await?)
            .iter()
            .map(|p| (text(p, "name").to_owned(), text(p, "description").to_owned()))
            .collect(),
    };
    perms.sort();
    for (name, description) in &perms {
        cx.out.data(&Value::record([("name", Value::from(name)), ("description", description.into())]));
    }
    for line in table(&perms, !a.quiet && !cx.options.quiet) {
        cx.out.line(line);
    }
    Ok(())
}

/// Names, and the groups that they come from.
async fn of_user(cx: &Cx, user: &Value) -> Result<Vec<(String, String)>> {
    let perms = cx.hub().call(m::GetUserPermsInheritance { userID: field(user, "id") }).await?;
    let mut listed = Vec::new();
    for (name, groups) in perms.as_struct().into_iter().flatten() {
        let own = matches!(items(groups), [group] if group.is_nil());
        let groups: Vec<&str> = items(groups).iter().filter_map(|g| g.as_str()).collect();
        let from = if own { String::new() } else { format!("inherited from: {}", groups.join(", ")) };
        listed.push((name.clone(), from));
    }
    Ok(listed)
}

fn table(perms: &[(String, String)], header: bool) -> Vec<String> {
    const TITLE: &str = "Permission name   ";
    let width = perms.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(TITLE.len());
    let mut lines = Vec::new();
    if header {
        let mut line = format!("{TITLE:<width$}");
        if perms.first().is_some_and(|(_, description)| !description.is_empty()) {
            line.push_str(&format!("{:<53}", "   Description"));
        }
        let rule = "-".repeat(line.chars().count());
        lines.extend([line, rule]);
    }
    for (name, description) in perms {
        let rest = if description.is_empty() { String::new() } else { format!("   {description}") };
        lines.push(format!("{name:<width$}{rest}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        let perms = [("admin".to_owned(), "all".to_owned()), ("x".to_owned(), String::new())];
        let lines = table(&perms, true);
        assert_eq!(lines[0].len(), 18 + 53);
        assert_eq!(lines[2..], ["admin                all", "x                 "]);
        assert_eq!(table(&[], true)[1], "-".repeat(18));
    }
}
