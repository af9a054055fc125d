//! Commands on external repositories.

pub mod add_external_repo;
pub mod edit_external_repo;
pub mod list_external_repos;
pub mod remove_external_repo;
