//! Output of tasks, read through the API in pieces.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use koji_api::methods::DownloadTaskOutput;
use koji_xmlrpc::Value;

use crate::error::{ClientError, Result};
use crate::session::Session;

impl Session {
    /// Up to `size` bytes of a task's file from `offset` on; a negative offset counts from the end, a negative
    /// size means the rest. Empty behind the end.
    pub async fn task_output(
        &self,
        task: i64,
        name: &str,
        offset: i64,
        size: i64,
        volume: Option<&str>,
    ) -> Result<Vec<u8>> {
        let call = DownloadTaskOutput {
            taskID: Value::Int(task),
            fileName: name.into(),
            offset: Value::Int(offset),
            size: Value::Int(size),
            volume: volume.filter(|v| *v != "DEFAULT").into(),
        };
        task_output_bytes(self.call(call).await?)
    }
}

/// The bytes in an answer to `downloadTaskOutput`, for who makes the call within a multicall.
pub fn task_output_bytes(answer: Value) -> Result<Vec<u8>> {
    match answer {
        Value::Base64(data) => Ok(data),
        Value::Str(text) => {
            let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).map_err(|e| ClientError::reply("downloadTaskOutput", e))
        }
        _ => Err(ClientError::reply("downloadTaskOutput", "no data")),
    }
}

/// Reads a task's file on from where it stopped.
#[derive(Debug, Clone)]
pub struct TaskLog {
    pub task: i64,
    pub name: String,
    /// `None` for the default volume.
    pub volume: Option<String>,
    /// In bytes; what was read so far.
    pub offset: u64,
}

impl TaskLog {
    pub fn new(task: i64, name: impl Into<String>, volume: Option<String>) -> Self {
        TaskLog { task, name: name.into(), volume, offset: 0 }
    }

    /// The next piece of at most `size` bytes; empty when there is nothing new.
    pub async fn next(&mut self, session: &Session, size: u32) -> Result<Vec<u8>> {
        let offset = i64::try_from(self.offset).unwrap_or(i64::MAX);
        let piece =
            session.task_output(self.task, &self.name, offset, size.into(), self.volume.as_deref()).await?;
        self.offset += piece.len() as u64;
        Ok(piece)
    }
}
