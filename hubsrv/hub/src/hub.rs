//! What all requests of one hub process share.

use koji_api::paths::PathInfo;
use koji_db::Db;

/// The hub: settings, database, file store. Stateless between requests apart from caches keyed by event.
pub struct Hub {
    pub db: Db,
    pub paths: PathInfo,
}
