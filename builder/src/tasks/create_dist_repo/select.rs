//! Which copy of which rpm goes into the repository.

use std::collections::BTreeMap;

use koji_api::paths::PathInfo;
use koji_xmlrpc::{Struct, Value};

/// An rpm of the tag, with all copies that the hub has signatures for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rpm {
    pub id: i64,
    /// The hub's row; its `sigkey` is that of one of the signatures.
    pub row: Struct,
    /// Keys, in lower case; the empty one stands for the rpm as it was built.
    pub keys: Vec<String>,
}

/// What is taken of an rpm.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub rpm: Rpm,
    /// None of the wanted keys has signed it: the rpm as it was built.
    pub key: Option<String>,
}

/// Rows of `listTaggedRPMS` with signatures (a row a signature), by rpm.
pub fn by_rpm(rows: &[Value]) -> Vec<Rpm> {
    let mut rpms: BTreeMap<i64, Rpm> = BTreeMap::new();
    for row in rows.iter().filter_map(Value::as_struct) {
        let Some(id) = row.get("id").and_then(Value::as_int) else { continue };
        let key = row.get("sigkey").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        rpms.entry(id).or_insert_with(|| Rpm { id, row: row.clone(), keys: Vec::new() }).keys.push(key);
    }
    rpms.into_values().collect()
}

/// For each rpm the copy with the first of the keys that it has.
pub fn choose(rpms: Vec<Rpm>, keys: &[String]) -> Vec<Choice> {
    let best = |rpm: &Rpm| keys.iter().map(|k| k.to_lowercase()).find(|k| rpm.keys.contains(k));
    rpms.into_iter().map(|rpm| Choice { key: best(&rpm), rpm }).collect()
}

impl Choice {
    pub fn text(&self, key: &str) -> &str {
        self.rpm.row.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn nvr(&self) -> (&str, &str, &str) {
        (self.text("name"), self.text("version"), self.text("release"))
    }

    /// `N-V-R.A`.
    pub fn nvra(&self) -> String {
        let (name, version, release) = self.nvr();
        format!("{name}-{version}-{release}.{}", self.text("arch"))
    }

    /// The file's path in its build's directory.
    pub fn path(&self) -> String {
        match self.key.as_deref() {
            None | Some("") => PathInfo::rpm(self.nvr(), self.text("arch")),
            Some(key) => PathInfo::signed(self.nvr(), self.text("arch"), key),
        }
    }

    /// The rpm as `kojipkgs` has it.
    pub fn entry(&self) -> Struct {
        let mut row = self.rpm.row.clone();
        row.insert("sigkey".into(), self.key.clone().into());
        row
    }
}

/// Arches whose rpms belong to a repository, as upstream has them.
const COMPATIBLE: &[(&str, &[&str])] = &[
    ("i386", &["athlon", "i686", "i586", "i486", "i386", "noarch"]),
    ("x86_64", &["amd64", "ia32e", "x86_64", "noarch"]),
    ("ppc64", &["ppc64p7", "ppc64pseries", "ppc64iseries", "ppc64", "noarch"]),
    ("sparc", &["sparcv9v", "sparcv9", "sparcv8", "sparc", "noarch"]),
    ("sparc64", &["sparc64v", "sparc64", "noarch"]),
    ("alpha", &["alphaev6", "alphaev56", "alphaev5", "alpha", "noarch"]),
    ("arm", &["arm", "armv4l", "armv4tl", "armv5tel", "armv5tejl", "armv6l", "armv7l", "noarch"]),
    ("armhfp", &["armv7hl", "armv7hnl", "noarch"]),
    ("src", &["src"]),
];

/// The arches of the rpms in the repository of an arch.
pub fn rpm_arches(arch: &str) -> Vec<&str> {
    let known = COMPATIBLE.iter().find(|(base, _)| *base == arch);
    known.map_or_else(|| vec![arch, "noarch"], |(_, list)| list.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, name: &str, key: &str) -> Value {
        let text = [("name", name), ("version", "1"), ("release", "2"), ("arch", "noarch"), ("sigkey", key)];
        let mut row: Struct = text.map(|(k, v)| (k.to_owned(), Value::from(v))).into_iter().collect();
        row.insert("id".into(), id.into());
        Value::Struct(row)
    }

    #[test]
    fn the_first_wanted_key_decides() {
        let rows = [
            row(1, "a", ""),
            row(1, "a", "BBBB0000"),
            row(1, "a", "aaaa0000"),
            row(2, "b", ""),
            row(3, "c", "cccc"),
        ];
        let keys = ["aaaa0000", "bbbb0000"].map(str::to_owned);
        let paths = |keys: &[String]| -> Vec<String> {
            choose(by_rpm(&rows), keys).iter().map(Choice::path).collect()
        };
        let built = ["noarch/b-1-2.noarch.rpm", "noarch/c-1-2.noarch.rpm"].map(str::to_owned).to_vec();
        let signed = |key: &str| vec![format!("data/signed/{key}/noarch/a-1-2.noarch.rpm")];
        assert_eq!(paths(&keys), [signed("aaaa0000"), built.clone()].concat());
        assert_eq!(paths(&[keys[1].clone(), keys[0].clone()]), [signed("bbbb0000"), built.clone()].concat());
        assert_eq!(paths(&["CCCC".into()])[2], "data/signed/cccc/noarch/c-1-2.noarch.rpm");
        let none = choose(by_rpm(&rows), &[]);
        assert!(none.iter().all(|c| c.key.is_none() && c.entry()["sigkey"].is_nil()), "{none:?}");
        assert_eq!(none[0].nvra(), "a-1-2.noarch");
    }

    #[test]
    fn arches_of_a_repository() {
        assert_eq!(rpm_arches("x86_64"), ["amd64", "ia32e", "x86_64", "noarch"]);
        assert_eq!(rpm_arches("aarch64"), ["aarch64", "noarch"]);
        assert_eq!(rpm_arches("src"), ["src"]);
    }
}
