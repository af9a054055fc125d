//! `createdistrepo`: one arch of a repository of signed packages.
//!
//! What is uploaded: the metadata, `kojipkgs` (the hub's rows of all rpms in it, by which the hub links the rpms into
//! place) and `repo_manifest` (the uploaded files). The rpms themselves stay where they are.

mod metadata;
mod multilib;
mod select;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_rpm::nevra::is_debuginfo;
use koji_rpm::{Package, arch as arches};
use koji_xmlrpc::{Struct, Value};

use self::metadata::{Entry, Metadata};
use self::select::Choice;
use super::repository::{InMaking, cache, compression, mark_empty, mounted};
use super::{Params, TaskMethod};
use crate::task::{TaskCx, TaskError};

pub struct CreateDistRepo;

impl TaskMethod for CreateDistRepo {
    const METHOD: &'static str = "createdistrepo";
    const WEIGHT: f64 = 1.5;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let arch = params.str("arch")?.to_owned();
        let repo = InMaking::of(cx, &params).await?;
        let top = PathBuf::from(cx.paths().dist_repo(repo.id, &repo.tag, None));
        mounted(&top)?;
        let opts = params.opts("opts")?;
        let job = Job { keys: keys(&params.value("keys"))?, tag: params.value("tag"), arch, opts, top };
        job.run(cx).await?;
        Ok(Value::Nil)
    }
}

fn keys(value: &Value) -> Result<Vec<String>, TaskError> {
    let keys = value.as_array().unwrap_or_default().iter();
    keys.map(|k| k.as_str().map(str::to_lowercase))
        .collect::<Option<_>>()
        .ok_or_else(|| TaskError::parameter("the argument keys must be a list of key ids"))
}

struct Job {
    tag: Value,
    arch: String,
    keys: Vec<String>,
    opts: Value,
    /// The repository's directory.
    top: PathBuf,
}

impl Job {
    async fn run(&self, cx: &TaskCx) -> Result<(), TaskError> {
        let deltas = self.delta_dirs(cx).await?;
        let mut packages = self.packages(cx).await?;
        if let (true, Some(narrow)) = (self.opts.truthy_at("multilib"), arches::multilib(&self.arch)) {
            self.add_multilib(cx, narrow, &mut packages).await?;
        }
        if self.opts.truthy_at("split_debuginfo") {
            for entry in packages.values_mut().filter(|e| is_debuginfo(e.text("name"))) {
                entry.sub = Some("debug");
            }
        }
        let metadata = Metadata {
            dir: cx.workdir.join("repo"),
            scratch: cx.workdir.join("scratch"),
            comps: Some(self.top.join("groups/comps.xml")).filter(|c| c.is_file()),
            cache: cache(&cx.settings)?,
            compression: compression(&cx.settings),
            deltas,
            zck: self.opts.truthy_at("zck"),
            dictionaries: self.opts.str_at("zck_dict_dir").filter(|d| !d.is_empty()).map(PathBuf::from),
            packages,
        };
        let dir = metadata.dir.clone();
        let written = tokio::task::spawn_blocking(move || metadata.write()).await??;
        tracing::info!(task = cx.id, packages = written, "wrote repository metadata");
        upload(cx, &dir).await
    }

