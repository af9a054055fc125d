//! Of this machine: profiles, roots, findings.

use super::*;

pub const PROFILE: Record = record(
    "a profile of the configuration; `add` prints the new one",
    &[
        has("name", Text, "name"),
        has("default", Bool, "used when none is named"),
        has("file", Text, "file and line where it begins"),
        has("settings", Object, "its options as they are written; passwords are hidden"),
    ],
);

const LOCAL_FILE: Record = record(
    "a file of the results",
    &[has("path", Text, "where it is"), has("name", Text, "its name"), has("size", Int, "bytes")],
);

pub const LOCAL_ROOT: Record = record(
    "a root of this machine; `list` prints all, `init` the new one, other actions print none",
    &[
        has("name", Text, "name"),
        has("path", Text, "its directory"),
        may("of", Text, "what it was made for, in the user's words"),
        may("hub", Text, "URL of the hub"),
        may("tag", Text, "build tag"),
        may("arch", Text, "arch of the repository"),
        may("repo_id", Int, "id of the repository"),
        may("buildroot_id", Int, "the server's buildroot that it is like"),
        may("task_id", Int, "the task that had it"),
        may("made_ts", Number, "when it was made"),
        has("files", List(&Of(&LOCAL_FILE)), "logs and rpms that steps in it left"),
    ],
);

const CHANGED_FILE: Record = record(
    "a file that is not the same",
    &[
        has("path", Text, "its path in the package"),
        has("what", Text, "what is different about it"),
        has("summary", TEXTS, "a short summary of the difference of its content"),
    ],
);

const COMPARED_RPM: Record = record(
    "an rpm of both builds",
    &[
        has("name", Text, "file name"),
        has(
            "class",
            Text,
            "identical, circumstances (signature, build time, host), content, missing or extra",
        ),
        has("fields", TEXTS, "header fields that differ, with the values"),
        has("files", List(&Of(&CHANGED_FILE)), "files that differ"),
    ],
);

pub const REPRO: Record = record(
    "a rebuild compared with the server's build",
    &[
        has("nvr", Text, "name-version-release of the build"),
        has("buildroot_id", Int, "the server's buildroot"),
        has("arch", Text, "arch of it"),
        has("same_packages", Bool, "the local root had the same packages, digest by digest"),
        has("rpms", List(&Of(&COMPARED_RPM)), "the rpms"),
    ],
);

pub const FINDING: Record = record(
    "what a check of the set-up found",
    &[
        has(
            "check",
            Text,
            "profile, cert, serverca, proxy, dns, tcp, tls, hub, clock, version, kerberos, login, files, disk or engine",
        ),
        has("state", Text, "ok, warning, failed or skipped"),
        has("found", Text, "what was found; for a problem what is wrong and why"),
        may("remedy", Text, "what to do; null where nothing is to be done"),
    ],
);
