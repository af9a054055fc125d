//! The two kinds of screen that most are: a table of one call's rows, and a page about one thing.

use std::sync::Arc;

use koji_xmlrpc::Value;

use crate::call::{Call, Want};
use crate::cell::{Cell, rows, text};
use crate::effect::Effect;
pub use crate::list::Lines;
use crate::list::{Commands, Listing, Row};
use crate::names;
use crate::place::{Place, Subject};
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::columns::Column;

/// Makes commands of rows, by the screen's argument.
pub type MadeCommands = fn(&str, &[&Value]) -> Vec<Commands>;

/// What a table is.
pub struct TableSpec {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub wants: fn(&str) -> Vec<Want>,
    /// Makes rows of the answers, in the order of the wants.
    pub rows: fn(&[Option<Arc<Value>>]) -> Vec<Value>,
    pub cells: fn(&Value, f64) -> Vec<Cell>,
    pub subject: fn(&Value) -> Option<Subject>,
    /// When it happened, for `age:`.
    pub time: Option<&'static str>,
    /// Rows as commands.
    pub commands: Option<MadeCommands>,
    pub empty: &'static str,
}

/// The rows of the first answer.
pub fn first(answers: &[Option<Arc<Value>>]) -> Vec<Value> {
    rows(answers.first().and_then(|a| a.as_deref())).to_vec()
}

/// The same, in the order of their names.
pub fn by_name(answers: &[Option<Arc<Value>>]) -> Vec<Value> {
    let mut all = first(answers);
    all.sort_by_key(|row| text(row, "name"));
    all
}

/// What comes of the rows of the first two answers, once both are there.
pub fn of_both(answers: &[Option<Arc<Value>>], compare: fn(&[Value], &[Value]) -> Vec<Value>) -> Vec<Value> {
    match (at(answers, 0), at(answers, 1)) {
        (Some(a), Some(b)) => compare(rows(Some(a)), rows(Some(b))),
        _ => Vec::new(),
    }
}

pub struct Table {
    spec: &'static TableSpec,
    arg: String,
    rows: Vec<Value>,
}

impl Table {
    pub fn new(spec: &'static TableSpec, arg: &str) -> Table {
        Table { spec, arg: arg.to_owned(), rows: Vec::new() }
    }
}

fn answers(wants: &[Want], cx: &Cx) -> Vec<Option<Arc<Value>>> {
    wants.iter().map(|w| cx.store.value(&w.call)).collect()
}

impl Listing for Table {
    fn place(&self) -> Place {
        Place::new(self.spec.name, &self.arg)
    }

    fn wants(&self) -> Vec<Want> {
        (self.spec.wants)(&self.arg)
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.rows = (self.spec.rows)(&answers(&self.wants(), cx));
    }

    fn columns(&self) -> &'static [Column] {
        self.spec.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&self, i: usize, now: f64) -> Row {
        Row::Cells(self.rows.get(i).map(|r| (self.spec.cells)(r, now)).unwrap_or_default())
    }

    fn id(&self, i: usize) -> u64 {
        // what it is, not where it stands
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.subject(i).hash(&mut hasher);
        hasher.finish()
    }

    fn subject(&self, i: usize) -> Option<Subject> {
        self.rows.get(i).and_then(self.spec.subject)
    }

    fn age(&self, i: usize, now: f64) -> Option<f64> {
        let at = self.rows.get(i)?.get(self.spec.time?)?.as_double()?;
        Some(now - at)
    }

    fn commands(&self, rows: &[usize]) -> Vec<Commands> {
        let rows: Vec<&Value> = rows.iter().filter_map(|i| self.rows.get(*i)).collect();
        self.spec.commands.map(|made| made(&self.arg, &rows)).unwrap_or_default()
    }

    fn empty(&self) -> String {
        self.spec.empty.to_owned()
    }

    fn sort(&mut self, column: usize, reverse: bool) -> bool {
        let cells = self.spec.cells;
        let key = |r: &Value| {
            cells(r, 0.0).into_iter().nth(column).map(|c| c.text.into_owned()).unwrap_or_default()
        };
        self.rows.sort_by_cached_key(|r| {
            let text = key(r);
            // numbers by their size, and before words
            (text.trim().parse::<f64>().map_or(u64::MAX, |n| (n.max(0.0) * 1000.0) as u64), text)
        });
        if reverse {
            self.rows.reverse();
        }
        true
    }
}

pub type Answers = [Option<Arc<Value>>];

/// What a page is.
pub struct PageSpec {
    pub name: &'static str,
    /// Calls by the argument and the first one's answer (for those that need an id).
    pub wants: fn(&str, Option<&Value>) -> Vec<Want>,
    /// The lines from the answers, in the order of the wants. The first one is there.
    pub lines: fn(&mut Lines, &str, &Answers, f64),
    pub about: fn(&str, &Value) -> Option<Subject>,
}

pub struct Page {
    spec: &'static PageSpec,
    arg: String,
    main: Option<Arc<Value>>,
    lines: Lines,
}

impl Page {
    pub fn new(spec: &'static PageSpec, arg: &str) -> Page {
        Page { spec, arg: arg.to_owned(), main: None, lines: Lines::default() }
    }
}

impl Listing for Page {
    fn place(&self) -> Place {
        Place::new(self.spec.name, &self.arg)
    }

    fn title(&self, _view: &View) -> String {
        self.place().to_string()
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = (self.spec.wants)(&self.arg, self.main.as_deref());
        wants.extend(names::wants(self.lines.meant()));
        wants
    }

    fn topics(&self) -> Vec<String> {
        match (self.spec.name, self.main.as_deref().and_then(|m| m.int_at("id"))) {
            ("tag", Some(id)) => vec![format!("tag:{id}"), format!("repo:{id}")],
            _ => Vec::new(),
        }
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        let main = self.wants().first().and_then(|w| cx.store.value(&w.call));
        self.main = main.filter(|m| !m.is_nil());
        let mut lines = Lines::default();
        if self.main.is_some() {
            // so that actions mean this page until the cursor is moved
            if let Some(about) = self.about() {
                let name = about.name();
                lines.link(self.spec.name, Cell::from(name).role(Role::Title), about);
            }
            let wants = self.wants();
            (self.spec.lines)(&mut lines, &self.arg, &answers(&wants, cx), cx.now);
            lines.name(cx.store);
        }
        self.lines = lines;
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }

    fn about(&self) -> Option<Subject> {
        self.main.as_deref().and_then(|m| (self.spec.about)(&self.arg, m))
    }

    /// The page itself, as a row: to be asked again with something else.
    fn open(&mut self, i: usize, cx: &mut Cx) {
        match self.subject(i) {
            Some(Subject::Place(place)) if place == self.place() => {
                cx.effects.push(Effect::Ask(format!("{place} ")));
            }
            Some(subject) => subject.place().into_iter().for_each(|place| cx.go(place)),
            None => {}
        }
    }

    fn empty(&self) -> String {
        format!("there is no {} {}", self.spec.name, self.arg)
    }
}

/// The answer at a place in the order of the wants.
pub fn at(answers: &Answers, n: usize) -> Option<&Value> {
    answers.get(n).and_then(|a| a.as_deref())
}
