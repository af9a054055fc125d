//! The walk through the links: depth first, by priority.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Link, Step};

/// The order of inheritance of `tag` in a graph whose links are sorted by priority for each child.
pub fn ancestors(tag: i64, links: &[Link]) -> Vec<Step> {
    walk(tag, links, false)
}

/// The tags that inherit from `tag`, in a graph whose links are sorted by priority for each parent.
pub fn descendants(tag: i64, links: &[Link]) -> Vec<Step> {
    walk(tag, links, true)
}

fn walk(tag: i64, links: &[Link], reverse: bool) -> Vec<Step> {
    let mut by_node: HashMap<i64, Vec<&Link>> = HashMap::new();
    for link in links {
        by_node.entry(if reverse { link.parent_id } else { link.child_id }).or_default().push(link);
    }
    let mut walk = Walk { by_node, reverse, order: Vec::new(), visits: HashMap::new(), path: Vec::new() };
    walk.visit(tag, None, false, &[]);
    walk.order
}

struct Walk<'a> {
    by_node: HashMap<i64, Vec<&'a Link>>,
    reverse: bool,
    order: Vec<Step>,
    /// For each tag, where in `order` it was reached.
    visits: HashMap<i64, Vec<usize>>,
    /// From the top to the tag being visited.
    path: Vec<i64>,
}

impl Walk<'_> {
    /// `maxdepth`: how many more links may be followed. `noconfig`: inherited from the way here.
    fn visit(&mut self, tag: i64, maxdepth: Option<i64>, mut noconfig: bool, filters: &[Arc<str>]) {
        if maxdepth.is_some_and(|depth| depth < 1) {
            return;
        }
        self.path.push(tag);
        let currdepth = i64::try_from(self.path.len()).unwrap_or(i64::MAX);
        for link in self.by_node.get(&tag).cloned().unwrap_or_default() {
            let next = if self.reverse { link.child_id } else { link.parent_id };
            if self.path.contains(&next) {
                tracing::warn!(from = tag, to = next, "inheritance loop, not followed");
                continue;
            }
            if link.intransitive && self.path.len() > 1 && !self.reverse {
                continue;
            }
            let nextdepth = if self.reverse {
                if link.maxdepth.is_some_and(|depth| depth < currdepth - 1) {
                    continue;
                }
                None
            } else {
                match (link.maxdepth, maxdepth) {
                    (None, carried) => carried.map(|c| c - 1),
                    // only the first limit on a way is taken as it is
                    (Some(own), None) => Some(own),
                    (Some(own), Some(carried)) => Some(own.min(carried) - 1),
                }
            };
            // once seen it stays for later siblings, as in upstream's recursion
            noconfig |= link.noconfig;
            let mut filter = filters.to_vec();
            if let Some(pattern) = link.pkg_filter.as_deref().filter(|p| !p.is_empty()) {
                filter.push(pattern.into());
            }
            let visits = self.visits.entry(next).or_default();
            if visits.iter().any(|&v| self.order.get(v).is_some_and(|p| suffices(p, nextdepth, noconfig))) {
                continue;
            }
            visits.push(self.order.len());
            self.order.push(Step { link: link.clone(), nextdepth, currdepth, filter: filter.clone() });
            // among descendants, an intransitive link is shown and ends there
            if !(link.intransitive && self.reverse) {
                self.visit(next, nextdepth, noconfig, &filter);
            }
        }
        self.path.pop();
    }
}

/// Whether a previous visit brought all that another one could bring.
fn suffices(previous: &Step, nextdepth: Option<i64>, noconfig: bool) -> bool {
    let deep_enough = match (previous.nextdepth, nextdepth) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(last), Some(next)) => last >= next,
    };
    let config_too = !previous.link.noconfig || noconfig;
    deep_enough && config_too && previous.filter.is_empty()
}
