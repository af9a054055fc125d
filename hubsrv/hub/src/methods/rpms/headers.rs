//! What the headers of stored rpms say.

use std::io::BufReader;

use koji_api::Fault;
use koji_api::methods::{GetChangelogEntries, GetRPMDeps, GetRPMFile, GetRPMHeaders, ListRPMFiles};
use koji_api::paths::PathInfo;
use koji_api::types::{BuildState, refs, repr};
use koji_db::builds::Build;
use koji_db::rpms::{self, Rpm, RpmFilter};
use koji_db::{QueryOpts, builds};
use koji_rpm::package::files::digest_algo;
use koji_rpm::{Field, FileEntry, Package, RpmFile};
use koji_xmlrpc::{Struct, Value};

use super::find;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::BuildDir;
use crate::reply::Reply;
use crate::store::{self, RelPath};
use crate::{blocking, filters, lookup};

/// An rpm file that a caller asked for.
enum Place {
    /// Of a build, below its directory.
    Build(BuildDir, RelPath),
    /// Of a task, below the top directory.
    Task(RelPath),
}

/// The place of an rpm of a build; `None` for one that is not there to be read, unless that is a fault.
async fn of_rpm(cx: &mut Cx, info: &Value, strict: bool, what: &str) -> Outcome<Option<(Rpm, Build, Place)>> {
    let row = find::one(&mut cx.tx, info, strict).await?;
    let Some(rpm) = row.as_ref().and_then(Rpm::from_struct) else { return Ok(None) };
    let Some(build) = rpm.build_id else {
        let text = format!("{what}, because RPM: {} is not internal", repr::text(info));
        return if strict { Err(Fault::generic(text).into()) } else { Ok(None) };
    };
    let build = lookup::build(&mut cx.tx, &Value::Int(build)).await?;
    let dir = BuildDir::of(&cx.hub.paths, &build)?;
    let path = PathInfo::rpm(rpm.nvr(), &rpm.arch);
    match RelPath::parse(&path) {
        Some(path) => Ok(Some((rpm, build, Place::Build(dir, path)))),
        None => Ok(None),
    }
}

/// The place of a file of a task.
fn of_task(task: &Value, path: &Value) -> Result<Place, Fault> {
    if !path.truthy() {
        return Err(Fault::generic("filepath must be specified with taskID"));
    }
    let (task, path) = (refs::to_int(task)?, refs::to_str(path)?);
    let invalid = || Fault::generic(format!("Invalid filepath: {path}"));
    if path.starts_with('/') || path.contains("../") {
        return Err(invalid());
    }
    let below = RelPath::parse(path).ok_or_else(invalid)?;
    let dir = format!("work/{}", PathInfo::task_rel(task));
    Ok(Place::Task(RelPath::parse(&dir).ok_or_else(invalid)?.join(&below)))
}

