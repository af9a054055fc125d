//! The tree of tasks around a recorded build.

use serde::{Deserialize, Serialize};

/// A task as the hub lists it, with the parts that matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskRow {
    pub id: i64,
    pub parent: Option<i64>,
    pub method: String,
    pub arch: String,
    pub label: String,
    /// Name of the state.
    pub state: String,
    pub host: Option<String>,
    pub completion_ts: Option<f64>,
    pub fault: Option<String>,
}

/// The tree of a build: 1001 build, 1002 its source rpm, 1003 and 1004 one for each architecture.
pub struct Tasks {
    pub list: Vec<TaskRow>,
    mock: bool,
}

impl Tasks {
    pub fn new(mock: bool) -> Tasks {
        let row = |id, parent, method: &str, arch: &str, host| TaskRow {
            id,
            parent,
            method: method.into(),
            arch: arch.into(),
            label: if method == "buildArch" { arch.into() } else { "srpm".into() },
            state: "CLOSED".into(),
            host: Some(format!("builder{host}.example.com")),
            completion_ts: Some(1_700_000_000.0),
            fault: None,
        };
        let list = vec![
            row(1001, None, "build", "noarch", 2),
            row(1002, Some(1001), "rebuildSRPM", "noarch", 2),
            row(1003, Some(1001), "buildArch", "x86_64", 1),
            row(1004, Some(1001), "buildArch", "aarch64", 3),
        ];
        Tasks { list, mock }
    }

    /// The end of the source rpm's task.
    pub fn srpm(&mut self, verdict: &str, status: i32) {
        if status != 0 {
            let text = self.fault("building srpm", "noarch", verdict, status);
            self.list.truncate(2);
            self.fail(1002, &text);
        }
    }

    /// The end of the task for the first architecture; the other one is cancelled then.
    pub fn arch(&mut self, verdict: &str, status: i32) {
        let text = self.fault("building package", "x86_64", verdict, status);
        self.fail(1003, &text);
        if let Some(other) = self.list.iter_mut().find(|t| t.id == 1004) {
            other.state = "CANCELED".into();
        }
    }

    /// What builders say: ours with the verdict, upstream's with mock's status.
    fn fault(&self, what: &str, arch: &str, verdict: &str, status: i32) -> String {
        if !self.mock {
            return format!("BuildError: error {what} (arch {arch}), {verdict}");
        }
        let log = if status == 1 || status == 11 { "build.log" } else { "root.log" };
        format!(
            "BuildError: error {what} (arch {arch}), mock exited with status {status}; see {log} for more information"
        )
    }

    fn fail(&mut self, id: i64, text: &str) {
        for task in &mut self.list {
            if task.id == id || task.id == 1001 {
                task.state = "FAILED".into();
                task.fault = Some(text.into());
            }
        }
    }
}
