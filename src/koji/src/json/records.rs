//! The records that commands print, declared once. Names, types and meaning of what comes from the hub are the hub's; times named
//! `..._ts` are seconds since 1970, those named `..._time` are text in UTC.

use super::record::Kind::{Any, Bool, Int, List, Number, Object, Of, Text};
use super::record::{Field, Record, has, may, opt};

const fn record(about: &'static str, fields: &'static [Field]) -> Record {
    Record { about, fields }
}

const TEXTS: super::record::Kind = List(&Text);

pub const TAG: Record = record(
    "a tag",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        may("arches", Text, "arches, separated by spaces"),
        has("locked", Bool, "nothing can be tagged"),
        may("perm", Text, "permission that is needed to tag"),
        may("perm_id", Int, "id of that permission"),
        has("maven_support", Bool, "has Maven repositories"),
        has("maven_include_all", Bool, "these hold all versions"),
        opt("extra", Object, "options of the tag"),
        opt("blocked", Bool, "with --package: the package is blocked"),
        opt("owner_name", Text, "with --package: its owner"),
    ],
);

pub const TAG_INFO: Record = record(
    "a tag with what belongs to it",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        may("arches", Text, "arches, separated by spaces"),
        has("locked", Bool, "nothing can be tagged"),
        may("perm_id", Int, "id of the permission that is needed to tag"),
        has("extra", Object, "options of the tag and those it inherits"),
        opt("config_inheritance", Object, "where inherited settings come from"),
        has("groups", TEXTS, "names of its groups"),
        has("targets_into", List(&Of(&TARGET)), "targets that build into it"),
        has("targets_from", List(&Of(&TARGET)), "targets whose build tag it is"),
        has("repos", Object, "current repositories by the id of their tag; not with --event and the like"),
        has("external_repos", List(&Of(&TAG_EXTERNAL_REPO)), "its own external repositories"),
        has("inheritance", List(&Of(&PARENT)), "tags it inherits from"),
    ],
);

const PARENT: Record = record(
    "a link to a parent",
    &[
        has("parent_id", Int, "id of the parent"),
        has("child_id", Int, "id of the child"),
        has("name", Text, "name of the parent"),
        has("priority", Int, "lower ones come first"),
        may("maxdepth", Int, "how far inheritance goes beyond the parent"),
        has("intransitive", Bool, "not passed on to children of the child"),
        has("noconfig", Bool, "settings and groups are not inherited"),
        may("pkg_filter", Text, "regular expression that packages must match"),
    ],
);

pub const INHERITANCE: Record = record(
    "a link of a tag's inheritance, depth first",
    &[
        has("parent_id", Int, "id of the parent"),
        has("child_id", Int, "id of the child"),
        has("name", Text, "name of the parent (with --reverse of the child)"),
        has("currdepth", Int, "1 for direct links"),
        has("priority", Int, "lower ones come first"),
        may("maxdepth", Int, "how far inheritance goes beyond the parent"),
        has("intransitive", Bool, "not passed on to children of the child"),
        has("noconfig", Bool, "settings and groups are not inherited"),
        may("pkg_filter", Text, "regular expression that packages must match"),
    ],
);

pub const TARGET: Record = record(
    "a build target",
    &[
        has("id", Int, "id of the target"),
        has("name", Text, "name"),
        has("build_tag", Int, "id of the tag that buildroots are made of"),
        has("build_tag_name", Text, "its name"),
        has("dest_tag", Int, "id of the tag that builds go to"),
        has("dest_tag_name", Text, "its name"),
    ],
);

pub const PACKAGE: Record = record(
    "a package, in a tag unless all packages are listed",
    &[
        has("package_id", Int, "id of the package"),
        has("package_name", Text, "its name"),
        opt("tag_id", Int, "id of the tag that lists it"),
        opt("tag_name", Text, "name of that tag"),
        opt("owner_id", Int, "id of the owner"),
        opt("owner_name", Text, "name of the owner"),
        opt("extra_arches", Text, "further arches it is built for"),
        opt("blocked", Bool, "blocked in the tag"),
    ],
);

pub const GROUP: Record = record(
    "a group of packages in a tag",
    &[
        has("group_id", Int, "id of the group"),
        has("name", Text, "name"),
        has("tag_id", Int, "id of the tag that it comes from"),
        has("display_name", Text, "name for people"),
        may("description", Text, "description"),
        has("blocked", Bool, "blocked"),
        has("packagelist", List(&Object), "packages: package, type, basearchonly, blocked, tag_id"),
        has("grouplist", List(&Object), "groups it requires: name, type, blocked, tag_id"),
    ],
);

