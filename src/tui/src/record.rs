//! Recordings: what the hub answered and which keys were pressed, one JSON object a line. A recording is a bug report and
//! a test: [`replay`] does the same again without a hub, a clock or a terminal.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use koji_xmlrpc::Value;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;

use crate::app::{Settings, State};
use crate::call::{from_json, to_json};
use crate::draw;
use crate::effect::Effect;
use crate::event::Event;
use crate::keymap::{Keymap, key_event, key_name};
use crate::place::Place;
use crate::screen::User;
use crate::theme::Theme;

pub struct Recorder {
    file: File,
}

impl Recorder {
    pub fn create(path: &Path, start: &Place, now: f64, size: (u16, u16)) -> io::Result<Recorder> {
        let mut file = File::create(path)?;
        writeln!(file, "{}", json!({"start": start.to_string(), "now": now, "size": [size.0, size.1]}))?;
        Ok(Recorder { file })
    }

    /// Events that decide what is seen. Failing to write must not end the program that is recorded.
    pub fn note(&mut self, event: &Event) {
        let lines: Vec<serde_json::Value> = match event {
            Event::Key(key) => key_name(*key).map(|k| json!({"key": k})).into_iter().collect(),
            Event::Paste(text) => vec![json!({"paste": text})],
            Event::Resize(w, h) => vec![json!({"size": [w, h]})],
            Event::Tick(now) => vec![json!({"now": now})],
            Event::LoggedIn(Ok(Some(u))) => {
                vec![json!({"user": {"id": u.id, "name": u.name, "perms": u.perms}})]
            }
            Event::LoggedIn(Ok(None)) => vec![json!({"user": null})],
            Event::LoggedIn(Err(problem)) => vec![json!({"no user": problem})],
            Event::Fetched { calls, answers: Ok(answers), .. } => {
                let entry = |(call, answer): (&crate::call::Call, &Result<Value, String>)| match answer {
                    Ok(value) => json!({"call": call.key(), "answer": to_json(value)}),
                    Err(fault) => json!({"call": call.key(), "fault": fault}),
                };
                calls.iter().zip(answers).map(entry).collect()
            }
            Event::Fetched { answers: Err(cause), .. } => vec![json!({"down": cause})],
            Event::Performed { outcomes, .. } => {
                let entry = |(what, answer): &(String, Result<Value, String>)| match answer {
                    Ok(value) => json!({"did": what, "answer": to_json(value)}),
                    Err(fault) => json!({"did": what, "fault": fault}),
                };
                outcomes.iter().map(entry).collect()
            }
            _ => Vec::new(),
        };
        for line in lines {
            let _ = writeln!(self.file, "{line}");
        }
    }
}

type Answers = HashMap<String, VecDeque<Result<Value, String>>>;

/// A program that runs on a recording.
pub struct Replay {
    pub state: State,
    answers: Answers,
    terminal: Terminal<TestBackend>,
    /// Texts copied, pages opened, commands run: what would have left the program.
    pub left: Vec<String>,
    steps: VecDeque<serde_json::Value>,
    down: Option<String>,
}

