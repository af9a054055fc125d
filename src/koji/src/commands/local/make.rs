//! Makes a root: decides where its packages come from, follows the plan, notes what it is of.

use koji_buildroot::{Buildroot, Choice, Engine, Lock, Packages, Plan, Site};
use koji_localbuild::{Got, Origin, Recorded, lock, plan};
use koji_xmlrpc::Value;

use super::logs::Follow;
use super::place::{self, Note, Place};
use super::steps;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// What roots are made by.
pub enum Basis {
    /// A buildroot or tag of the hub.
    Hub(Box<Hub>),
    /// A lock with its rpms.
    Lock(Box<(Lock, Vec<Got>)>),
}

pub struct Hub {
    pub origin: Origin,
    pub config: Value,
    /// What the server's buildroot held, where it is made again from that.
    pub recorded: Option<(Vec<Recorded>, Vec<Got>)>,
    pub url: String,
    pub site: Site,
    /// The host that the server's rpms name.
    pub host: Option<String>,
}

/// How to get the packages of a server's buildroot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// From the recorded list.
    Record,
    /// From the repository; from the record when the repository is gone.
    Repo,
}

impl Hub {
    /// Asks the hub for what is needed.
    pub async fn of(cx: &Cx, place: &Place, origin: Origin, by: By, offline: bool) -> Result<Hub> {
        let config = origin.config(cx.hub()).await?;
        let files = place::files(cx)?;
        let url = plan::repo_url(&origin, &files);
        let counter = place::counter(cx);
        let source = place::source(cx, place, offline, &counter)?;
        let alive = !origin.repo.deleted && source.has_repo(&url).await?;
        let mut recorded = None;
        match origin.buildroot {
            Some(id) if by == By::Record || !alive => {
                if !alive {
                    cx.out.warn(format!(
                        "the repository {} of {} is gone: its packages are fetched one by one, as the hub recorded them",
                        origin.repo.id, origin.tag
                    ));
                }
                let list = match Recorded::of(cx.hub(), id).await {
                    Ok(list) => Some(list),
                    // a task that failed before its packages were listed
                    Err(koji_localbuild::Error::NotThere(_)) if alive => None,
                    Err(e) => return Err(e.into()),
                };
                if let Some(list) = list {
                    let needs = source.recorded(cx.hub(), &origin, &list).await?;
                    let got = source.get(needs).await?;
                    recorded = Some((list, got));
                }
            }
            _ if !alive => {
                return Err(CommandError::new(format!(
                    "the repository of {} cannot be read at {url}",
                    origin.tag
                ))
                .with_remedy(format!(
                    "koji regen-repo {} makes a new one; koji doctor checks the URLs",
                    origin.tag
                )));
            }
            _ => {}
        }
        Ok(Hub { origin, config, recorded, url, site: Site::default(), host: None })
    }

    /// Takes over what only the builder's configuration says, as its rpms show it.
    pub async fn ask_builder(&mut self, cx: &Cx) -> Result {
        let Some(id) = self.origin.buildroot else { return Ok(()) };
        // a task that failed made no rpms; then the defaults stand
        if let Some((site, host)) = plan::builder_of(cx.hub(), id).await? {
            self.site = site;
            self.host = host;
        }
        Ok(())
    }

    pub fn plan(&self, group: &str, name: &str) -> Result<Plan> {
        let packages = match &self.recorded {
            Some((_, got)) => Packages::Exact(got.iter().map(Got::exact).collect()),
            None => Packages::Repo(vec![self.url.clone()]),
        };
        let mut plan = plan::plan(&self.origin, &self.config, packages, group, &self.site, name)?;
        plan.hostname.clone_from(&self.host);
        Ok(plan)
    }
}

impl Basis {
    pub fn plan(&self, group: &str, name: &str) -> Result<Plan> {
        match self {
            Basis::Hub(hub) => hub.plan(group, name),
            Basis::Lock(of) => Ok(lock::plan(&of.0, &of.1, name)?),
        }
    }

    /// The engine for it: exact lists are the native engine's.
    pub fn engine(&self, place: &Place, choice: Choice) -> Result<Engine> {
        let exact = match self {
            Basis::Hub(hub) => hub.recorded.is_some(),
            Basis::Lock(_) => true,
        };
        if exact && choice == Choice::Mock {
            return Err(CommandError::usage(
                "mock makes no roots of exact lists of packages: leave --engine away for this",
            ));
        }
        place.engine(if exact { Choice::Native } else { choice })
    }

    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Basis::Hub(hub) => Some(&hub.origin),
            Basis::Lock(_) => None,
        }
    }
}

/// Makes the root of a plan, its logs on the screen. What fails is explained.
pub async fn root(
    cx: &Cx,
    place: &Place,
    engine: &Engine,
    plan: &Plan,
    note: &Note,
    silent: bool,
) -> Result<Buildroot> {
    let root = engine.create(plan)?;
    place.write_note(&plan.name, note)?;
    let logs = root.result_dir().to_path_buf();
    let mut follow = Follow::new(cx, &logs, silent);
    let (root, outcome) = steps::step(root, &mut follow, Buildroot::init).await?;
    if outcome.succeeded() {
        return Ok(root);
    }
    steps::explain(cx, "cannot make the buildroot", &outcome, &logs);
    Err(CommandError::status(1))
}
