//! The shape of a record as data, and the JSON schema made of it.

use serde_json::{Map, Value as Json, json};

/// A JSON object.
#[derive(Debug)]
pub struct Record {
    /// What it is about, one line.
    pub about: &'static str,
    pub fields: &'static [Field],
}

/// A member of a record.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub presence: Presence,
    pub about: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Always,
    /// Always there, null where nothing is known.
    Nullable,
    /// Only there in some cases, or with some hubs.
    Sometimes,
}

/// What a member holds.
#[derive(Debug)]
pub enum Kind {
    Bool,
    Int,
    Number,
    Text,
    /// Anything.
    Any,
    /// An object whose members are not fixed.
    Object,
    List(&'static Kind),
    Of(&'static Record),
}

/// A member that is always there and never null.
pub const fn has(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, presence: Presence::Always, about }
}

/// A member that may be null.
pub const fn may(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, presence: Presence::Nullable, about }
}

/// A member that may be missing or null.
pub const fn opt(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, presence: Presence::Sometimes, about }
}

impl Record {
    /// The JSON schema of the record. Further members are allowed: a hub may know more.
    pub fn schema(&self) -> Json {
        let properties: Map<String, Json> =
            self.fields.iter().map(|f| (f.name.to_owned(), f.schema())).collect();
        let required: Vec<&str> =
            self.fields.iter().filter(|f| f.presence != Presence::Sometimes).map(|f| f.name).collect();
        json!({ "type": "object", "description": self.about, "properties": properties, "required": required })
    }
}

impl Field {
    fn schema(&self) -> Json {
        let mut schema = self.kind.schema();
        if let Json::Object(members) = &mut schema {
            if self.presence != Presence::Always
                && let Some(kind) = members.get_mut("type")
            {
                *kind = json!([kind.clone(), "null"]);
            }
            members.insert("description".into(), self.about.into());
        }
        schema
    }
}

impl Kind {
    fn schema(&self) -> Json {
        match self {
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::Int => json!({ "type": "integer" }),
            Kind::Number => json!({ "type": "number" }),
            Kind::Text => json!({ "type": "string" }),
            Kind::Any => json!({}),
            Kind::Object => json!({ "type": "object" }),
            Kind::List(kind) => json!({ "type": "array", "items": kind.schema() }),
            Kind::Of(record) => record.schema(),
        }
    }

    /// For the table of the documentation.
    pub fn word(&self) -> String {
        match self {
            Kind::Bool => "boolean".into(),
            Kind::Int => "integer".into(),
            Kind::Number => "number".into(),
            Kind::Text => "text".into(),
            Kind::Any => "anything".into(),
            Kind::Object | Kind::Of(_) => "object".into(),
            Kind::List(kind) => format!("list of {}", kind.word()),
        }
    }
}
