//! What the end-to-end tests share: a whole build system in a temporary directory, made of the built programs.
//!
//! What it is not: it uses none of the workspace's crates, so that nothing is tested against itself. It talks to
//! the hub through the `koji` program (and upstream's), as a user would.
//!
//! Where to start: [`System::start`], then [`System::koji`] for commands and [`System::call`] for API calls;
//! [`Package`] and [`GitServer`] for things to build. When a test fails, the ends of all logs are printed and the
//! directory is kept.

pub mod bench;
mod cache;
mod command;
mod daemon;
mod distro;
mod git;
mod gpg;
mod kdc;
mod mail;
mod package;
mod programs;
pub mod rpms;
mod scenarios;
mod system;
mod terminal;
mod upstream;
mod wait;

pub use cache::cache_dir;
pub use command::{Run, command};
pub use daemon::{Daemon, signal};
pub use distro::Distro;
pub use git::{GitServer, free_port};
pub use gpg::Key;
pub use kdc::{Kdc, OTHER_REALM, REALM};
pub use mail::{Mail, MailServer};
pub use package::Package;
pub use programs::program;
pub use scenarios::{Scenario, run_scenarios};
pub use system::{ADMIN, BUILD_TAG, BUILDER, DEST_TAG, Options, System, TARGET};
pub use terminal::{Settings, Terminal};
pub use upstream::Upstream;
pub use wait::{wait_for, wait_until};
