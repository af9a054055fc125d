use super::prelude::*;

methods! {
    AssignTask "assignTask" Perm("admin") (task_id, host, force: bool = false, r#override: bool = false);
    CancelTask "cancelTask" Inside (task_id, recurse: bool = true);
    CancelTaskChildren "cancelTaskChildren" Login (task_id);
    CancelTaskFull "cancelTaskFull" Perm("admin") (task_id, strict: bool = true);
    DownloadTaskOutput "downloadTaskOutput" Anyone (taskID, fileName, offset = Value::Int(0), size = Value::Int(-1), volume = Value::Nil);
    FreeTask "freeTask" Perm("admin") (task_id);
    GetTaskChildren "getTaskChildren" Anyone (task_id, request: bool = false, strict: bool = false);
    GetTaskDescendents "getTaskDescendents" Anyone (task_id, request: bool = false);
    GetTaskInfo "getTaskInfo" Anyone (task_id, request: bool = false, strict: bool = false);
    GetTaskRequest "getTaskRequest" Anyone (taskId);
    GetTaskResult "getTaskResult" Anyone (taskId, raise_fault: bool = true);
    ListTaskOutput "listTaskOutput" Anyone (taskID, stat: bool = false, all_volumes: bool = false, strict: bool = false);
    ListTasks "listTasks" Anyone (opts = Value::Nil, queryOpts = Value::Nil);
    SetTaskPriority "setTaskPriority" Perm("admin") (task_id, priority, recurse: bool = true);
    TaskFinished "taskFinished" Anyone (taskId);
}
