//! The part of `host.*` that is about tasks: the host itself, taking tasks and ending them, children, waiting, policies.

mod children;
mod life;
mod policy;
mod poll;
mod wait;

use koji_api::methods::{
    HostAssertPolicy, HostCheckPolicy, HostCloseTask, HostEvalPolicy, HostFailTask, HostFreeTasks,
    HostGetHost, HostGetHostTasks, HostGetID, HostGetLoadData, HostGetTasks, HostIsEnabled, HostOpenTask,
    HostRefuseTask, HostSetHostData, HostSetTaskWeight, HostSubtask, HostSubtask2, HostTaskSetWait,
    HostTaskWait, HostTaskWaitResults, HostUpdateHost,
};

use super::Entry;

pub const TABLE: &[Entry] = &[
    write!(HostSubtask, children::subtask),
    write!(HostSubtask2, children::subtask2),
    write!(HostCloseTask, life::close_task),
    write!(HostFailTask, life::fail_task),
    write!(HostFreeTasks, life::free_tasks),
    write!(HostOpenTask, life::open_task),
    write!(HostRefuseTask, life::refuse_task),
    write!(HostSetTaskWeight, life::set_task_weight),
    write!(HostAssertPolicy, policy::assert_policy),
    write!(HostCheckPolicy, policy::check_policy),
    write!(HostEvalPolicy, policy::eval_policy),
    write!(HostGetHost, poll::get_host),
    write!(HostGetHostTasks, poll::get_host_tasks),
    write!(HostGetID, poll::get_id),
    write!(HostGetLoadData, poll::get_load_data),
    write!(HostGetTasks, poll::get_tasks),
    write!(HostIsEnabled, poll::is_enabled),
    write!(HostSetHostData, poll::set_host_data),
    write!(HostUpdateHost, poll::update_host),
    write!(HostTaskSetWait, wait::task_set_wait),
    write!(HostTaskWait, wait::task_wait),
    write!(HostTaskWaitResults, wait::task_wait_results),
];
