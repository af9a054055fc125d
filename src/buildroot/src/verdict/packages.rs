//! Reads the output of a package manager that failed.

use std::sync::LazyLock;

use regex::Regex;

use super::{Kind, Verdict, pattern};

static MISSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // dnf 4 builddep; dnf 4 install; dnf 5.
    pattern(
        r"(?m)(?:No matching package to install: '([^'\n]+)'|(?:No match for argument|Unable to find a match|No package): +(\S[^\n]*?)\s*$|No match for argument '([^'\n]+)')",
    )
});
static GROUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?m)(?:Module or Group '([^'\n]+)' is not available|No match for argument: @(\S+)|Group '([^'\n]+)' does not exist)",
    )
});
static REPO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"Failed to download metadata for repo|Cannot download repomd\.xml|Failed to synchronize cache for repo|Cannot prepare internal mirrorlist|Error downloading packages|Failed to download packages",
    )
});
static NOTHING_PROVIDES: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?m)nothing provides ([^\n]+?) needed by"));

impl Verdict {
    /// The verdict on a failed `dnf install` or `dnf builddep`, from the end of its output.
    pub(crate) fn packages(text: &str) -> Verdict {
        let names = |regex: &LazyLock<Option<Regex>>| -> Vec<String> {
            let mut found: Vec<String> = Vec::new();
            for captures in regex.iter().flat_map(|r| r.captures_iter(text)) {
                if let Some(name) = captures.iter().skip(1).flatten().next() {
                    let name = name.as_str().trim().to_string();
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
            found
        };
        let lines = super::telling("root.log", text);
        let log = Some("root.log");
        if let Some(group) = names(&GROUP).first() {
            return Verdict { kind: Kind::GroupMissing(group.trim_start_matches('@').into()), log, lines };
        }
        let missing = names(&MISSING);
        if !missing.is_empty() {
            return Verdict { kind: Kind::MissingDependency(missing), log, lines };
        }
        if REPO.as_ref().is_some_and(|r| r.is_match(text)) {
            return Verdict { kind: Kind::RepoUnavailable, log, lines };
        }
        let unmet = names(&NOTHING_PROVIDES);
        if !unmet.is_empty() {
            return Verdict { kind: Kind::MissingDependency(unmet), log, lines };
        }
        Verdict { kind: Kind::InstallFailed, log, lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_build_requires() {
        let text = "Last metadata expiration check: 0:00:01 ago\nNo matching package to install: 'foo-devel >= 2'\n\
                    No matching package to install: 'pkgconfig(bar)'\nNot all dependencies satisfied\n\
                    Error: Some packages could not be found.\n";
        let verdict = Verdict::packages(text);
        assert_eq!(
            verdict.kind,
            Kind::MissingDependency(vec!["foo-devel >= 2".into(), "pkgconfig(bar)".into()])
        );
        assert_eq!(
            verdict.to_string(),
            "BuildRequires not available: foo-devel >= 2, pkgconfig(bar); see root.log"
        );
        assert!(verdict.lines.iter().any(|l| l.contains("foo-devel")), "{verdict:?}");
    }

    #[test]
    fn a_package_whose_own_needs_are_not_met() {
        let text = "Error: \n Problem: package a-1-1.noarch from build requires b = 2, but none of the providers can be \
                    installed\n  - nothing provides libc.so.9 needed by b-2-1.noarch from build\n";
        assert_eq!(Verdict::packages(text).kind, Kind::MissingDependency(vec!["libc.so.9".into()]));
    }

    #[test]
    fn group_repository_and_the_rest() {
        let group = "Module or Group 'build' is not available.\nError: Nothing to do.\n";
        assert_eq!(Verdict::packages(group).kind, Kind::GroupMissing("build".into()));
        let repo = "Errors during downloading metadata for repository 'build':\n  - Curl error (37)\n\
                    Error: Failed to download metadata for repo 'build': Cannot download repomd.xml\n";
        assert_eq!(Verdict::packages(repo).kind, Kind::RepoUnavailable);
        let script =
            "  Running scriptlet: a-1-1.noarch\nerror: lua script failed\nError: Transaction failed\n";
        assert_eq!(Verdict::packages(script).kind, Kind::InstallFailed);
        assert_eq!(Verdict::packages("").kind, Kind::InstallFailed);
    }
}