/// The headers of an rpm file; `None` when it is not there.
async fn read(cx: &mut Cx, place: Place) -> Outcome<Option<RpmFile>> {
    let hub = cx.hub.clone();
    blocking(move || {
        let (file, shown) = match &place {
            Place::Build(dir, path) => (dir.open().and_then(|d| d.read(path)), path),
            Place::Task(path) => (store::read_below_top(&hub, path), path),
        };
        match file {
            Ok(file) => RpmFile::read(&mut BufReader::with_capacity(64 * 1024, file))
                .map(Some)
                .map_err(|e| Fault::internal(format!("error reading package header of {shown}: {e}")).into()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    })
    .await
}

fn package(rpm: &RpmFile) -> Result<Package, Fault> {
    Package::from_rpm(rpm).map_err(|e| Fault::internal(format!("error reading package header: {e}")))
}

/// `rows` of structs, or of lists when the caller prefers those.
fn answer(rows: Vec<Struct>, opts: &QueryOpts) -> Outcome<Reply> {
    let reply = filters::apply_opts(rows, opts)?;
    match reply {
        Reply::Value(Value::Array(rows)) if opts.as_list => {
            let list = |row| match row {
                Value::Struct(row) => Value::Array(row.into_values().collect()),
                other => other,
            };
            Ok(Reply::Value(Value::Array(rows.into_iter().map(list).collect())))
        }
        reply => Ok(reply),
    }
}

fn record<const N: usize>(members: [(&str, Value); N]) -> Struct {
    members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// A number of a header as Python and XML-RPC hold it.
fn number(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

pub(super) async fn get_rpm_deps(cx: &mut Cx, call: GetRPMDeps) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let found = of_rpm(cx, &call.rpmID, call.strict, "Can not get dependencies").await?;
    let Some((_, _, place)) = found else { return answer(Vec::new(), &opts) };
    let Some(rpm) = read(cx, place).await? else {
        let text = format!("RPM file of {} doesn't exist", repr::text(&call.rpmID));
        return if call.strict { Err(Fault::generic(text).into()) } else { answer(Vec::new(), &opts) };
    };
    let wanted = filters::int(&call.depType)?;
    let row = |d: koji_rpm::Dependency| {
        record([
            ("name", d.name.into()),
            ("version", d.version.into()),
            ("flags", number(d.flags)),
            ("type", d.kind.number().into()),
        ])
    };
    let deps = package(&rpm)?.dependencies.into_iter();
    answer(deps.filter(|d| wanted.is_none_or(|kind| kind == d.kind.number())).map(row).collect(), &opts)
}

fn file_row(file: FileEntry, algo: Option<&str>) -> Struct {
    record([
        ("name", file.name.into()),
        ("digest", Value::from(&file.digest)),
        ("digest_algo", algo.map(str::to_owned).into()),
        ("md5", file.digest.into()),
        ("size", number(file.size)),
        ("flags", number(file.flags)),
        ("user", file.user.into()),
        ("group", file.group.into()),
        ("mtime", number(file.mtime)),
        ("mode", number(file.mode.into())),
    ])
}

pub(super) async fn list_rpm_files(cx: &mut Cx, call: ListRPMFiles) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let Some((_, _, place)) = of_rpm(cx, &call.rpmID, false, "").await? else {
        return answer(Vec::new(), &opts);
    };
    let Some(rpm) = read(cx, place).await? else { return answer(Vec::new(), &opts) };
    let algo = digest_algo(&rpm.header);
    let row = |file| {
        let mut row = file_row(file, algo);
        if opts.as_list {
            // a list has each value once, and the algorithm where upstream has it
            row.shift_remove("md5");
            if let (Some(from), Some(to)) = (row.get_index_of("digest_algo"), row.get_index_of("flags")) {
                row.move_index(from, to);
            }
        }
        row
    };
    answer(package(&rpm)?.files.into_iter().map(row).collect(), &opts)
}

pub(super) async fn get_rpm_file(cx: &mut Cx, call: GetRPMFile) -> Outcome<Struct> {
    let found = of_rpm(cx, &call.rpmID, call.strict, "Can not get RPM file").await?;
    let Some((info, _, place)) = found else { return Ok(Struct::new()) };
    let Some(rpm) = read(cx, place).await? else {
        let text = format!("RPM package file of {} doesn't exist", repr::text(&call.rpmID));
        return if call.strict { Err(Fault::generic(text).into()) } else { Ok(Struct::new()) };
    };
    let wanted = call.filename.as_str();
    let file = package(&rpm)?.files.into_iter().find(|f| Some(f.name.as_str()) == wanted);
    match file {
        Some(file) => {
            let mut row = record([("rpm_id", info.id.into())]);
            row.extend(file_row(file, digest_algo(&rpm.header)));
            Ok(row)
        }
        None if call.strict => {
            let (name, rpm) = (repr::text(&call.filename), repr::text(&call.rpmID));
            Err(Fault::generic(format!("No file: {name} found in RPM: {rpm}")).into())
        }
        None => Ok(Struct::new()),
    }
}

pub(super) async fn get_rpm_headers(cx: &mut Cx, call: GetRPMHeaders) -> Outcome<Struct> {
    let place = if call.rpmID.truthy() {
        let row = find::one(&mut cx.tx, &call.rpmID, call.strict).await?;
        let Some(rpm) = row.as_ref().and_then(Rpm::from_struct) else { return Ok(Struct::new()) };
        if rpm.external_repo_id != 0 {
            let text = format!("External rpm: {}", rpm.id);
            return if call.strict { Err(Fault::generic(text).into()) } else { Ok(Struct::new()) };
        }
        let Some((_, build, place)) = of_rpm(cx, &Value::Int(rpm.id), true, "").await? else {
            return Ok(Struct::new());
        };
        if build.state == BuildState::Deleted {
            let text = format!("Build {} is deleted", build.nvr());
            return if call.strict { Err(Fault::generic(text).into()) } else { Ok(Struct::new()) };
        }
        place
    } else if call.taskID.truthy() {
        of_task(&call.taskID, &call.filepath)?
    } else {
        return Err(Fault::generic("either rpmID or taskID and filepath must be specified").into());
    };
    let shown = match &place {
        Place::Build(dir, path) => format!("{}/{path}", dir.shown()),
        Place::Task(path) => format!("{}/{path}", cx.hub.paths.top()),
    };
    let Some(rpm) = read(cx, place).await? else {
        let text = format!("Missing rpm file: {shown}");
        return if call.strict { Err(Fault::generic(text).into()) } else { Ok(Struct::new()) };
    };
    let wanted = match &call.headers {
        Value::Nil => None,
        Value::Array(names) => Some(names.iter().map(refs::to_str).collect::<Result<Vec<_>, _>>()?),
        other => return Err(refs::wrong_type(other, "list").into()),
    };
    let Some(wanted) = wanted else {
        return Ok(rpm.fields().into_iter().map(|(name, field)| (name.to_owned(), value(field))).collect());
    };
    let mut out = Struct::new();
    for name in wanted {
        let field = rpm.field(name).map_err(|e| Fault::generic(e.to_string()))?;
        out.insert(name.to_owned(), value(field));
    }
    Ok(out)
}

fn value(field: Field) -> Value {
    match field {
        Field::Nil => Value::Nil,
        Field::Int(n) => number(n),
        Field::Text(text) => printable(&text).into(),
        Field::Bytes(bytes) => Value::Base64(bytes),
        Field::Ints(list) => Value::Array(list.into_iter().map(number).collect()),
        Field::Texts(list) => Value::Array(list.iter().map(|t| printable(t).into()).collect()),
        Field::Blobs(list) => Value::Array(list.into_iter().map(Value::Base64).collect()),
    }
}

/// The text without control characters other than white space: XML cannot hold them.
fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\t' | '\n' | '\r') || !c.is_control()).collect()
}

pub(super) async fn get_changelog_entries(cx: &mut Cx, call: GetChangelogEntries) -> Outcome<Reply> {
    let mut opts = QueryOpts::from_value(&call.queryOpts)?;
    if let Some(order) = opts.order.as_deref().filter(|o| matches!(*o, "date" | "-date")) {
        opts.order = Some(format!("{order}_ts"));
    }
    let nothing = |text: String| match call.strict {
        true => Err(Fault::generic(text).into()),
        false => answer(Vec::new(), &opts),
    };
    let place = if call.buildID.truthy() {
        let shown = repr::text(&call.buildID);
        let Some(build) = lookup::find_build(&mut cx.tx, &call.buildID).await? else {
            return nothing(format!("No such build: {shown}"));
        };
        let filter =
            RpmFilter { build: Some(build.id), arches: Some(vec!["src".into()]), ..RpmFilter::default() };
        let srpm = cx.tx.select_one(&rpms::list(filter, &QueryOpts::default())?).await?;
        let Some(srpm) = srpm.as_ref().and_then(Rpm::from_struct) else {
            return nothing(format!("Build {shown} doesn't have srpms"));
        };
        match of_rpm(cx, &Value::Int(srpm.id), true, "").await? {
            Some((_, _, place)) => place,
            None => return nothing(format!("Build {shown} doesn't have srpms")),
        }
    } else if call.taskID.truthy() {
        of_task(&call.taskID, &call.filepath)?
    } else {
        return Err(Fault::generic("either buildID or taskID and filepath must be specified").into());
    };
    let (before, after) =
        (moment(cx, &call.before, "before").await?, moment(cx, &call.after, "after").await?);
    let shown = match &place {
        Place::Build(dir, path) => format!("{}/{path}", dir.shown()),
        Place::Task(path) => format!("{}/{path}", cx.hub.paths.top()),
    };
    let Some(rpm) = read(cx, place).await? else { return nothing(format!("SRPM {shown} doesn't exist")) };
    let author = filters::text_or_empty(&call.author);
    let entries = package(&rpm)?.changelog.into_iter().filter(|entry| {
        let time = i64::try_from(entry.time).unwrap_or(i64::MAX);
        author.as_ref().is_none_or(|a| *a == entry.name)
            && before.is_none_or(|t| time < t)
            && after.is_none_or(|t| time > t)
    });
    let rows = entries.map(|entry| {
        record([
            ("date", date(entry.time).into()),
            ("date_ts", number(entry.time)),
            ("author", printable(&entry.name).into()),
            ("text", printable(&entry.text).into()),
        ])
    });
    answer(rows.collect(), &opts)
}

/// Seconds since 1970 of a `before` or `after`: a number, or text that is a time in UTC.
async fn moment(cx: &mut Cx, value: &Value, what: &str) -> Outcome<Option<i64>> {
    match value {
        value if !value.truthy() => Ok(None),
        Value::Int(n) => Ok(Some(*n)),
        Value::Str(text) | Value::DateTime(text) => Ok(builds::seconds_of(&mut cx.tx, text).await?),
        other => Err(Fault::generic(format!("Invalid type for {what}: {}", repr::class(other))).into()),
    }
}

/// `2024-01-02 12:00:00`, in UTC.
fn date(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|s| time::OffsetDateTime::from_unix_timestamp(s).ok());
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    time.and_then(|t| t.format(&format).ok()).unwrap_or_default()
}