    /// Directories of the packages that delta rpms are made against: createrepo_c looks into those it is given, not below.
    async fn delta_dirs(&self, cx: &TaskCx) -> Result<Vec<PathBuf>, TaskError> {
        let mut dirs = Vec::new();
        for id in self.opts.get("delta").and_then(Value::as_array).unwrap_or_default() {
            let old = cx.session.call(m::RepoInfo { repo_id: id.clone(), strict: true }).await?;
            if !old.truthy_at("dist") {
                // the others hold no rpms
                return Err(TaskError::generic("Base repo for deltas must also be a dist repo"));
            }
            let (id, tag) =
                (old.int_at("id").unwrap_or_default(), old.str_at("tag_name").unwrap_or_default());
            let dir = PathBuf::from(cx.paths().dist_repo(id, tag, None));
            if !dir.is_dir() {
                return Err(TaskError::generic(format!("Base drpm repo missing: {}", dir.display())));
            }
            let packages = std::fs::read_dir(dir.join(&self.arch).join("Packages"));
            dirs.extend(packages.into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_dir()));
        }
        Ok(dirs)
    }

    /// The rpms of the tag, each in the copy that is wanted, by file name.
    async fn packages(&self, cx: &TaskCx) -> Result<BTreeMap<String, Entry>, TaskError> {
        let option = |key: &str| self.opts.get(key).cloned().unwrap_or_default();
        let call = m::ListTaggedRPMS {
            tag: self.tag.clone(),
            event: option("event"),
            inherit: self.opts.truthy_at("inherit"),
            latest: option("latest"),
            arch: select::rpm_arches(&self.arch).into(),
            rpmsigs: true,
            ..Default::default()
        };
        let answer = cx.session.call(call).await?;
        let [rows, builds] = answer.as_array().unwrap_or_default() else {
            return Err(TaskError::generic("the hub answered no rpms and builds"));
        };
        let dirs = build_dirs(cx, builds.as_array().unwrap_or_default())?;
        let choices = select::choose(select::by_rpm(rows.as_array().unwrap_or_default()), &self.keys);
        if self.opts.truthy_at("write_signed_rpms") {
            write_signed(cx, &choices).await?;
        }
        self.report_unsigned(cx, &choices).await?;

        let mut packages = BTreeMap::new();
        let mut missing = Vec::new();
        let skip = self.opts.truthy_at("skip_missing_signatures");
        let choices = choices.into_iter().filter(|c| c.key.is_some() || !skip).collect();
        for (choice, sha256) in checksums(cx, choices).await? {
            let build = choice.rpm.row.get("build_id").and_then(Value::as_int).unwrap_or_default();
            let Some(dir) = dirs.get(&build) else {
                return Err(TaskError::generic(format!("the hub answered no build of {}", choice.nvra())));
            };
            let path = dir.join(choice.path());
            if path.is_file() {
                let entry = Entry::new(choice.entry(), path, choice.key, sha256);
                packages.insert(entry.file_name(), entry);
            } else {
                missing.push(path);
            }
        }
        if missing.is_empty() {
            return Ok(packages);
        }
        missing.sort();
        let list: String = missing.iter().map(|p| format!("{}\n", p.display())).collect();
        let text = format!(
            "Some rpm files were missing.\nMost likely, you want to create these signed copies (koji write-signed-rpm).\n\n\
             Missing files:\n{list}"
        );
        log(cx, "missing_files.log", &text).await?;
        Err(TaskError::generic("Packages missing from the filesystem. See missing_files.log."))
    }

    /// Says which rpms no wanted key has signed: an error unless they are allowed or left out.
    async fn report_unsigned(&self, cx: &TaskCx, choices: &[Choice]) -> Result<(), TaskError> {
        let mut lines: Vec<String> = choices
            .iter()
            .filter(|c| c.key.is_none())
            .map(|c| format!("{}: {:?}\n", c.nvra(), c.rpm.keys))
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        lines.sort();
        let skip = self.opts.truthy_at("skip_missing_signatures");
        let skipped = if skip { "They were left out (skip_missing_signatures).\n" } else { "" };
        let text = format!(
            "Some rpms were missing requested signatures.\n{skipped}Requested keys: {:?}\n\n\
             # RPM name: available keys\n{}",
            self.keys,
            lines.concat()
        );
        log(cx, "missing_signatures.log", &text).await?;
        if skip || self.opts.truthy_at("allow_missing_signatures") {
            return Ok(());
        }
        Err(TaskError::generic("Unsigned packages found. See missing_signatures.log"))
    }

    /// Adds the 32-bit packages that the rules name, and what they need, from the repository of the 32-bit arch.
    async fn add_multilib(
        &self,
        cx: &TaskCx,
        narrow: &str,
        packages: &mut BTreeMap<String, Entry>,
    ) -> Result<(), TaskError> {
        let config = format!("work/{}", self.opts.str_at("multilib").unwrap_or_default());
        let rules = multilib::Rules::parse(&std::fs::read_to_string(cx.hub_file(&config).await?)?);
        let dir = self.top.join(narrow);
        let text = std::fs::read_to_string(dir.join("kojipkgs"))?;
        let narrow_rows: BTreeMap<String, Value> = serde_json::from_str(&text)
            .map_err(|e| TaskError::generic(format!("kojipkgs of the {narrow} repository: {e}")))?;
        let paths: Vec<PathBuf> = packages.values().map(|e| e.path.clone()).collect();
        let (arch, scratch) = (self.arch.clone(), cx.workdir.join("multilib"));
        let (dir_, known) = (dir.clone(), narrow_rows.clone());
        let found =
            tokio::task::spawn_blocking(move || needed(&rules, &paths, &known, &dir_, &arch, &scratch))
                .await??;
        let names = match found {
            Needed::Files(names) => names,
            Needed::Missing(names) => {
                let text = format!("The following multilib files were missing:\n{}\n", names.join("\n"));
                log(cx, "missing_multilib.log", &text).await?;
                return Err(TaskError::generic("multilib packages missing. See missing_multilib.log"));
            }
        };
        for name in names {
            // noarch packages are in both
            if packages.contains_key(&name) {
                continue;
            }
            let row = narrow_rows.get(&name).and_then(Value::as_struct);
            let row =
                row.ok_or_else(|| TaskError::generic(format!("{name} is not in the {narrow} repository")))?;
            let path = dir.join("Packages").join(initial(&name)).join(&name);
            let key = row.get("sigkey").and_then(Value::as_str).filter(|k| !k.is_empty()).map(str::to_owned);
            packages.insert(name, Entry::new(row.clone(), path, key, None));
        }
        Ok(())
    }
}

