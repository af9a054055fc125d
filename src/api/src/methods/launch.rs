use super::prelude::*;

methods! {
    /// Builds a package from an SCM URL or an uploaded source package; the task's id.
    Build "build" Login (src, target, opts = Value::Nil, priority = Value::Nil, channel = Value::Nil);
    /// Makes a live image or appliance; the task's id.
    BuildImage "buildImage" Inside (name, version, arch, target, ksfile, img_type, opts = Value::Nil, priority = Value::Nil);
    /// Makes an image of another image; the task's id.
    BuildImageIndirection "buildImageIndirection" Perm("image") (opts = Value::Nil, priority = Value::Nil);
    /// Makes disk images for several arches; the task's id.
    BuildImageOz "buildImageOz" Perm("image") (name, version, arches, target, inst_tree, opts = Value::Nil, priority = Value::Nil);
    /// Builds lists of packages one after the other, each with the ones before in its buildroots; the task's id.
    ChainBuild "chainBuild" Login (srcs, target, opts = Value::Nil, priority = Value::Nil, channel = Value::Nil);
    /// Builds Maven packages in the order of their dependencies; the task's id.
    ChainMaven "chainMaven" Login (builds, target, opts = Value::Nil, priority = Value::Nil, channel: String = "maven".to_owned());
    /// Makes any task: method, list of arguments, options.
    MakeTask "makeTask" Perm("admin") (; *args; **opts);
    /// Builds with Maven; the task's id.
    MavenBuild "mavenBuild" Login (url, target, opts = Value::Nil, priority = Value::Nil, channel: String = "maven".to_owned());
    /// Adds the rpms of a scratch build for further arches to the build it repeats; that build's id.
    MergeScratch "mergeScratch" Perm("admin") (task_id);
    /// The same task again, for a canceled or failed one; the new task's id.
    ResubmitTask "resubmitTask" Login (taskID);
    /// Builds on a Windows machine; the task's id.
    WinBuild "winBuild" Login (vm, url, target, opts = Value::Nil, priority = Value::Nil, channel: String = "vm".to_owned());
    /// Wraps the archives of a build into rpms; the task's id.
    WrapperRPM "wrapperRPM" Login (build, url, target, priority = Value::Nil, channel: String = "maven".to_owned(), opts = Value::Nil);
}
