//! `host.*`: what build hosts call, in parts by what they concern.

use super::Entry;

mod buildroots;
mod builds;
mod repos;
mod tagging;
mod tasks;
mod typed;

pub const TABLES: &[&[Entry]] =
    &[buildroots::TABLE, builds::TABLE, repos::TABLE, tagging::TABLE, tasks::TABLE, typed::TABLE];