enum Needed {
    Files(Vec<String>),
    /// 32-bit packages that the rules want and the repository does not have.
    Missing(Vec<String>),
}

fn needed(
    rules: &multilib::Rules,
    paths: &[PathBuf],
    narrow: &BTreeMap<String, Value>,
    dir: &Path,
    arch: &str,
    scratch: &Path,
) -> Result<Needed, TaskError> {
    let mut by_nvr: HashMap<(&str, &str, &str), &Value> = HashMap::new();
    for row in narrow.values().filter(|r| r.str_at("arch") != Some("noarch")) {
        let text = |key| row.str_at(key).unwrap_or_default();
        by_nvr.insert((text("name"), text("version"), text("release")), row);
    }
    let (mut wanted, mut missing) = (Vec::new(), Vec::new());
    for path in paths {
        let package = Package::open(path)?;
        if package.arch == "noarch" || !rules.select(&package) {
            continue;
        }
        let (name, version, release) = (&*package.name, &*package.version, &*package.release);
        match by_nvr.get(&(name, version, release)) {
            Some(row) => {
                let arch = row.str_at("arch").unwrap_or_default();
                let epoch = row.int_at("epoch").unwrap_or(0);
                wanted.push(format!("{name}-{epoch}:{version}-{release}.{arch}"));
            }
            None => missing.push(format!("{name}-{version}-{release}")),
        }
    }
    if !missing.is_empty() {
        return Ok(Needed::Missing(missing));
    }
    if wanted.is_empty() {
        return Ok(Needed::Files(Vec::new()));
    }
    multilib::closure(dir, arch, &wanted, scratch).map(Needed::Files).map_err(TaskError::generic)
}

/// Directories of builds by their id. Drafts have no place in what is given to others.
fn build_dirs(cx: &TaskCx, builds: &[Value]) -> Result<HashMap<i64, PathBuf>, TaskError> {
    let mut dirs = HashMap::new();
    for build in builds {
        let text = |key: &str| build.str_at(key).unwrap_or_default();
        if build.truthy_at("draft") {
            return Err(TaskError::build(format!("Draft build: {} is not allowed", text("nvr"))));
        }
        let dir = cx.paths().build(
            text("package_name"),
            text("version"),
            text("release"),
            build.str_at("volume_name"),
        );
        dirs.insert(build.int_at("id").unwrap_or_default(), PathBuf::from(dir));
    }
    Ok(dirs)
}

