use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{field, items, shown, with};

/// Show users
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "USERNAME", required = true)]
    users: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut calls = cx.hub().multicall();
    for user in &a.users {
        calls.add(m::GetUser { userInfo: user.into(), groups: true, ..Default::default() });
    }
    let mut users = Vec::new();
    for (name, answer) in a.users.iter().zip(calls.run().await?) {
        let user = answer?;
        if user.is_nil() {
            cx.out.warn(format!("No such user: {name}\n"));
        } else {
            users.push(user);
        }
    }
    for user in &users {
        print(cx, user).await?;
    }
    Ok(())
}

async fn print(cx: &Cx, user: &Value) -> Result {
    let id = field(user, "id");
    let count = Value::record([("countOnly", Value::Bool(true))]);
    let mut calls = cx.hub().multicall();
    calls.add(m::GetUserPerms { userID: id.clone(), ..Default::default() });
    calls.add(m::ListPackages {
        userID: id.clone(),
        with_dups: true,
        queryOpts: count.clone(),
        ..Default::default()
    });
    let top = Value::record([("owner", id.clone()), ("parent", Value::Nil)]);
    calls.add(m::ListTasks { opts: top, queryOpts: count.clone() });
    calls.add(m::ListBuilds { userID: id, queryOpts: count, ..Default::default() });
    let mut answers = calls.run().await?.into_iter();
    cx.out.line(format!("User name: {}", shown(user, "name")));
    cx.out.line(format!("User ID: {}", shown(user, "id")));
    if let Some(principals) = user.get("krb_principals") {
        list(cx, "krb principals:", items(principals));
    }
    let perms = answers.next().transpose()?.unwrap_or_default();
    if !items(&perms).is_empty() {
        list(cx, "Permissions:", items(&perms));
    }
    let mut groups = items(&field(user, "groups")).to_vec();
    groups.sort_by(|x, y| x.as_str().cmp(&y.as_str()));
    if !groups.is_empty() {
        list(cx, "Groups:", &groups);
    }
    let status = if user.int_at("status") == Some(0) { "NORMAL" } else { "BLOCKED" };
    cx.out.line(format!("Status: {status}"));
    let usertype = match user.int_at("usertype") {
        Some(0) => "NORMAL",
        Some(1) => "HOST",
        _ => "GROUP",
    };
    cx.out.line(format!("Usertype: {usertype}"));
    let mut record = with(user, [("groups", groups.into()), ("permissions", perms)]);
    for what in ["packages", "tasks", "builds"] {
        let number = answers.next().transpose()?.and_then(|n| n.as_int()).unwrap_or_default();
        cx.out.line(format!("Number of {what}: {number}"));
        record = with(&record, [(what, number.into())]);
    }
    cx.out.data(&record);
    cx.out.line("");
    Ok(())
}

fn list(cx: &Cx, title: &str, names: &[Value]) {
    cx.out.line(title);
    for name in names {
        cx.out.line(format!("  {}", name.as_str().unwrap_or_default()));
    }
}
