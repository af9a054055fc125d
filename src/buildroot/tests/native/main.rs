//! Real buildroots of the small distribution, made by the native engine as whoever runs the tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod build;
mod common;
mod engine;
mod failures;
mod foreign;
mod hostile;
mod isolation;
mod lifecycle;
mod packages;
mod repos;
mod rootless;
