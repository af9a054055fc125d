//! What else a hub knows: hosts, channels, users, changes.

use super::*;

pub const NEW: Record = record("what was added", &[has("id", Int, "its id"), has("name", Text, "its name")]);

pub const FOUND: Record =
    record("something that was found", &[has("id", Int, "id of it"), has("name", Text, "its name")]);

pub const API_METHOD: Record = record(
    "a method of the hub",
    &[
        has("name", Text, "its name"),
        has("arguments", Text, "arguments with their defaults"),
        may("doc", Text, "what it does"),
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
