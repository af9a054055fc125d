use super::prelude::*;

methods! {
    Build "build" Login (src, target, opts = Value::Nil, priority = Value::Nil, channel = Value::Nil);
    BuildImage "buildImage" Inside (name, version, arch, target, ksfile, img_type, opts = Value::Nil, priority = Value::Nil);
    BuildImageIndirection "buildImageIndirection" Perm("image") (opts = Value::Nil, priority = Value::Nil);
    BuildImageOz "buildImageOz" Perm("image") (name, version, arches, target, inst_tree, opts = Value::Nil, priority = Value::Nil);
    ChainBuild "chainBuild" Login (srcs, target, opts = Value::Nil, priority = Value::Nil, channel = Value::Nil);
    ChainMaven "chainMaven" Login (builds, target, opts = Value::Nil, priority = Value::Nil, channel: String = "maven".to_owned());
    MakeTask "makeTask" Perm("admin") (; *args; **opts);
    MavenBuild "mavenBuild" Login (url, target, opts = Value::Nil, priority = Value::Nil, channel: String = "maven".to_owned());
    MergeScratch "mergeScratch" Perm("admin") (task_id);
    ResubmitTask "resubmitTask" Login (taskID);
    WinBuild "winBuild" Login (vm, url, target, opts = Value::Nil, priority = Value::Nil, channel: String = "vm".to_owned());
    WrapperRPM "wrapperRPM" Login (build, url, target, priority = Value::Nil, channel: String = "maven".to_owned(), opts = Value::Nil);
}
