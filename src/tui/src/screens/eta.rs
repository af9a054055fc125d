//! How long a build is likely to take yet: the hub's average for its package against the time it has run.

use koji_api::methods as m;

use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{Cell, cell, duration, split_nvr};
use crate::store::Store;
use crate::theme::Role;

/// The package that a build's source is of, by its name: `git://host/rpms/bash#commit`, `cli-build/…/bash-5-1.src.rpm`.
/// A guess, for nothing else says it before the source rpm is made.
pub fn package_of(source: &str) -> Option<String> {
    let last = source.split(['#', '?']).next()?.trim_end_matches('/').rsplit('/').next()?;
    let name = match last.strip_suffix(".src.rpm") {
        Some(nvr) => split_nvr(nvr)?.0,
        None => last.trim_end_matches(".git"),
    };
    (!name.is_empty()).then(|| name.to_owned())
}

fn call(package: &str) -> Call {
    Call::new(m::GetAverageBuildDuration { package: package.into(), ..Default::default() })
}

/// The averages that the builds among these need; asked for once.
pub fn wants<'a>(nodes: impl Iterator<Item = &'a Node>) -> Vec<Want> {
    const MOST: usize = 40;
    let mut packages: Vec<&str> = nodes.filter_map(building).collect();
    packages.sort_unstable();
    packages.dedup();
    packages.into_iter().take(MOST).map(|p| Want::once(call(p))).collect()
}

fn building(node: &Node) -> Option<&str> {
    node.package.as_deref().filter(|_| node.state == 1)
}

/// Seconds that builds of the package took on average, where the hub has built it.
pub fn average(node: &Node, store: &Store) -> Option<f64> {
    let value = store.value(&call(building(node)?))?;
    value.as_double().filter(|a| *a > 0.0)
}

/// `████░░ ~3m10s`: how much of the average has passed and what is left; nothing where there is no average.
pub fn bar(node: &Node, average: Option<f64>, now: f64) -> Cell {
    const WIDTH: usize = 6;
    let Some((average, ran)) = average.zip(node.time(now)) else { return Cell::default() };
    let full = ((ran / average * WIDTH as f64).max(0.0) as usize).min(WIDTH);
    let bar = "█".repeat(full) + &"░".repeat(WIDTH - full);
    if ran <= average {
        cell(format!("{bar} ~{}", duration(average - ran))).role(Role::Running)
    } else {
        cell(format!("{bar} +{}", duration(ran - average))).role(Role::Warn)
    }
}

#[cfg(test)]
mod tests {
    use koji_xmlrpc::Value;

    use super::*;

    #[test]
    fn packages_by_their_sources() {
        for (source, package) in [
            ("git://pkgs.example.org/rpms/bash#0123abc", Some("bash")),
            ("git+https://h/rpms/bash.git?sub#f1", Some("bash")),
            ("cli-build/1700.5.xyz/python-a-b-1.0-2.fc45.src.rpm", Some("python-a-b")),
            ("https://h/", Some("h")),
            ("#1", None),
        ] {
            assert_eq!(package_of(source).as_deref(), package, "{source}");
        }
    }

    #[test]
    fn bars() {
        let row = Value::record([
            ("id", Value::from(1)),
            ("state", 1.into()),
            ("method", "build".into()),
            ("request", Value::Array(vec!["git://h/a#1".into()])),
            ("start_ts", 1000.0.into()),
        ]);
        let node = Node::new(&row).unwrap();
        let text = |average, now| bar(&node, average, now).text;
        assert_eq!(text(Some(100.0), 1050.0), "███░░░ ~50s");
        assert_eq!(text(Some(100.0), 1190.0), "██████ +1m30s");
        assert_eq!(text(None, 1190.0), "");
    }
}
