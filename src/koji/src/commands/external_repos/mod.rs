//! Commands on external repositories.

pub mod add_external_repo;
pub mod list_external_repos;