pub const EXTERNAL_REPO: Record = record(
    "an external repository; with --tag or --used the link to a tag",
    &[
        opt("id", Int, "id of the repository"),
        opt("name", Text, "its name"),
        has("url", Text, "its URL"),
        opt("external_repo_id", Int, "id of the repository (links)"),
        opt("external_repo_name", Text, "its name (links)"),
        opt("tag_id", Int, "id of the tag (links)"),
        opt("tag_name", Text, "its name (links)"),
        opt("priority", Int, "lower ones come first (links)"),
        opt("merge_mode", Text, "how it is merged (links)"),
        opt("arches", Text, "arches it is used for (links)"),
    ],
);

const TAG_EXTERNAL_REPO: Record = record(
    "an external repository of a tag",
    &[
        has("external_repo_id", Int, "id of the repository"),
        has("external_repo_name", Text, "its name"),
        has("url", Text, "its URL"),
        has("tag_id", Int, "id of the tag"),
        has("priority", Int, "lower ones come first"),
        has("merge_mode", Text, "how it is merged"),
    ],
);

pub const SIDETAG: Record = record(
    "a side tag",
    &[
        has("id", Int, "id of the tag"),
        has("name", Text, "name"),
        has("user_id", Any, "id of the owner; a number, as text with some hubs"),
        has("user_name", Text, "name of the owner"),
    ],
);

pub const NEW: Record = record("what was added", &[has("id", Int, "its id"), has("name", Text, "its name")]);

