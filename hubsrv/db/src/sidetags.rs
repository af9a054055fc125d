//! Side tags: tags that users make for themselves, marked in their extra data.

use crate::{Query, Result, Tx, args};

/// How many side tags a user has.
pub async fn count_of(tx: &mut Tx, user: i64) -> Result<i64> {
    tx.int(
        "SELECT count(*) FROM tag_extra WHERE key = 'sidetag_user_id' AND value = $1 AND active IS TRUE",
        args![user.to_string()],
    )
    .await
}

/// The id that the next tag after this one will get. Upstream takes two from the sequence for a side tag, so that the
/// name can contain the id.
pub async fn next_tag_id(tx: &mut Tx) -> Result<i64> {
    tx.int("SELECT nextval('tag_id_seq') + 1", vec![]).await
}

/// Side tags, with the keys of `listSideTags`.
pub fn list(base: Option<i64>, user: Option<i64>) -> Query {
    let mut q = Query::from("tag")
        .columns(&[
            ("tag.id", "id"),
            ("tag.name", "name"),
            // the text of the extra data, as upstream answers it
            ("owner.value", "user_id"),
            ("users.name", "user_name"),
        ])
        .join(
            "JOIN tag_extra AS mark ON tag.id = mark.tag_id AND mark.active IS TRUE \
             AND mark.key = 'sidetag' AND mark.value = 'true'",
        )
        .join(
            "JOIN tag_extra AS owner ON tag.id = owner.tag_id AND owner.active IS TRUE \
             AND owner.key = 'sidetag_user_id'",
        )
        .join("LEFT JOIN users ON users.id::text = owner.value")
        .filter_opt("owner.value = {}", user.map(|u| u.to_string()))
        .order_by("tag.id");
    if let Some(base) = base {
        q = q
            .join("JOIN tag_inheritance ON tag.id = tag_inheritance.tag_id")
            .at("tag_inheritance", None)
            .filter("tag_inheritance.parent_id = {}", base);
    }
    q
}
