use super::prelude::*;

methods! {
    /// Runs the scheduler, if it has not run just now or `force`; whether it ran.
    SchedulerDoRun "scheduler.doRun" Perm("admin") (force: bool = false);
    /// What hosts say of themselves.
    SchedulerGetHostData "scheduler.getHostData" Anyone (hostID = Value::Nil);
    /// The scheduler's log.
    SchedulerGetLogMessages "scheduler.getLogMessages" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
    /// Which hosts do not take which tasks.
    SchedulerGetTaskRefusals "scheduler.getTaskRefusals" Anyone (clauses = Value::Nil, fields = Value::Nil);
    /// Assignments that the scheduler has made.
    SchedulerGetTaskRuns "scheduler.getTaskRuns" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
}
