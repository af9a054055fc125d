//! What a Maven POM says of the artifact it is of.

use std::path::Path;

use koji_xmlrpc::Value;
use quick_xml::events::Event;

use crate::error::{CommandError, Result};

/// The coordinates of a Maven artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pom {
    pub group_id: String,
    pub artifact_id: String,
    pub version: String,
}

impl Pom {
    pub fn value(&self) -> Value {
        Value::record([
            ("group_id", self.group_id.as_str().into()),
            ("artifact_id", self.artifact_id.as_str().into()),
            ("version", self.version.as_str().into()),
        ])
    }
}

/// Reads a POM file. Errors on what is no XML or lacks one of the coordinates.
pub fn read(path: &Path) -> Result<Pom> {
    let failed = |e: String| CommandError::new(format!("{}: {e}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    parse(&String::from_utf8_lossy(&bytes)).map_err(failed)
}

/// The coordinates in the text of a POM; what the project does not say itself it has from its parent. References to
/// entities nobody declared are read as question marks, as Koji does it.
fn parse(text: &str) -> std::result::Result<Pom, String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut path, mut content): (Vec<String>, String) = (Vec::new(), String::new());
    let (mut own, mut parents): ([Option<String>; 3], [Option<String>; 3]) = Default::default();
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                content.clear();
            }
            Event::Text(piece) => content.push_str(&piece),
            Event::CData(piece) => content.push_str(&piece),
            Event::GeneralRef(reference) => content.push(resolved(&reference)),
            Event::End(_) => {
                let value = || Some(content.trim().to_owned());
                match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["project", field] => set(&mut own, field, value()),
                    ["project", "parent", field] => set(&mut parents, field, value()),
                    _ => {}
                }
                path.pop();
                content.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let names = ["groupId", "artifactId", "version"];
    let mut found = Vec::new();
    for ((own, parent), name) in own.into_iter().zip(parents).zip(names) {
        found.push(own.or(parent).ok_or_else(|| format!("the POM has no {name}"))?);
    }
    match <[String; 3]>::try_from(found) {
        Ok([group_id, artifact_id, version]) => Ok(Pom { group_id, artifact_id, version }),
        Err(_) => Err("the POM is not complete".to_owned()),
    }
}

fn set([group, artifact, version]: &mut [Option<String>; 3], field: &str, value: Option<String>) {
    match field {
        "groupId" => *group = value,
        "artifactId" => *artifact = value,
        "version" => *version = value,
        _ => {}
    }
}

fn resolved(reference: &quick_xml::events::BytesRef) -> char {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c;
    }
    let name: &str = reference;
    quick_xml::escape::resolve_predefined_entity(name).and_then(|text| text.chars().next()).unwrap_or('?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn coordinates() {
        let text = "<?xml version=\"1.0\"?><project xmlns=\"http://maven.apache.org/POM/4.0.0\">\
            <parent><groupId>org.p</groupId><artifactId>p</artifactId><version>9</version></parent>\
            <artifactId> a&amp;&wrong; </artifactId><version>1</version>\
            <dependencies><dependency><groupId>x</groupId></dependency></dependencies></project>";
        let pom = parse(text).unwrap();
        assert_eq!(pom, Pom { group_id: "org.p".into(), artifact_id: "a&?".into(), version: "1".into() });
        assert_eq!(parse("<project><version>1</version></project>").unwrap_err(), "the POM has no groupId");
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,60}|(<[a-z/]{0,8}>|&[a-z#0-9]{0,4};|x){0,12}") {
            let _ = parse(&text);
        }
    }
}
