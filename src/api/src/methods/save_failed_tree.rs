use super::prelude::*;

methods! {
    SaveFailedTree "saveFailedTree" Login (buildrootID, full: bool = false; **opts);
}
