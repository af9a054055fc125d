//! Adding rpms.

use crate::{DbError, Result, Tx, args};

/// An rpm of a build, to be added.
#[derive(Debug, Clone)]
pub struct NewRpm {
    pub build_id: i64,
    pub buildroot_id: Option<i64>,
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub arch: String,
    pub draft: bool,
    /// MD5 of the signature header, in hex.
    pub payloadhash: String,
    /// Of the file, in bytes.
    pub size: i64,
    /// Seconds since 1970.
    pub buildtime: i64,
    pub metadata_only: bool,
    /// JSON.
    pub extra: Option<String>,
}

/// The hub has an rpm of that name, version, release and architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NvraTaken;

/// Adds an rpm; its id.
pub async fn insert(tx: &mut Tx, rpm: &NewRpm) -> Result<std::result::Result<i64, NvraTaken>> {
    let added = tx
        .maybe_int(
            "INSERT INTO rpminfo (build_id, buildroot_id, name, version, release, epoch, arch, draft, external_repo_id, \
               payloadhash, size, buildtime, metadata_only, extra) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13) \
             ON CONFLICT DO NOTHING RETURNING id",
            args![
                rpm.build_id,
                rpm.buildroot_id,
                &rpm.name,
                &rpm.version,
                &rpm.release,
                rpm.epoch,
                &rpm.arch,
                rpm.draft,
                &rpm.payloadhash,
                rpm.size,
                rpm.buildtime,
                rpm.metadata_only,
                rpm.extra.clone()
            ],
        )
        .await?;
    Ok(added.ok_or(NvraTaken))
}

/// An rpm of an external repo, as a builder reports it.
#[derive(Debug, Clone)]
pub struct External {
    pub external_repo_id: i64,
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub arch: String,
    pub payloadhash: String,
    pub size: i64,
    pub buildtime: i64,
}

/// The same external rpm was seen before with another hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalConflict {
    /// Position in the list that was to be added.
    pub index: usize,
    pub previous_hash: String,
}

/// Whether an external rpm of that name, version, release and architecture is known, whatever its hash.
pub async fn has_external(tx: &mut Tx, rpm: &External) -> Result<bool> {
    let row = tx
        .row(
            "SELECT 1 FROM rpminfo WHERE external_repo_id = $1 AND name = $2 AND version = $3 AND release = $4 AND arch = $5",
            args![rpm.external_repo_id, &rpm.name, &rpm.version, &rpm.release, &rpm.arch],
        )
        .await?;
    Ok(row.is_some())
}

/// Adds the rpms that are not known yet; the ids of all, in the order given. One statement for all of them, in the order of
/// their names: two builders that report the same packages at once do not deadlock.
pub async fn add_external(
    tx: &mut Tx,
    rpms: &[External],
) -> Result<std::result::Result<Vec<i64>, ExternalConflict>> {
    let texts = |of: fn(&External) -> &String| rpms.iter().map(|r| of(r).clone()).collect::<Vec<String>>();
    let ints = |of: fn(&External) -> i64| rpms.iter().map(of).collect::<Vec<i64>>();
    // an absent epoch travels as -1, which no package has
    let columns = args![
        ints(|r| r.external_repo_id),
        texts(|r| &r.name),
        texts(|r| &r.version),
        texts(|r| &r.release),
        texts(|r| &r.arch),
    ];
    let mut inserted = columns.clone();
    inserted.extend(args![
        ints(|r| r.epoch.unwrap_or(-1)),
        texts(|r| &r.payloadhash),
        ints(|r| r.size),
        ints(|r| r.buildtime),
    ]);
    tx.execute(
        "INSERT INTO rpminfo (build_id, buildroot_id, draft, external_repo_id, name, version, release, arch, epoch, \
           payloadhash, size, buildtime) \
         SELECT DISTINCT NULL::int, NULL::int, NULL::boolean, given.repo, given.name, given.version, given.release, \
           given.arch, nullif(given.epoch, -1), given.payloadhash, given.size, given.buildtime \
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], \
           $9::bigint[]) AS given (repo, name, version, release, arch, epoch, payloadhash, size, buildtime) \
         ORDER BY 4, 5, 6, 7, 8 ON CONFLICT DO NOTHING",
        inserted,
    )
    .await?;
    let found: Vec<(i64, String)> = tx
        .rows_as(
            "SELECT rpminfo.id::bigint, rpminfo.payloadhash \
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY \
               AS given (repo, name, version, release, arch, position) \
             JOIN rpminfo ON rpminfo.external_repo_id = given.repo AND rpminfo.name = given.name \
               AND rpminfo.version = given.version AND rpminfo.release = given.release AND rpminfo.arch = given.arch \
             ORDER BY given.position",
            columns,
        )
        .await?;
    if found.len() != rpms.len() {
        return Err(DbError::Other("an external rpm that was just added is not there".into()));
    }
    for (index, (rpm, (_, hash))) in rpms.iter().zip(&found).enumerate() {
        if rpm.payloadhash != *hash {
            return Ok(Err(ExternalConflict { index, previous_hash: hash.clone() }));
        }
    }
    Ok(Ok(found.into_iter().map(|(id, _)| id).collect()))
}
