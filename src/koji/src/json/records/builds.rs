//! Builds and rpms.

use super::*;

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

pub const VOLUME: Record =
    record("a volume", &[has("id", Int, "id of the volume"), has("name", Text, "name")]);

pub const SIGNED: Record = record(
    "a signed copy of an rpm",
    &[
        has("rpm_id", Int, "id of the rpm"),
        has("sigkey", Text, "the key"),
        has("sighash", Text, "digest of the signature's header"),
        has("path", Text, "where the copy is"),
    ],
);
