use super::prelude::*;

methods! {
    SchedulerDoRun "scheduler.doRun" Perm("admin") (force: bool = false);
    SchedulerGetHostData "scheduler.getHostData" Anyone (hostID = Value::Nil);
    SchedulerGetLogMessages "scheduler.getLogMessages" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
    SchedulerGetTaskRefusals "scheduler.getTaskRefusals" Anyone (clauses = Value::Nil, fields = Value::Nil);
    SchedulerGetTaskRuns "scheduler.getTaskRuns" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
}
