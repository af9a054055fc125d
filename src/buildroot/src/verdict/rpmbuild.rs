//! Reads the output of an rpmbuild that failed.

use std::sync::LazyLock;

use regex::Regex;

use super::{Kind, Verdict, pattern};

static SECTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?m)^\s*(?:error: )?Bad exit status from \S+ \((%\w+)\)"));
static ARCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?m)Architecture is not included:|Architecture is excluded:|No compatible architectures found for build|OS is (?:not included|excluded):",
    )
});
static SOURCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?m)Bad (?:file|source): (?:\S*/)?([^/\s:]+): No such file|Unable to (?:read|open) \S+ file (?:\S*/)?([^/\s:]+): No such file",
    )
});
static SPEC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?mi)^error: (?:line \d+: |\S+\.spec|unknown tag|query of specfile|failed to (?:parse|open) |bad (?:package|macro|tag)|no %?description|(?:\w+ )?field must be present|\w+ field must be present in package|unclosed|too many levels of recursion|macro %\S+ failed to expand|unable to open [^\n]*\.spec)",
    )
});
const UNPACKAGED: &str = "Installed (but unpackaged) file(s) found:";

impl Verdict {
    /// The verdict on a failed rpmbuild, from the end of its output.
    pub(crate) fn rpmbuild(text: &str) -> Verdict {
        let log = Some("build.log");
        let lines = super::telling("build.log", text);
        let verdict = |kind| Verdict { kind, log, lines: lines.clone() };
        let matches = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|r| r.is_match(text));
        if matches(&ARCH) {
            return verdict(Kind::ArchExcluded);
        }
        if let Some(section) =
            SECTION.iter().flat_map(|r| r.captures_iter(text)).last().and_then(|c| c.get(1))
        {
            return verdict(Kind::Section(section.as_str().into()));
        }
        let unpackaged = unpackaged(text);
        if !unpackaged.is_empty() {
            return verdict(Kind::UnpackagedFiles(unpackaged));
        }
        let missing = missing_files(text);
        if !missing.is_empty() {
            return verdict(Kind::MissingFiles(missing));
        }
        let sources: Vec<String> = SOURCE
            .iter()
            .flat_map(|r| r.captures_iter(text))
            .filter_map(|c| c.get(1).or_else(|| c.get(2)).map(|m| m.as_str().to_string()))
            .fold(Vec::new(), push_new);
        if !sources.is_empty() {
            return verdict(Kind::SourceMissing(sources));
        }
        if text.contains("No space left on device") {
            return verdict(Kind::DiskLimit);
        }
        if matches(&SPEC) {
            return verdict(Kind::Spec);
        }
        verdict(Kind::Other)
    }
}

/// The paths listed after rpm's heading.
fn unpackaged(text: &str) -> Vec<String> {
    let Some((_, after)) = text.split_once(UNPACKAGED) else { return Vec::new() };
    let listed = after.lines().skip(1).map(str::trim).take_while(|l| l.starts_with('/'));
    listed.map(Into::into).fold(Vec::new(), push_new)
}

/// `File not found: BUILDROOT/path`, with the build root cut off.
fn missing_files(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((_, path)) =
            line.split_once("File not found: ").or_else(|| line.split_once("Directory not found: "))
        else {
            continue;
        };
        // BUILDROOT/NAME.ARCH/path, since rpm 4.20 BUILD/NAME-build/BUILDROOT/path.
        let inside = match path.split_once("/BUILDROOT/") {
            Some((before, rest)) if before.ends_with("-build") => format!("/{rest}"),
            Some((_, rest)) => {
                rest.split_once('/').map_or_else(|| path.into(), |(_, rest)| format!("/{rest}"))
            }
            None => path.to_string(),
        };
        found = push_new(found, inside.trim().into());
    }
    found
}

fn push_new(mut list: Vec<String>, item: String) -> Vec<String> {
    if !list.contains(&item) {
        list.push(item);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compile_error() {
        let text = "+ gcc -O2 hello.c\nhello.c: In function 'main':\nhello.c:3:5: error: 'x' undeclared (first use in this \
                    function)\n    3 |     x = 1;\n      |     ^\nmake: *** [Makefile:2: hello] Error 1\n\
                    error: Bad exit status from /var/tmp/rpm-tmp.abc (%build)\n\n\nRPM build errors:\n    \
                    Bad exit status from /var/tmp/rpm-tmp.abc (%build)\n";
        let verdict = Verdict::rpmbuild(text);
        assert_eq!(verdict.kind, Kind::Section("%build".into()));
        assert!(verdict.lines.first().unwrap().contains("hello.c:3:5: error"), "{verdict:?}");
        assert_eq!(verdict.to_string(), "%build failed; see build.log");
    }

    #[test]
    fn files_too_many_and_too_few() {
        let text = "error: Installed (but unpackaged) file(s) found:\n   /usr/bin/a\n   /usr/bin/b\n\n\nRPM build errors:\n    \
                    Installed (but unpackaged) file(s) found:\n   /usr/bin/a\n   /usr/bin/b\n";
        assert_eq!(
            Verdict::rpmbuild(text).kind,
            Kind::UnpackagedFiles(vec!["/usr/bin/a".into(), "/usr/bin/b".into()])
        );
        let text = "error: File not found: /builddir/build/BUILDROOT/x-1-1.x86_64/usr/share/x\n\n\nRPM build errors:\n    \
                    File not found: /builddir/build/BUILDROOT/x-1-1.x86_64/usr/share/x\n";
        assert_eq!(Verdict::rpmbuild(text).kind, Kind::MissingFiles(vec!["/usr/share/x".into()]));
    }

    #[test]
    fn build_roots_of_newer_rpm() {
        let text = "error: File not found: /builddir/build/BUILD/x-1-build/BUILDROOT/usr/share/x\n";
        assert_eq!(Verdict::rpmbuild(text).kind, Kind::MissingFiles(vec!["/usr/share/x".into()]));
    }

    #[test]
    fn before_anything_is_built() {
        let cases = [
            ("error: Architecture is not included: x86_64\n", Kind::ArchExcluded),
            ("error: No compatible architectures found for build\n", Kind::ArchExcluded),
            ("error: line 3: Unknown tag: Nmae: x\n", Kind::Spec),
            ("error: License field must be present in package: (main package)\n", Kind::Spec),
            ("error: query of specfile /x/a.spec failed, can't parse\n", Kind::Spec),
            (
                "error: Bad file: /builddir/build/SOURCES/a-1.tar.gz: No such file or directory\n",
                Kind::SourceMissing(vec!["a-1.tar.gz".into()]),
            ),
            ("error: unpacking failed: No space left on device\n", Kind::DiskLimit),
            ("something else\n", Kind::Other),
            ("", Kind::Other),
        ];
        for (text, kind) in cases {
            assert_eq!(Verdict::rpmbuild(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn a_failed_check() {
        let text = "FAIL: t1\n# FAIL:  1\nmake: *** [check] Error 2\nerror: Bad exit status from /var/tmp/rpm-tmp.1 (%check)\n";
        let verdict = Verdict::rpmbuild(text);
        assert_eq!(verdict.kind, Kind::Section("%check".into()));
        assert_eq!(verdict.lines.first().map(String::as_str), Some("FAIL: t1"));
    }
}
