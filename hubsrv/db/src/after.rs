//! What is left to do once a transaction is committed.

/// A piece of work that may block and reports its own troubles: what it does must not be needed for what the rows say.
pub type Hook = Box<dyn FnOnce() + Send + Sync>;

/// The hooks of a transaction; those made after a savepoint go with it.
#[derive(Default)]
pub(crate) struct After {
    hooks: Vec<Hook>,
    marks: Vec<usize>,
}

impl After {
    pub(crate) fn push(&mut self, hook: Hook) {
        self.hooks.push(hook);
    }

    pub(crate) fn savepoint(&mut self) {
        self.marks.push(self.hooks.len());
    }

    /// Drops what was added since the innermost savepoint, which stays.
    pub(crate) fn rollback_to(&mut self) {
        self.hooks.truncate(self.marks.last().copied().unwrap_or(0));
    }

    pub(crate) fn release(&mut self) {
        self.marks.pop();
    }

    /// Runs all hooks, in the order in which they were added.
    pub(crate) async fn run(self) {
        if self.hooks.is_empty() {
            return;
        }
        let done = tokio::task::spawn_blocking(move || self.hooks.into_iter().for_each(|hook| hook())).await;
        if let Err(e) = done {
            tracing::error!(error = %e, "work after a commit failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn a_savepoint_takes_its_hooks_along() {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let mut after = After::default();
        let hook = |n: i32| {
            let ran = Arc::clone(&ran);
            Box::new(move || ran.lock().unwrap().push(n)) as Hook
        };
        after.push(hook(1));
        after.savepoint();
        after.push(hook(2));
        after.rollback_to();
        after.release();
        after.savepoint();
        after.push(hook(3));
        after.release();
        after.run().await;
        assert_eq!(*ran.lock().unwrap(), [1, 3]);
    }
}
