//! The settings of every program: where they are read from, what they are called, what they default to.
//!
//! What it is not: it opens no connection and starts nothing. It is the only crate that looks at the
//! environment and at `$HOME` ([`environment`]); everything else receives typed values.
//!
//! Where to start: each program's options are declared once, in [`client`], [`hub`], [`kojid`] and [`kojira`],
//! with [`declare`]'s `settings!`; the sample files in `config/` are generated from the same declarations
//! ([`sample`]). The file format is Python's configparser ([`ini`]), because that is what existing
//! installations were written for.

mod cert;
pub mod client;
pub mod declare;
pub mod environment;
mod error;
pub mod files;
pub mod hub;
pub mod ini;
pub mod kojid;
pub mod kojira;
mod limit;
mod loading;
pub mod logging;
mod network;
pub mod sample;
pub mod value;

pub use client::{ClientConfig, ClientSources};
pub use error::{ConfigError, Warning};
pub use hub::{HubConfig, PolicyText};
pub use kojid::KojidConfig;
pub use kojira::KojiraConfig;
pub use limit::Limit;
pub use network::{Network, Networks};
pub use value::OptionValue;
