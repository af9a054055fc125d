//! The hub's database: PostgreSQL with Koji's tables. The only place with SQL.
//!
//! What it is not: it knows no permissions, no faults and no HTTP. Queries and writes are plain SQL with
//! bound values next to the table they concern (one file a table family); texts are `&'static str`, so a value from
//! outside can never become SQL.
//!
//! Start at [`Tx`] (one request's transaction), [`Query`] (a select with optional filters) and [`versioned`].

mod after;
mod arg;
mod cluster;
mod connect;
mod error;
mod json_text;
mod opts;
mod pool;
mod query;
mod row;
mod schema;
mod single;
pub mod testing;
mod topic;
mod touched;
mod tx;
pub mod versioned;
pub mod view;

// a file a table family
pub mod archives;
pub mod audit;
pub mod buildroots;
pub mod builds;
pub mod cg;
pub mod changes;
pub mod channels;
pub mod events;
pub mod external_repos;
pub mod groups;
pub mod history;
pub mod hosts;
pub mod inheritance;
pub mod names;
pub mod notifications;
pub mod packages;
pub mod policy_data;
pub mod recipients;
pub mod repo_queue;
pub mod repos;
pub mod rpms;
pub mod scheduler;
pub mod search;
pub mod sessions;
pub mod sidetags;
pub mod signatures;
pub mod tag_changes;
pub mod tagging;
pub mod tags;
pub mod targets;
pub mod tasks;
pub mod users;
pub mod volumes;

pub use after::Hook;
pub use arg::Arg;
pub use cluster::{Cluster, ClusterConfig, ClusterError, DATABASE};
pub use connect::{Address, AddressError};
pub use error::DbError;
pub use json_text::json_text;
pub use opts::{OptsError, QueryOpts};
pub use pool::{Db, Listener};
pub use query::Query;
pub use row::{json, row_struct, to_json, write_row};
pub use schema::{KOJI, Migration, SchemaError, SchemaState, create_database, migrate, state};
pub use topic::{CHANNEL, Topic};
pub use touched::Tables;
pub use tx::{Mode, Tx};

pub type Result<T> = std::result::Result<T, DbError>;
