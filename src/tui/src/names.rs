//! Names for what requests of tasks give by id: rows say `bash-5.2-1.fc45 → f45`, not two numbers.

use koji_api::methods as m;

use crate::call::{Call, Want};
use crate::cell::clean;
use crate::store::Store;

/// Something that a request means by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meant {
    Tag(i64),
    Build(i64),
}

impl Meant {
    /// What stands in a row until the name is known.
    pub fn words(self) -> String {
        match self {
            Meant::Tag(id) => format!("tag {id}"),
            Meant::Build(id) => format!("build {id}"),
        }
    }

    fn call(self) -> Call {
        match self {
            Meant::Tag(id) => Call::new(m::GetTag { tagInfo: id.into(), ..Default::default() }),
            Meant::Build(id) => Call::new(m::GetBuild { buildInfo: id.into(), ..Default::default() }),
        }
    }

    /// `None` until the hub has said it, and where it knows none.
    fn name(self, store: &Store) -> Option<String> {
        let key = match self {
            Meant::Tag(_) => "name",
            Meant::Build(_) => "nvr",
        };
        Some(clean(store.value(&self.call())?.str_at(key)?))
    }
}

/// The names that these need; asked for once, the first ones.
pub fn wants<'a>(meant: impl Iterator<Item = &'a Meant>) -> Vec<Want> {
    const MOST: usize = 60;
    let mut asked: Vec<Meant> = Vec::new();
    for one in meant {
        if asked.len() < MOST && !asked.contains(one) {
            asked.push(*one);
        }
    }
    asked.into_iter().map(|m| Want::once(m.call())).collect()
}

/// The text with those names in it that are known.
pub fn filled(text: &str, meant: &[Meant], store: &Store) -> String {
    meant.iter().fold(text.to_owned(), |text, one| match one.name(store) {
        Some(name) => text.replacen(&one.words(), &name, 1),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use koji_xmlrpc::Value;

    use super::*;
    use crate::list::Lines;
    use crate::screens::Node;

    fn task(method: &str, request: Vec<Value>) -> Node {
        let row = Value::record([
            ("id", Value::from(7)),
            ("state", 2.into()),
            ("method", method.into()),
            ("request", Value::Array(request)),
        ]);
        Node::new(&row).unwrap()
    }

    #[test]
    fn ids_become_names_when_the_hub_has_said_them() {
        let mut store = Store::default();
        let tagging = task("tagBuild", vec![5.into(), 12.into()]);
        let waiting = task("waitrepo", vec![57.into(), Value::Nil]);
        assert_eq!(tagging.what, "build 12 → tag 5");
        assert_eq!(task("newRepo", vec!["f45-build".into()]).what, "f45-build");

        let wants = wants(tagging.meant.iter().chain(&waiting.meant).chain(&tagging.meant));
        let asked: Vec<&str> = wants.iter().map(|w| w.call.method.as_ref()).collect();
        assert_eq!(asked, ["getTag", "getBuild", "getTag"], "each once");

        let mut answer = |meant: Meant, key: &str, name: &str| {
            store.answer(&meant.call(), Ok(Value::record([(key, Value::from(name))])), 1.0);
        };
        answer(Meant::Tag(5), "name", "f45");
        answer(Meant::Build(12), "nvr", "bash-5-1.fc45");
        // one that the hub does not know any more
        store.answer(&Meant::Tag(57).call(), Ok(Value::Nil), 1.0);
        assert_eq!(filled(&tagging.what, &tagging.meant, &store), "bash-5-1.fc45 → f45");

        let mut lines = Lines::default();
        lines.heading("tasks");
        tagging.row(tagging.line(0.0), &mut lines);
        waiting.row(waiting.line(0.0), &mut lines);
        lines.name(&store);
        let said = |i: usize| match lines.row(i) {
            crate::list::Row::Free(cells) => cells.last().unwrap().text.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!((said(1).as_str(), said(2).as_str()), ("bash-5-1.fc45 → f45", "tag 57"));
    }
}
