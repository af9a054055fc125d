//! Tables of unique names: looking an entry up by id or name, and adding one.

use koji_api::types::NameOrId;
use koji_xmlrpc::{Struct, Value};

use crate::{Result, Tx, args};

/// An entry of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    pub id: i64,
    pub name: String,
}

impl From<Named> for Struct {
    fn from(n: Named) -> Struct {
        [("id".to_owned(), Value::Int(n.id)), ("name".to_owned(), Value::Str(n.name))].into_iter().collect()
    }
}

macro_rules! tables {
    ($($(#[doc = $doc:literal])* $variant:ident $table:literal;)*) => {
        /// A table with the columns `id` and `name`, the rest having defaults.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Table { $($(#[doc = $doc])* $variant),* }

        impl Table {
            /// The table's name in the database; fault texts name it too.
            pub fn name(self) -> &'static str {
                match self { $(Table::$variant => $table),* }
            }

            fn by_id(self) -> &'static str {
                match self { $(Table::$variant =>
                    concat!("SELECT id::bigint, name::text FROM ", $table, " WHERE id = $1")),* }
            }

            fn by_name(self) -> &'static str {
                match self { $(Table::$variant =>
                    concat!("SELECT id::bigint, name::text FROM ", $table, " WHERE name = $1")),* }
            }

            fn insert(self) -> &'static str {
                match self { $(Table::$variant => concat!(
                    "INSERT INTO ", $table, " (name) VALUES ($1) ",
                    "ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING id::bigint")),* }
            }

            fn rename(self) -> &'static str {
                match self { $(Table::$variant =>
                    concat!("UPDATE ", $table, " SET name = $2 WHERE id = $1")),* }
            }
        }
    };
}

tables! {
    /// Names of tags, deleted ones too; whether a tag exists says `tag_config`.
    Tag "tag";
    Permission "permissions";
    Package "package";
    Channel "channels";
    /// Comps groups.
    Group "groups";
    BuildTarget "build_target";
    ExternalRepo "external_repo";
    Volume "volume";
    BType "btype";
    ContentGenerator "content_generator";
}

/// The entry, if there is one.
pub async fn find(tx: &mut Tx, table: Table, which: &NameOrId) -> Result<Option<Named>> {
    match which {
        NameOrId::Id(id) => tx.row_as(table.by_id(), args![*id]).await,
        NameOrId::Name(name) => tx.row_as(table.by_name(), args![name]).await,
    }
}

/// The id of the entry called `name`, added if there is none. Two callers at once get the same id.
pub async fn find_or_add(tx: &mut Tx, table: Table, name: &str) -> Result<i64> {
    match tx.maybe_int(table.by_name(), args![name]).await? {
        Some(id) => Ok(id),
        None => tx.int(table.insert(), args![name]).await,
    }
}

/// Changes a name in place: names are not versioned.
pub async fn rename(tx: &mut Tx, table: Table, id: i64, name: &str) -> Result<()> {
    tx.execute(table.rename(), args![id, name]).await.map(drop)
}
