//! The packages of a root, as its own rpm lists them.

use crate::outcome::InstalledPackage;

/// rpm's query format; one package a line.
pub(crate) const QUERY: &str =
    "%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\t%{SIGMD5}\\t%{LONGSIZE}\\t%{BUILDTIME}\\n";

/// Packages that are no packages of a distribution; Koji leaves them out as well.
const NOT_PACKAGES: [&str; 2] = ["gpg-pubkey", "buildsys-build"];

/// Reads the answer to [`QUERY`]; lines that do not fit (warnings of rpm) are skipped.
pub(crate) fn parse(text: &str) -> Vec<InstalledPackage> {
    let mut found: Vec<_> = text.lines().filter_map(line).collect();
    found.sort();
    found
}

fn line(line: &str) -> Option<InstalledPackage> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let (name, version, release) = (next()?, next()?, next()?);
    let (epoch, arch, md5, size, time) = (next()?, next()?, next()?, next()?, next()?);
    if next().is_some() || NOT_PACKAGES.contains(&name) {
        return None;
    }
    Some(InstalledPackage {
        name: name.into(),
        version: version.into(),
        release: release.into(),
        epoch: if epoch == "(none)" { None } else { Some(epoch.parse().ok()?) },
        arch: arch.into(),
        payloadhash: if md5 == "(none)" { String::new() } else { md5.into() },
        size: size.parse().ok()?,
        buildtime: time.parse().ok()?,
    })
}

/// The text of installed_pkgs.log: name, build time, size and payload digest of each.
pub(super) fn log(packages: &[InstalledPackage]) -> String {
    let mut text = String::new();
    for p in packages {
        let epoch = p.epoch.map(|e| format!("{e}:")).unwrap_or_default();
        text.push_str(&format!(
            "{}-{epoch}{}-{}.{} {} {} {} installed\n",
            p.name, p.version, p.release, p.arch, p.buildtime, p.size, p.payloadhash
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_become_packages() {
        let text = "warning: something\nzlib\t1.3\t2\t(none)\tx86_64\tabcd\t100\t1700000000\n\
                    bash\t5.2\t1\t1\tx86_64\tef01\t200\t1700000001\ngpg-pubkey\t1\t1\t(none)\t(none)\t(none)\t0\t1\n";
        let found = parse(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].epoch), ("bash", Some(1)));
        assert_eq!(
            log(&found),
            "bash-1:5.2-1.x86_64 1700000001 200 ef01 installed\nzlib-1.3-2.x86_64 1700000000 100 abcd installed\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z0-9\t\n()]{0,200}") {
            let _ = parse(&text);
        }
    }
}
