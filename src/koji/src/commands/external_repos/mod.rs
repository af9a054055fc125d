//! Commands on external repositories.

pub mod add_external_repo;
