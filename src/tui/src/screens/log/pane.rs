//! One log that is looked at: where, how, and what is looked for in it.

use std::cell::Cell;
use std::sync::Arc;

use koji_logs::{Body, Case, Entry, Errors, Filter, Line, Log, Marks, Pattern, Search, Selection, Status};

use super::job::{What, Which, Work};

pub struct Pane {
    pub which: Which,
    /// The log's name, once it is known.
    pub name: String,
    /// All logs of the task.
    pub names: Vec<String>,
    pub work: Arc<Work>,
    /// The user's own rules for lines that say an error.
    own: Vec<String>,
    log: Option<Arc<Log>>,
    body: Option<Arc<Body>>,
    pub status: Status,
    /// The line that is looked at.
    pub at: i64,
    /// The first line on the screen; drawing keeps `at` within it.
    pub top: Cell<i64>,
    /// Lines that fit.
    pub height: Cell<usize>,
    pub follow: bool,
    pub wrap: bool,
    pub times: bool,
    pub left: usize,
    pub marks: Marks,
    /// Where a range of lines begins.
    pub range: Option<i64>,
    /// Go to the first match behind this line as soon as there is one.
    pub seek: Option<i64>,
    /// Go to the line of this number as soon as it is here.
    line: Option<u64>,
    pub filtered: Option<(String, u16)>,
    /// Where one was when the filter was set, until one moves.
    anchor: Option<i64>,
    /// What was told last, when it is no change.
    pub problem: Option<String>,
}

impl Pane {
    pub fn new(which: Which) -> Pane {
        let name = match &which {
            Which::Task { name, .. } => name.clone().unwrap_or_default(),
            Which::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let pane = Pane {
            which,
            name,
            names: Vec::new(),
            work: Arc::default(),
            own: Vec::new(),
            log: None,
            body: None,
            status: Status::default(),
            at: 0,
            top: Cell::new(0),
            height: Cell::new(20),
            follow: true,
            wrap: false,
            times: false,
            left: 0,
            marks: Marks::default(),
            range: None,
            seek: None,
            line: None,
            filtered: None,
            anchor: None,
            problem: None,
        };
        pane.find_errors();
        pane
    }

    /// A log that is all there: for tests.
    #[cfg(test)]
    pub fn of(name: &str, body: Body) -> Pane {
        let mut pane = Pane::new(Which::Task { id: 1, name: Some(name.to_owned()) });
        pane.status = Status { opened: true, ended: true, size: body.bytes().end, ..Status::default() };
        pane.work.update(&body);
        pane.body = Some(Arc::new(body));
        pane.end();
        pane
    }

    /// `own`: the user's rules, too.
    pub fn set_rules(&mut self, own: &[String]) {
        self.own = own.to_vec();
        self.find_errors();
    }

    fn find_errors(&self) {
        let errors = Errors::new(&self.name, &self.own).ok().map(|e| Arc::new(Search::new(e)));
        self.work.change(|f| f.errors = errors);
    }

    pub fn body(&self) -> Option<&Arc<Body>> {
        self.body.as_ref()
    }

    pub fn log(&self) -> Option<&Arc<Log>> {
        self.log.as_ref()
    }

    pub fn hear(&mut self, what: What) {
        match what {
            What::Named(name, names) => {
                (self.name, self.names) = (name, names);
                self.find_errors();
            }
            What::Child(child) => {
                if let Which::Task { id, .. } = &mut self.which {
                    *id = child;
                }
            }
            What::Opened(log) => self.log = Some(log),
            What::Failed(why) => self.problem = Some(why),
            What::Changed | What::Wrote { .. } => {}
        }
        self.refresh();
    }

    /// Takes over what the log is like now.
    pub fn refresh(&mut self) {
        let Some(log) = &self.log else { return };
        let (body, status) = (log.body(), log.status());
        let anew = self.body.as_ref().is_some_and(|b| b.generation() != body.generation());
        self.status = status;
        self.body = Some(body);
        if anew {
            self.marks.clear();
            (self.range, self.follow) = (None, true);
        }
        if self.follow {
            self.end();
        }
        self.settle();
    }

    /// Opens at a line instead of the end.
    pub fn seek_line(&mut self, number: u64) {
        (self.line, self.follow) = (Some(number), false);
    }

    /// Where one is after the searches have found more.
    fn settle(&mut self) {
        let line = self.line.zip(self.body.as_ref()).and_then(|(number, body)| body.numbered(number));
        if let Some(line) = line {
            self.line = None;
            self.go(line);
        }
        if let Some(from) = self.seek {
            self.found_from(from);
        }
        if let Some(anchor) = self.anchor {
            self.at = self.nearest(anchor);
        }
    }

    /// The first match behind `from`, or the first of all; stays sought until there is one.
    fn found_from(&mut self, from: i64) {
        let Some(search) = self.work.finders().search else { return };
        let set = search.found();
        if let Some(line) = set.next(from - 1).or_else(|| set.nth(0)) {
            drop(set);
            self.seek = None;
            self.go(line);
        }
    }

    /// Tests do not search in the background.
    #[cfg(test)]
    pub fn search_now(&mut self) {
        if let Some(body) = &self.body {
            self.work.update(body);
        }
        self.settle();
    }

    pub fn lines(&self) -> std::ops::Range<i64> {
        self.body.as_ref().map_or(0..0, |b| b.lines())
    }

    pub fn end(&mut self) {
        (self.follow, self.anchor) = (true, None);
        self.at = self.step(self.lines().end, -1);
    }

    pub fn beginning(&mut self) {
        self.leave();
        let first = self.lines().start;
        self.at = self.nearest(first);
    }

    fn leave(&mut self) {
        (self.follow, self.anchor) = (false, None);
        self.marks.set('\'', self.at);
    }

    /// Jumps to a line; comes back with `''`.
    pub fn go(&mut self, line: i64) {
        self.leave();
        let lines = self.lines();
        self.at = self.nearest(line.clamp(lines.start, (lines.end - 1).max(lines.start)));
    }

    fn nearest(&self, line: i64) -> i64 {
        self.work.finders().filter.and_then(|f| f.nearest(line)).unwrap_or(line)
    }

    /// The line that many shown lines further.
    pub fn step(&self, from: i64, by: i64) -> i64 {
        let lines = self.lines();
        let Some(filter) = self.work.finders().filter else {
            return from.saturating_add(by).clamp(lines.start, (lines.end - 1).max(lines.start));
        };
        let shown = filter.shown();
        let rank = i64::try_from(shown.rank(from)).unwrap_or(0).saturating_add(by).max(0);
        let last = shown.count().saturating_sub(1);
        shown.nth(u64::try_from(rank).unwrap_or(0).min(last)).unwrap_or(from)
    }

    pub fn scroll(&mut self, by: i64) {
        let to = self.step(self.at, by);
        self.follow = by > 0 && to == self.step(self.lines().end, -1);
        (self.at, self.anchor) = (to, None);
    }

    /// Up to `count` shown lines from `first` on.
    pub fn window(&self, first: i64, count: usize) -> Vec<Line> {
        let Some(body) = &self.body else { return Vec::new() };
        match self.work.finders().filter {
            Some(filter) => filter.window(body, first, count),
            None => body.window(first, count),
        }
    }

    /// Searches for a pattern from a line on; an empty one ends the search, and leads back there.
    pub fn find(&mut self, text: &str, from: i64) -> Result<(), String> {
        self.seek = None;
        if text.is_empty() {
            self.work.change(|f| f.search = None);
            self.go(from);
            return Ok(());
        }
        let pattern = Pattern::lenient(text, Case::Smart).map_err(|e| e.to_string())?;
        self.work.change(|f| {
            if let Some(old) = f.search.replace(Arc::new(Search::new(pattern))) {
                old.cancel();
            }
        });
        self.seek = Some(from);
        Ok(())
    }

    /// Shows only lines with a pattern (`!` before it: without). The line that is looked at stays.
    pub fn select(&mut self, text: &str, context: u16) -> Result<(), String> {
        let mut selection = Selection { context, ..Selection::default() };
        for part in text.split(" && ") {
            let (part, slot) = match part.trim().strip_prefix('!') {
                Some(part) => (part, &mut selection.exclude),
                None => (part.trim(), &mut selection.include),
            };
            if !part.is_empty() {
                *slot = Some(Pattern::lenient(part, Case::Smart).map_err(|e| e.to_string())?);
            }
        }
        let empty = selection.include.is_none() && selection.exclude.is_none();
        if empty {
            // back to where one was, unless one has moved since
            self.at = self.anchor.take().unwrap_or(self.at);
        } else if self.filtered.is_none() && !self.follow {
            self.anchor = Some(self.at);
        }
        self.filtered = (!empty).then(|| (text.to_owned(), context));
        let filter = (!empty).then(|| Arc::new(Filter::new(selection)));
        self.work.change(|f| {
            if let Some(old) = std::mem::replace(&mut f.filter, filter) {
                old.cancel();
            }
        });
        Ok(())
    }

    /// More or fewer lines around the shown ones.
    pub fn context(&mut self, by: i16) -> Result<(), &'static str> {
        let (text, context) = self.filtered.clone().ok_or("show only some lines first: &")?;
        let context = context.saturating_add_signed(by);
        self.select(&text, context).map_err(|_| "the filter is no pattern any more")
    }

