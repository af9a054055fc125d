//! Which packages of which repository are taken.

use super::load::Source;
use super::{Merge, MergeMode};
use crate::Result;
use crate::output::Stream;
use crate::reader::{Element, Elements, PackageInfo};
use koji_rpm::{Nvra, arch, vercmp::label_compare};
use std::collections::{HashMap, HashSet};

/// The packages to be taken, by repository.
pub(super) struct Selection {
    /// The pkgids of each repository.
    pub taken: Vec<HashSet<String>>,
    /// The lines of pkgorigins: `N-V-R.A <tab> address`, one for each N-E:V-R.A.
    pub origins: String,
}

impl Selection {
    pub(super) fn packages(&self) -> usize {
        self.taken.iter().map(HashSet::len).sum()
    }
}

fn nevra(package: &PackageInfo) -> String {
    let epoch = if package.epoch.is_empty() { "0" } else { &package.epoch };
    format!("{epoch}:{}", package.nvra())
}

/// The build of each source package whose rpms are taken: repository and file name of the source rpm.
type Builds = HashMap<String, (usize, String)>;

pub(super) fn select(merge: &Merge<'_>, sources: &[Source]) -> Result<Selection> {
    let lists = sources.iter().map(packages).collect::<Result<Vec<_>>>()?;
    let builds = builds(&lists);
    let arches: HashSet<&str> = arch::expanded_arches(merge.arch).into_iter().collect();
    let mut chooser = Chooser { merge, arches, builds, nvras: HashSet::new(), nevras: HashSet::new() };
    let mut selection = Selection { taken: Vec::with_capacity(sources.len()), origins: String::new() };
    let mut named = HashSet::new();
    for (source, list) in sources.iter().zip(&lists) {
        let mut taken = HashSet::new();
        for package in list {
            // One file listed twice in a repository is one package.
            if !taken.contains(&package.pkgid) && chooser.wants(package) {
                taken.insert(package.pkgid.clone());
                if named.insert(nevra(package)) {
                    selection.origins.push_str(&format!("{}\t{}\n", package.nvra(), source.url));
                }
            }
        }
        selection.taken.push(taken);
    }
    Ok(selection)
}

fn packages(source: &Source) -> Result<Vec<PackageInfo>> {
    let (url, input) = source.open(Stream::Primary)?;
    let mut elements = Elements::new(input, &url, None).without_xml();
    let (mut element, mut list) = (Element::default(), Vec::new());
    while elements.next(&mut element)? {
        let info = std::mem::take(&mut element.info);
        if info.pkgid.is_empty() || info.name.is_empty() {
            return Err(crate::Error::metadata(&url, "a package has no name or checksum"));
        }
        list.push(info);
    }
    Ok(list)
}

/// For every source package the build that counts: in the first repository that has any, the newest one. Packages
/// of other architectures and blocked ones count here as well, as they do for mergerepo_c.
fn builds(lists: &[Vec<PackageInfo>]) -> Builds {
    let mut builds = Builds::new();
    for (index, list) in lists.iter().enumerate() {
        for package in list {
            let Some(new) = source_nvra(&package.sourcerpm) else { continue };
            if let Some((owner, old)) = builds.get(&new.nvr.name) {
                let newer =
                    *owner == index && source_nvra(old).is_some_and(|old| label(&new).gt(&label(&old)));
                if !newer {
                    continue;
                }
            }
            builds.insert(new.nvr.name, (index, package.sourcerpm.clone()));
        }
    }
    builds
}

fn source_nvra(sourcerpm: &str) -> Option<Nvra> {
    if sourcerpm.is_empty() { None } else { Nvra::parse(sourcerpm).ok() }
}

/// A version that compares as rpm compares.
struct Label<'a>(Option<u64>, &'a str, &'a str);

impl Label<'_> {
    fn gt(&self, other: &Label<'_>) -> bool {
        label_compare((self.0, self.1, self.2), (other.0, other.1, other.2)).is_gt()
    }
}

fn label(nvra: &Nvra) -> Label<'_> {
    let epoch = nvra.nvr.epoch.as_deref().and_then(|epoch| epoch.parse().ok());
    Label(epoch, &nvra.nvr.version, &nvra.nvr.release)
}

struct Chooser<'a> {
    merge: &'a Merge<'a>,
    arches: HashSet<&'a str>,
    builds: Builds,
    nvras: HashSet<String>,
    nevras: HashSet<String>,
}

impl Chooser<'_> {
    /// Whether the package is taken. Asked in the order of repositories, since first come is first served.
    fn wants(&mut self, package: &PackageInfo) -> bool {
        if !self.arches.contains(package.arch.as_str()) {
            return false;
        }
        match self.merge.mode {
            MergeMode::Simple => self.source_is_fine(package, false),
            MergeMode::Koji => self.source_is_fine(package, true) && self.nvras.insert(package.nvra()),
            MergeMode::Bare => self.nevras.insert(nevra(package)),
        }
    }

    /// Whether the source package allows it. Packages that name none (source packages, and binaries of unusual
    /// repositories) are allowed, those with a name that cannot be read are not.
    fn source_is_fine(&self, package: &PackageInfo, only_chosen_build: bool) -> bool {
        if package.sourcerpm.is_empty() {
            return true;
        }
        let Some(source) = source_nvra(&package.sourcerpm) else { return false };
        if self.merge.blocklist.contains(&source.nvr.name) {
            return false;
        }
        !only_chosen_build
            || self.builds.get(&source.nvr.name).is_some_and(|(_, build)| *build == package.sourcerpm)
    }
}
