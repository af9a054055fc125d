use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use koji_api::methods as m;
use koji_api::types::BuildState;
use koji_xmlrpc::{Struct, Value};

use super::prune::{Standing, standing};
use super::{signatures, signed_path};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, nvr, text, with};
use crate::time::ctime;

/// How many builds the hub is asked for at once.
const CHUNK: i64 = 50_000;

/// Delete signed copies of builds that are not the latest in any tag
///
/// The hub's files must be mounted here (topdir), writable. The hub can write the copies again (koji write-signed-rpm).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only say what would be done
    #[arg(short = 'n', long)]
    test: bool,
    /// Say what is done
    #[arg(short, long)]
    verbose: bool,
    /// Spare builds that were the latest within so many days
    #[arg(long, default_value_t = 5)]
    days: i64,
    /// Only builds of this package
    #[arg(short, long, visible_alias = "pkg")]
    package: Option<String>,
    /// Only this build
    #[arg(short, long, value_name = "NVR|ID")]
    build: Option<String>,
    /// Tags, by pattern, that do not count (repeatable)
    #[arg(short, long, value_name = "PATTERN")]
    ignore_tag: Vec<String>,
    /// File with more of these patterns, one a line
    #[arg(long, value_name = "FILE")]
    ignore_tag_file: Option<PathBuf>,
    /// Tags, by pattern, whose builds are spared (repeatable)
    #[arg(short = 'r', long, value_name = "PATTERN")]
    protect_tag: Vec<String>,
    /// File with more of these patterns, one a line
    #[arg(long, value_name = "FILE")]
    protect_tag_file: Option<PathBuf>,
    /// Tag of builds that are to go, which does not count
    #[arg(long, value_name = "TAG", default_value = "trashcan")]
    trashcan_tag: String,
    #[arg(long, hide = true)]
    debug: bool,
}

/// What is asked for, made ready.
struct Job<'a> {
    cx: &'a Cx,
    a: &'a Arguments,
    debug: bool,
    verbose: bool,
    cutoff: f64,
    ignored: Vec<glob::Pattern>,
    protected: Vec<glob::Pattern>,
}

/// Files and bytes.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    files: u64,
    bytes: u64,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_secs_f64();
    let debug = a.debug || cx.options.debug;
    let job = Job {
        cx,
        a: &a,
        debug,
        verbose: a.verbose || debug,
        cutoff: now - (a.days * 24 * 3600) as f64,
        ignored: patterns(&a.ignore_tag, a.ignore_tag_file.as_deref())?,
        protected: patterns(&a.protect_tag, a.protect_tag_file.as_deref())?,
    };
    job.debug(|| format!("Cutoff date: {}", ctime(job.cutoff)));
    let mut total = Sum::default();
    for build in job.builds().await? {
        if job.spares(&build).await? {
            continue;
        }
        let sum = job.prune(&build).await?;
        total.files += sum.files;
        total.bytes += sum.bytes;
        if sum.files > 0 && job.verbose {
            cx.out.line(format!(
                "Build: {}, Removed {} signed copies ({} bytes). Total: {}/{}",
                nvr(&build),
                sum.files,
                sum.bytes,
                total.files,
                total.bytes
            ));
        }
    }
    cx.out.line("--- Grand Totals ---");
    cx.out.line(format!("Files: {}", total.files));
    cx.out.line(format!("Bytes: {}", total.bytes));
    Ok(())
}

fn patterns(given: &[String], file: Option<&Path>) -> Result<Vec<glob::Pattern>> {
    let mut texts = given.to_vec();
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .map_err(|e| CommandError::new(format!("cannot read {}: {e}", file.display())))?;
        texts.extend(text.lines().map(|line| line.trim().to_owned()));
    }
    let bad = |text: &str, e: glob::PatternError| CommandError::new(format!("{text:?} is no pattern: {e}"));
    texts.iter().map(|text| glob::Pattern::new(text).map_err(|e| bad(text, e))).collect()
}

