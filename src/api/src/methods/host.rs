use super::prelude::*;

methods! {
    /// A fault unless a policy allows it.
    HostAssertPolicy "host.assertPolicy" Host (name, data, default: String = "deny".to_owned());
    /// Whether a policy allows it, and why.
    HostCheckPolicy "host.checkPolicy" Host (name, data, default: String = "deny".to_owned(), strict: bool = false);
    /// Ends a task with its result, an XML-RPC response as text.
    HostCloseTask "host.closeTask" Host (task_id, response);
    /// Imports what a task built, and makes its build complete. Paths are below `work`.
    HostCompleteBuild "host.completeBuild" Host (task_id, build_id, srpm, rpms, brmap = Value::Nil, logs = Value::Nil);
    /// Imports the images of each task, with what is installed in them, and makes the build complete.
    HostCompleteImageBuild "host.completeImageBuild" Host (task_id, build_id, results);
    /// Imports a Maven build's archives, logs and wrapping rpms, and makes it complete.
    HostCompleteMavenBuild "host.completeMavenBuild" Host (task_id, build_id, maven_results, rpm_results);
    /// Imports a Windows build's files, logs and wrapping rpms, and makes it complete.
    HostCompleteWinBuild "host.completeWinBuild" Host (task_id, build_id, results, rpm_results);
    /// Makes an existing build one of Maven.
    HostCreateMavenBuild "host.createMavenBuild" Host (build_info, maven_info);
    /// Takes the uploaded metadata and the rpms of one arch into a dist repo.
    HostDistRepoMove "host.distRepoMove" Host (repo_id, uploadpath, arch);
    /// The action that a policy decides on, as text.
    HostEvalPolicy "host.evalPolicy" Host (name, data);
    /// A build in progress has failed.
    HostFailBuild "host.failBuild" Host (task_id, build_id);
    /// Ends a task with its fault, an XML-RPC response as text.
    HostFailTask "host.failTask" Host (task_id, response);
    /// Gives open tasks back; those that the host no longer has are left alone.
    HostFreeTasks "host.freeTasks" Host (tasks);
    /// The calling host.
    HostGetHost "host.getHost" Host ();
    /// The host's open tasks; `alert` tells of one that waits and has a finished child.
    HostGetHostTasks "host.getHostTasks" Host ();
    /// The calling host's id.
    HostGetID "host.getID" Host ();
    /// `host.getTasks` for old builders, with the host in front.
    HostGetLoadData "host.getLoadData" Host ();
    /// The tasks assigned to the host, most urgent first.
    HostGetTasks "host.getTasks" Host ();
    /// Imports an archive by its full path below `work`.
    HostImportArchive "host.importArchive" Host (filepath, buildinfo, r#type, typeInfo);
    /// Imports the images of each task into a build of the calling host's task; those without `task_id` failed and are left out.
    HostImportImage "host.importImage" Host (task_id, build_info, results);
    /// Adds the rpms that wrap a complete build; it may have none yet.
    HostImportWrapperRPMs "host.importWrapperRPMs" Host (task_id, build_id, rpm_results);
    /// Announces an rpm build; its id. A failed or canceled build is made anew.
    HostInitBuild "host.initBuild" Host (data);
    /// Announces an image build, with the next release if it has none; its data with `id`.
    HostInitImageBuild "host.initImageBuild" Host (task_id, build_info);
    /// Announces a Maven build with the next release; its data with `id`.
    HostInitMavenBuild "host.initMavenBuild" Host (task_id, build_info, maven_info);
    /// Announces a Windows build; its data with `id`.
    HostInitWinBuild "host.initWinBuild" Host (task_id, build_info, win_info);
    /// Whether the host may get tasks.
    HostIsEnabled "host.isEnabled" Host ();
    /// Keeps the files of a scratch build.
    HostMoveBuildToScratch "host.moveBuildToScratch" Host (task_id, srpm, rpms, logs = Value::Nil);
    /// Keeps a scratch build's images in the directories of the tasks that made them.
    HostMoveImageBuildToScratch "host.moveImageBuildToScratch" Host (task_id, results);
    /// Keeps a scratch build's artifacts, logs and wrapping rpms as files.
    HostMoveMavenBuildToScratch "host.moveMavenBuildToScratch" Host (task_id, results, rpm_results);
    /// Keeps a scratch build's output, logs and wrapping rpms as files.
    HostMoveWinBuildToScratch "host.moveWinBuildToScratch" Host (task_id, results, rpm_results);
    /// A new buildroot of a task; its id.
    HostNewBuildRoot "host.newBuildRoot" Host (repo, arch, task_id = Value::Nil);
    /// Takes a task to work on: it with its request as text, or nil when it cannot be had.
    HostOpenTask "host.openTask" Host (task_id);
    /// Gives an assigned task back for another host to take; `soft` for a while only.
    HostRefuseTask "host.refuseTask" Host (task_id, soft: bool = true, msg: String = "".to_owned());
    /// Moves uploaded metadata (`{arch: [path, files]}`) into a repo and makes it ready.
    HostRepoDone "host.repoDone" Host (repo_id, data, expire: bool = false, repo_json_updates = Value::Nil);
    /// Makes a repo with the lists of what it holds: its id, and its event.
    HostRepoInit "host.repoInit" Host (tag, task_id = Value::Nil, event = Value::Nil, opts = Value::Nil);
    /// What was installed in a new buildroot. Rpms with a `location` are from that external repo.
    HostSetBuildRootList "host.setBuildRootList" Host (brootid, rpmlist, task_id = Value::Nil);
    /// Sets the state, by name or number.
    HostSetBuildRootState "host.setBuildRootState" Host (brootid, state, task_id = Value::Nil);
    /// What the scheduler may know of the host: `maxjobs`, `methods`, and `live` when it waits for its tasks.
    HostSetHostData "host.setHostData" Host (hostdata);
    /// How much load an open task is.
    HostSetTaskWeight "host.setTaskWeight" Host (task_id, weight);
    /// A child of an open task of the host; the one with that label if there is one.
    HostSubtask "host.subtask" Host (method, arglist, parent; **opts);
    /// `host.subtask` with the task's arguments in the call's own.
    HostSubtask2 "host.subtask2" Host (_HostExports__parent, _HostExports__taskopts, _HostExports__method; *args; **opts);
    /// Tags in the name of the task's owner, after all checks.
    HostTagBuild "host.tagBuild" Host (task_id, tag, build, force: bool = false, fromtag = Value::Nil);
    /// Tells those who subscribed about a tagging.
    HostTagNotification "host.tagNotification" Host (is_successful, tag_id, from_id, build_id, user_id, ignore_success: bool = false, failure_msg: String = "".to_owned());
    /// The parent waits for these children; nil is all of them.
    HostTaskSetWait "host.taskSetWait" Host (parent, tasks);
    /// Awaited children: `[finished, others]`; the finished ones are no longer awaited.
    HostTaskWait "host.taskWait" Host (parent);
    /// Results of children as pairs of id and result; a failed one is a fault unless it is in `canfail`.
    HostTaskWaitResults "host.taskWaitResults" Host (parent, tasks, canfail = Value::Nil);
    /// What was installed in a buildroot later.
    HostUpdateBuildRootList "host.updateBuildRootList" Host (brootid, rpmlist, task_id = Value::Nil);
    /// Archives that were used in a buildroot.
    HostUpdateBuildrootArchives "host.updateBuildrootArchives" Host (brootid, task_id, archives, project: bool = false);
    /// The host's poll: load, readiness and, perhaps, what `host.setHostData` tells.
    HostUpdateHost "host.updateHost" Host (task_load, ready, data = Value::Nil);
    /// Notes the Maven artifacts that were fetched into a buildroot: each has to be known, in `ignore`, or made by a task of `extra_deps`, unless `ignore_unknown`.
    HostUpdateMavenBuildRootList "host.updateMavenBuildRootList" Host (brootid, task_id, mavenlist, ignore = Value::Nil, project: bool = false, ignore_unknown: bool = false, extra_deps = Value::Nil);
    /// As `writeSignedRPM`, for hosts and those who may sign.
    HostWriteSignedRPM "host.writeSignedRPM" Inside (an_rpm, sigkey, force: bool = false);
}
