//! Repos of signed packages for users: `repos-dist/TAG/ID`, perhaps on a volume of its own.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::Arc;

use koji_api::Fault;
use koji_api::methods::DistRepo;
use koji_api::paths::PathInfo;
use koji_api::types::{RepoState, refs, repr};
use koji_db::names::Table;
use koji_db::repos::{self as table, NewRepo, Repo};
use koji_db::rpms::{self, RpmKey};
use koji_db::tasks::{decode_request, unfinished_of};
use koji_db::{builds, events, tags, to_json};
use koji_rpm::arch::canonical;
use koji_xmlrpc::{Struct, Value};

use super::done::{Move, directory};
use super::init::pretty;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::hub::Hub;
use crate::lookup;
use crate::policy::{self, Question};
use crate::store::{self, Kind, RelPath, relative};
use crate::tasks;

/// Makes the repo with its directories: the arguments of the distRepo task that fills it. Other tasks for the tag are
/// canceled if the tag's setting `distrepo.cancel_others` says so.
pub async fn prepare(cx: &mut Cx, call: DistRepo) -> Outcome<Vec<Value>> {
    cx.session()?;
    if !cx.has_perm("dist-repo") && !cx.is_admin() {
        let data = Struct::from_iter([("tag".to_owned(), call.tag.clone())]);
        policy::require(cx, Question::new("dist_repo"), data).await?;
    }
    if call.keys.as_array().is_none() {
        return Err(refs::wrong_type(&call.keys, "list").into());
    }
    let tag = lookup::tag(&mut cx.tx, &call.tag).await?;
    let mut opts = call.task_opts;
    let event = match opts.get("event") {
        Some(event) if event.truthy() => {
            let id = refs::to_int(event)?;
            events::get(&mut cx.tx, id).await?.map(|_| id).ok_or_else(tasks::no_rows)?
        }
        _ => cx.tx.event().await?,
    };
    let volume = match opts.get("volume") {
        Some(volume) if !volume.is_nil() => {
            Some(lookup::named_strict(&mut cx.tx, Table::Volume, volume).await?.name)
        }
        _ => None,
    };
    let arches = match opts.get("arch") {
        Some(Value::Array(arches)) => arches.iter().map(refs::to_str).collect::<Result<Vec<_>, Fault>>()?,
        _ => return Err(Fault::internal("distRepo needs a list of arches: arch").into()),
    };
    let arches: BTreeSet<String> = arches.into_iter().map(|a| canonical(a).to_owned()).collect();
    let comps =
        opts.get("comps").filter(|c| c.truthy()).map(|c| refs::to_str(c).map(str::to_owned)).transpose()?;

    let repo = NewRepo {
        tag: tag.id,
        event,
        begin_event: None,
        end_event: None,
        dist: true,
        task: None,
        opts: None,
    };
    let id = table::insert(&mut cx.tx, &repo).await?;
    let json = serde_json::json!({
        "id": id,
        "tag": tag.name,
        "tag_id": tag.id,
        "keys": to_json(&call.keys),
        "volume": volume,
        "task_opts": to_json(&Value::Struct(opts.clone())),
    });
    let layout = Layout { tag: tag.name.clone(), id, volume, arches, comps, json: pretty(&json) };
    let hub = Arc::clone(&cx.hub);
    blocking(move || layout.make(&hub)).await?;

    opts.insert("event".into(), event.into());
    if setting(cx, tag.id, "distrepo.cancel_others").await? {
        for task in unfinished_of(&mut cx.tx, "distRepo").await? {
            if decode_request(&task.request)?.first() == Some(&call.tag) {
                tasks::cancel(cx, task.id, true).await?;
            }
        }
    }
    Ok(vec![call.tag, id.into(), call.keys, Value::Struct(opts)])
}

/// Whether a setting of a tag, its own or inherited, is on.
async fn setting(cx: &mut Cx, tag: i64, key: &str) -> Outcome<bool> {
    let mut line = vec![tag];
    let order = koji_db::inheritance::order(&mut cx.tx, tag, None).await?;
    line.extend(order.into_iter().filter(|s| !s.link.noconfig).map(|s| s.link.parent_id));
    let all = tags::extra_of(&mut cx.tx, line.clone(), None).await?;
    let of = |id: &i64| all.iter().find(|(tag, extra)| tag == id && extra.key == key);
    Ok(line.iter().find_map(of).is_some_and(|(_, extra)| extra.value.as_ref().is_some_and(Value::truthy)))
}

