//! One box over packages, builds, tags, targets, tasks, users, hosts and rpms: names known already are ranked at once, the
//! hub's search adds to them while one types.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use koji_api::methods as m;
use koji_xmlrpc::Value;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::{fit, rows};
use crate::effect::Effect;
use crate::fuzzy;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, Screen, View};
use crate::theme::Role;
use crate::widgets::input::Input;
use crate::widgets::picker::Picker;

/// Kinds that the hub searches, by its names for them.
const KINDS: &[&str] = &["package", "build", "tag", "target", "user", "host", "rpm"];
const SHOWN: usize = 200;

pub struct Search {
    input: Input,
    known: Vec<(String, Subject)>,
    found: Vec<(String, Subject)>,
    shown: Vec<(String, Subject)>,
    picker: Picker,
    /// Answers to an earlier text are not wanted.
    asked: u64,
    waiting: bool,
}

struct Found {
    asked: u64,
    hits: Vec<(String, Subject)>,
}

impl Search {
    pub fn new(text: &str) -> Search {
        Search {
            input: Input::new(text),
            known: Vec::new(),
            found: Vec::new(),
            shown: Vec::new(),
            picker: Picker::default(),
            asked: 0,
            waiting: false,
        }
    }

    fn lists() -> [(Call, &'static str); 4] {
        [
            (Call::new(m::ListPackages::default()), "package_name"),
            (Call::new(m::ListTags::default()), "name"),
            (Call::new(m::GetBuildTargets::default()), "name"),
            (Call::new(m::ListHosts::default()), "name"),
        ]
    }

    fn rank(&mut self) {
        let text = self.input.text();
        let all: Vec<&(String, Subject)> = self.known.iter().chain(&self.found).collect();
        let ranked = fuzzy::rank(&text, all.iter().map(|(name, _)| name.as_str()), SHOWN);
        let mut shown: Vec<(String, Subject)> = Vec::new();
        // a number may be a task
        if let Ok(id) = text.trim().parse::<i64>() {
            shown.push((id.to_string(), Subject::Task(id)));
        }
        for hit in ranked.into_iter().filter_map(|i| all.get(i)) {
            if !shown.iter().any(|s| s.1 == hit.1) {
                shown.push((*hit).clone());
            }
        }
        self.shown = shown;
        self.picker = Picker::default();
    }

    /// Asks the hub, a moment after the last key.
    fn ask(&mut self, cx: &mut Cx) {
        self.asked += 1;
        let text = self.input.text().trim().to_owned();
        self.waiting = text.chars().count() >= 2;
        if !self.waiting {
            self.found.clear();
            return;
        }
        let (asked, id) = (self.asked, cx.id);
        cx.effects.push(Effect::Run(Box::new(move |net| {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(150)).await;
                let glob = format!("*{text}*");
                let mut calls = net.reader.multicall();
                for kind in KINDS {
                    let options = Value::record([("limit", Value::from(40))]);
                    let params = vec![glob.as_str().into(), (*kind).into(), "glob".into(), options];
                    calls.add_raw("search", params);
                }
                let answers = calls.run().await.unwrap_or_default();
                let mut hits = Vec::new();
                for (kind, answer) in KINDS.iter().zip(answers) {
                    let answer = answer.unwrap_or_default();
                    hits.extend(rows(Some(&answer)).iter().filter_map(|hit| subject(kind, hit)));
                }
                net.send(id, Box::new(Found { asked, hits }));
            })
        })));
    }
}

fn subject(kind: &str, hit: &Value) -> Option<(String, Subject)> {
    let name = hit.str_at("name")?.to_owned();
    let id = hit.int_at("id").unwrap_or(0);
    let subject = match kind {
        "package" => Subject::Package { name: name.clone(), tag: None },
        "build" => Subject::Build { id, nvr: name.clone() },
        "tag" => Subject::Tag(name.clone()),
        "target" => Subject::Target(name.clone()),
        "user" => Subject::User(name.clone()),
        "host" => Subject::Host(name.clone()),
        _ => Subject::Rpm { id, nvra: name.clone() },
    };
    Some((name, subject))
}

