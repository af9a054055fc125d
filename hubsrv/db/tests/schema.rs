//! The tables: made, recognised, adopted.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

use koji_db::testing::{database, empty_database};
use koji_db::{Db, KOJI, Migration, Mode, SchemaError, SchemaState, args, migrate, state};

async fn empty() -> Db {
    Db::new(empty_database().await.unwrap(), 4)
}

#[tokio::test]
async fn an_empty_database_gets_everything_once() {
    let db = empty().await;
    assert_eq!(state(&db).await.unwrap(), SchemaState::Empty);
    assert_eq!(migrate(&db).await.unwrap(), Migration::Created);
    assert_eq!(state(&db).await.unwrap(), SchemaState::Current);
    assert_eq!(migrate(&db).await.unwrap(), Migration::Nothing);
    let mut tx = db.begin(Mode::Read);
    assert_eq!(tx.int("SELECT count(*) FROM archivetypes", vec![]).await.unwrap(), 76);
    assert_eq!(tx.int("SELECT count(*) FROM permissions", vec![]).await.unwrap(), 15);
}

#[tokio::test]
async fn a_koji_database_is_adopted_as_it_is() {
    let db = empty().await;
    sqlx::raw_sql(KOJI).execute(db.pool()).await.unwrap();
    sqlx::raw_sql("INSERT INTO tag (name) VALUES ('mine')").execute(db.pool()).await.unwrap();
    assert_eq!(state(&db).await.unwrap(), SchemaState::Behind { version: 0 });
    assert_eq!(migrate(&db).await.unwrap(), Migration::Updated { from: 0 });
    let mut tx = db.begin(Mode::Read);
    assert_eq!(tx.maybe_text("SELECT name FROM tag", vec![]).await.unwrap().as_deref(), Some("mine"));
    assert_eq!(state(&db).await.unwrap(), SchemaState::Current);
}

#[tokio::test]
async fn an_old_koji_database_is_refused_with_what_it_lacks() {
    let db = empty().await;
    sqlx::raw_sql(KOJI).execute(db.pool()).await.unwrap();
    sqlx::raw_sql("DROP TABLE locks; ALTER TABLE build DROP COLUMN promoter CASCADE")
        .execute(db.pool())
        .await
        .unwrap();
    let Err(SchemaError::OldKoji(missing)) = migrate(&db).await else { panic!("it was taken") };
    assert_eq!(missing, ["build.promoter", "locks"]);
}

#[tokio::test]
async fn a_newer_hubs_database_is_refused() {
    let db = database().await.unwrap();
    sqlx::raw_sql("INSERT INTO hub_schema (version) VALUES (99)").execute(db.pool()).await.unwrap();
    assert!(matches!(migrate(&db).await, Err(SchemaError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn hubs_that_start_together_migrate_once() {
    let db = empty().await;
    let all = futures::future::join_all((0..4).map(|_| migrate(&db))).await;
    let created = all.iter().filter(|r| matches!(r, Ok(Migration::Created))).count();
    assert_eq!((created, all.iter().filter(|r| r.is_ok()).count()), (1, 4), "{all:?}");
}

/// B3 of docs/security.md: a search that would never end.
#[tokio::test]
async fn statements_can_be_limited_in_time() {
    let db = database().await.unwrap();
    let mut tx = db.begin(Mode::Read);
    tx.limit_statements(std::time::Duration::from_millis(200)).await.unwrap();
    let started = std::time::Instant::now();
    let endless = "SELECT 1::bigint FROM pg_sleep(120)";
    assert!(matches!(tx.int(endless, vec![]).await, Err(koji_db::DbError::TooLong)));
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    tx.rollback().await.unwrap();
    let mut tx = db.begin(Mode::Read);
    let unlimited = tx.maybe_text("SELECT current_setting('statement_timeout')", vec![]).await.unwrap();
    assert_eq!(unlimited.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_transaction_has_one_event_and_knows_whether_it_wrote() {
    let db = database().await.unwrap();
    let mut tx = db.begin(Mode::Write);
    assert!(!tx.has_written().await.unwrap());
    tx.rows("SELECT * FROM users", vec![]).await.unwrap();
    assert!(!tx.has_written().await.unwrap());
    let event = tx.event().await.unwrap();
    assert_eq!(tx.event().await.unwrap(), event);
    assert!(tx.has_written().await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = db.begin(Mode::Read);
    let count = tx.int("SELECT count(*) FROM events WHERE id = $1", args![event]).await.unwrap();
    assert_eq!(count, 1);
}
