//! Storage volumes: table `volume`.

use crate::names::Named;
use crate::{Result, Tx, args};

/// The volume that is the top directory itself.
pub const DEFAULT: (i64, &str) = (0, "DEFAULT");

/// All volumes, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Named>> {
    tx.rows_as("SELECT id::bigint, name FROM volume ORDER BY id", args![]).await
}

/// Whether any build is on the volume.
pub async fn is_used(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.maybe_int("SELECT 1 FROM build WHERE volume_id = $1 LIMIT 1", args![id]).await?.is_some())
}

pub async fn remove(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("DELETE FROM volume WHERE id = $1", args![id]).await.map(drop)
}
