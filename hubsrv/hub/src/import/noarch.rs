//! Noarch packages that were built on several architectures.

use std::collections::HashMap;

use koji_api::Fault;
use koji_rpm::diff;

use super::read::RpmFacts;

/// Keeps the first of each noarch package. The others have to be the same but for what differs from build to build: times, sizes
/// and digests.
pub fn keep_first(rpms: Vec<RpmFacts>) -> Result<Vec<RpmFacts>, Fault> {
    let mut kept: Vec<RpmFacts> = Vec::with_capacity(rpms.len());
    let mut first: HashMap<String, usize> = HashMap::new();
    for rpm in rpms {
        if !rpm.source.name.ends_with(".noarch.rpm") {
            kept.push(rpm);
            continue;
        }
        let earlier = first.get(&rpm.source.name).and_then(|i| kept.get(*i));
        let Some(earlier) = earlier else {
            first.insert(rpm.source.name.clone(), kept.len());
            kept.push(rpm);
            continue;
        };
        let differences = match (&earlier.headers, &rpm.headers) {
            (Some(one), Some(other)) => diff::differences(one, other),
            _ => vec!["the packages are of different architectures".to_owned()],
        };
        if !differences.is_empty() {
            return Err(Fault::build(format!(
                "The following noarch package built differently on different architectures: {}\nrpmdiff output was:\n{}",
                rpm.source.name,
                differences.join("\n")
            )));
        }
    }
    Ok(kept)
}