/// Calls in one request.
const BATCH: usize = 1000;

/// Has the hub write the signed copies that are missing.
async fn write_signed(cx: &TaskCx, choices: &[Choice]) -> Result<(), TaskError> {
    let signed: Vec<(i64, String, &str)> = choices
        .iter()
        .filter_map(|c| Some((c.rpm.id, c.nvra(), c.key.as_deref().filter(|k| !k.is_empty())?)))
        .collect();
    let mut calls = cx.session.multicall().batch(BATCH);
    for (id, _, key) in &signed {
        calls.add(m::HostWriteSignedRPM { an_rpm: (*id).into(), sigkey: (*key).into(), force: false });
    }
    let mut text = String::new();
    for ((_, nvra, key), answer) in signed.iter().zip(calls.run().await?) {
        text += &match answer {
            Ok(_) => format!("Signed RPM {nvra} is written with {key} key.\n"),
            Err(e) => {
                format!("FAILED: Signed RPM {nvra} is not written with {key} key, error: {}\n", e.message)
            }
        };
    }
    if text.is_empty() { Ok(()) } else { log(cx, "written_signed_rpms.log", &text).await }
}

/// What the hub knows of the signed copies' content.
async fn checksums(cx: &TaskCx, choices: Vec<Choice>) -> Result<Vec<(Choice, Option<String>)>, TaskError> {
    let mut calls = cx.session.multicall().batch(BATCH);
    for choice in &choices {
        calls.add(m::GetRPMChecksums {
            rpm_id: choice.rpm.id.into(),
            checksum_types: Value::Array(vec!["sha256".into()]),
            cacheonly: true,
        });
    }
    let answers = calls.run().await?;
    let sum = |choice: &Choice, answer: &Value| {
        answer.get(choice.key.as_deref()?)?.str_at("sha256").map(str::to_owned)
    };
    let pairs = choices.into_iter().zip(answers);
    // older hubs do not have the method
    Ok(pairs
        .map(|(choice, answer)| {
            let sum = answer.ok().and_then(|a| sum(&choice, &a));
            (choice, sum)
        })
        .collect())
}

/// The directory of a file in `Packages`.
fn initial(file: &str) -> String {
    file.chars().next().map(|c| c.to_lowercase().to_string()).unwrap_or_default()
}

async fn log(cx: &TaskCx, name: &str, text: &str) -> Result<(), TaskError> {
    let path = cx.workdir.join(name);
    std::fs::write(&path, text)?;
    super::upload(cx, &path, name).await
}

/// Uploads all files below the directory but links, and the list of them.
async fn upload(cx: &TaskCx, dir: &Path) -> Result<(), TaskError> {
    let files = metadata::files_below(dir)?;
    for file in &files {
        let (sub, name) = file.rsplit_once('/').unwrap_or(("", file));
        let remote = format!("{}/{sub}", cx.upload_dir());
        let remote = remote.trim_end_matches('/');
        cx.session.upload(dir.join(file), remote).name(name).overwrite(true).run().await?;
    }
    let manifest = serde_json::to_string_pretty(&files)
        .map_err(|e| TaskError::generic(format!("the list of files cannot be written: {e}")))?;
    log(cx, "repo_manifest", &manifest).await
}

/// A row of the hub's, for JSON.
fn json(rows: &BTreeMap<String, Struct>) -> Result<String, TaskError> {
    let rows: BTreeMap<&str, Value> = rows.iter().map(|(name, row)| (&**name, row.clone().into())).collect();
    serde_json::to_string(&rows).map_err(|e| TaskError::generic(format!("kojipkgs cannot be written: {e}")))
}
