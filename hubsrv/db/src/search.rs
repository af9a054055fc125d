//! Searching for records by name.

use crate::Query;

/// How the terms of a search are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    Exact,
    /// Without regard to case; terms are an SQL pattern, see [`glob_pattern`].
    Glob,
    /// Without regard to case.
    Regexp,
}

/// What a search looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Package,
    Build,
    Tag,
    Target,
    User,
    Host,
    Rpm,
    Maven,
    Win,
}

impl Subject {
    /// The `type` of the method `search`.
    pub fn from_name(name: &str) -> Option<Subject> {
        Some(match name {
            "package" => Subject::Package,
            "build" => Subject::Build,
            "tag" => Subject::Tag,
            "target" => Subject::Target,
            "user" => Subject::User,
            "host" => Subject::Host,
            "rpm" => Subject::Rpm,
            "maven" => Subject::Maven,
            "win" => Subject::Win,
            _ => return None,
        })
    }
}

/// A glob as an SQL pattern: `*` and `?` are wild, everything else is itself.
pub fn glob_pattern(glob: &str) -> String {
    glob.replace('\\', "\\\\").replace('_', "\\_").replace('?', "_").replace('*', "%")
}

/// The comparison of an expression with the terms, for each kind of match.
macro_rules! matches {
    ($kind:expr, $expression:literal) => {
        match $kind {
            MatchKind::Exact => concat!($expression, " = {}"),
            MatchKind::Glob => concat!($expression, " ILIKE {}"),
            MatchKind::Regexp => concat!($expression, " ~* {}"),
        }
    };
}

/// Records whose name matches, as `id` and `name`.
pub fn search(subject: Subject, kind: MatchKind, terms: &str) -> Query {
    let named = |table| Query::from(table).columns(&[("id", "id"), ("name", "name")]).order_by("id");
    match subject {
        Subject::Package => named("package").filter(matches!(kind, "name"), terms),
        Subject::User => named("users").filter(matches!(kind, "name"), terms),
        Subject::Host => named("host").filter(matches!(kind, "name"), terms),
        Subject::Tag => named("tag")
            .join("JOIN tag_config ON tag.id = tag_config.tag_id AND tag_config.active IS TRUE")
            .filter(matches!(kind, "name"), terms),
        Subject::Target => named("build_target")
            .join("JOIN build_target_config ON build_target.id = build_target_id AND active IS TRUE")
            .filter(matches!(kind, "name"), terms),
        Subject::Build => Query::from("build")
            .columns(&[
                ("build.id", "id"),
                ("package.name || '-' || build.version || '-' || build.release", "name"),
            ])
            .join("JOIN package ON build.pkg_id = package.id")
            .filter(matches!(kind, "package.name || '-' || build.version || '-' || build.release"), terms)
            .order_by("build.id"),
        Subject::Rpm => Query::from("rpminfo")
            .columns(&[
                ("id", "id"),
                ("name || '-' || version || '-' || release || '.' || arch || '.rpm'", "name"),
            ])
            .filter(
                matches!(kind, "name || '-' || version || '-' || release || '.' || arch || '.rpm'"),
                terms,
            )
            .order_by("id"),
        Subject::Maven => Query::from("archiveinfo")
            .columns(&[("id", "id"), ("filename", "name")])
            .join("JOIN maven_archives ON archiveinfo.id = maven_archives.archive_id")
            .join_with("CROSS JOIN (SELECT {}::text AS text) AS terms", vec![terms.into()])
            .filter_sql(match kind {
                MatchKind::Exact => {
                    "filename = terms.text OR group_id || '-' || artifact_id || '-' || version = terms.text"
                }
                MatchKind::Glob => {
                    "filename ILIKE terms.text OR group_id || '-' || artifact_id || '-' || version ILIKE terms.text"
                }
                MatchKind::Regexp => {
                    "filename ~* terms.text OR group_id || '-' || artifact_id || '-' || version ~* terms.text"
                }
            })
            .order_by("id"),
        Subject::Win => Query::from("archiveinfo")
            .columns(&[("id", "id"), ("trim(leading '/' from relpath || '/' || filename)", "name")])
            .join("JOIN win_archives ON archiveinfo.id = win_archives.archive_id")
            .join_with("CROSS JOIN (SELECT {}::text AS text) AS terms", vec![terms.into()])
            .filter_sql(match kind {
                MatchKind::Exact => "filename = terms.text OR relpath || '/' || filename = terms.text",
                MatchKind::Glob => "filename ILIKE terms.text OR relpath || '/' || filename ILIKE terms.text",
                MatchKind::Regexp => "filename ~* terms.text OR relpath || '/' || filename ~* terms.text",
            })
            .order_by("id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stars_and_question_marks_are_wild() {
        assert_eq!(glob_pattern(r"a_b\c?*"), r"a\_b\\c_%");
    }
}
