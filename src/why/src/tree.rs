//! The tree of a task's children, and the one that failed.

use std::future::Future;

/// State of a task, as the hub counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Free,
    Open,
    Closed,
    Canceled,
    Assigned,
    Failed,
}

/// One task of a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub id: i64,
    pub parent: Option<i64>,
    pub method: String,
    pub arch: String,
    /// Among its siblings, `x86_64` or `srpm`.
    pub label: String,
    pub state: State,
    pub host_id: Option<i64>,
    /// Unix seconds.
    pub completion: Option<f64>,
}

/// A file among a task's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    pub name: String,
    pub volume: String,
    /// Bytes, as far as the hub says.
    pub size: Option<u64>,
}

/// What [`crate::explain`] needs of a hub; each is a call or two of Koji's API.
pub trait Hub {
    type Error: std::error::Error + Send + Sync + 'static;

    /// The task and all below it; empty when there is no such task.
    fn tree(&self, task: i64) -> impl Future<Output = Result<Vec<Task>, Self::Error>> + Send;
    /// Text of the fault a failed task ended with, `BuildError: ...`.
    fn fault(&self, task: i64) -> impl Future<Output = Result<Option<String>, Self::Error>> + Send;
    /// Its files.
    fn files(&self, task: i64) -> impl Future<Output = Result<Vec<LogFile>, Self::Error>> + Send;
    /// Up to `size` bytes of a file from `offset` on.
    fn read(
        &self,
        task: i64,
        file: &LogFile,
        offset: u64,
        size: u64,
    ) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
    /// Name of a host.
    fn host(&self, id: i64) -> impl Future<Output = Result<Option<String>, Self::Error>> + Send;
}

/// The task whose failure made the others fail: below the root, down along failed children, the first that ended.
///
/// A parent fails with the fault of its child, siblings are cancelled then; so the first failure in time is the cause.
pub(crate) fn culprit(tasks: &[Task], root: i64) -> Option<&Task> {
    let mut at = tasks.iter().find(|t| t.id == root)?;
    // a tree has no more levels than tasks
    for _ in 0..tasks.len() {
        let mut failed: Vec<&Task> =
            tasks.iter().filter(|t| t.parent == Some(at.id) && t.state == State::Failed).collect();
        failed.sort_by(|a, b| {
            let time = |t: &Task| t.completion.unwrap_or(f64::MAX);
            time(a).total_cmp(&time(b)).then(a.id.cmp(&b.id))
        });
        match failed.first() {
            Some(first) => at = first,
            None => break,
        }
    }
    Some(at)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn task(id: i64, parent: i64, state: State, completion: f64) -> Task {
        Task {
            id,
            parent: (parent != 0).then_some(parent),
            method: "buildArch".into(),
            arch: "x86_64".into(),
            label: String::new(),
            state,
            host_id: None,
            completion: Some(completion),
        }
    }

    #[test]
    fn the_first_failure_is_the_cause() {
        use State::*;
        let tasks = [
            task(1, 0, Failed, 50.0),
            task(2, 1, Closed, 10.0),
            task(3, 1, Failed, 40.0),
            task(4, 1, Failed, 30.0),
            task(5, 1, Canceled, 20.0),
            task(6, 4, Failed, 29.0),
        ];
        assert_eq!(culprit(&tasks, 1).unwrap().id, 6);
        assert_eq!(culprit(&tasks, 3).unwrap().id, 3);
        assert!(culprit(&tasks, 9).is_none());
    }

    proptest! {
        #[test]
        fn any_tree_has_an_end(parents in proptest::collection::vec(0i64..8, 1..8)) {
            let tasks: Vec<Task> = parents
                .iter()
                .enumerate()
                .map(|(n, p)| task(n as i64 + 1, *p, State::Failed, n as f64))
                .collect();
            prop_assert!(culprit(&tasks, 1).is_some());
        }
    }
}
