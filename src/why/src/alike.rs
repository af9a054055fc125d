//! Whether two tasks failed of the same: what their causes say without what differs from task to task.

use std::sync::LazyLock;

use regex::Regex;

use crate::verdict::Verdict;

/// Longer causes are the same when they begin so.
const LENGTH: usize = 200;

/// Times, checksums, versions, numbers and the directories of files; `#` stands for them.
static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:/?[\w.+~@%-]+)*/|\b[0-9a-fA-F]*[0-9][0-9a-fA-F]*\b(?:[.:_~^-][0-9a-zA-Z]+)*|[0-9]+").ok()
});

impl Verdict {
    /// The same for tasks that failed of the same; nothing when the log's last line is all that is known.
    pub fn fingerprint(&self) -> Option<String> {
        if self.weight <= 10 {
            return None;
        }
        let text = VARYING.as_ref()?.replace_all(&self.cause.text, "#");
        let words: Vec<&str> = text.split_whitespace().collect();
        let text: String = words.join(" ").chars().take(LENGTH).collect();
        Some(format!("{}: {text}", self.rule))
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::triage;

    fn fingerprint(line: &str) -> Option<String> {
        triage("build.log", [line, "error: Bad exit status from /var/tmp/rpm-tmp.x1 (%build)"])?.fingerprint()
    }

    #[test]
    fn what_differs_from_task_to_task_does_not_count() {
        let one =
            fingerprint("/builddir/build/BUILD/foo-1.0/src/main.c:12:5: error: unknown type name 'u_int99'");
        let other = fingerprint("../src/lib/other.c:301:17: error: unknown type name 'u_int12'");
        assert!(one.is_some());
        assert_eq!(one.map(|s| s.replace("main.c", "F")), other.map(|s| s.replace("other.c", "F")),);
        assert_ne!(
            fingerprint("a.c:1:1: error: unknown type name 'x'"),
            fingerprint("a.c:1:1: error: expected ';'")
        );
        assert_eq!(fingerprint("nothing that a rule knows"), None);
    }
}
