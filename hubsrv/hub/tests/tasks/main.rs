//! Tasks, the scheduler, repositories and the requests for them.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that unwraps says where it failed

mod life;
mod repos;
mod scheduling;
