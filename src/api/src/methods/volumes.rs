//! Storage volumes.

use super::prelude::*;

methods! {
    /// Makes a volume known whose directory the administrator has made.
    AddVolume "addVolume" Perm("admin") (name, strict: bool = true);
    /// Moves a build to the volume that the policy `volume` says.
    ApplyVolumePolicy "applyVolumePolicy" Perm("admin") (build, strict: bool = false);
    /// Moves a build's files to another volume.
    ChangeBuildVolume "changeBuildVolume" Perm("admin") (build, volume, strict: bool = true);
    /// A volume's `id` and `name`.
    GetVolume "getVolume" Anyone (volume, strict: bool = false);
    /// All volumes.
    ListVolumes "listVolumes" Anyone ();
    /// Forgets a volume that no build is on.
    RemoveVolume "removeVolume" Perm("admin") (volume);
}
