use super::prelude::*;

methods! {
    /// Gives a task to a host. One that is not free needs `force`; with `override` the scheduler leaves it there.
    AssignTask "assignTask" Perm("admin") (task_id, host, force: bool = false, r#override: bool = false);
    /// Cancels a task and, unless told otherwise, those below it: for its owner, the host that runs it, and admins.
    CancelTask "cancelTask" Inside (task_id, recurse: bool = true);
    /// Cancels what is below a task, but not the task.
    CancelTaskChildren "cancelTaskChildren" Login (task_id);
    /// Cancels a whole group of tasks; `strict` demands the group's first task.
    CancelTaskFull "cancelTaskFull" Perm("admin") (task_id, strict: bool = true);
    /// A piece of a file that a task made, as base64.
    DownloadTaskOutput "downloadTaskOutput" Anyone (taskID, fileName, offset = Value::Int(0), size = Value::Int(-1), volume = Value::Nil);
    /// Puts an assigned or open task back into the queue.
    FreeTask "freeTask" Perm("admin") (task_id);
    /// The children of a task, with decoded requests if asked for.
    GetTaskChildren "getTaskChildren" Anyone (task_id, request: bool = false, strict: bool = false);
    /// The children of a task and of all below it, by their parent's id.
    GetTaskDescendents "getTaskDescendents" Anyone (task_id, request: bool = false);
    /// A task, or a list of them by a list of ids.
    GetTaskInfo "getTaskInfo" Anyone (task_id, request: bool = false, strict: bool = false);
    /// The arguments of a task.
    GetTaskRequest "getTaskRequest" Anyone (taskId);
    /// What a finished task gave; the fault of a failed one, raised or as a struct.
    GetTaskResult "getTaskResult" Anyone (taskId, raise_fault: bool = true);
    /// The files that a task made: names, or by name what they are like (`stat`) on which volumes.
    ListTaskOutput "listTaskOutput" Anyone (taskID, stat: bool = false, all_volumes: bool = false, strict: bool = false);
    /// Tasks by owner, host, channel, parent, method, arch, state and times.
    ListTasks "listTasks" Anyone (opts = Value::Nil, queryOpts = Value::Nil);
    /// How urgent a task is, lower being sooner; with those below it unless told otherwise.
    SetTaskPriority "setTaskPriority" Perm("admin") (task_id, priority, recurse: bool = true);
    /// Whether a task is closed, canceled or failed.
    TaskFinished "taskFinished" Anyone (taskId);
}
