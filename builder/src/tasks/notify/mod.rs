//! `buildNotification` and `tagNotification`: mail to those who want to know.

mod build;
mod failure;
mod mail;
mod smtp;
mod tag;

pub use build::BuildNotification;
pub use tag::TagNotification;

use koji_xmlrpc::Value;

use super::Params;
use crate::task::TaskError;

/// The addresses that the hub put into the task.
fn recipients(params: &Params) -> Result<Vec<String>, TaskError> {
    let list = params.value("recipients");
    let list =
        list.as_array().ok_or_else(|| TaskError::parameter("the argument recipients must be a list"))?;
    Ok(list.iter().filter_map(|a| a.as_str().map(str::to_owned)).collect())
}

/// `name-version-release` of a build.
fn nvr(build: &Value) -> String {
    let part = |key: &str| build.str_at(key).unwrap_or_default();
    let name = build.str_at("package_name").unwrap_or_else(|| part("name"));
    format!("{name}-{}-{}", part("version"), part("release"))
}

/// As upstream writes it into headers that filters of mail may look at.
fn yes_no(flag: bool) -> String {
    if flag { "True" } else { "False" }.to_owned()
}
