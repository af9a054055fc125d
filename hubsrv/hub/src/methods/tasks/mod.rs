//! Tasks: what they are, what they gave, and what an owner or admin does with them.

mod change;
mod info;
mod list;
mod output;

use koji_api::methods::{
    AssignTask, CancelTask, CancelTaskChildren, CancelTaskFull, DownloadTaskOutput, FreeTask,
    GetTaskChildren, GetTaskDescendents, GetTaskInfo, GetTaskRequest, GetTaskResult, ListTaskOutput,
    ListTasks, SetTaskPriority, TaskFinished,
};

use super::Entry;

pub const TABLE: &[Entry] = &[
    write!(AssignTask, change::assign_task),
    write!(CancelTask, change::cancel_task),
    write!(CancelTaskChildren, change::cancel_task_children),
    write!(CancelTaskFull, change::cancel_task_full),
    write!(FreeTask, change::free_task),
    write!(SetTaskPriority, change::set_task_priority),
    kept!(GetTaskChildren, info::get_task_children),
    kept!(GetTaskDescendents, info::get_task_descendents),
    kept!(GetTaskInfo, info::get_task_info),
    kept!(GetTaskRequest, info::get_task_request),
    read!(GetTaskResult, info::get_task_result),
    kept!(TaskFinished, info::task_finished),
    kept!(ListTasks, list::list_tasks),
    read!(DownloadTaskOutput, output::download_task_output),
    read!(ListTaskOutput, output::list_task_output),
];
