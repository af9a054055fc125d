use super::prelude::*;

methods! {
    /// Uploads the buildroot of a failed build; the task's id.
    SaveFailedTree "saveFailedTree" Login (buildrootID, full: bool = false; **opts);
}
