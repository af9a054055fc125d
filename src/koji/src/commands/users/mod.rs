//! Commands on users and their permissions.

pub mod add_user;
pub mod grant_permission;
