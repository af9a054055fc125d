//! Recordings: what the hub answered and which keys were pressed, one JSON object a line. A recording is a bug report and
//! a test: [`Replay`] does the same again without a hub, a clock or a terminal.
//!
//! Lines are `{"start": PLACE, "now": SECONDS, "size": [COLUMNS, ROWS]}` (the first), `{"call": KEY, "answer": VALUE}` or
//! `{"call": KEY, "fault": TEXT}` in the order of the answers, whoever asked (screens or their background work), and
//! what else happened: `did` (an action and its outcome), `key`, `paste`, `size`, `now`, `user`, `news`, `down`. Logins are not recorded. Lines that mean nothing
//! to a replay are passed over, such as those of [`visits`].

mod answers;
mod recorder;
mod visit;
mod wire;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use serde_json::json;

use crate::app::{Settings, State};
use crate::call::from_json;
use crate::draw;
use crate::effect::{Effect, Job};
use crate::event::Event;
use crate::keymap::{Keymap, key_event};
use crate::place::Place;
use crate::screen::User;
use crate::theme::Theme;

use answers::{Answers, Background};
pub use recorder::Recorder;
pub use visit::{Visit, visits};

/// A program that runs on a recording.
pub struct Replay {
    pub state: State,
    answers: Arc<Answers>,
    background: Option<Background>,
    terminal: Terminal<TestBackend>,
    /// The size is not that of the recording.
    resized: bool,
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
        let answers = Answers::default();
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
                answers.add(key, answer);
            } else {
                steps.push_back(step);
            }
        }
        let resized = size.is_some();
        let size = size.or(self::size(&head)).unwrap_or((80, 24));
        let place = Place::parse(start.or(head["start"].as_str()).unwrap_or("home"));
        let now = head["now"].as_f64().unwrap_or(0.0);
        let (state, effects) = State::new(settings, Keymap::built_in(), theme, &place, now, size);
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).map_err(|e| e.to_string())?;
        let answers = Arc::new(answers);
        let (background, left, down) = (None, Vec::new(), None);
        let mut replay = Replay { state, answers, background, terminal, resized, left, steps, down };
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
                        None => Ok(calls.iter().map(|c| self.answers.next(&c.key())).collect()),
                    };
                    queue.extend(self.state.update(Event::Fetched { calls, answers, ms: 1 }));
                }
                Effect::Perform { calls, then } => {
                    for (what, call) in &calls {
                        self.left.push(format!("{what}: {}", call.key()));
                    }
                    let outcomes = calls
                        .into_iter()
                        .map(|(w, _)| (w.clone(), self.answers.next(&format!("did {w}"))))
                        .collect();
                    queue.extend(self.state.update(Event::Performed { outcomes, then, ms: 1 }));
                }
                Effect::Run(job) => self.run(job),
                Effect::Command { lines, then } => {
                    self.left
                        .extend(lines.iter().map(|(what, words)| format!("{what}: {}", words.join(" "))));
                    let outcomes =
                        lines.into_iter().map(|(w, _)| (w.clone(), self.answers.next(&format!("did {w}"))));
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

    fn run(&mut self, job: Job) {
        if self.background.is_none() {
            self.background = Background::start(&self.answers);
        }
        if let Some(background) = &self.background {
            background.run(job);
        }
    }

    /// Lets background work (logs, searches) go on until the screen has this text, seen or not. False: half a minute was
    /// not enough.
    pub fn until(&mut self, text: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            // drawing decides what a log reads
            if self.picture().contains(text) || self.plain().contains(text) {
                return true;
            }
            if Instant::now() > end || !self.background_event(Duration::from_millis(200)) && self.is_idle() {
                return false;
            }
        }
    }

    /// Lets background work go on until it has been quiet for a moment.
    pub fn settle(&mut self) {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end && (self.background_event(Duration::from_millis(500)) || self.state.busy())
        {
        }
    }

    fn is_idle(&self) -> bool {
        self.background.is_none()
    }

    /// False: nothing came within that time.
    fn background_event(&mut self, patience: Duration) -> bool {
        let event = self.background.as_mut().and_then(|b| b.event(patience));
        event.map(|event| self.event(event)).is_some()
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
        } else if let Some(topics) = step["news"].as_array() {
            let topics = topics.iter().filter_map(|t| t.as_str()).map(str::to_owned);
            self.event(Event::News(topics.collect()));
        } else if let Some((w, h)) = size(&step).filter(|_| !self.resized) {
            self.resize((w, h));
        } else if let Some(user) = step.get("user") {
            let perms =
                user["perms"].as_array().into_iter().flatten().filter_map(|p| p.as_str()).map(str::to_owned);
            let name = user["name"].as_str().unwrap_or_default().to_owned();
            let user = User { id: user["id"].as_i64().unwrap_or(0), name, perms: perms.collect() };
            self.event(Event::LoggedIn(Ok(Some(user))));
        }
        true
    }

    pub fn resize(&mut self, (width, height): (u16, u16)) {
        self.terminal.backend_mut().resize(width, height);
        self.event(Event::Resize(width, height));
    }

    pub fn to_the_end(&mut self) {
        while self.step() {}
    }

    pub fn buffer(&mut self) -> Buffer {
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

/// Columns and rows of a line.
fn size(line: &serde_json::Value) -> Option<(u16, u16)> {
    let of = |n: usize| line["size"][n].as_u64().and_then(|n| u16::try_from(n).ok());
    Some((of(0)?, of(1)?))
}