/// The directories of a new repo.
struct Layout {
    tag: String,
    id: i64,
    volume: Option<String>,
    arches: BTreeSet<String>,
    /// An uploaded comps file, below `work`.
    comps: Option<String>,
    json: String,
}

impl Layout {
    fn make(&self, hub: &Hub) -> Outcome<()> {
        let impossible = || Fault::generic(format!("tag {} has a name that no directory can have", self.tag));
        let place = RelPath::parse(&format!("repos-dist/{}/{}", self.tag, self.id)).ok_or_else(impossible)?;
        let top = store::volume(hub, None)?;
        let dir = store::volume(hub, self.volume.as_deref())?.make_dirs(&place)?;
        for arch in self.arches.iter().filter_map(|a| RelPath::file_name(a)) {
            dir.make_dirs(&arch)?;
        }
        if let Some(volume) = self.volume.as_deref().filter(|v| *v != "DEFAULT") {
            let parent = place.parent().ok_or_else(impossible)?;
            let there = RelPath::parse(&format!("vol/{volume}/{place}")).ok_or_else(impossible)?;
            top.make_dirs(&parent)?.link_over(place.name(), &relative(&place, &there))?;
        }
        if let Some(comps) = &self.comps {
            let missing = || Fault::generic(format!("comps file {comps} has not been uploaded"));
            let from = RelPath::parse(&format!("work/{comps}")).ok_or_else(missing)?;
            let mut text = Vec::new();
            match top.read(&from) {
                Ok(file) => file.take(MAX_FILE).read_to_end(&mut text)?,
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(missing().into()),
                Err(e) => return Err(e.into()),
            };
            dir.make_dirs(&RelPath::literal("groups"))?.put("comps.xml".as_ref(), &text)?;
        }
        Ok(dir.put("repo.json".as_ref(), self.json.as_bytes())?)
    }
}

/// Files that are read whole.
const MAX_FILE: u64 = 256 << 20;

/// An rpm of the repo, by the name it gets there.
struct Package {
    name: String,
    /// Below the top directory.
    from: RelPath,
}

/// Takes one arch of a repo in: its uploaded metadata (listed in `repo_manifest`) and links to its rpms (listed in
/// `kojipkgs`).
pub async fn take_in(cx: &mut Cx, repo: &Repo, upload: &str, arch: &str) -> Outcome<()> {
    let name = canonical(arch).to_owned();
    let arch = RelPath::file_name(&name).ok_or_else(|| Fault::generic(format!("no arch: {name}")))?;
    let dir = directory(repo)?;
    let hub = Arc::clone(&cx.hub);
    let upload = RelPath::parse(&format!("work/{upload}"))
        .ok_or_else(|| Fault::generic(format!("no upload path: {upload}")))?;
    let state = repo.state();
    let read = {
        let (hub, upload, dir, arch) = (Arc::clone(&hub), upload.clone(), dir.clone(), arch.clone());
        blocking(move || Upload { hub: &hub, upload: &upload }.all(&dir, &arch, state)).await?
    };
    let mut packages = Vec::new();
    for (name, entry) in &read.packages {
        packages.push(package(cx, name, entry).await?);
    }
    blocking(move || {
        read.moves.iter().try_for_each(|m| m.run(&hub))?;
        packages.iter().try_for_each(|p| link(&hub, &read.place, p))
    })
    .await
}

/// What was uploaded.
struct Uploaded {
    /// The arch's directory.
    place: RelPath,
    moves: Vec<Move>,
    packages: Vec<(String, Value)>,
}

/// Where it was uploaded.
struct Upload<'a> {
    hub: &'a Hub,
    upload: &'a RelPath,
}

