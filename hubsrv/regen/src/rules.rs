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

    /// Seconds in its present state. Rows of hubs before 1.35 have no times: those come from the directory, see
    /// [`Repo::or_changed`], and what has none at all is new.
    fn age(&self, now: f64) -> f64 {
        self.changed.map_or(0.0, |t| now - t)
    }

    /// Whether the hub does not know since when it is in its present state.
    pub fn is_undated(&self) -> bool {
        self.changed.is_none()
    }

    /// With a time for the present state, if it has none.
    pub fn or_changed(mut self, time: Option<f64>) -> Repo {
        self.changed = self.changed.or(time);
        self
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

/// The event of the newest ready repositories of each tag, by kind.
pub struct Newest {
    by_kind: HashMap<(i64, bool), i64>,
}

impl Newest {
    pub fn of(repos: &[Repo]) -> Newest {
        let mut by_kind = HashMap::new();
        for repo in repos.iter().filter(|r| r.state == RepoState::Ready && (r.dist || !r.custom)) {
            let newest = by_kind.entry((repo.tag_id, repo.dist)).or_insert(repo.create_event);
            *newest = (*newest).max(repo.create_event);
        }
        Newest { by_kind }
    }

    /// Whether no ready repository of its kind, with the tag's own options, is newer.
    pub fn is(&self, repo: &Repo) -> bool {
        self.by_kind.get(&(repo.tag_id, repo.dist)).is_none_or(|event| *event <= repo.create_event)
    }
}

/// The fate of one repository.
///
/// What is current (its tag has not changed since) and has the tag's own options stays. Of the others the newest ready
/// dist repo of a tag stays, the newest regular one as long as a target builds from the tag, which the caller asks for
/// [`Fate::MayExpire`] with [`Newest::is`].
pub fn fate(repo: &Repo, newest: &Newest, lifetimes: &Lifetimes, now: f64) -> Fate {
    match repo.state {
        RepoState::Init => {
            let dead = matches!(repo.task_state, Some(TaskState::Canceled | TaskState::Failed));
            let late = repo.created.is_none_or(|t| now - t > lifetimes.init);
            if dead || late { Fate::Problem } else { Fate::Keep }
        }
        RepoState::Ready => {
            let lifetime = if repo.dist { lifetimes.dist } else { lifetimes.repo };
            let candidate = repo.ended || repo.custom;
            let kept = repo.dist && newest.is(repo);
            if candidate && !kept && repo.age(now) > lifetime { Fate::MayExpire } else { Fate::Keep }
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
        // a newer one of the same content changes nothing
        let all = [old.clone(), repo(2, RepoState::Ready, 10.0)];
        assert_eq!((fate_of(&all[0], &all), fate_of(&all[1], &all)), (Fate::Keep, Fate::Keep));
        let ended = Repo { ended: true, ..old.clone() };
        assert_eq!(fate_of(&ended, std::slice::from_ref(&ended)), Fate::MayExpire);
        assert_eq!(fate_of(&Repo { ended: true, ..repo(1, RepoState::Ready, 900.0) }, &all), Fate::Keep);
        let custom = Repo { custom: true, ..old };
        assert_eq!(fate_of(&custom, std::slice::from_ref(&custom)), Fate::MayExpire);
    }

    #[test]
    fn the_newest_is_told_by_its_event() {
        let ended =
            |id, event| Repo { ended: true, create_event: event, ..repo(id, RepoState::Ready, 5000.0) };
        let custom = Repo { custom: true, ..ended(3, 9) };
        let all = [ended(1, 7), ended(2, 7), custom, ended(4, 6)];
        let newest = Newest::of(&all);
        assert_eq!(all.each_ref().map(|r| newest.is(r)), [true, true, true, false]);
    }

    #[test]
    fn without_times_nothing_ends_at_once() {
        let old = Repo { changed: None, ended: true, ..repo(1, RepoState::Ready, 5000.0) };
        assert!(old.is_undated() && fate_of(&old, std::slice::from_ref(&old)) == Fate::Keep);
        let dated = old.or_changed(Some(5000.0));
        assert_eq!(fate_of(&dated, std::slice::from_ref(&dated)), Fate::MayExpire);
        let expired = Repo { changed: None, ..repo(1, RepoState::Expired, 0.0) };
        assert_eq!(fate_of(&expired, &[]), Fate::Keep);
    }

    #[test]
    fn dist_repos_have_their_own_lifetime() {
        let d = |id, age| Repo { dist: true, ended: true, ..repo(id, RepoState::Ready, age) };
        let all = [d(1, 600.0), d(2, 600.0)];
        assert_eq!(fate_of(&all[0], &all), Fate::MayExpire);
        assert_eq!(fate_of(&all[1], &all), Fate::Keep);
        // of an unchanged tag, perhaps with other keys
        let current = Repo { ended: false, ..d(1, 600.0) };
        assert_eq!(fate_of(&current, &all), Fate::Keep);
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
