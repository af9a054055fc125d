//! When a repository ends: pure rules over what the hub answers.

use std::collections::HashMap;

use koji_api::types::{RepoState, TaskState};
use koji_xmlrpc::Value;

/// What the rules need to know of a repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Repo {
    pub id: i64,
    pub tag_id: i64,
    pub tag_name: String,
    pub state: RepoState,
    /// Unix times of the creation and of the last change of state.
    pub created: Option<f64>,
    pub changed: Option<f64>,
    pub create_event: i64,
    /// The tag has changed since.
    pub ended: bool,
    pub dist: bool,
    /// Made with options other than the tag's own.
    pub custom: bool,
    pub task_state: Option<TaskState>,
}

impl Repo {
    /// From a row of `repo.query`; `None` when it lacks what every repo has.
    pub fn from_row(row: &Value) -> Option<Repo> {
        Some(Repo {
            id: row.int_at("id")?,
            tag_id: row.int_at("tag_id")?,
            tag_name: row.str_at("tag_name")?.to_owned(),
            state: RepoState::from_code(row.int_at("state")?)?,
            created: row.get("creation_ts").and_then(Value::as_double),
            changed: row.get("state_ts").and_then(Value::as_double),
            create_event: row.int_at("create_event").unwrap_or(0),
            ended: row.int_at("end_event").is_some(),
            dist: row.truthy_at("dist"),
            custom: row.truthy_at("custom_opts"),
            task_state: row.int_at("task_state").and_then(TaskState::from_code),
        })
    }

    /// Seconds in its present state.
    fn age(&self, now: f64) -> f64 {
        self.changed.or(self.created).map_or(f64::INFINITY, |t| now - t)
    }
}

/// How long repositories live, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    pub init: f64,
    pub repo: f64,
    pub dist: f64,
    pub expired: f64,
}

/// What should become of a repository now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Keep,
    /// It was never finished.
    Problem,
    /// Old and superseded; whether something still builds against it is to be asked.
    MayExpire,
    /// Gone for good, unless a buildroot refers to it.
    MayDelete,
}

/// The newest ready repositories of each tag, by kind; they are kept.
pub struct Newest {
    by_kind: HashMap<(i64, bool, bool), i64>,
}

impl Newest {
    pub fn of(repos: &[Repo]) -> Newest {
        let mut by_kind: HashMap<(i64, bool, bool), (i64, i64)> = HashMap::new();
        for repo in repos.iter().filter(|r| r.state == RepoState::Ready) {
            let newest = by_kind.entry((repo.tag_id, repo.dist, repo.custom)).or_default();
            *newest = (*newest).max((repo.create_event, repo.id));
        }
        Newest { by_kind: by_kind.into_iter().map(|(kind, (_, id))| (kind, id)).collect() }
    }

    pub fn is(&self, repo: &Repo) -> bool {
        self.by_kind.get(&(repo.tag_id, repo.dist, repo.custom)) == Some(&repo.id)
    }
}

/// The fate of one repository.
///
/// The newest ready dist repo of a tag stays; the newest ready regular one with the tag's own options stays as long as a
/// target builds from the tag, which the caller asks for [`Fate::MayExpire`] with [`Newest::is`].
pub fn fate(repo: &Repo, newest: &Newest, lifetimes: &Lifetimes, now: f64) -> Fate {
    match repo.state {
        RepoState::Init => {
            let dead = matches!(repo.task_state, Some(TaskState::Canceled | TaskState::Failed));
            let late = repo.created.is_none_or(|t| now - t > lifetimes.init);
            if dead || late { Fate::Problem } else { Fate::Keep }
        }
        RepoState::Ready => {
            let (superseded, lifetime) = if repo.dist {
                (!newest.is(repo), lifetimes.dist)
            } else {
                (repo.ended || repo.custom || !newest.is(repo), lifetimes.repo)
            };
            if superseded && repo.age(now) > lifetime { Fate::MayExpire } else { Fate::Keep }
        }
        RepoState::Expired | RepoState::Problem => {
            if repo.age(now) >= lifetimes.expired {
                Fate::MayDelete
            } else {
                Fate::Keep
            }
        }
        RepoState::Deleted => Fate::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIFE: Lifetimes = Lifetimes { init: 100.0, repo: 1000.0, dist: 500.0, expired: 300.0 };

    fn repo(id: i64, state: RepoState, age: f64) -> Repo {
        Repo {
            id,
            tag_id: 1,
            tag_name: "b".into(),
            state,
            created: Some(10_000.0 - age),
            changed: Some(10_000.0 - age),
            create_event: id,
            ended: false,
            dist: false,
            custom: false,
            task_state: None,
        }
    }
    fn fate_of(r: &Repo, all: &[Repo]) -> Fate {
        fate(r, &Newest::of(all), &LIFE, 10_000.0)
    }

    #[test]
    fn unfinished_repos_are_problems() {
        assert_eq!(fate_of(&repo(1, RepoState::Init, 50.0), &[]), Fate::Keep);
        assert_eq!(fate_of(&repo(1, RepoState::Init, 150.0), &[]), Fate::Problem);
        let failed = Repo { task_state: Some(TaskState::Failed), ..repo(1, RepoState::Init, 1.0) };
        assert_eq!(fate_of(&failed, &[]), Fate::Problem);
        let unknown = Repo { created: None, ..repo(1, RepoState::Init, 1.0) };
        assert_eq!(fate_of(&unknown, &[]), Fate::Problem);
    }

    #[test]
    fn current_repos_stay() {
        let old = repo(1, RepoState::Ready, 5000.0);
        assert_eq!(fate_of(&old, std::slice::from_ref(&old)), Fate::Keep);
        let all = [old.clone(), repo(2, RepoState::Ready, 10.0)];
        assert_eq!(fate_of(&all[0], &all), Fate::MayExpire);
        assert_eq!(fate_of(&all[1], &all), Fate::Keep);
        let ended = Repo { ended: true, ..old };
        assert_eq!(fate_of(&ended, std::slice::from_ref(&ended)), Fate::MayExpire);
    }

    #[test]
    fn dist_repos_have_their_own_lifetime() {
        let d = |id, age| Repo { dist: true, ended: true, ..repo(id, RepoState::Ready, age) };
        let all = [d(1, 600.0), d(2, 600.0)];
        assert_eq!(fate_of(&all[0], &all), Fate::MayExpire);
        assert_eq!(fate_of(&all[1], &all), Fate::Keep);
    }

    #[test]
    fn expired_repos_go_after_their_time() {
        assert_eq!(fate_of(&repo(1, RepoState::Expired, 299.0), &[]), Fate::Keep);
        assert_eq!(fate_of(&repo(1, RepoState::Expired, 300.0), &[]), Fate::MayDelete);
        assert_eq!(fate_of(&repo(1, RepoState::Deleted, 9000.0), &[]), Fate::Keep);
    }

    proptest! {
        /// Of the ready, unended repos of a tag, one always stays.
        #[test]
        fn a_tag_keeps_a_repo(ages in proptest::collection::vec(0.0..9000.0f64, 1..8)) {
            let all: Vec<Repo> = ages.iter().zip(1..).map(|(age, id)| repo(id, RepoState::Ready, *age)).collect();
            prop_assert!(all.iter().any(|r| fate_of(r, &all) == Fate::Keep));
        }
    }
}
