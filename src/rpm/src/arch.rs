//! Architecture names: Koji's canonical forms, and which architectures live together in one repository.
//!
//! Sources: koji's `canonArch` and `parse_arches`; `mergerepo_c --arch-expand` for what belongs to a repository;
//! rpm's architecture compatibility table for [`compatible`].

use crate::{Error, Result};

/// The canonical name of an architecture: what a builder offers and a repository directory is called.
pub fn canonical(arch: &str) -> &str {
    match arch {
        "athlon" => "i386",
        "ia32e" => "x86_64",
        "ppc64le" => "ppc64le",
        _ if is_ix86(arch) => "i386",
        _ if arch.starts_with("ppc64") => "ppc64",
        _ if arch.starts_with("sparc64") => "sparc64",
        _ if arch.starts_with("sparc") => "sparc",
        _ if arch.starts_with("alpha") => "alpha",
        _ => match arch.strip_prefix("arm") {
            Some(rest) if rest.contains('h') => "armhfp",
            Some(_) => "arm",
            None => arch,
        },
    }
}

fn is_ix86(arch: &str) -> bool {
    let mut chars = arch.chars();
    chars.next() == Some('i') && chars.next().is_some() && chars.as_str() == "86"
}

/// Whether packages of this architecture go into the repository of every architecture.
pub fn is_noarch(arch: &str) -> bool {
    arch == "noarch"
}

/// Whether this is the architecture of a source package.
pub fn is_source(arch: &str) -> bool {
    matches!(arch, "src" | "nosrc")
}

/// Splits a list of architectures that a user wrote with spaces or commas.
///
/// Errors when a name holds anything but letters, digits, `_` and `-`.
pub fn parse_arches(text: &str) -> Result<Vec<String>> {
    collect(text.replace(',', " ").split_whitespace())
}

/// [`parse_arches`] for what stands in the database: spaces only.
pub fn parse_arches_strict(text: &str) -> Result<Vec<String>> {
    collect(text.split_whitespace())
}

fn collect<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    names
        .map(|name| {
            let valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if valid { Ok(name.to_owned()) } else { Err(Error::Architecture) }
        })
        .collect()
}

/// The canonical architectures of a tag's list, in its order and each once.
pub fn canonical_list(text: &str) -> Result<Vec<String>> {
    let mut list: Vec<String> = Vec::new();
    for arch in parse_arches(text)? {
        let canon = canonical(&arch);
        if !list.iter().any(|have| have == canon) {
            list.push(canon.to_owned());
        }
    }
    Ok(list)
}

/// What a repository of one base architecture may hold beside it (without multilib).
const VARIANTS: &[(&str, &[&str])] = &[
    ("i386", &["i486", "i586", "geode", "i686", "athlon"]),
    ("x86_64", &["ia32e", "amd64"]),
    ("ppc64", &["ppc64pseries", "ppc64iseries"]),
    ("sparc64", &["sparc64v", "sparc64v2"]),
    ("sparc", &["sparcv8", "sparcv9", "sparcv9v", "sparcv9v2"]),
    (
        "alpha",
        &[
            "alphaev4",
            "alphaev45",
            "alphaev5",
            "alphaev56",
            "alphapca56",
            "alphaev6",
            "alphaev67",
            "alphaev68",
            "alphaev7",
        ],
    ),
    ("armhfp", &["armv7hl", "armv7hnl"]),
    ("arm", &["armv5tel", "armv5tejl", "armv6l", "armv7l"]),
    ("sh4", &["sh4a"]),
];

/// The 32-bit architecture whose packages a 64-bit repository may hold too.
const MULTILIB: &[(&str, &str)] = &[("x86_64", "i386"), ("ppc64", "ppc"), ("s390x", "s390")];

/// The 32-bit partner of a 64-bit architecture.
pub fn multilib(arch: &str) -> Option<&'static str> {
    MULTILIB.iter().find(|(wide, _)| *wide == arch).map(|(_, narrow)| *narrow)
}

/// The architectures of packages that belong to a repository of `arch`: itself, its variants and noarch.
/// For `x86_64`: `amd64 ia32e x86_64 noarch`.
pub fn repository_arches(arch: &str) -> Vec<&str> {
    let mut list = variants(arch);
    list.sort_unstable();
    list.push(arch);
    if !is_noarch(arch) {
        list.push("noarch");
    }
    list
}

