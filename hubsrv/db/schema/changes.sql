-- What each committed transaction of the hubs wrote: the names of its tables. "xmin" tells which transaction (or which savepoint
-- of one) a row stands for; one without a row here may have written anything. Rows are removed after some minutes. What is
-- lost with a crash only makes answers be worked out again.
CREATE UNLOGGED TABLE hub_changes (
    tables text[] NOT NULL,
    "time" timestamp with time zone NOT NULL DEFAULT clock_timestamp()
);

-- Koji's tables have no index for these questions, and they grow for ever.
CREATE INDEX hub_build_by_task ON build (task_id);
CREATE INDEX hub_rpminfo_by_buildroot ON rpminfo (buildroot_id);
CREATE INDEX hub_standard_buildroot_by_task ON standard_buildroot (task_id);
