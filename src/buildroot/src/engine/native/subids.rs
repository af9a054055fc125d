//! The subordinate ids of a caller who is not root.

use std::fs;
use std::path::Path;

use nix::unistd::{Gid, Uid, User};

use crate::error::{Error, Result};
use crate::helper::request::{IdMap, SubRange};

/// Ids a distribution's packages use: 0 to 65534, of which 0 is the caller.
const WANTED: u32 = 65535;

/// The id map for the current user; none for root, who needs no user namespace.
pub(super) fn current() -> Result<Option<IdMap>> {
    let uid = Uid::effective();
    if uid.is_root() {
        return Ok(None);
    }
    for program in ["newuidmap", "newgidmap"] {
        if crate::files::find_program(program).is_none() {
            return Err(Error::Missing {
                what: program.into(),
                remedy: "install uidmap (Debian) or shadow-utils (Fedora), or run as root".into(),
            });
        }
    }
    let name = User::from_uid(uid).ok().flatten().map(|u| u.name).unwrap_or_default();
    let subuid = range(Path::new("/etc/subuid"), &name, uid.as_raw())?;
    let subgid = range(Path::new("/etc/subgid"), &name, uid.as_raw())?;
    Ok(Some(IdMap { uid: uid.as_raw(), gid: Gid::effective().as_raw(), subuid, subgid }))
}

fn range(file: &Path, name: &str, uid: u32) -> Result<SubRange> {
    let text = fs::read_to_string(file).unwrap_or_default();
    find(&text, name, uid).ok_or_else(|| {
        let first = free(&text);
        let range = format!("{first}-{}", first.saturating_add(WANTED));
        Error::Missing {
            what: format!("a range of {WANTED} subordinate ids for {name} in {}", file.display()),
            remedy: format!(
                "run as root: usermod --add-subuids {range} --add-subgids {range} {name} (any range nobody else has)"
            ),
        }
    })
}

/// Where a range begins that nobody has.
fn free(text: &str) -> u32 {
    const FIRST: u32 = 100_000;
    let ends = text.lines().filter_map(|line| {
        let mut fields = line.trim().split(':').skip(1).map_while(|field| field.parse::<u32>().ok());
        fields.next()?.checked_add(fields.next()?)
    });
    ends.fold(FIRST, u32::max)
}

/// The first range that is long enough, by name or by number.
fn find(text: &str, name: &str, uid: u32) -> Option<SubRange> {
    let uid = uid.to_string();
    text.lines().find_map(|line| {
        let mut fields = line.trim().split(':');
        let (who, start, count) =
            (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse::<u32>().ok()?);
        let ours = who == uid || (!name.is_empty() && who == name);
        (ours && count >= WANTED).then_some(SubRange { start, count: WANTED })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_the_first_range_that_is_long_enough() {
        let text = "root:1:65536\nme:100000:100\nme:200000:65536\n1001:300000:65536\n";
        assert_eq!(find(text, "me", 1000), Some(SubRange { start: 200_000, count: 65535 }));
        assert_eq!(find(text, "", 1001), Some(SubRange { start: 300_000, count: 65535 }));
        assert_eq!(find(text, "you", 1002), None);
        assert_eq!((free(text), free("junk:\n"), free("me:1:5\n")), (365_536, 100_000, 100_000));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            let _ = find(&text, "me", 1000);
            prop_assert!(free(&text) >= 100_000);
        }
    }
}