impl Job<'_> {
    fn debug(&self, line: impl FnOnce() -> String) {
        if self.debug {
            self.cx.out.line(line());
        }
    }

    /// The builds that are looked at, by NVR.
    async fn builds(&self) -> Result<Vec<Value>> {
        let hub = self.cx.hub();
        if let Some(name) = self.a.build.as_deref().filter(|b| !b.is_empty()) {
            let build = hub.call(m::GetBuild { buildInfo: name.into(), ..Default::default() }).await?;
            if !build.truthy() {
                return Err(CommandError::usage(format!("No such build: {name}")));
            }
            return Ok(vec![build]);
        }
        if self.verbose {
            self.cx.out.line("Getting builds...");
        }
        let package = match self.a.package.as_deref().filter(|p| !p.is_empty()) {
            None => Value::Nil,
            Some(name) => {
                let package = hub.call(m::GetPackage { info: name.into(), ..Default::default() }).await?;
                if !package.truthy() {
                    return Err(CommandError::new(format!("No such package: {name}")));
                }
                field(&package, "id")
            }
        };
        let mut builds = Vec::new();
        for offset in (0..).step_by(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
            let opts =
                [("limit", CHUNK.into()), ("offset", Value::Int(offset)), ("order", "build_id".into())];
            let opts = Struct::from_iter(opts.map(|(key, value)| (key.to_owned(), value)));
            let call = m::ListBuilds {
                state: BuildState::Complete.into(),
                packageID: package.clone(),
                queryOpts: opts.into(),
                ..Default::default()
            };
            let chunk = hub.call(call).await?;
            if items(&chunk).is_empty() {
                break;
            }
            builds.extend(items(&chunk).iter().map(|b| with(b, [("id", field(b, "build_id"))])));
        }
        if self.verbose {
            self.cx.out.line(format!("...got {} builds", builds.len()));
        }
        builds.sort_by(|x, y| text(x, "nvr").cmp(text(y, "nvr")));
        Ok(builds)
    }

    async fn history(&self, query: [(&str, Value); 2]) -> Result<Vec<Value>> {
        let kwargs = query.into_iter().filter(|(_, v)| !v.is_nil()).map(|(k, v)| (k.to_owned(), v)).collect();
        let answer = self.cx.hub().call(m::QueryHistory { kwargs, ..Default::default() }).await?;
        Ok(items(&field(&answer, "tag_listing")).to_vec())
    }

    /// Whether the build was the latest of its package somewhere since the cutoff, or is protected.
    async fn spares(&self, build: &Value) -> Result<bool> {
        let (nvr, id) = (nvr(build), build.int_at("id").unwrap_or_default());
        self.debug(|| format!("DEBUG: {nvr}"));
        let mut tags: Vec<String> = Vec::new();
        for row in self.history([("build", id.into()), ("tag", Value::Nil)]).await? {
            let tag = text(&row, "tag.name").to_owned();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        self.debug(|| format!("Tags: {}", koji_api::types::repr::repr(&tags.clone().into())));
        let mut last = None;
        for tag in &tags {
            if *tag == self.a.trashcan_tag {
                self.debug(|| format!("Ignoring trashcan tag for build {nvr}"));
                continue;
            }
            if self.ignored.iter().any(|p| p.matches(tag)) {
                self.debug(|| format!("Ignoring tag {tag} for build {nvr}"));
                continue;
            }
            let rows = self.history([("tag", tag.into()), ("package", field(build, "name"))]).await?;
            let protected = self.protected.iter().any(|p| p.matches(tag));
            let standing = standing(&rows, id, protected, self.cutoff, |line| self.debug(|| line))?;
            self.debug(|| described(&standing, &nvr, tag));
            let Some(end) = standing.end() else { return Ok(true) };
            let latest = last.map_or(end, |before: f64| before.max(end));
            last = Some(latest);
            if latest > self.cutoff {
                self.debug(|| format!("{nvr} was latest past the cutoff"));
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Deletes the signed copies of a build.
    async fn prune(&self, build: &Value) -> Result<Sum> {
        let call = m::ListRPMs { buildID: field(build, "id"), ..Default::default() };
        let rpms = self.cx.hub().call(call).await?;
        let sigs = signatures(self.cx, items(&rpms), None).await?;
        let mut keys: Vec<&str> = Vec::new();
        for (_, sig) in &sigs {
            if !keys.contains(&text(sig, "sigkey")) {
                keys.push(text(sig, "sigkey"));
            }
        }
        if keys.is_empty() {
            self.debug(|| "(build has no signatures)".to_owned());
        }
        let mut sum = Sum::default();
        for key in &keys {
            let mut dirs: Vec<PathBuf> = Vec::new();
            for (rpm, _) in sigs.iter().filter(|(_, sig)| text(sig, "sigkey") == *key) {
                let path = PathBuf::from(signed_path(&self.cx.paths(), build, rpm, key));
                let Some(bytes) = self.unlink(&path) else { continue };
                sum.files += 1;
                sum.bytes += bytes;
                if let Some(dir) = path.parent().filter(|dir| !dirs.iter().any(|d| d == dir)) {
                    dirs.push(dir.to_owned());
                }
            }
            self.remove_dirs(&dirs);
        }
        if sum.files == 0 && !keys.is_empty() {
            self.debug(|| "(build has no signed copies)".to_owned());
        }
        Ok(sum)
    }

    /// Deletes a copy; its size when it is gone (with --test: when it would be).
    fn unlink(&self, path: &Path) -> Option<u64> {
        let shown = path.display();
        let meta = std::fs::symlink_metadata(path).ok()?;
        if !meta.is_file() {
            self.cx.out.line(format!("Skipping {shown}. Not a regular file"));
            return None;
        }
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        if changed > self.cutoff {
            self.cx.out.line(format!("Skipping {shown}. File newer than cutoff"));
            return None;
        }
        if self.a.test {
            self.cx.out.line(format!("Would have unlinked: {shown}"));
            return Some(meta.len());
        }
        if self.verbose {
            self.cx.out.line(format!("Unlinking: {shown}"));
        }
        if let Err(e) = std::fs::remove_file(path) {
            self.cx.out.line(format!("Error removing {shown}: {e}"));
            self.cx.out.line(format!("This script needs write access to {}", self.cx.paths().top()));
            return None;
        }
        Some(meta.len())
    }

    /// Removes the directories of arches, then that of the key.
    fn remove_dirs(&self, arches: &[PathBuf]) {
        let key = arches.first().and_then(|dir| dir.parent());
        for dir in arches.iter().map(PathBuf::as_path).chain(key) {
            let shown = dir.display();
            if self.a.test {
                self.cx.out.line(format!("Would have removed dir: {shown}"));
                continue;
            }
            if self.verbose {
                self.cx.out.line(format!("Removing dir: {shown}"));
            }
            if let Err(e) = std::fs::remove_dir(dir) {
                self.cx.out.line(format!("Error removing {shown}: {e}"));
            }
        }
    }
}

fn described(standing: &Standing, nvr: &str, tag: &str) -> String {
    match standing {
        Standing::Latest { again: false } => format!("{nvr} is latest in tag {tag}"),
        Standing::Latest { again: true } => format!("{nvr} is latest (again) in tag {tag}"),
        Standing::Protected { until: None } => format!("Build {nvr} has protected tag {tag}"),
        Standing::Protected { until: Some(ts) } => {
            format!("Build {nvr} had protected tag {tag} until {}", ctime(*ts))
        }
        Standing::Past { untagged, replaced } => {
            let parts = [("revoked", untagged), ("replaced", replaced)];
            let parts: Vec<String> =
                parts.iter().filter_map(|(word, ts)| ts.map(|ts| format!("{word} {}", ctime(ts)))).collect();
            format!("tag {tag}: {nvr} not latest ({})", parts.join(", "))
        }
    }
}
