//! A session of koji-client as a [`Hub`], with calls that every hub answers.

use koji_api::methods as m;
use koji_client::{ClientError, Session};
use koji_xmlrpc::Value;

use crate::tree::{Hub, LogFile, State, Task};

impl Hub for Session {
    type Error = ClientError;

    async fn tree(&self, task: i64) -> Result<Vec<Task>, ClientError> {
        let mut calls = self.multicall();
        calls.add(m::GetTaskInfo { task_id: task.into(), ..Default::default() });
        calls.add(m::GetTaskDescendents { task_id: task.into(), ..Default::default() });
        let mut answers = calls.run().await?.into_iter();
        let top = answers.next().transpose()?.unwrap_or_default();
        // for an id that is unknown some hubs send a fault, some nothing
        let below = answers.next().and_then(Result::ok).unwrap_or_default();
        let mut tasks: Vec<Task> = self::task(&top).into_iter().collect();
        let lists = below.as_struct().into_iter().flat_map(|s| s.values());
        let rows = lists.filter_map(Value::as_array).flatten();
        tasks.extend(rows.filter_map(self::task).filter(|t| t.id != task));
        Ok(tasks)
    }

    async fn fault(&self, task: i64) -> Result<Option<String>, ClientError> {
        let call = m::GetTaskResult { taskId: task.into(), ..Default::default() };
        match self.call(call).await {
            Ok(_) => Ok(None),
            Err(ClientError::Fault(fault)) => Ok(Some(format!("{}: {fault}", fault.class()))),
            Err(e) => Err(e),
        }
    }

    async fn files(&self, task: i64) -> Result<Vec<LogFile>, ClientError> {
        let call =
            m::ListTaskOutput { taskID: task.into(), stat: true, all_volumes: true, ..Default::default() };
        let answer = self.call(call).await?;
        let mut files = Vec::new();
        for (name, volumes) in answer.as_struct().into_iter().flatten() {
            for (volume, stat) in volumes.as_struct().into_iter().flatten() {
                let size = stat.get("st_size");
                // a string, since sizes pass XML-RPC's 31 bits
                let size = size.and_then(|s| s.as_str().map_or_else(|| s.as_int(), |s| s.parse().ok()));
                let size = size.and_then(|s: i64| u64::try_from(s).ok());
                files.push(LogFile { name: name.clone(), volume: volume.clone(), size });
            }
        }
        Ok(files)
    }

    async fn read(&self, task: i64, file: &LogFile, offset: u64, size: u64) -> Result<Vec<u8>, ClientError> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.task_output(task, &file.name, number(offset), number(size), Some(&file.volume)).await
    }

    async fn host(&self, id: i64) -> Result<Option<String>, ClientError> {
        let host = self.call(m::GetHost { hostInfo: id.into(), ..Default::default() }).await?;
        Ok(host.str_at("name").map(str::to_owned))
    }
}

fn task(row: &Value) -> Option<Task> {
    let text = |key: &str| row.str_at(key).unwrap_or_default().to_owned();
    Some(Task {
        id: row.int_at("id")?,
        parent: row.int_at("parent"),
        method: text("method"),
        arch: text("arch"),
        label: text("label"),
        state: match row.int_at("state")? {
            0 => State::Free,
            1 => State::Open,
            2 => State::Closed,
            3 => State::Canceled,
            4 => State::Assigned,
            _ => State::Failed,
        },
        host_id: row.int_at("host_id"),
        completion: row.get("completion_ts").and_then(Value::as_double),
    })
}