pub const BUILD: Record = record(
    "a build",
    &[
        has("build_id", Int, "id of the build"),
        has("nvr", Text, "name-version-release"),
        has("name", Text, "name of the package"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        may("epoch", Int, "epoch"),
        has("state", Int, "0 building, 1 complete, 2 deleted, 3 failed, 4 canceled"),
        has("owner_name", Text, "who built it"),
        may("task_id", Int, "the task that built it"),
        may("source", Text, "what it was built of"),
        has("creation_ts", Number, "announced"),
        may("completion_ts", Number, "finished"),
        has("volume_name", Text, "volume of its files"),
        opt("draft", Bool, "a draft"),
        opt("extra", Object, "further data"),
    ],
);

pub const UNTAGGED: Record = record(
    "a build that no tag has",
    &[
        has("id", Int, "id of the build"),
        has("name", Text, "name of the package"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        has("path", Text, "where its files are"),
        opt("references", Object, "with --show-references: what refers to it"),
    ],
);

pub const BUILDROOT_CONTENT: Record = record(
    "an rpm or archive of a buildroot",
    &[
        has("kind", Text, "rpm or archive"),
        has("id", Int, "id of the rpm or archive"),
        opt("nvr", Text, "name-version-release (rpms)"),
        opt("arch", Text, "arch (rpms)"),
        opt("filename", Text, "name of the file (archives)"),
        opt("is_update", Bool, "came after the buildroot was made"),
        opt("build_id", Int, "id of the build"),
        opt("size", Int, "bytes"),
    ],
);

pub const REPO_INFO: Record = record(
    "a repository",
    &[
        has("id", Int, "id of the repository"),
        has("tag_id", Int, "id of its tag"),
        has("tag_name", Text, "name of its tag"),
        has("state", Int, "0 being made, 1 ready, 2 expired, 3 deleted, 4 broken"),
        has("create_event", Int, "the event that it shows the tag at"),
        has("create_ts", Number, "time of that event"),
        has("dist", Bool, "made by dist-repo"),
        may("task_id", Int, "the task that made it"),
        has("url", Text, "where it is"),
        has("buildroots", List(&Int), "ids of the buildroots that were made of it"),
    ],
);

pub const FOUND: Record =
    record("something that was found", &[has("id", Int, "id of it"), has("name", Text, "its name")]);

pub const TASK_RUN: Record = record(
    "an attempt to run a task on a host",
    &[
        has("id", Int, "id of the attempt"),
        has("task_id", Int, "id of the task"),
        may("host_name", Text, "the host"),
        may("state", Int, "state of the task, as in taskinfo"),
        may("create_ts", Number, "given to the host"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
    ],
);

pub const SCHEDULER_MESSAGE: Record = record(
    "a message of the scheduler",
    &[
        has("id", Int, "id of the message"),
        may("task_id", Int, "the task it is about"),
        may("host_id", Int, "the host it is about"),
        may("host_name", Text, "its name"),
        has("msg_ts", Number, "when it was written"),
        has("msg", Text, "the message"),
    ],
);

pub const API_METHOD: Record = record(
    "a method of the hub",
    &[
        has("name", Text, "its name"),
        has("arguments", Text, "arguments with their defaults"),
        may("doc", Text, "what it does"),
    ],
);

pub const NEW_TAG: Record =
    record("the new side tag", &[has("id", Int, "id of the tag"), has("name", Text, "name")]);

pub const BUILD_INFO: Record = record(
    "a build with what belongs to it",
    &[
        has("id", Int, "id of the build"),
        has("nvr", Text, "name-version-release"),
        has("name", Text, "name of the package"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        may("epoch", Int, "epoch"),
        has("state", Int, "0 building, 1 complete, 2 deleted, 3 failed, 4 canceled"),
        has("owner_name", Text, "who built it"),
        may("task_id", Int, "the task that built it"),
        may("source", Text, "what it was built of"),
        may("creation_ts", Number, "announced"),
        may("completion_ts", Number, "finished"),
        has("volume_name", Text, "volume of its files"),
        opt("draft", Bool, "a draft"),
        may("extra", Object, "further data"),
        has("tags", TEXTS, "names of the tags that have it"),
        has("rpms", List(&Of(&BUILD_RPM)), "its rpms"),
        has("archives", List(&Object), "its archives, as the hub lists them"),
        opt("maven", Object, "of Maven builds: group_id, artifact_id, version"),
        opt("win", Object, "of Windows builds: platform"),
        opt("changelog", List(&Object), "with --changelog: date_ts, author, text"),
    ],
);

const BUILD_RPM: Record = record(
    "an rpm of a build",
    &[
        has("id", Int, "id of the rpm"),
        has("nvr", Text, "name-version-release"),
        has("name", Text, "name"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        has("arch", Text, "arch"),
        has("size", Int, "bytes"),
        has("path", Text, "where the file is"),
        has("sigkeys", TEXTS, "keys it is signed with"),
    ],
);

pub const TAGGED: Record = record(
    "a tagged build; with --rpms, --sigs or --arch an rpm",
    &[
        has("id", Int, "id of the build or rpm"),
        has("name", Text, "name"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        may("epoch", Int, "epoch"),
        opt("nvr", Text, "name-version-release (builds; rpms with some hubs)"),
        opt("tag_id", Int, "id of the tag that has it (builds)"),
        opt("tag_name", Text, "name of that tag (builds)"),
        opt("owner_name", Text, "who built it (builds)"),
        opt("task_id", Int, "the task that built it (builds)"),
        opt("completion_time", Text, "finished (builds)"),
        opt("arch", Text, "arch (rpms)"),
        opt("build_id", Int, "id of the build"),
        opt("size", Int, "bytes (rpms)"),
        opt("sigkey", Text, "with --sigs: the key; a record for each"),
        opt("path", Text, "with --paths: where the files are"),
    ],
);

pub const RPM_INFO: Record = record(
    "an rpm with what belongs to it",
    &[
        has("id", Int, "id of the rpm"),
        has("name", Text, "name"),
        has("version", Text, "version"),
        has("release", Text, "release"),
        may("epoch", Int, "epoch"),
        has("arch", Text, "arch"),
        has("size", Int, "bytes"),
        may("buildtime", Int, "built, seconds since 1970"),
        has("payloadhash", Text, "MD5 of header and payload"),
        may("build_id", Int, "id of the build"),
        may("buildroot_id", Int, "buildroot that it was built in"),
        opt("build", Text, "name-version-release of the build"),
        opt("path", Text, "where the file is"),
        opt("license", Text, "licence"),
        opt("external_repo_name", Text, "the repository it comes from; INTERNAL for the hub's own"),
        opt("buildroot", Object, "the buildroot that it was built in, as the hub describes it"),
        opt("buildroots", List(&Object), "with --buildroots: buildroots that had it installed"),
    ],
);

pub const HOST: Record = record(
    "a build host",
    &[
        has("id", Int, "id of the host"),
        has("name", Text, "name"),
        has("arches", Text, "arches, separated by spaces"),
        has("capacity", Number, "weight of the tasks that it takes"),
        has("task_load", Number, "weight of those that it has"),
        has("enabled", Bool, "gets tasks"),
        has("ready", Bool, "says that it can take tasks"),
        may("comment", Text, "comment"),
        may("description", Text, "description"),
        opt("update_ts", Number, "last sign of life"),
        opt("channels", TEXTS, "with --show-channels: names of its channels"),
    ],
);

pub const HOST_INFO: Record = record(
    "a build host with what belongs to it",
    &[
        has("id", Int, "id of the host"),
        has("name", Text, "name"),
        has("arches", Text, "arches, separated by spaces"),
        has("capacity", Number, "weight of the tasks that it takes"),
        has("task_load", Number, "weight of those that it has"),
        has("enabled", Bool, "gets tasks"),
        has("ready", Bool, "says that it can take tasks"),
        may("comment", Text, "comment"),
        may("description", Text, "description"),
        opt("update_ts", Number, "last sign of life"),
        has("channels", TEXTS, "names of its channels"),
        has("buildroots", List(&Object), "buildroots in use"),
    ],
);

pub const CHANNEL: Record = record(
    "a channel",
    &[
        has("id", Int, "id of the channel"),
        has("name", Text, "name"),
        has("enabled", Bool, "gives tasks to its hosts"),
        may("comment", Text, "comment"),
        may("description", Text, "description"),
        has("hosts", List(&Of(&HOST)), "its hosts"),
    ],
);

pub const TASK: Record = record(
    "a task",
    &[
        has("id", Int, "id of the task"),
        has("method", Text, "what it does"),
        has("state", Int, "0 free, 1 open, 2 closed, 3 canceled, 4 assigned, 5 failed"),
        has("arch", Text, "arch"),
        may("parent", Int, "the task that made it"),
        may("label", Text, "its name among the children of the parent"),
        has("priority", Int, "lower ones are first"),
        has("weight", Number, "share of a host's capacity"),
        may("owner", Int, "id of the owner"),
        opt("owner_name", Text, "name of the owner"),
        may("host_id", Int, "host it runs on"),
        may("channel_id", Int, "its channel"),
        may("create_ts", Number, "made"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
        opt("request", Any, "arguments of the method"),
    ],
);

pub const TASK_INFO: Record = record(
    "a task with what belongs to it; with --recurse its descendants follow",
    &[
        has("id", Int, "id of the task"),
        has("method", Text, "what it does"),
        has("state", Int, "0 free, 1 open, 2 closed, 3 canceled, 4 assigned, 5 failed"),
        has("arch", Text, "arch"),
        may("parent", Int, "the task that made it"),
        may("create_ts", Number, "made"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
        has("owner_name", Text, "name of the owner"),
        may("host_name", Text, "host it runs on"),
        has("request", Any, "arguments of the method"),
        has("builds", TEXTS, "builds it made"),
        has("buildroots", List(&Int), "ids of its buildroots"),
        has("files", TEXTS, "its output and logs: where they are"),
    ],
);

pub const CHANGE: Record = record(
    "a task as it is first seen, and each change of its state",
    &[
        has("task_id", Int, "id of the task"),
        may("parent", Int, "the task that made it"),
        has("label", Text, "what it does, for people"),
        has("method", Text, "what it does"),
        has("state", Text, "FREE, OPEN, CLOSED, CANCELED, ASSIGNED or FAILED"),
        may("before", Text, "the state before; null when it is first seen"),
        may("failure", Text, "why it failed"),
    ],
);

pub const LAUNCHED: Record = record(
    "the new task",
    &[
        has("task_id", Int, "id of the task"),
        has("url", Text, "its page in the web interface"),
        may("state", Text, "how it ended: CLOSED, CANCELED or FAILED; null when nobody waited"),
        may("failure", Text, "why it failed"),
    ],
);

pub const REQUESTED: Record = record(
    "a repository, or the request for one",
    &[
        may("repo_id", Int, "id of the repository; null when nobody waited"),
        may("url", Text, "its page in the web interface"),
        may("request_id", Int, "id of the request; null when the repository was there"),
        may("task_id", Int, "the task that makes it, where it is known"),
    ],
);

pub const USER: Record = record(
    "a user",
    &[
        has("id", Int, "id of the user"),
        has("name", Text, "name"),
        has("usertype", Int, "0 person, 1 host, 2 group"),
        has("status", Int, "0 normal, 1 blocked"),
        opt("krb_principals", TEXTS, "Kerberos principals"),
    ],
);

pub const USER_INFO: Record = record(
    "a user with what belongs to it",
    &[
        has("id", Int, "id of the user"),
        has("name", Text, "name"),
        has("usertype", Int, "0 person, 1 host, 2 group"),
        has("status", Int, "0 normal, 1 blocked"),
        opt("krb_principals", TEXTS, "Kerberos principals"),
        opt("groups", TEXTS, "groups it is in"),
        has("permissions", TEXTS, "permissions"),
        has("packages", Int, "number of packages it owns"),
        has("tasks", Int, "number of its tasks"),
        has("builds", Int, "number of its builds"),
    ],
);

pub const PERMISSION: Record = record(
    "a permission",
    &[
        has("name", Text, "name"),
        has("description", Text, "description; of a user's permissions the groups they come from"),
    ],
);

pub const NOTIFICATION: Record = record(
    "a notification, or a block of notifications",
    &[
        has("kind", Text, "notification or block"),
        has("id", Int, "id of it"),
        has("user_id", Int, "whose it is"),
        may("tag_id", Int, "only for this tag"),
        may("package_id", Int, "only for this package"),
        opt("email", Text, "where it goes"),
        opt("success_only", Bool, "not for failed builds"),
    ],
);

pub const VOLUME: Record =
    record("a volume", &[has("id", Int, "id of the volume"), has("name", Text, "name")]);

pub const PROFILE: Record = record(
    "a profile of the configuration; `add` prints the new one",
    &[
        has("name", Text, "name"),
        has("default", Bool, "used when none is named"),
        has("file", Text, "file and line where it begins"),
        has("settings", Object, "its options as they are written; passwords are hidden"),
    ],
);

pub const VERSION: Record = record(
    "versions",
    &[has("client", Text, "of this program"), may("hub", Text, "of the hub; null when it does not tell")],
);

pub const GREETING: Record = record(
    "who is logged in where",
    &[
        may("user", Text, "name of the user; null without a login"),
        may("authtype", Int, "0 password, 1 GSSAPI or Kerberos 4, 2 client certificate, 3 GSSAPI"),
        has("server", Text, "URL of the hub"),
        has("hub_version", Text, "version of the hub"),
    ],
);

const LOG_LINE: Record = record(
    "a line of a log",
    &[
        has("number", Int, "its number, from 1"),
        has("from_end", Bool, "the number counts from the end: the log was too large to be read whole"),
        has("text", Text, "the line, of root.log without the logger's prefix"),
        has("telling", Bool, "a rule matched it; others are context"),
    ],
);

pub const WHY: Record = record(
    "why a task failed",
    &[
        has("task_id", Int, "the task that was asked about"),
        has("failed_task_id", Int, "the one below it, or itself, that failed"),
        has("method", Text, "method of that one"),
        has("arch", Text, "its architecture"),
        may("host", Text, "the host it ran on"),
        has("class", Text, "kind of the failure: dependency, compile, test, ..."),
        has("meaning", Text, "what the class means"),
        may("rule", Text, "id of the rule that decided; last-line when none did"),
        may("subject", Text, "what it is about: a package, file, symbol or test"),
        may("section", Text, "section of the spec file that failed"),
        may("log", Text, "the log that matters; null when there is none"),
        may("volume", Text, "volume of the log"),
        may("log_url", Text, "where to read it"),
        has("task_url", Text, "page of the failed task"),
        may("cause", Of(&LOG_LINE), "the line that says why"),
        has("lines", List(&Of(&LOG_LINE)), "that line with its surroundings and further telling ones"),
        may("fault", Text, "text of the task's fault"),
        has("remedy", Text, "what usually helps"),
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

pub const CHANGE_OF_HISTORY: Record = record(
    "a change in the hub's history",
    &[
        has("event", Int, "the event that made it"),
        has("table", Text, "the hub's table that it is in"),
        has("change", Text, "created, revoked or edited"),
        has("row", Object, "the row; of an edit as it was before"),
        may("after", Object, "of an edit the row as it was then"),
        has("text", Text, "in words"),
    ],
);

pub const SIGNED: Record = record(
    "a signed copy of an rpm",
    &[
        has("rpm_id", Int, "id of the rpm"),
        has("sigkey", Text, "the key"),
        has("sighash", Text, "digest of the signature's header"),
        has("path", Text, "where the copy is"),
    ],
);
