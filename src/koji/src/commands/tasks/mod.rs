//! Commands on tasks, their logs and output.

pub mod assign_task;
pub mod cancel;
pub mod download_logs;
pub mod download_task;
pub mod free_task;
mod info;
pub mod list_tasks;
pub mod make_task;
mod params;
pub mod resubmit;
mod select;
pub mod set_task_priority;
pub mod taskinfo;
pub mod watch_logs;
pub mod watch_task;
pub mod why;

use koji_api::methods as m;
use koji_client::Session;
use koji_xmlrpc::Value;

use crate::error::{CommandError, Result};
use crate::lookup::items;
use crate::watch::again;

/// Files of a task with their volumes, in the hub's order.
pub async fn output(session: &Session, task: i64) -> Result<Vec<(String, String)>> {
    let call = m::ListTaskOutput { taskID: task.into(), all_volumes: true, ..Default::default() };
    let files = again(|| session.call(call.clone())).await?;
    let mut list = Vec::new();
    for (name, volumes) in files.as_struct().into_iter().flatten() {
        for volume in items(volumes).iter().filter_map(Value::as_str) {
            list.push((name.clone(), volume.to_owned()));
        }
    }
    Ok(list)
}

/// A task id from the command line; an error of status 1 otherwise, as from upstream's client.
fn task_id(text: &str) -> Result<i64> {
    text.trim().parse().map_err(|_| CommandError::new(format!("{text:?} is no task id: a number is wanted")))
}

/// The same for commands that check it before they start: a usage error with `message`.
fn task_id_or_usage(text: &str, message: &str) -> Result<i64> {
    task_id(text).map_err(|_| CommandError::usage(message))
}

/// Refuses names of files that would leave their directory.
pub fn local_name(name: &str) -> Result<&str> {
    let plain = std::path::Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
    if plain && !name.is_empty() {
        Ok(name)
    } else {
        Err(CommandError::new(format!("Invalid file name: {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_files() {
        assert!(local_name("x86_64/build.log").is_ok());
        for bad in ["", "../x", "/etc/passwd", "a/../../b"] {
            assert!(local_name(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_directory(name in "[./a-c]{0,12}") {
            if let Ok(name) = local_name(&name) {
                prop_assert!(!name.starts_with('/') && !name.split('/').any(|p| p == ".."));
            }
        }
    }
}