impl Replay {
    /// `size` and `start` stand in for those recorded.
    pub fn new(
        text: &str,
        settings: Settings,
        theme: Theme,
        size: Option<(u16, u16)>,
        start: Option<&str>,
    ) -> Result<Replay, String> {
        let mut steps = VecDeque::new();
        let mut answers = Answers::new();
        let mut head = json!({});
        for (n, line) in
            text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with("//"))
        {
            let step: serde_json::Value =
                serde_json::from_str(line).map_err(|e| format!("line {}: {e}", n + 1))?;
            if step.get("start").is_some() {
                head = step;
                continue;
            }
            let key = step["call"]
                .as_str()
                .map(str::to_owned)
                .or_else(|| step["did"].as_str().map(|d| format!("did {d}")));
            if let Some(key) = key {
                let answer = match step.get("fault").and_then(|f| f.as_str()) {
                    Some(fault) => Err(fault.to_owned()),
                    None => Ok(from_json(&step["answer"])),
                };
                answers.entry(key).or_default().push_back(answer);
            } else {
                steps.push_back(step);
            }
        }
        let recorded = (head["size"][0].as_u64().unwrap_or(80), head["size"][1].as_u64().unwrap_or(24));
        let small = |n: u64| u16::try_from(n).unwrap_or(80);
        let size = size.unwrap_or((small(recorded.0), small(recorded.1)));
        let place = Place::parse(start.or(head["start"].as_str()).unwrap_or("home"));
        let now = head["now"].as_f64().unwrap_or(0.0);
        let (state, effects) = State::new(settings, Keymap::built_in(), theme, &place, now, size);
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).map_err(|e| e.to_string())?;
        let mut replay = Replay { state, answers, terminal, left: Vec::new(), steps, down: None };
        replay.perform(effects);
        Ok(replay)
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        let mut queue = VecDeque::from(effects);
        while let Some(effect) = queue.pop_front() {
            match effect {
                Effect::Fetch(calls) => {
                    let answers = match &self.down {
                        Some(cause) => Err(cause.clone()),
                        None => Ok(calls.iter().map(|c| self.answer(&c.key())).collect()),
                    };
                    queue.extend(self.state.update(Event::Fetched { calls, answers, ms: 1 }));
                }
                Effect::Perform { calls, then } => {
                    for (what, call) in &calls {
                        self.left.push(format!("{what}: {}", call.key()));
                    }
                    let outcomes = calls
                        .into_iter()
                        .map(|(w, _)| (w.clone(), self.answer(&format!("did {w}"))))
                        .collect();
                    queue.extend(self.state.update(Event::Performed { outcomes, then, ms: 1 }));
                }
                Effect::Command { lines, then } => {
                    self.left
                        .extend(lines.iter().map(|(what, words)| format!("{what}: {}", words.join(" "))));
                    let outcomes =
                        lines.into_iter().map(|(w, _)| (w.clone(), self.answer(&format!("did {w}"))));
                    let outcomes = outcomes.collect();
                    queue.extend(self.state.update(Event::Performed { outcomes, then, ms: 1 }));
                }
                Effect::Copy(text) => self.left.push(format!("copy: {text}")),
                Effect::OpenUrl(url) => self.left.push(format!("open: {url}")),
                Effect::Program(words) => self.left.push(format!("run: {}", words.join(" "))),
                Effect::Save { path, text } => self.left.push(format!("save {}:\n{text}", path.display())),
                Effect::Notify { text, .. } => self.left.push(format!("notify: {text}")),
                Effect::Wake(_, number) => queue.extend(self.state.update(Event::Woken(number))),
                Effect::SetTheme(name) => {
                    self.state.theme = Theme::built_in(&name, self.state.settings.depth)
                }
                Effect::Quit => self.left.push("quit".into()),
                _ => {}
            }
        }
    }

    /// The next answer recorded for a call; the last one again and again.
    fn answer(&mut self, key: &str) -> Result<Value, String> {
        let Some(list) = self.answers.get_mut(key) else {
            return Err(format!("not in the recording: {key}"));
        };
        if list.len() > 1 { list.pop_front() } else { list.front().cloned() }.unwrap_or(Ok(Value::Nil))
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.state.update(event);
        self.perform(effects);
    }

    /// Keys by their names, separated by spaces; `"text"` is typed letter by letter.
    pub fn keys(&mut self, keys: &str) {
        for word in keys.split_whitespace() {
            match word.strip_prefix('"').and_then(|w| w.strip_suffix('"')).filter(|w| !w.is_empty()) {
                Some(text) => {
                    for c in text.chars() {
                        self.key(&if c == '_' { "space".to_owned() } else { c.to_string() });
                    }
                }
                None => self.key(word),
            }
        }
    }

    fn key(&mut self, name: &str) {
        if let Some(key) = key_event(name) {
            self.event(Event::Key(key));
        }
    }

    /// The next recorded step that is no answer. False: there are no more.
    pub fn step(&mut self) -> bool {
        let Some(step) = self.steps.pop_front() else { return false };
        if let Some(key) = step["key"].as_str() {
            self.key(key);
        } else if let Some(text) = step["paste"].as_str() {
            self.event(Event::Paste(text.to_owned()));
        } else if let Some(now) = step["now"].as_f64() {
            self.event(Event::Tick(now));
        } else if let Some(cause) = step.get("down") {
            self.down = cause.as_str().map(str::to_owned);
        } else if let Some(problem) = step["no user"].as_str() {
            self.event(Event::LoggedIn(Err(problem.to_owned())));
        } else if step.get("user").is_some_and(serde_json::Value::is_null) {
            self.event(Event::LoggedIn(Ok(None)));
        } else if let Some(user) = step.get("user") {
            let perms =
                user["perms"].as_array().into_iter().flatten().filter_map(|p| p.as_str()).map(str::to_owned);
            let name = user["name"].as_str().unwrap_or_default().to_owned();
            let user = User { id: user["id"].as_i64().unwrap_or(0), name, perms: perms.collect() };
            self.event(Event::LoggedIn(Ok(Some(user))));
        }
        true
    }

    pub fn to_the_end(&mut self) {
        while self.step() {}
    }

    pub fn buffer(&mut self) -> ratatui::buffer::Buffer {
        let state = &self.state;
        // a test backend cannot fail
        let _ = self.terminal.draw(|frame| {
            draw::draw(state, frame);
        });
        self.terminal.backend().buffer().clone()
    }

    /// The screen as text, without blanks at the ends.
    pub fn picture(&mut self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let line = |y: u16| {
            let mut text = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer.cell((x, y)).map_or(" ", |c| c.symbol());
                text.push_str(symbol);
                x += u16::try_from(crate::cell::width(symbol)).unwrap_or(1).max(1);
            }
            text.trim_end().to_owned()
        };
        (0..area.height).map(line).collect::<Vec<_>>().join("\n")
    }

    pub fn plain(&self) -> String {
        crate::plain::lines(&self.state).join("\n")
    }
}
