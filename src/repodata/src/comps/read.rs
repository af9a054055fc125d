use super::{Group, GroupPackage, GroupRequirement};
use crate::xml::{attribute, resolve};
use crate::{Error, Result};
use quick_xml::events::{BytesStart, Event};

/// The groups of a comps file. Translations, categories and environments are passed over.
///
/// Errors on what is no XML, or no `<comps>`. Nothing outside the file is read, whatever its document type says.
pub fn read(text: &str) -> Result<Vec<Group>> {
    let bad = |reason: String| Error::Format { what: "comps".to_owned(), reason };
    let mut reader = quick_xml::Reader::from_str(text);
    let mut state = State::default();
    loop {
        match reader.read_event().map_err(|error| bad(error.to_string()))? {
            Event::Start(start) => state.start(&start).map_err(bad)?,
            Event::Empty(start) => {
                state.start(&start).map_err(bad)?;
                state.end();
            }
            Event::End(_) => state.end(),
            Event::Text(text) => state.text.push_str(&text),
            Event::CData(text) => state.text.push_str(&text),
            Event::GeneralRef(reference) => state.text.push(resolve(&reference).map_err(bad)?),
            Event::Eof => break,
            _ => {}
        }
    }
    if !state.path.is_empty() {
        return Err(bad("the file is cut off".to_owned()));
    }
    Ok(state.groups)
}

#[derive(Default)]
struct State {
    path: Vec<String>,
    text: String,
    translated: bool,
    groups: Vec<Group>,
}

impl State {
    fn start(&mut self, start: &BytesStart<'_>) -> std::result::Result<(), String> {
        self.text.clear();
        let name = start.name().0;
        let attribute = |name: &str| attribute(start, name);
        self.translated = attribute("xml:lang")?.is_some();
        if self.path.is_empty() && name != "comps" {
            return Err(format!("this is <{name}>, not <comps>"));
        }
        if self.path.len() == 1 && name == "group" {
            self.groups.push(Group::default());
        }
        if let Some(group) =
            self.groups.last_mut().filter(|_| self.path.get(1).is_some_and(|name| name == "group"))
        {
            match name {
                "packagereq" => group.packagelist.push(GroupPackage {
                    package: String::new(),
                    kind: attribute("type")?.unwrap_or_else(|| "mandatory".to_owned()),
                    basearchonly: attribute("basearchonly")?.as_deref() == Some("true"),
                    requires: attribute("requires")?,
                }),
                "groupreq" | "metapkg" => group.grouplist.push(GroupRequirement {
                    name: String::new(),
                    kind: attribute("type")?,
                    is_metapkg: name == "metapkg",
                }),
                _ => {}
            }
        }
        self.path.push(name.to_owned());
        Ok(())
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let name = self.path.pop().unwrap_or_default();
        let in_group = self.path.get(1).is_some_and(|name| name == "group");
        let Some(group) = self.groups.last_mut().filter(|_| in_group && !self.translated) else {
            self.translated = false;
            return;
        };
        match (self.path.len(), name.as_str()) {
            (2, "id") => group.name = text.to_owned(),
            (2, "name") => group.display_name = text.to_owned(),
            (2, "description") => group.description = text.to_owned(),
            (2, "default") => group.is_default = text == "true",
            (2, "uservisible") => group.uservisible = text == "true",
            (2, "biarchonly") => group.biarchonly = text == "true",
            (2, "langonly") => group.langonly = Some(text.to_owned()),
            (3, "packagereq") => {
                if let Some(package) = group.packagelist.last_mut() {
                    package.package = text.to_owned();
                }
            }
            (3, "groupreq" | "metapkg") => {
                if let Some(need) = group.grouplist.last_mut() {
                    need.name = text.to_owned();
                }
            }
            _ => {}
        }
    }
}
