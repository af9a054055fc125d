use super::prelude::*;

methods! {
    AddVolume "addVolume" Perm("admin") (name, strict: bool = true);
    ApplyVolumePolicy "applyVolumePolicy" Perm("admin") (build, strict: bool = false);
    ChangeBuildVolume "changeBuildVolume" Perm("admin") (build, volume, strict: bool = true);
    GetVolume "getVolume" Anyone (volume, strict: bool = false);
    ListVolumes "listVolumes" Anyone ();
    RemoveVolume "removeVolume" Perm("admin") (volume);
}
