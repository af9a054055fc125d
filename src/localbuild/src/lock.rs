//! Locks of local roots, and the rpms of locks.

use koji_buildroot::{EngineKind, ExtraMap, Lock, LockExtra, LockedDigest, LockedRpm, Packages, Plan, Site};
use koji_rpm::arch::canonical;

use crate::check::check;
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::source::{Got, Need};

/// Makes the lock of a root whose rpms are all in the store.
pub fn lock(plan: &Plan, rpms: &[Got], kind: EngineKind, origin: serde_json::Value) -> Result<Lock> {
    let mut list = Vec::new();
    let mut digests = std::collections::BTreeMap::new();
    for rpm in rpms {
        let checked = check(&rpm.path)?;
        let p = &checked.package;
        let locked = LockedRpm {
            name: p.name.clone(),
            arch: p.arch.clone(),
            license: p.license.clone(),
            version: p.version.clone(),
            release: p.release.clone(),
            epoch: p.epoch.map(|e| e.to_string()),
            sigmd5: checked.ident.clone(),
            signature: checked.signature.clone(),
            url: rpm.need.urls.first().cloned().unwrap_or_default(),
        };
        digests.insert(locked.nevra(), LockedDigest { sha256: checked.sha256, size: checked.size });
        list.push(locked);
    }
    let mut plan = plan.clone();
    plan.packages = Packages::Exact(Vec::new());
    plan.setup_packages.clear();
    plan.managed = None;
    let machine = Machine::here();
    let engine = match kind {
        EngineKind::Mock => "mock".to_owned(),
        EngineKind::Native => format!("native {}", env!("CARGO_PKG_VERSION")),
    };
    let buildhost = plan
        .hostname
        .clone()
        .unwrap_or_else(|| rustix::system::uname().nodename().to_string_lossy().into_owned());
    plan.hostname = Some(buildhost.clone());
    let extra = LockExtra {
        format: LockExtra::FORMAT,
        digests,
        source_date_epoch: plan.environment.get("SOURCE_DATE_EPOCH").cloned(),
        plan,
        engine,
        kernel: machine.kernel,
        cpu: machine.cpu,
        buildhost,
        origin,
    };
    Ok(Lock::new(list, &extra)?)
}

/// The rpms that a lock wants.
pub fn needs(lock: &Lock) -> Result<Vec<Need>> {
    let extra = lock.extra()?;
    Ok(lock
        .buildroot
        .rpms
        .iter()
        .map(|rpm| Need {
            nevra: rpm.nevra(),
            ident: rpm.sigmd5.clone(),
            sha256: extra.as_ref().and_then(|e| e.digests.get(&rpm.nevra())).map(|d| d.sha256.clone()),
            urls: Some(rpm.url.clone()).filter(|u| !u.is_empty()).into_iter().collect(),
        })
        .collect())
}

/// The plan that replays a lock.
pub fn plan(lock: &Lock, rpms: &[Got], name: &str) -> Result<Plan> {
    let packages = Packages::Exact(rpms.iter().map(Got::exact).collect());
    let mut plan = match lock.extra()? {
        Some(extra) => extra.plan,
        None => by_mock(lock)?,
    };
    plan.name = name.into();
    plan.packages = packages;
    plan.check()?;
    Ok(plan)
}

/// Of mock's own lock: its arch and macros.
fn by_mock(lock: &Lock) -> Result<Plan> {
    let text = |key: &str| lock.config.get(key).and_then(serde_json::Value::as_str);
    let target = text("target_arch")
        .ok_or_else(|| Error::NotThere("the lock does not say for which target_arch it is".into()))?;
    let arch = canonical(target).to_owned();
    let none = Packages::Exact(Vec::new());
    let mut plan =
        Plan::for_tag("lock", &arch, none, koji_buildroot::BUILD_GROUP, &Site::default(), &ExtraMap::new())?;
    plan.target_arch = target.into();
    let macros = lock.config.get("macros").and_then(serde_json::Value::as_object);
    for (name, value) in macros.into_iter().flatten() {
        if let Some(value) = value.as_str() {
            plan.macros.insert(name.clone(), value.into());
        }
    }
    Ok(plan)
}