impl Screen for Search {
    fn place(&self) -> Place {
        Place::new("search", self.input.text())
    }

    fn title(&self, _view: &View) -> String {
        "search".into()
    }

    fn wants(&self) -> Vec<Want> {
        Search::lists().into_iter().map(|(call, _)| Want::once(call)).collect()
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.known.clear();
        for ((call, key), kind) in Search::lists().into_iter().zip(["package", "tag", "target", "host"]) {
            let value = cx.store.value(&call);
            for row in rows(value.as_deref()) {
                let hit = Value::record([("name", row.get(key).cloned().unwrap_or_default())]);
                self.known.extend(subject(kind, &hit));
            }
        }
        self.rank();
    }

    fn tick(&mut self, cx: &mut Cx) {
        // opened with a text
        if self.asked == 0 {
            self.ask(cx);
        }
    }

    fn message(&mut self, message: Message, _cx: &mut Cx) {
        if let Ok(found) = message.downcast::<Found>()
            && found.asked == self.asked
        {
            self.found = found.hits;
            self.waiting = false;
            self.rank();
        }
    }

    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        if self.picker.key(key, self.shown.len()) {
            return true;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char(_) if ctrl || key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Enter => {
                if let Some(place) = self.shown.get(self.picker.cursor).and_then(|(_, s)| s.place()) {
                    cx.go(place);
                }
            }
            KeyCode::Esc => return false,
            KeyCode::Char(_)
            | KeyCode::Backspace
            | KeyCode::Delete
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::Home
            | KeyCode::End => {
                if self.input.key(key) {
                    self.ask(cx);
                    self.rank();
                }
            }
            _ => return false,
        }
        true
    }

    fn act(&mut self, _action: Action, _cx: &mut Cx) -> bool {
        false
    }

    fn filter(&mut self, text: Option<&str>, cx: &mut Cx) -> Option<String> {
        if let Some(text) = text {
            self.input = Input::new(text);
            self.ask(cx);
            self.rank();
        }
        Some(self.input.text())
    }

    fn selection(&self) -> Vec<Subject> {
        self.shown.get(self.picker.cursor).map(|(_, s)| s.clone()).into_iter().collect()
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
        frame.render_widget(Span::styled("  search: ", view.style(Role::Accent)), line(0));
        let field = Rect { x: area.x + 10, width: area.width.saturating_sub(11), ..line(0) };
        self.input.draw(frame, field, view, true);
        let height = usize::from(area.height.saturating_sub(3));
        let first = self.picker.first(height);
        for (n, (position, (name, subject))) in
            self.shown.iter().enumerate().skip(first).take(height).enumerate()
        {
            let selected = position == self.picker.cursor;
            let style = |role| if selected { view.style(Role::Selected) } else { view.style(role) };
            let width = usize::from(area.width).saturating_sub(12);
            let spans = vec![
                Span::styled(if selected { "▶ " } else { "  " }, style(Role::Accent)),
                Span::styled(fit(subject.kind(), 9), style(Role::Muted)),
                Span::styled(fit(name, width), style(Role::Text)),
            ];
            frame.render_widget(Line::from(spans), line(u16::try_from(n).unwrap_or(0) + 2));
        }
        let text = if self.waiting {
            "  … asking the hub".to_owned()
        } else {
            format!("  {} found", self.shown.len())
        };
        frame.render_widget(Span::styled(text, view.style(Role::Muted)), line(area.height.saturating_sub(1)));
    }

    fn is_working(&self) -> bool {
        self.waiting
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let hit = |(n, (name, s)): (usize, &(String, Subject))| format!("{}. {} {name}", n + 1, s.kind());
        self.shown.iter().take(50).enumerate().map(hit).collect()
    }

    fn open_number(&mut self, n: usize, cx: &mut Cx) -> bool {
        let place = n.checked_sub(1).and_then(|n| self.shown.get(n)).and_then(|(_, s)| s.place());
        place.map(|p| cx.go(p)).is_some()
    }
}