    pub fn next_match(&mut self, forward: bool) -> Result<(), &'static str> {
        let Some(search) = self.work.finders().search else { return Err("search for something first: /") };
        self.next_of(&search.found().clone(), forward, "no match")
    }

    pub fn next_error(&mut self, forward: bool) -> Result<(), &'static str> {
        let Some(errors) = self.work.finders().errors else { return Err("no rules for errors") };
        self.next_of(&errors.found().clone(), forward, "no line says an error")
    }

    /// Goes round at the ends.
    fn next_of(
        &mut self,
        set: &koji_logs::LineSet,
        forward: bool,
        none: &'static str,
    ) -> Result<(), &'static str> {
        let found = if forward {
            set.next(self.at).or_else(|| set.nth(0))
        } else {
            set.previous(self.at).or_else(|| set.nth(set.count().checked_sub(1)?))
        };
        self.go(found.ok_or(none)?);
        Ok(())
    }

    /// Number of the match that is looked at, or before which one is, and how many there are.
    pub fn matches(&self) -> Option<(u64, u64)> {
        let search = self.work.finders().search?;
        let set = search.found();
        Some((set.rank(self.at + 1), set.count()))
    }

    pub fn phases(&self) -> Vec<Entry> {
        self.body.as_ref().map(|b| self.work.finders().outline.entries(b)).unwrap_or_default()
    }

    /// The lines of the range, else the one that is looked at.
    pub fn chosen(&self) -> std::ops::Range<i64> {
        let other = self.range.unwrap_or(self.at);
        self.at.min(other)..self.at.max(other) + 1
    }

    /// What the chosen lines say, safe to be pasted.
    pub fn chosen_text(&self) -> String {
        const MOST: usize = 10_000;
        let chosen = self.chosen();
        let count = usize::try_from(chosen.end - chosen.start).unwrap_or(1).min(MOST);
        let lines = self.window(chosen.start, count).into_iter().take_while(|l| l.id < chosen.end);
        lines.map(|l| koji_logs::text::safe(&l.text).text).collect::<Vec<_>>().join("\n")
    }
}
