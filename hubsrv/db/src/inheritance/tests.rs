//! The walk against the rules written down literally, step by step, with nothing shared between branches.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// One node's turn of the rules in the reference below.
struct Turn {
    top: Vec<i64>,
    depth: Option<i64>,
    noconfig: bool,
    filters: Vec<String>,
}

#[derive(Clone)]
struct Seen {
    depth: Option<i64>,
    noconfig: bool,
    filtered: bool,
}

/// The rules of the order, as a list of statements.
fn by_the_rules(
    tag: i64,
    links: &[Link],
    reverse: bool,
    mut turn: Turn,
    seen: &mut HashMap<i64, Vec<Seen>>,
    out: &mut Vec<Step>,
) {
    // rule: nothing below a depth of 1
    if let Some(depth) = turn.depth
        && depth < 1
    {
        return;
    }
    turn.top.push(tag);
    let level = turn.top.len() as i64;
    let mut node: Vec<Link> =
        links.iter().filter(|l| tag == if reverse { l.parent_id } else { l.child_id }).cloned().collect();
    node.sort_by_key(|l| l.priority);
    for link in node {
        let next = if reverse { link.child_id } else { link.parent_id };
        // rule: no loops
        if turn.top.contains(&next) {
            continue;
        }
        // rule: intransitive links count at the top only
        if !reverse && link.intransitive && level > 1 {
            continue;
        }
        let depth;
        if reverse {
            // rule: going down, a link's limit is measured from the top, and limits do not add up
            if let Some(max) = link.maxdepth
                && max < level - 1
            {
                continue;
            }
            depth = None;
        } else if link.maxdepth.is_none() {
            // rule: without a limit of its own, one less than what came
            depth = turn.depth.map(|d| d - 1);
        } else if turn.depth.is_none() {
            // rule: the first limit stays as it is
            depth = link.maxdepth;
        } else {
            // rule: otherwise one less than the smaller one
            depth = [link.maxdepth, turn.depth].into_iter().flatten().min().map(|d| d - 1);
        }
        // rule: noconfig stays on for what follows
        if link.noconfig {
            turn.noconfig = true;
        }
        // rule: filters add up
        let mut filters = turn.filters.clone();
        if let Some(pattern) = &link.pkg_filter
            && !pattern.is_empty()
        {
            filters.push(pattern.clone());
        }
        // rule: again only if every visit before was worse in some way
        let before = seen.entry(next).or_default();
        let mut worse_in_some_way = before.iter().map(|b| {
            let deeper = match (depth, b.depth) {
                (None, None) => false,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (Some(new), Some(old)) => old < new,
            };
            deeper || (b.noconfig && !turn.noconfig) || b.filtered
        });
        if !worse_in_some_way.all(|w| w) {
            continue;
        }
        before.push(Seen { depth, noconfig: link.noconfig, filtered: !filters.is_empty() });
        out.push(Step {
            link: link.clone(),
            nextdepth: depth,
            currdepth: level,
            filter: filters.iter().map(|f| f.as_str().into()).collect(),
        });
        // rule: going down, intransitive links are listed and not followed
        if reverse && link.intransitive {
            continue;
        }
        let below = Turn { top: turn.top.clone(), depth, noconfig: turn.noconfig, filters };
        by_the_rules(next, links, reverse, below, seen, out);
    }
}

fn reference(tag: i64, links: &[Link], reverse: bool) -> Vec<Step> {
    let mut out = Vec::new();
    let turn = Turn { top: vec![], depth: None, noconfig: false, filters: vec![] };
    by_the_rules(tag, links, reverse, turn, &mut HashMap::new(), &mut out);
    out
}

