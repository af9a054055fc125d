//! The rpm macros Koji gives every buildroot.

use std::collections::BTreeMap;

use super::Site;

/// Macros a tag may override.
pub(super) fn defaults(site: &Site) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("%_rpmfilename".into(), "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm".into()),
        ("%vendor".into(), site.vendor.clone()),
        ("%packager".into(), site.packager.clone()),
        ("%distribution".into(), site.distribution.clone()),
    ])
}

/// Macros that stay as they are whatever a tag says.
pub(super) fn fixed(home: &str, target_arch: &str, site: &Site) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("%_topdir".into(), format!("{home}/build")),
        ("%_host_cpu".into(), target_arch.into()),
        ("%_host".into(), format!("{target_arch}-{}", site.mockhost)),
    ])
}
