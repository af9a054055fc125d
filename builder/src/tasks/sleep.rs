//! `sleep`: waits; for tests of scheduling.

use std::time::Duration;

use koji_xmlrpc::Value;

use super::{Params, TaskMethod};
use crate::task::{TaskCx, TaskError};

pub struct Sleep;

impl TaskMethod for Sleep {
    const METHOD: &'static str = "sleep";
    const WEIGHT: f64 = 0.25;

    async fn run(_: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let seconds = params.value("n").as_double().filter(|s| s.is_finite() && *s >= 0.0);
        let seconds = seconds.ok_or_else(|| TaskError::parameter("sleep takes a number of seconds"))?;
        tokio::time::sleep(Duration::from_secs_f64(seconds.min(1e9))).await;
        Ok(Value::Nil)
    }
}
