//! `host.*`: what build hosts call, in parts by what they concern.

use super::Entry;

pub(crate) mod buildroots;
mod builds;
mod maven_roots;
mod repos;
mod results;
mod tagging;
mod tasks;
mod typed;

pub const TABLES: &[&[Entry]] = &[
    buildroots::TABLE,
    builds::TABLE,
    maven_roots::TABLE,
    repos::TABLE,
    results::TABLE,
    tagging::TABLE,
    tasks::TABLE,
    typed::TABLE,
];
