//! The state of the program and its one way to change: `update(event) -> effects`.

/// What a screen works with, of the state whose screen it is: a macro, since that screen is borrowed at the same time.
macro_rules! cx {
    ($state:ident, $id:expr, $effects:ident) => {
        $crate::screen::Cx {
            id: $id,
            store: &$state.store,
            user: $state.user.as_ref(),
            settings: &$state.settings,
            now: $state.now,
            effects: $effects,
        }
    };
}

mod acts;
mod answers;
mod keys;
mod peek;
mod places;

use std::time::Duration;

use crossterm::event::KeyEventKind;

use crate::call::Want;
use crate::effect::Effect;
use crate::event::Event;
use crate::inbox::{self, Notice};
use crate::keymap::Keymap;
use crate::ops::own::OwnAction;
use crate::overlay::Overlay;
use crate::place::Place;
use crate::screen::{Cx, Screen, ScreenId, User, View};
use crate::store::{Link, Store};
use crate::theme::{Depth, Role, Theme};
use crate::widgets::input::Input;

/// What stays the same while the program runs.
#[derive(Clone, Default)]
pub struct Settings {
    pub profile: String,
    pub server: String,
    pub weburl: String,
    /// Names and help of the commands of `koji`.
    pub commands: Vec<(String, String)>,
    /// How to run them: program and options.
    pub program: Vec<String>,
    pub themes: Vec<String>,
    /// Other hubs one could work with.
    pub profiles: Vec<String>,
    /// The user's own actions.
    pub actions: Vec<OwnAction>,
    /// Regular expressions for lines of logs that say an error.
    pub errors: Vec<String>,
    /// Of what to tell; none: of every task of the user that ends.
    pub notices: Option<Vec<Notice>>,
    pub depth: Depth,
    /// How often to look where the hub does not push; scales all intervals.
    pub poll: Duration,
}

/// How the login goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Login {
    #[default]
    UnderWay,
    /// With a user or without one.
    Over,
    /// Why it did not work.
    Failed(String),
}

pub struct Layer {
    pub id: ScreenId,
    pub screen: Box<dyn Screen>,
}

pub struct State {
    pub settings: Settings,
    pub keymap: Keymap,
    pub theme: Theme,
    pub store: Store,
    pub user: Option<User>,
    pub login: Login,
    /// Never empty; the last one is seen, the others are the breadcrumbs.
    pub stack: Vec<Layer>,
    peek: peek::Peek,
    pub overlays: Vec<Box<dyn Overlay>>,
    /// The filter while it is typed.
    pub prompt: Option<Input>,
    pub message: Option<(Role, String, f64)>,
    /// Keys of a chord so far.
    pub chord: Vec<String>,
    pub now: f64,
    pub size: (u16, u16),
    pub mouse: bool,
    history: Vec<Place>,
    at: usize,
    last: Option<Place>,
    next_id: ScreenId,
    watched: Vec<String>,
    /// Something changed that may be seen.
    pub dirty: bool,
    /// Calls that change something are under way.
    pub performing: bool,
}

/// How long a message stays.
const SEEN: f64 = 12.0;

impl State {
    pub fn new(
        settings: Settings,
        keymap: Keymap,
        theme: Theme,
        start: &Place,
        now: f64,
        size: (u16, u16),
    ) -> (State, Vec<Effect>) {
        let mut state = State {
            settings,
            keymap,
            theme,
            store: Store::default(),
            user: None,
            login: Login::default(),
            stack: Vec::new(),
            peek: peek::Peek::default(),
            overlays: Vec::new(),
            prompt: None,
            message: None,
            chord: Vec::new(),
            now,
            size,
            mouse: true,
            history: Vec::new(),
            at: 0,
            last: None,
            next_id: 0,
            watched: Vec::new(),
            dirty: true,
            performing: false,
        };
        let mut effects = Vec::new();
        if start.screen != "home" {
            state.push(&Place::new("home", ""), &mut effects);
        }
        state.go(start, &mut effects);
        if state.stack.is_empty() {
            state.push(&Place::new("home", ""), &mut effects);
        }
        let effects = state.settle(effects);
        (state, effects)
    }

    pub fn screen(&self) -> Option<&dyn Screen> {
        self.stack.last().map(|l| l.screen.as_ref())
    }

