//! Which architectures a package is built for.

use koji_rpm::arch::canonical;

/// What a source package's header says about architectures; empty lists mean that the tag is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceArches {
    pub build_archs: Vec<String>,
    pub exclusive: Vec<String>,
    pub excluded: Vec<String>,
}

/// What tag and package configuration say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagArches {
    /// The build tag's arches.
    pub tag: Vec<String>,
    /// The package's extra arches in the destination tag.
    pub extra: Vec<String>,
    /// `arch_override` of a scratch build.
    pub overriding: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchError {
    #[error("No arches for tag {0}: give the build tag arches, such as `koji edit-tag {0} --arches x86_64`")]
    NoTagArches(String),
    #[error("No matching arches were found: the tag builds {tag}, the package allows {package}")]
    NoneLeft { tag: String, package: String },
}

/// The arches to build, in order, one buildArch task each.
///
/// BuildArchs replaces the list; ExclusiveArch and ExcludeArch compare names as they stand; membership in the tag
/// compares canonical names; `noarch` is always possible.
pub fn arch_list(
    build_tag: &str,
    source: &SourceArches,
    config: &TagArches,
) -> Result<Vec<String>, ArchError> {
    if config.tag.is_empty() {
        return Err(ArchError::NoTagArches(build_tag.to_owned()));
    }
    let tag_canonical: Vec<&str> = config.tag.iter().map(|a| canonical(a)).collect();
    let has = |list: &[String], arch: &str| list.iter().any(|a| a == arch);
    let mut arches: Vec<String> = if source.build_archs.is_empty() {
        config.tag.iter().chain(&config.extra).cloned().collect()
    } else {
        source.build_archs.clone()
    };
    if !source.exclusive.is_empty() {
        arches.retain(|a| has(&source.exclusive, a));
    }
    arches.retain(|a| !has(&source.excluded, a));
    let noarch_wanted = has(&source.build_archs, "noarch") || has(&source.exclusive, "noarch");
    if noarch_wanted && !has(&source.excluded, "noarch") && !has(&arches, "noarch") {
        arches.push("noarch".to_owned());
    }
    if !config.overriding.is_empty() {
        arches = config.overriding.clone();
    }
    let mut list: Vec<String> = Vec::new();
    for arch in arches {
        if (arch == "noarch" || tag_canonical.contains(&canonical(&arch))) && !list.contains(&arch) {
            list.push(arch);
        }
    }
    if list.is_empty() {
        let words = |l: &[String]| if l.is_empty() { "any".to_owned() } else { l.join(" ") };
        let mut package =
            words(if source.exclusive.is_empty() { &source.build_archs } else { &source.exclusive });
        if !source.excluded.is_empty() {
            package = format!("{package} but not {}", source.excluded.join(" "));
        }
        return Err(ArchError::NoneLeft { tag: config.tag.join(" "), package });
    }
    Ok(list)
}

/// The arches on which a noarch task may run; `None` means all that the tag has, so that any host will do.
///
/// Candidates are the tag's arches, restricted by the tag's `noarch_arches` extra and the package's
/// ExclusiveArch and ExcludeArch.
pub fn noarch_restriction(
    tag: &[String],
    noarch_arches: Option<&[String]>,
    source: &SourceArches,
) -> Option<Vec<String>> {
    let all: Vec<&str> = unique(tag.iter().map(|a| canonical(a)));
    let mut left = all.clone();
    if let Some(only) = noarch_arches {
        left.retain(|a| only.iter().any(|o| canonical(o) == *a));
    }
    let exclusive: Vec<&str> =
        source.exclusive.iter().filter(|a| *a != "noarch").map(|a| canonical(a)).collect();
    if !exclusive.is_empty() {
        left.retain(|a| exclusive.contains(a));
    }
    left.retain(|a| !source.excluded.iter().any(|e| canonical(e) == *a));
    if left == all { None } else { Some(left.into_iter().map(str::to_owned).collect()) }
}

fn unique<'a>(items: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut out = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn l(s: &str) -> Vec<String> {
        s.split_whitespace().map(str::to_owned).collect()
    }
    fn list(
        build: &str,
        exclusive: &str,
        excluded: &str,
        tag: &str,
        extra: &str,
    ) -> Result<String, ArchError> {
        let source = SourceArches { build_archs: l(build), exclusive: l(exclusive), excluded: l(excluded) };
        let config = TagArches { tag: l(tag), extra: l(extra), overriding: vec![] };
        arch_list("b", &source, &config).map(|v| v.join(" "))
    }

    #[test]
    fn rules() {
        assert_eq!(list("", "", "", "x86_64 aarch64", "").unwrap(), "x86_64 aarch64");
        assert_eq!(list("noarch", "", "", "x86_64 aarch64", "").unwrap(), "noarch");
        assert_eq!(list("", "x86_64 noarch", "", "x86_64 aarch64", "").unwrap(), "x86_64 noarch");
        assert_eq!(list("", "", "aarch64", "x86_64 aarch64", "").unwrap(), "x86_64");
        assert_eq!(list("", "", "", "x86_64 i386", "i686").unwrap(), "x86_64 i386 i686");
        assert_eq!(list("", "", "", "x86_64", "s390x").unwrap(), "x86_64");
        assert!(matches!(list("", "s390x", "", "x86_64", ""), Err(ArchError::NoneLeft { .. })));
        assert!(matches!(list("", "", "", "", ""), Err(ArchError::NoTagArches(_))));
    }

    #[test]
    fn an_override_is_bounded_by_the_tag() {
        let config = TagArches { tag: l("x86_64"), extra: vec![], overriding: l("s390x x86_64") };
        assert_eq!(arch_list("b", &SourceArches::default(), &config).unwrap(), l("x86_64"));
    }

    #[test]
    fn noarch_goes_anywhere_unless_restricted() {
        let tag = l("x86_64 aarch64");
        let s = |exclusive: &str, excluded: &str| SourceArches {
            build_archs: l("noarch"),
            exclusive: l(exclusive),
            excluded: l(excluded),
        };
        assert_eq!(noarch_restriction(&tag, None, &s("", "")), None);
        assert_eq!(noarch_restriction(&tag, None, &s("noarch", "")), None);
        assert_eq!(noarch_restriction(&tag, None, &s("", "aarch64")), Some(l("x86_64")));
        assert_eq!(noarch_restriction(&tag, Some(&l("aarch64")), &s("", "")), Some(l("aarch64")));
    }
}
