//! What happens when programs die and disks fill up: nothing is lost, nothing is half there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod builder;
mod database;
mod full_disk;
mod hub;
