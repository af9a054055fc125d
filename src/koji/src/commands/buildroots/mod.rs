//! Commands on buildroots.

pub mod mock_config;
