//! Buildroots: fresh roots of an RPM distribution in which packages are built, on a builder and on a laptop alike.
//!
//! What it is: a [`Plan`] (where packages come from, group, macros, user, isolation, limits) is followed by an
//! [`Engine`] (mock where it is installed, else dnf and Linux namespaces); a [`Buildroot`] then makes source rpms, rpms or
//! runs commands, writes the logs mock writes and hands back an [`Outcome`] whose [`Verdict`] names the log that matters.
//!
//! What it is not: it knows no hub, no tasks and no tags; it prints nothing and reads no configuration.
//!
//! Where to start: [`Plan::for_tag`], [`Engine::new`], [`Engine::create`], [`Buildroot::rebuild`]. Programs that use the
//! native engine call [`helper_main`] first thing in `main` when their first argument is [`HELPER_WORD`].

mod engine;
mod error;
mod files;
mod helper;
mod lock;
mod logs;
mod mock_config;
mod outcome;
mod plan;
mod terminal;
mod verdict;

pub use engine::mock::MockSettings;
pub use engine::{
    Buildroot, CacheLimits, Choice, Command, Engine, EngineKind, GcReport, Settings, SrpmRequest,
};
pub use error::{Error, Result};
pub use helper::{HELPER_WORD, helper_main};
pub use lock::{Lock, LockExtra, LockedDigest, LockedRoot, LockedRpm};
pub use outcome::{InstalledPackage, Outcome, Phase, ResultFile};
pub use plan::{
    BUILD_GROUP, Bind, BuildUser, ExactRpm, ExtraError, ExtraMap, Limits, Managed, MockExtra, Network,
    Packages, Plan, SRPM_BUILD_GROUP, SignPlugin, Site,
};
pub use terminal::Terminal;
pub use verdict::{Kind, Verdict};