prop_compose! {
    /// Any graph of seven tags, loops included; priorities are unique for a child and for a parent.
    fn graph()(
        edges in proptest::collection::vec(
            (0_i64..7, 0_i64..7, proptest::option::weighted(0.4, 0_i64..4), any::<(bool, bool)>(), 0_u8..6),
            0..16,
        ),
    ) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for (priority, (child_id, parent_id, maxdepth, (intransitive, noconfig), filter)) in (0_i64..).zip(edges) {
            if links.iter().any(|l| l.child_id == child_id && l.parent_id == parent_id) {
                continue;
            }
            links.push(Link {
                child_id,
                parent_id,
                name: format!("t{parent_id}"),
                priority,
                maxdepth,
                intransitive,
                noconfig,
                pkg_filter: match filter { 0 => Some("^a".into()), 1 => None, _ => Some(String::new()) },
            });
        }
        links
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_order_follows_the_rules(links in graph(), tag in 0_i64..7) {
        prop_assert_eq!(ancestors(tag, &links), reference(tag, &links, false));
        prop_assert_eq!(descendants(tag, &links), reference(tag, &links, true));
    }

    #[test]
    fn a_plan_leads_to_what_was_asked(
        current in proptest::collection::btree_map(1_i64..6, (0_i64..9, any::<bool>()), 0..5),
        wanted in proptest::collection::btree_map(1_i64..6, proptest::option::of((0_i64..9, any::<bool>())), 0..5),
        clear: bool,
    ) {
        let link = |parent_id: i64, (priority, noconfig): (i64, bool)| Link {
            child_id: 0, parent_id, name: String::new(), priority, maxdepth: None, intransitive: false, noconfig,
            pkg_filter: Some(String::new()),
        };
        let before: Vec<Link> = current.iter().map(|(p, v)| link(*p, *v)).collect();
        let changes: Vec<Change> = wanted.iter().map(|(p, v)| match v {
            Some(v) => Change::Set(link(*p, *v)),
            None => Change::Delete { parent_id: *p },
        }).collect();
        let mut after = if clear { Default::default() } else { current.clone() };
        for (p, v) in &wanted {
            match v { Some(v) => { after.insert(*p, *v); } None => { after.remove(p); } }
        }
        let mut priorities: Vec<i64> = after.values().map(|v| v.0).collect();
        priorities.sort_unstable();
        let twice = priorities.windows(2).any(|w| w[0] == w[1]);
        match plan(0, &before, changes, clear) {
            // two links of the state before can only collide in made-up data; then nothing changes
            Err(LinkError::SamePriority { .. }) => prop_assert!(twice),
            Ok(plan) => {
                let mut got = current.clone();
                for change in &plan {
                    match change {
                        Change::Set(l) => { got.insert(l.parent_id, (l.priority, l.noconfig)); }
                        Change::Delete { parent_id } => { got.remove(parent_id); }
                    }
                }
                prop_assert_eq!(&got, &after);
                prop_assert!(!twice || plan.is_empty());
            }
        }
    }
}

fn link(child_id: i64, parent_id: i64, priority: i64) -> Link {
    Link {
        child_id,
        parent_id,
        name: format!("t{parent_id}"),
        priority,
        maxdepth: None,
        intransitive: false,
        noconfig: false,
        pkg_filter: None,
    }
}

fn tags_of(steps: &[Step]) -> Vec<i64> {
    steps.iter().map(|s| s.link.parent_id).collect()
}

#[test]
fn a_first_limit_counts_in_full() {
    let links = [Link { maxdepth: Some(1), ..link(1, 2, 0) }, link(2, 3, 0), link(3, 4, 0), link(4, 5, 0)];
    // 1 is "one more level", not "this level only"
    assert_eq!(tags_of(&ancestors(1, &links)), [2, 3]);
}

#[test]
fn an_unlimited_way_is_taken_again() {
    let links = [
        Link { maxdepth: Some(0), ..link(1, 2, 0) },
        Link { pkg_filter: Some("^h".into()), ..link(1, 3, 1) },
        link(1, 4, 2),
        link(2, 5, 0),
        link(3, 2, 0),
        link(4, 2, 0),
    ];
    assert_eq!(tags_of(&ancestors(1, &links)), [2, 3, 2, 5, 4, 2, 5]);
}
