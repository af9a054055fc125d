//! Of a Maven POM, what it is the POM of.

use koji_api::Fault;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::archive::Kind;

/// Larger ones are no POMs.
pub const LIMIT: u64 = 4 << 20;

/// Reads `groupId`, `artifactId` and `version` of the project; group and version may be its parent's.
pub fn parse(xml: &str, name: &str) -> Result<Kind, Fault> {
    let broken = |e: &dyn std::fmt::Display| Fault::build(format!("could not parse {name}: {e}"));
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut found: [String; 5] = Default::default();
    let places = [
        "project/groupId",
        "project/artifactId",
        "project/version",
        "project/parent/groupId",
        "project/parent/version",
    ];
    loop {
        match reader.read_event().map_err(|e| broken(&e))? {
            Event::Start(tag) => {
                path.push(tag.local_name().as_ref().to_owned());
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) => {
                let place = path.join("/");
                if let Some(field) = places.iter().position(|p| *p == place).and_then(|i| found.get_mut(i)) {
                    field.push_str(text.trim());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let [group, artifact_id, version, parent_group, parent_version] = found;
    let or = |own: String, parent: String| if own.is_empty() { parent } else { own };
    let (group_id, version) = (or(group, parent_group), or(version, parent_version));
    for (key, value) in [("groupId", &group_id), ("artifactId", &artifact_id), ("version", &version)] {
        if value.is_empty() {
            return Err(Fault::build(format!("could not find {key} in {name}")));
        }
    }
    Ok(Kind::Maven { group_id, artifact_id, version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(xml: &str) -> Option<(String, String, String)> {
        match parse(xml, "x.pom") {
            Ok(Kind::Maven { group_id, artifact_id, version }) => Some((group_id, artifact_id, version)),
            _ => None,
        }
    }

    #[test]
    fn group_and_version_may_be_the_parents() {
        let pom = "<project xmlns='http://maven.apache.org/POM/4.0.0'><parent><groupId>org.p</groupId>\
                   <artifactId>up</artifactId><version>7</version></parent><artifactId> own </artifactId>\
                   <dependencies><dependency><version>9</version></dependency></dependencies></project>";
        assert_eq!(parsed(pom), Some(("org.p".into(), "own".into(), "7".into())));
        assert_eq!(parsed("<project><groupId>g</groupId><version>1</version></project>"), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail_otherwise(text in ".{0,200}") {
            let _ = parse(&format!("<project>{text}"), "x.pom");
            let _ = parse(&text, "x.pom");
        }

        #[test]
        fn what_is_written_is_read(g in "[a-z.]{1,9}", a in "[a-z-]{1,9}", v in "[0-9.]{1,9}") {
            let pom = format!("<project><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></project>");
            prop_assert_eq!(parsed(&pom), Some((g, a, v)));
        }
    }
}