    /// Takes an event and says what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => return effects,
            Event::Key(key) => {
                self.dirty = true;
                self.key(key, &mut effects);
            }
            Event::Paste(text) => self.paste(&text, &mut effects),
            Event::Mouse(event) => {
                if self.overlays.is_empty() {
                    let area =
                        crate::draw::body(ratatui::layout::Rect::new(0, 0, self.size.0, self.size.1), self);
                    let used = self.with_top(&mut effects, |s, cx| s.mouse(event, area, cx)).unwrap_or(false);
                    self.dirty |= used;
                }
            }
            Event::Resize(w, h) => {
                self.size = (w, h);
                self.dirty = true;
            }
            Event::Tick(now) => self.tick(now, &mut effects),
            Event::Fetched { calls, answers, ms } => self.fetched(calls, answers, ms, &mut effects),
            Event::Performed { outcomes, then, ms } => self.performed(outcomes, then, ms, &mut effects),
            Event::News(topics) => {
                // a push says that something happened, the next look says what
                let wants: Vec<String> = self.wants().iter().map(|w| w.call.key()).collect();
                if !topics.is_empty() {
                    self.store.expire(|key| wants.iter().any(|w| w == key));
                }
            }
            Event::LoggedIn(Ok(user)) => {
                self.user = user;
                self.login = Login::Over;
                self.dirty = true;
                self.tick_all(&mut effects);
            }
            Event::LoggedIn(Err(problem)) => {
                self.login = Login::Failed(problem);
                self.dirty = true;
            }
            Event::Screen(id, message) => {
                if let Some(n) = self.stack.iter().position(|l| l.id == id) {
                    self.with(n, &mut effects, |s, cx| s.message(message, cx));
                    self.dirty = true;
                } else if self.is_beside(id) {
                    self.with_beside(&mut effects, |s, cx| s.message(message, cx));
                    self.dirty = true;
                }
            }
            Event::Woken(moves) => self.woken(moves, &mut effects),
            Event::Said(Ok(text)) => self.say(Role::Good, format!("✔ {text}")),
            Event::Said(Err(text)) => self.say(Role::Bad, format!("✘ {text}")),
            Event::Quit => effects.push(Effect::Quit),
        }
        self.settle(effects)
    }

    pub fn say(&mut self, role: Role, text: String) {
        self.message = Some((role, text, self.now));
        self.dirty = true;
    }

    /// Does those effects that only change the state, until only those are left that touch the world; then asks for what
    /// is missing.
    fn settle(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut out = Vec::new();
        let mut queue = std::collections::VecDeque::from(effects);
        while let Some(effect) = queue.pop_front() {
            let mut more = Vec::new();
            self.dirty |= !matches!(effect, Effect::Fetch(_) | Effect::Watch(_) | Effect::Run(_));
            match effect {
                Effect::Go(place) => self.go(&place, &mut more),
                Effect::Become(place) => {
                    self.stack.pop();
                    self.go(&place, &mut more);
                }
                Effect::Back => self.back(),
                Effect::Say(role, text) => self.say(role, text),
                Effect::Overlay(overlay) => self.overlays.push(overlay),
                Effect::CloseOverlay => {
                    self.overlays.pop();
                }
                Effect::Ask(text) => self.palette(&text),
                Effect::Act(action) => self.act(action, &mut more),
                Effect::SetTheme(name) => out.push(Effect::SetTheme(name)),
                Effect::Command { lines, then } => {
                    let whole = |words| self.settings.program.iter().cloned().chain(words).collect();
                    let lines = lines.into_iter().map(|(what, words)| (what, whole(words))).collect();
                    self.performing = true;
                    out.push(Effect::Command { lines, then });
                }
                Effect::Programs(lines) => {
                    self.performing = true;
                    out.push(Effect::Command { lines, then: None });
                }
                Effect::Perform { calls, then } => {
                    self.performing = true;
                    out.push(Effect::Perform { calls, then });
                }
                // `koji ...` of an operation: the program that this is
                Effect::Shell(words) => {
                    out.push(Effect::Program(self.settings.program.iter().cloned().chain(words).collect()));
                }
                other => out.push(other),
            }
            for effect in more.into_iter().rev() {
                queue.push_front(effect);
            }
        }
        self.look_beside(&mut out);
        self.fetch(&mut out);
        out
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = self.screen().map(Screen::wants).unwrap_or_default();
        wants.extend(self.beside().map(Screen::wants).unwrap_or_default());
        wants.extend(self.overlays.iter().flat_map(|o| o.wants()));
        if let Some(user) = &self.user {
            wants.push(inbox::want(user.id));
        }
        // Koji's own interval is what the screens' times are made for
        let pace = self.settings.poll.as_secs_f64() / 6.0;
        if pace > 0.0 {
            wants.iter_mut().for_each(|w| w.every = w.every.mul_f64(pace.clamp(0.2, 20.0)));
        }
        wants
    }

    fn fetch(&mut self, out: &mut Vec<Effect>) {
        let mut wants = self.wants();
        if self.user.is_none() {
            wants.retain(|w| !w.call.login);
        }
        let due = self.store.due(&wants, self.now);
        if !due.is_empty() {
            out.push(Effect::Fetch(due));
        }
        let mut topics = self.screen().map(Screen::topics).unwrap_or_default();
        let own = self.store.inbox.topics();
        topics.extend(own.into_iter().filter(|t| !topics.contains(t)).collect::<Vec<_>>());
        if topics != self.watched {
            self.watched.clone_from(&topics);
            out.push(Effect::Watch(topics));
        }
    }

    fn with<T>(
        &mut self,
        n: usize,
        effects: &mut Vec<Effect>,
        f: impl FnOnce(&mut dyn Screen, &mut Cx) -> T,
    ) -> Option<T> {
        let layer = self.stack.get_mut(n)?;
        let mut cx = cx!(self, layer.id, effects);
        Some(f(layer.screen.as_mut(), &mut cx))
    }

    fn with_top<T>(
        &mut self,
        effects: &mut Vec<Effect>,
        f: impl FnOnce(&mut dyn Screen, &mut Cx) -> T,
    ) -> Option<T> {
        self.with(self.stack.len().checked_sub(1)?, effects, f)
    }

    fn with_overlay<T>(
        &mut self,
        effects: &mut Vec<Effect>,
        f: impl FnOnce(&mut dyn Overlay, &mut Cx) -> T,
    ) -> Option<T> {
        let id = self.stack.last().map_or(0, |l| l.id);
        let overlay = self.overlays.last_mut()?;
        let mut cx = cx!(self, id, effects);
        Some(f(overlay.as_mut(), &mut cx))
    }

    fn tick_all(&mut self, effects: &mut Vec<Effect>) {
        for n in 0..self.stack.len() {
            self.with(n, effects, |s, cx| s.tick(cx));
        }
    }

    fn tick(&mut self, now: f64, effects: &mut Vec<Effect>) {
        self.now = now;
        self.with_top(effects, |s, cx| s.tick(cx));
        self.with_beside(effects, |s, cx| s.tick(cx));
        if self.message.as_ref().is_some_and(|(_, _, at)| now - at > SEEN) {
            self.message = None;
            self.dirty = true;
        }
        self.dirty |= self.screen().is_some_and(Screen::is_live)
            || self.beside().is_some_and(Screen::is_live)
            || matches!(self.store.link, Link::Down { .. });
        self.store.forget();
    }

    pub fn view<'a>(&'a self, links: &'a std::cell::RefCell<Vec<crate::screen::Hyperlink>>) -> View<'a> {
        View {
            theme: &self.theme,
            store: &self.store,
            user: self.user.as_ref(),
            now: self.now,
            weburl: &self.settings.weburl,
            logging_in: self.login == Login::UnderWay,
            links,
        }
    }

    /// Something goes on whose end is worth waiting for.
    pub fn busy(&self) -> bool {
        self.performing || self.login == Login::UnderWay || self.screen().is_some_and(Screen::is_working)
    }

    pub fn overlay_is_menu(&self) -> bool {
        self.overlays.last().is_some_and(|o| o.is_menu())
    }

    /// How old the oldest thing on the screen is, where it is older than it should be.
    pub fn stale(&self) -> Option<f64> {
        let wants = self.wants();
        let late = wants.iter().filter_map(|w| {
            let known = self.store.get(&w.call)?;
            let age = self.now - known.at;
            let stale = known.value.is_some()
                && (known.cached || (known.at > 0.0 && age > w.every.as_secs_f64() * 3.0 + 5.0));
            stale.then_some(age)
        });
        late.max_by(f64::total_cmp)
    }
}
