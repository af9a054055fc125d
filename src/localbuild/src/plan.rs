//! From a buildroot of the server to the plan of a local one.

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_buildroot::{ExtraMap, Network, Packages, Plan, Site};
use koji_client::Session;
use koji_xmlrpc::Value;

use crate::error::Result;
use crate::origin::Origin;

/// What a user may change about a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// rpm macros: name and value.
    pub define: Vec<(String, String)>,
    /// Conditions switched on and off.
    pub with: Vec<String>,
    pub without: Vec<String>,
    /// Skip %check.
    pub nocheck: bool,
}

impl Changes {
    /// As macros, so that they hold for every step and are part of the plan.
    pub fn apply(&self, plan: &mut Plan) {
        for name in &self.with {
            plan.macros.insert(format!("%_with_{name}"), format!("--with-{name}"));
        }
        for name in &self.without {
            plan.macros.insert(format!("%_without_{name}"), format!("--without-{name}"));
        }
        for (name, value) in &self.define {
            plan.macros.insert(format!("%{}", name.trim_start_matches('%')), value.clone());
        }
        if self.nocheck {
            // every script of %check starts with this
            plan.macros.insert("%__spec_check_pre".into(), "exit 0".into());
        }
    }
}

/// URL of the repository of a buildroot.
pub fn repo_url(origin: &Origin, files: &PathInfo) -> String {
    let repo = &origin.repo;
    let dir =
        if repo.dist { files.dist_repo(repo.id, &repo.tag, None) } else { files.repo(repo.id, &repo.tag) };
    let dir = if dir.starts_with('/') { format!("file://{dir}") } else { dir };
    format!("{dir}/{}", origin.arch)
}

/// The plan: what a builder makes of the tag's configuration.
pub fn plan(
    origin: &Origin,
    config: &Value,
    packages: Packages,
    group: &str,
    site: &Site,
    name: &str,
) -> Result<Plan> {
    let extra: ExtraMap = match config.get("extra").map(serde_json::to_value) {
        Some(Ok(serde_json::Value::Object(map))) => map.into_iter().collect(),
        _ => ExtraMap::new(),
    };
    let mut plan = Plan::for_tag(name, &origin.arch, packages, group, site, &extra)?;
    // as for builders: only the command that fetches sources reaches the network
    plan.network =
        if group == koji_buildroot::SRPM_BUILD_GROUP { Network::SourceCommand } else { Network::None };
    Ok(plan)
}

/// What a builder's own settings are, as far as its rpms tell: vendor, packager, distribution, and its host name.
///
/// Nothing where the buildroot made no rpms.
pub async fn builder_of(session: &Session, buildroot: i64) -> Result<Option<(Site, Option<String>)>> {
    let rpms = session.call(m::ListRPMs { buildrootID: buildroot.into(), ..Default::default() }).await?;
    let Some(rpm) = rpms.as_array().and_then(|r| r.first()).and_then(|r| r.int_at("id")) else {
        return Ok(None);
    };
    let names: Vec<Value> = ["VENDOR", "PACKAGER", "DISTRIBUTION", "BUILDHOST"].map(Value::from).into();
    let call = m::GetRPMHeaders { rpmID: rpm.into(), headers: names.into(), ..Default::default() };
    let headers = session.call(call).await?;
    let text = |name: &str| headers.str_at(name).filter(|t| !t.is_empty()).map(str::to_owned);
    let mut site = Site::default();
    for (name, slot) in [
        ("VENDOR", &mut site.vendor),
        ("PACKAGER", &mut site.packager),
        ("DISTRIBUTION", &mut site.distribution),
    ] {
        if let Some(value) = text(name) {
            *slot = value;
        }
    }
    Ok(Some((site, text("BUILDHOST"))))
}
