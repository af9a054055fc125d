//! Types of archives (`archivetypes`) and of builds (`btype`).

use koji_xmlrpc::Struct;

use crate::{OptsError, Query, QueryOpts, Result, Tx, args};

/// Every archive type, by id.
pub fn all_types() -> Query {
    Query::from("archivetypes")
        .columns(&[
            ("id", "id"),
            ("name", "name"),
            ("description", "description"),
            ("extensions", "extensions"),
            ("compression_type", "compression_type"),
        ])
        .order_by("id")
}

pub async fn type_by_id(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.select_one(&all_types().filter("id = {}", id)).await
}

pub async fn type_by_name(tx: &mut Tx, name: &str) -> Result<Option<Struct>> {
    tx.select_one(&all_types().filter("name = {}", name)).await
}

/// The types of which `extension` (lower case, such as `tar.gz`) is one of the extensions.
pub async fn by_extension(tx: &mut Tx, extension: &str) -> Result<Vec<Struct>> {
    tx.select(&all_types().filter("{} = ANY(string_to_array(lower(extensions), ' '))", extension)).await
}

/// The types that a file may have by the longest of its extensions that is known; more than one is a mistake in the
/// table. Empty when no extension is known.
pub async fn type_of_file(tx: &mut Tx, name: &str) -> Result<Vec<Struct>> {
    let name = name.to_lowercase();
    let parts: Vec<&str> = name.split('.').collect();
    for start in 0..parts.len() {
        let found = by_extension(tx, &parts.get(start..).unwrap_or_default().join(".")).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Whether some type has this extension.
pub async fn extension_taken(tx: &mut Tx, extension: &str) -> Result<bool> {
    Ok(!by_extension(tx, &extension.to_lowercase()).await?.is_empty())
}

/// Adds an archive type; `extensions` are separated by spaces, `compression` is `zip` or `tar`.
pub async fn add_type(
    tx: &mut Tx,
    name: &str,
    description: &str,
    extensions: &str,
    compression: Option<&str>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO archivetypes (name, description, extensions, compression_type) VALUES ($1, $2, $3, $4)",
        args![name, description, extensions, compression],
    )
    .await
    .map(drop)
}

/// Build types; each given field narrows.
pub fn btypes(
    id: Option<i64>,
    name: Option<String>,
    opts: &QueryOpts,
) -> std::result::Result<Query, OptsError> {
    Query::from("btype")
        .columns(&[("id", "id"), ("name", "name")])
        .filter_opt("id = {}", id)
        .filter_opt("name = {}", name)
        .order_by("id")
        .options(opts)
}

/// Adds a build type; false when there is one of that name.
pub async fn add_btype(tx: &mut Tx, name: &str) -> Result<bool> {
    let added =
        tx.execute("INSERT INTO btype (name) VALUES ($1) ON CONFLICT DO NOTHING", args![name]).await?;
    Ok(added == 1)
}