impl Upload<'_> {
    fn all(&self, dir: &RelPath, arch: &RelPath, state: Option<RepoState>) -> Outcome<Uploaded> {
        let place = self.on_its_volume(dir)?.join(arch);
        let top = store::volume(self.hub, None)?;
        if top.entry(&place)?.is_none_or(|e| e.kind != Kind::Dir) {
            let why = format!("Repo arch directory missing: {}/{}", self.hub.paths.top(), dir.join(arch));
            return Err(Fault::generic(why).into());
        }
        if state != Some(RepoState::Init) {
            let state = state.map_or("unknown", RepoState::name);
            return Err(Fault::generic(format!("Repo is in state: {state}")).into());
        }
        let manifest = self.json("repo_manifest", "Missing repo manifest")?;
        let packages = self.json("kojipkgs", "Missing kojipkgs file")?;
        let mut moves = Vec::new();
        for file in manifest.as_array().unwrap_or_default() {
            let text = refs::to_str(file)?;
            let missing = || {
                Fault::generic(format!(
                    "uploaded file missing: {}/{}/{text}",
                    self.hub.paths.top(),
                    self.upload
                ))
            };
            let file = RelPath::parse(text).ok_or_else(missing)?;
            let from = self.upload.join(&file);
            top.entry(&from)?.ok_or_else(missing)?;
            moves.push(Move { from, to: place.join(&file) });
        }
        let Value::Struct(packages) = packages else {
            return Err(Fault::generic("the kojipkgs file is no JSON object").into());
        };
        Ok(Uploaded { place, moves, packages: packages.into_iter().collect() })
    }

    /// The repo's directory, or where its link leads: to the same path on another volume.
    fn on_its_volume(&self, dir: &RelPath) -> Outcome<RelPath> {
        let top = store::volume(self.hub, None)?;
        if top.entry(dir)?.is_none_or(|e| e.kind != Kind::Link) {
            return Ok(dir.clone());
        }
        let parent = dir.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let target = top.sub(&parent)?.link_target(dir.name())?.unwrap_or_default();
        let target = RelPath::parse(&format!("{parent}/{target}"));
        Ok(target.ok_or_else(|| Fault::generic(format!("the link {dir} leads out of the file store")))?)
    }

    fn json(&self, name: &'static str, missing: &str) -> Outcome<Value> {
        let file = match store::volume(self.hub, None)?.read(&self.upload.join(&RelPath::literal(name))) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Fault::generic(missing).into()),
            Err(e) => return Err(e.into()),
        };
        let mut text = String::new();
        file.take(MAX_FILE).read_to_string(&mut text)?;
        let json = serde_json::from_str(&text)
            .map_err(|e| Fault::generic(format!("the uploaded {name} is no JSON: {e}")))?;
        Ok(koji_db::json(json))
    }
}

/// The rpm that an entry of `kojipkgs` means: it has to be what the hub knows.
async fn package(cx: &mut Cx, name: &str, entry: &Value) -> Outcome<Package> {
    let id =
        entry.int_at("id").ok_or_else(|| Fault::generic(format!("kojipkgs entry without id: {name}")))?;
    let known = rpms::find(&mut cx.tx, RpmKey::Id(id)).await?.pop();
    let known = known.ok_or_else(|| Fault::generic(format!("No such rpm: {id}")))?;
    for key in ["name", "version", "release", "arch", "epoch", "size", "payloadhash", "build_id"] {
        if entry.get(key) != known.get(key) {
            let why = format!("kojipkgs entry does not match db: file {name}, key {key}");
            return Err(Fault::generic(why).into());
        }
    }
    let build = known.get("build_id").and_then(Value::as_int).unwrap_or_default();
    let build = builds::get(&mut cx.tx, build).await?.ok_or_else(tasks::no_rows)?;
    let text = |row: &Struct, key: &str| row.get(key).map(repr::text).unwrap_or_default();
    let volume = text(&build, "volume_name");
    let (version, release) = (text(&build, "version"), text(&build, "release"));
    let dir = PathInfo::new(".").build(&text(&build, "package_name"), &version, &release, Some(&volume));
    let (rpm, version, release) = (text(&known, "name"), text(&known, "version"), text(&known, "release"));
    let (nvr, arch) = ((rpm.as_str(), version.as_str(), release.as_str()), text(&known, "arch"));
    let file = match entry.str_at("sigkey") {
        None | Some("") => PathInfo::rpm(nvr, &arch),
        Some(key) => PathInfo::signed(nvr, &arch, key),
    };
    let from = RelPath::parse(&format!("{dir}/{file}"));
    Ok(Package {
        name: name.to_owned(),
        from: from.ok_or_else(|| Fault::generic(format!("no possible path for {name}")))?,
    })
}

fn link(hub: &Hub, place: &RelPath, package: &Package) -> Outcome<()> {
    let letter = package.name.chars().next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    let dir = RelPath::parse(&format!("{place}/Packages/{letter}"));
    let (Some(dir), Some(name)) = (dir, RelPath::file_name(&package.name)) else {
        return Err(Fault::generic(format!("no possible file name: {}", package.name)).into());
    };
    let top = store::volume(hub, None)?;
    let mut rpm = top.read(&package.from)?;
    match top.make_dirs(&dir)?.adopt(&mut rpm, name.name()) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            Err(Fault::generic(format!("File already in repo: {}/{dir}/{name}", hub.paths.top())).into())
        }
        other => Ok(other?),
    }
}
