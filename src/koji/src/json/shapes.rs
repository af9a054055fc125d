//! Which command prints which data with `--json`. A command in this table has the options `--json` and, for lists, `--jsonl`.

use serde_json::{Value as Json, json};

use super::record::Record;
use super::records as r;

/// The data of a command.
#[derive(Debug)]
pub struct Shape {
    pub command: &'static str,
    pub form: Form,
    pub record: &'static Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One record.
    One,
    /// A list of records: `--json` makes an array, `--jsonl` a record a line.
    Many,
}

use Form::{Many, One};

/// All commands that print data.
pub const SHAPES: &[Shape] = &[
    shape("add-channel", One, &r::NEW),
    shape("add-external-repo", Many, &r::EXTERNAL_REPO),
    shape("add-host", One, &r::NEW),
    shape("add-sidetag", One, &r::NEW_TAG),
    shape("add-user", One, &r::NEW),
    shape("add-volume", One, &r::NEW),
    shape("build", One, &r::LAUNCHED),
    shape("buildinfo", Many, &r::BUILD_INFO),
    shape("chain-build", One, &r::LAUNCHED),
    shape("dist-repo", One, &r::LAUNCHED),
    shape("doctor", Many, &r::FINDING),
    shape("dud-build", One, &r::LAUNCHED),
    shape("hostinfo", Many, &r::HOST_INFO),
    shape("image-build", One, &r::LAUNCHED),
    shape("image-build-indirection", One, &r::LAUNCHED),
    shape("kiwi-build", One, &r::LAUNCHED),
    shape("latest-build", Many, &r::TAGGED),
    shape("list-api", Many, &r::API_METHOD),
    shape("list-buildroot", Many, &r::BUILDROOT_CONTENT),
    shape("list-builds", Many, &r::BUILD),
    shape("list-channels", Many, &r::CHANNEL),
    shape("list-external-repos", Many, &r::EXTERNAL_REPO),
    shape("list-groups", Many, &r::GROUP),
    shape("list-history", Many, &r::CHANGE_OF_HISTORY),
    shape("list-hosts", Many, &r::HOST),
    shape("list-notifications", Many, &r::NOTIFICATION),
    shape("list-permissions", Many, &r::PERMISSION),
    shape("list-pkgs", Many, &r::PACKAGE),
    shape("list-sidetags", Many, &r::SIDETAG),
    shape("list-signed", Many, &r::SIGNED),
    shape("list-tag-inheritance", Many, &r::INHERITANCE),
    shape("list-tagged", Many, &r::TAGGED),
    shape("list-tags", Many, &r::TAG),
    shape("list-targets", Many, &r::TARGET),
    shape("list-tasks", Many, &r::TASK),
    shape("list-untagged", Many, &r::UNTAGGED),
    shape("list-users", Many, &r::USER),
    shape("list-volumes", Many, &r::VOLUME),
    shape("local", Many, &r::LOCAL_ROOT),
    shape("make-task", One, &r::LAUNCHED),
    shape("maven-build", One, &r::LAUNCHED),
    shape("maven-chain", One, &r::LAUNCHED),
    shape("moshimoshi", One, &r::GREETING),
    shape("move-build", Many, &r::LAUNCHED),
    shape("profile", Many, &r::PROFILE),
    shape("promote-build", One, &r::BUILD),
    shape("regen-repo", One, &r::REQUESTED),
    shape("repoinfo", Many, &r::REPO_INFO),
    shape("repro", One, &r::REPRO),
    shape("request-repo", One, &r::REQUESTED),
    shape("restart-hosts", One, &r::LAUNCHED),
    shape("resubmit", One, &r::LAUNCHED),
    shape("rpminfo", Many, &r::RPM_INFO),
    shape("runroot", One, &r::LAUNCHED),
    shape("save-failed-tree", One, &r::LAUNCHED),
    shape("scheduler-info", Many, &r::TASK_RUN),
    shape("scheduler-logs", Many, &r::SCHEDULER_MESSAGE),
    shape("search", Many, &r::FOUND),
    shape("show-groups", Many, &r::GROUP),
    shape("spin-appliance", One, &r::LAUNCHED),
    shape("spin-livecd", One, &r::LAUNCHED),
    shape("spin-livemedia", One, &r::LAUNCHED),
    shape("tag-build", Many, &r::LAUNCHED),
    shape("taginfo", Many, &r::TAG_INFO),
    shape("taskinfo", Many, &r::TASK_INFO),
    shape("userinfo", Many, &r::USER_INFO),
    shape("version", One, &r::VERSION),
    shape("wait-repo", One, &r::REQUESTED),
    shape("wait-repo-request", One, &r::REQUESTED),
    shape("watch-task", Many, &r::CHANGE),
    shape("why", Many, &r::WHY),
    shape("win-build", One, &r::LAUNCHED),
    shape("wrapper-rpm", One, &r::LAUNCHED),
];

const fn shape(command: &'static str, form: Form, record: &'static Record) -> Shape {
    Shape { command, form, record }
}

/// The data of a command; nothing for one that prints none.
pub fn of(command: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|s| s.command == command)
}

impl Shape {
    /// The JSON schema of what `--json` prints.
    pub fn schema(&self) -> Json {
        let record = self.record.schema();
        let mut schema = match self.form {
            One => record,
            Many => json!({ "type": "array", "items": record }),
        };
        if let Json::Object(members) = &mut schema {
            members.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
            members.insert("title".into(), format!("koji {} --json", self.command).into());
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_of_a_command() {
        for pair in SHAPES.windows(2) {
            assert!(pair[0].command < pair[1].command, "{} is not in order", pair[1].command);
        }
        for shape in SHAPES {
            assert!(crate::commands::find(shape.command).is_some(), "there is no command {}", shape.command);
        }
    }
}
