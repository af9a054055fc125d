//! Commands on buildroots.

pub mod list_buildroot;
pub mod mock_config;
