//! What local buildroots need: mock, or dnf and namespaces.

use koji_buildroot::{Engine, EngineKind, Settings};
use koji_config::environment;

use super::finding::Finding;
use crate::machine::{Machine, Problem};

const CHECK: &str = "engine";

pub fn check() -> Vec<Finding> {
    let Some(cache) = environment::cache_dir() else {
        return vec![Finding::skipped(CHECK, "there is no home directory for a cache")];
    };
    let machine = Machine::here();
    let made = Engine::new(Settings::new(cache.join("koji/buildroots"), cache.join("koji/doctor")));
    vec![match made {
        Ok(engine) if engine.kind() == EngineKind::Mock => match machine.mock() {
            Ok(()) => Finding::fine(CHECK, "mock is installed"),
            Err(problem) => Finding::warning(CHECK, problem.text, problem.remedy),
        },
        Ok(_) => Finding::fine(CHECK, "dnf and namespaces: buildroots work here without mock"),
        // everything but local buildroots works without
        Err(e) => {
            let problem = Problem::of(e, &machine);
            Finding::warning(CHECK, format!("no local buildroots here: {}", problem.text), problem.remedy)
        }
    }]
}
