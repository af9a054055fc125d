//! Classes of failures.

use serde::{Deserialize, Serialize};

/// What kind of failure it is. The names are those of `koji why --json` and of rules.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    Dependency,
    Install,
    Repository,
    Spec,
    Source,
    Patch,
    Configure,
    Compile,
    Link,
    Make,
    CommandMissing,
    Script,
    Test,
    InstallStep,
    Files,
    Unpackaged,
    CheckFiles,
    Arch,
    Disk,
    Memory,
    Timeout,
    LogSize,
    Killed,
    Scm,
    Policy,
    Request,
    Infrastructure,
    Cancelled,
    Unknown,
}

use Class::*;

/// Class, its name, what it means, what usually helps.
const TABLE: &[(Class, &str, &str, &str)] = &[
    (
        Dependency,
        "dependency",
        "something the build requires is not there",
        "Correct the BuildRequires, or build what is missing into the build tag first (and wait for its repository: koji wait-repo).",
    ),
    (
        Install,
        "install",
        "packages of the buildroot cannot be installed together",
        "Look at the packages named: one conflicts, or its scriptlet fails. A rebuild or an untag of the newest of them usually helps.",
    ),
    (
        Repository,
        "repository",
        "a repository could not be read",
        "If it passes (koji resubmit), it was the network; else regenerate the repository: koji regen-repo TAG.",
    ),
    (
        Spec,
        "spec",
        "the spec file cannot be parsed",
        "Correct the spec file; `rpmspec -P FILE.spec` shows the same message at once.",
    ),
    (
        Source,
        "source",
        "a source of the package is missing or unusable",
        "Check that every Source is in the lookaside cache or the repository, whole, and unpacks to the directory %setup expects.",
    ),
    (
        Patch,
        "patch",
        "a patch does not apply",
        "Rebase the patch on these sources, or drop it when upstream has taken it.",
    ),
    (
        Configure,
        "configure",
        "the configure step found something missing",
        "Usually a missing BuildRequires: add the package that provides what it looked for; else correct the option.",
    ),
    (
        Compile,
        "compile",
        "the compiler refused the source",
        "Correct the source at that place (or patch it); a missing header means a missing -devel package.",
    ),
    (
        Link,
        "link",
        "the linker failed",
        "Add the library that defines the symbol (a -devel package and its -l), or the object file that is missing.",
    ),
    (
        Make,
        "make",
        "make (or ninja) has no way to do its work",
        "Look at the target it names: a file that is not in the sources, or a target this version no longer has.",
    ),
    (
        CommandMissing,
        "command-missing",
        "a program that the build calls is not there",
        "Add the package with that program to the BuildRequires: koji has /usr/bin/NAME as a requirement; an unexpanded %macro means the package that defines it.",
    ),
    (
        Script,
        "script",
        "a script of the build failed",
        "The last line of the traceback says what went wrong.",
    ),
    (
        Test,
        "test",
        "tests failed",
        "Run the named test alone; when it fails only here, think of missing network, time, memory or architecture.",
    ),
    (
        InstallStep,
        "install-step",
        "%install wanted a file that was not made",
        "Compare what the build makes with what %install copies; upstream may have renamed it.",
    ),
    (
        Files,
        "files",
        "%files lists what was not installed",
        "Correct %files, or find out why the file was not installed (an optional feature that is off).",
    ),
    (
        Unpackaged,
        "unpackaged",
        "files were installed that no %files lists",
        "List them in %files, or remove them in %install.",
    ),
    (
        CheckFiles,
        "check-files",
        "a check of the finished files failed",
        "Correct what the check names; it runs after %install.",
    ),
    (
        Arch,
        "arch",
        "the package does not build for this architecture",
        "Correct ExclusiveArch or ExcludeArch, or the list of architectures of the tag.",
    ),
    (
        Disk,
        "disk",
        "no disk space was left",
        "Build again on a builder with more space, or make the build smaller (parallel jobs, debug information, test data).",
    ),
    (
        Memory,
        "memory",
        "memory ran out",
        "Fewer parallel jobs (%limit_build, _smp_mflags), less debug information, or a channel of builders with more memory.",
    ),
    (
        Timeout,
        "timeout",
        "the time allowed ran out",
        "See the last line: a hanging test, a wait for the network, or a build that needs a longer limit (rpmbuild_timeout).",
    ),
    (
        LogSize,
        "log-size",
        "the log grew beyond its limit",
        "Something prints without end; see the last lines.",
    ),
    (
        Killed,
        "killed",
        "something killed the build",
        "Try again; if it stays, ask those who run the builder (memory, limits).",
    ),
    (
        Scm,
        "scm",
        "the sources could not be fetched",
        "Check the URL and the commit, and that the hub's policy allows this server.",
    ),
    (
        Policy,
        "policy",
        "the hub's policy does not allow it",
        "Ask an administrator of the hub, or use another target.",
    ),
    (
        Request,
        "request",
        "the request cannot be fulfilled as it is",
        "Correct what the message names (tag, target, package list, version) and submit again.",
    ),
    (
        Infrastructure,
        "infrastructure",
        "a failure of the build system, not of the package",
        "Submit it again (koji resubmit); if it stays, tell those who run the hub and name the host.",
    ),
    (Cancelled, "cancelled", "it was cancelled", "Submit it again if it is still wanted."),
    (Unknown, "unknown", "no rule recognised it", "Read the log from its end."),
];

impl Class {
    /// Every class, in the order of the build.
    pub fn all() -> impl Iterator<Item = Class> {
        TABLE.iter().map(|row| row.0)
    }

    /// `dependency`, `check-files`, ...
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Half a sentence.
    pub fn meaning(self) -> &'static str {
        self.row().2
    }

    /// What usually helps; rules can know better.
    pub fn remedy(self) -> &'static str {
        self.row().3
    }

    fn row(self) -> &'static (Class, &'static str, &'static str, &'static str) {
        static UNKNOWN: (Class, &str, &str, &str) = (Unknown, "unknown", "", "");
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&UNKNOWN)
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_ones_of_the_data() {
        for class in Class::all() {
            #[derive(Deserialize)]
            struct Row {
                class: Class,
            }
            let row: Row = toml::from_str(&format!("class = \"{class}\"")).unwrap();
            assert_eq!(row.class, class);
            assert!(!class.meaning().is_empty() && !class.remedy().is_empty());
        }
    }
}