/// [`repository_arches`] with the 32-bit partner and its variants added: what is taken from an external repository.
pub fn expanded_arches(arch: &str) -> Vec<&str> {
    let mut list = repository_arches(arch);
    if let Some(partner) = multilib(arch) {
        list.push(partner);
        list.extend(variants(partner));
    }
    list
}

fn variants(arch: &str) -> Vec<&'static str> {
    VARIANTS.iter().find(|(base, _)| *base == arch).map(|(_, list)| list.to_vec()).unwrap_or_default()
}

/// Each architecture with the next one that a machine of it also runs, nearest first.
const COMPATIBLE: &[(&str, &str)] = &[
    ("athlon", "i686"),
    ("geode", "i686"),
    ("i686", "i586"),
    ("i586", "i486"),
    ("i486", "i386"),
    ("x86_64", "athlon"),
    ("x86_64_v2", "x86_64"),
    ("x86_64_v3", "x86_64_v2"),
    ("x86_64_v4", "x86_64_v3"),
    ("amd64", "x86_64"),
    ("ia32e", "x86_64"),
    ("ppc64p7", "ppc64"),
    ("ppc64pseries", "ppc64"),
    ("ppc64iseries", "ppc64"),
    ("ppc64", "ppc"),
    ("s390x", "s390"),
    ("sparc64v", "sparcv9v"),
    ("sparc64", "sparcv9"),
    ("sparcv9v", "sparcv9"),
    ("sparcv9", "sparcv8"),
    ("sparcv8", "sparc"),
    ("alphaev7", "alphaev68"),
    ("alphaev68", "alphaev67"),
    ("alphaev67", "alphaev6"),
    ("alphaev6", "alphapca56"),
    ("alphapca56", "alphaev56"),
    ("alphaev56", "alphaev5"),
    ("alphaev5", "alphaev45"),
    ("alphaev45", "alphaev4"),
    ("alphaev4", "alpha"),
    ("armv7l", "armv6l"),
    ("armv6l", "armv5tejl"),
    ("armv5tejl", "armv5tel"),
    ("armv7hnl", "armv7hl"),
    ("armv7hl", "armv6hl"),
    ("sh4a", "sh4"),
];

/// The architectures that can be installed on `arch`, best first, ending in `noarch`.
pub fn compatible(arch: &str) -> Vec<&str> {
    let mut list = vec![arch];
    let mut current = arch;
    while let Some((_, next)) = COMPATIBLE.iter().find(|(from, _)| *from == current) {
        list.push(next);
        current = next;
    }
    if !is_noarch(arch) {
        list.push("noarch");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_names() {
        let cases = [
            ("i686", "i386"),
            ("i386", "i386"),
            ("athlon", "i386"),
            ("ia64", "ia64"),
            ("ia32e", "x86_64"),
            ("x86_64", "x86_64"),
            ("ppc64le", "ppc64le"),
            ("ppc64p7", "ppc64"),
            ("ppc", "ppc"),
            ("sparc64v", "sparc64"),
            ("sparcv9", "sparc"),
            ("alphaev6", "alpha"),
            ("armv7hl", "armhfp"),
            ("armv5tel", "arm"),
            ("aarch64", "aarch64"),
            ("noarch", "noarch"),
            ("", ""),
            ("i\u{e9}86", "i386"),
        ];
        for (arch, expected) in cases {
            assert_eq!(canonical(arch), expected, "{arch}");
        }
    }

    #[test]
    fn lists() {
        assert_eq!(repository_arches("x86_64"), ["amd64", "ia32e", "x86_64", "noarch"]);
        assert_eq!(repository_arches("aarch64"), ["aarch64", "noarch"]);
        assert_eq!(
            expanded_arches("x86_64"),
            ["amd64", "ia32e", "x86_64", "noarch", "i386", "i486", "i586", "geode", "i686", "athlon"]
        );
        assert_eq!(compatible("x86_64"), ["x86_64", "athlon", "i686", "i586", "i486", "i386", "noarch"]);
        assert_eq!(parse_arches("x86_64, ppc64le  i686").unwrap(), ["x86_64", "ppc64le", "i686"]);
        assert_eq!(canonical_list("i686 i386 x86_64").unwrap(), ["i386", "x86_64"]);
        assert!(parse_arches_strict("a,b").is_err());
        assert!(parse_arches("a/b").is_err());
    }
}
