//! Signatures of rpms (`rpmsigs`) and checksums of their signed copies (`rpm_checksum`).

use koji_api::types::ChecksumType;

use crate::{OptsError, Query, QueryOpts, Result, Tx, args};

/// Stored signatures: `rpm_id`, `sigkey` (empty for an unsigned header), `sighash`.
pub fn list(
    rpm: Option<i64>,
    sigkey: Option<String>,
    opts: &QueryOpts,
) -> std::result::Result<Query, OptsError> {
    Query::from("rpmsigs")
        .columns(&[("rpm_id", "rpm_id"), ("sigkey", "sigkey"), ("sighash", "sighash")])
        .filter_opt("rpm_id = {}", rpm)
        .filter_opt("sigkey = {}", sigkey)
        .options(opts)
}

/// A stored signature header.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Signature {
    /// The last 8 hex digits of the key's id; empty for an unsigned header.
    pub sigkey: String,
    /// MD5 of the header, in hex.
    pub sighash: String,
}

/// The signatures of an rpm.
pub async fn of_rpm(tx: &mut Tx, rpm: i64) -> Result<Vec<Signature>> {
    tx.rows_as("SELECT sigkey, sighash FROM rpmsigs WHERE rpm_id = $1 ORDER BY sigkey", args![rpm]).await
}

/// Adds a signature; false when the rpm has one of that key.
pub async fn add(tx: &mut Tx, rpm: i64, sigkey: &str, sighash: &str) -> Result<bool> {
    let added = tx
        .execute(
            "INSERT INTO rpmsigs (rpm_id, sigkey, sighash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            args![rpm, sigkey, sighash],
        )
        .await?;
    Ok(added == 1)
}

/// Forgets signatures by the given keys, and the checksums of those signed copies.
pub async fn delete(tx: &mut Tx, rpm: i64, sigkeys: Vec<String>) -> Result<()> {
    for sql in [
        "DELETE FROM rpmsigs WHERE rpm_id = $1 AND sigkey = ANY($2)",
        "DELETE FROM rpm_checksum WHERE rpm_id = $1 AND sigkey = ANY($2)",
    ] {
        tx.execute(sql, args![rpm, sigkeys.clone()]).await?;
    }
    Ok(())
}

/// A checksum of the copy that is signed with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    pub sigkey: String,
    pub kind: ChecksumType,
    /// In hex.
    pub checksum: String,
}

/// The stored checksums of an rpm's copies.
pub async fn checksums(tx: &mut Tx, rpm: i64) -> Result<Vec<Checksum>> {
    let rows: Vec<(String, i16, String)> = tx
        .rows_as(
            "SELECT sigkey, checksum_type, checksum FROM rpm_checksum WHERE rpm_id = $1 ORDER BY sigkey, checksum_type DESC",
            args![rpm],
        )
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(sigkey, kind, checksum)| {
            Some(Checksum { sigkey, kind: ChecksumType::from_code(kind.into())?, checksum })
        })
        .collect())
}

/// Stores or replaces a checksum.
pub async fn put_checksum(tx: &mut Tx, rpm: i64, sum: &Checksum) -> Result<()> {
    tx.execute(
        "INSERT INTO rpm_checksum (rpm_id, sigkey, checksum, checksum_type) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (rpm_id, sigkey, checksum_type) DO UPDATE SET checksum = EXCLUDED.checksum",
        args![rpm, &sum.sigkey, &sum.checksum, sum.kind.code()],
    )
    .await
    .map(drop)
}
