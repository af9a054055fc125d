//! Sessions that were looked up before, as long as nothing that they depend on has changed.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use koji_db::changes::{Basis, Look};
use koji_db::sessions::{self, Found};
use koji_db::{Result, Tx};
use lru::LruCache;

/// Most sessions that are remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Sessions by their ids.
#[derive(Debug)]
pub struct KnownSessions {
    by_id: Mutex<LruCache<i64, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    found: Found,
    at: Instant,
    basis: Basis,
}

impl Default for KnownSessions {
    fn default() -> KnownSessions {
        KnownSessions { by_id: Mutex::new(LruCache::new(MOST)) }
    }
}

impl KnownSessions {
    /// The session `id` as it is at `look`, which was made before the transaction began.
    pub async fn find(&self, tx: &mut Tx, look: &Look, id: i64) -> Result<Option<Found>> {
        let known = self.by_id.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(Known { mut found, at, basis }) = known
            && look.holds(&basis)
        {
            let passed = at.elapsed().as_secs_f64();
            found.age += passed;
            found.idle += passed;
            return Ok(Some(found));
        }
        let at = Instant::now();
        let found = sessions::find(tx, id).await?;
        if let Some(found) = &found {
            let known = Known { found: found.clone(), at, basis: look.basis(sessions::tables()) };
            self.by_id.lock().unwrap_or_else(PoisonError::into_inner).put(id, known);
        }
        Ok(found)
    }
}
