//! The state of the program and its one way to change: `update(event) -> effects`.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use crate::action::Action;
use crate::call::{Call, Want};
use crate::effect::Effect;
use crate::event::Event;
use crate::keymap::{Keymap, Match, key_name};
use crate::net;
use crate::ops;
use crate::overlay::{Overlay, copy::Copy, help::Help, menu, palette::Palette, rpc_log::RpcLog, save::Save};
use crate::place::{Place, Subject};
use crate::screen::{Cx, Screen, ScreenId, User, View};
use crate::screens;
use crate::store::{Link, Logged, Store};
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
    pub depth: Depth,
    /// How often to look where the hub does not push; scales all intervals.
    pub poll: Duration,
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
    /// Why the login did not work.
    pub login_problem: Option<String>,
    /// Never empty; the last one is seen, the others are the breadcrumbs.
    pub stack: Vec<Layer>,
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
const HISTORY: usize = 100;

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
            login_problem: None,
            stack: Vec::new(),
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
                self.login_problem = None;
                self.dirty = true;
                self.store.expire(|_| false);
            }
            Event::LoggedIn(Err(problem)) => {
                self.login_problem = Some(problem);
                self.dirty = true;
            }
            Event::Screen(id, message) => {
                if let Some(n) = self.stack.iter().position(|l| l.id == id) {
                    self.with(n, &mut effects, |s, cx| s.message(message, cx));
                    self.dirty = true;
                }
            }
            Event::Said(Ok(text)) => self.say(Role::Good, format!("✔ {text}")),
            Event::Said(Err(text)) => self.say(Role::Bad, format!("✘ {text}")),
            Event::ThemeChanged => {}
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
                Effect::Act(action) => self.act(action, &mut more),
                Effect::SetTheme(name) => out.push(Effect::SetTheme(name)),
                // `koji ...` of an operation: the program that this is
                Effect::Shell(words) if words.first().is_some_and(|w| !self.settings.program.contains(w)) => {
                    out.push(Effect::Shell(self.settings.program.iter().cloned().chain(words).collect()));
                }
                other => out.push(other),
            }
            for effect in more.into_iter().rev() {
                queue.push_front(effect);
            }
        }
        self.fetch(&mut out);
        out
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = self.screen().map(Screen::wants).unwrap_or_default();
        wants.extend(self.overlays.iter().flat_map(|o| o.wants()));
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
        let topics = self.screen().map(Screen::topics).unwrap_or_default();
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
        let mut cx =
            Cx { id: layer.id, store: &self.store, user: self.user.as_ref(), now: self.now, effects };
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
        let mut cx = Cx { id, store: &self.store, user: self.user.as_ref(), now: self.now, effects };
        Some(f(overlay.as_mut(), &mut cx))
    }

    fn tick(&mut self, now: f64, effects: &mut Vec<Effect>) {
        self.now = now;
        self.with_top(effects, |s, cx| s.tick(cx));
        if self.message.as_ref().is_some_and(|(_, _, at)| now - at > SEEN) {
            self.message = None;
            self.dirty = true;
        }
        self.dirty |=
            self.screen().is_some_and(Screen::is_live) || matches!(self.store.link, Link::Down { .. });
        self.store.forget();
    }

    fn fetched(
        &mut self,
        calls: Vec<Call>,
        answers: Result<Vec<Result<koji_xmlrpc::Value, String>>, String>,
        ms: u64,
        effects: &mut Vec<Effect>,
    ) {
        let was_up = self.store.link == Link::Up;
        let outcome = match &answers {
            Ok(_) => "ok".to_owned(),
            Err(e) => e.clone(),
        };
        let bytes = answers.as_ref().map_or(0, |a| a.iter().flatten().map(size).sum());
        self.store.log(Logged { at: self.now, call: net::summary(&calls), ms, bytes, outcome });
        match answers {
            Err(cause) => {
                let jitter = rand::random::<f64>();
                self.store.unreachable(&calls, cause, self.now, jitter);
                self.dirty = true;
            }
            Ok(answers) => {
                self.dirty |= !was_up;
                for (call, answer) in calls.iter().zip(answers) {
                    if self.store.answer(call, answer, self.now) {
                        self.tell(call, effects);
                    }
                }
            }
        }
    }

    /// Screens whose wants include the call take its answer.
    fn tell(&mut self, call: &Call, effects: &mut Vec<Effect>) {
        self.dirty = true;
        for n in 0..self.stack.len() {
            let wanted = self.stack.get(n).is_some_and(|l| l.screen.wants().iter().any(|w| w.call == *call));
            if wanted {
                self.with(n, effects, |s, cx| s.answered(call, cx));
            }
        }
    }

    fn performed(
        &mut self,
        outcomes: Vec<(String, Result<koji_xmlrpc::Value, String>)>,
        then: Option<Place>,
        ms: u64,
        effects: &mut Vec<Effect>,
    ) {
        self.performing = false;
        let failed: Vec<String> = outcomes
            .iter()
            .filter_map(|(what, o)| o.as_ref().err().map(|e| format!("{what}: {e}")))
            .collect();
        for (what, outcome) in &outcomes {
            let outcome = outcome.as_ref().map_or_else(Clone::clone, |_| "ok".to_owned());
            self.store.log(Logged { at: self.now, call: what.clone(), ms, bytes: 0, outcome });
        }
        match failed.first() {
            None => {
                let what = outcomes.first().map(|(w, _)| w.clone()).unwrap_or_default();
                let answer = outcomes
                    .first()
                    .and_then(|(_, o)| o.as_ref().ok())
                    .map(crate::cell::shown)
                    .unwrap_or_default();
                let more = if outcomes.len() > 1 {
                    format!(" and {} more", outcomes.len() - 1)
                } else {
                    String::new()
                };
                let gave = if answer.is_empty() || answer.len() > 40 {
                    String::new()
                } else {
                    format!(" → {answer}")
                };
                self.say(Role::Good, format!("✔ {what}{more}{gave}"));
                if let Some(mut place) = then {
                    place.arg = place.arg.replace("$answer", &answer);
                    self.go(&place, effects);
                }
            }
            Some(first) => {
                let count = if outcomes.len() > 1 {
                    format!("{} of {} failed; ", failed.len(), outcomes.len())
                } else {
                    String::new()
                };
                self.say(Role::Bad, format!("✘ {count}{first}"));
            }
        }
        // whatever was shown may be different now
        self.store.expire(|_| true);
    }

    fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        self.dirty = true;
        if let Some(prompt) = &mut self.prompt {
            prompt.paste(text);
            self.filter_typed(effects);
        } else {
            self.with_overlay(effects, |o, cx| o.paste(text, cx));
        }
    }

    fn key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        if key_name(key).as_deref() == Some("ctrl-c") {
            effects.push(Effect::Quit);
            return;
        }
        if !self.overlays.is_empty() {
            let used = self.with_overlay(effects, |o, cx| o.key(key, cx)).unwrap_or(true);
            if !used && key.code == KeyCode::Esc {
                self.overlays.pop();
            }
            return;
        }
        if self.prompt.is_some() {
            self.prompt_key(key, effects);
            return;
        }
        if self.chord.is_empty() && self.with_top(effects, |s, cx| s.key(key, cx)) == Some(true) {
            return;
        }
        let Some(name) = key_name(key) else { return };
        if name == "esc" && !self.chord.is_empty() {
            self.chord.clear();
            return;
        }
        self.chord.push(name);
        let scopes = self.scopes();
        match self.keymap.find(&scopes, &self.chord) {
            Match::Partial => {}
            Match::Action(action) => {
                self.chord.clear();
                self.act(action, effects);
            }
            Match::Nothing => {
                let keys = self.chord.join(" ");
                self.chord.clear();
                self.say(Role::Muted, format!("{keys} does nothing here; ? shows the keys"));
            }
        }
    }

    pub fn scopes(&self) -> Vec<&'static str> {
        let own = self.screen().map(Screen::scopes).unwrap_or_default();
        own.iter().copied().chain(["global"]).collect()
    }

    fn prompt_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        match key.code {
            KeyCode::Enter => self.prompt = None,
            KeyCode::Esc => {
                self.prompt = None;
                self.with_top(effects, |s, cx| s.filter(Some(""), cx));
            }
            _ => {
                if self.prompt.as_mut().is_some_and(|p| p.key(key)) {
                    self.filter_typed(effects);
                }
            }
        }
    }

    fn filter_typed(&mut self, effects: &mut Vec<Effect>) {
        let text = self.prompt.as_ref().map(Input::text).unwrap_or_default();
        self.with_top(effects, |s, cx| s.filter(Some(&text), cx));
    }

    /// An action: the screen first, then the program.
    pub fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.message = None;
        if self.with_top(effects, |s, cx| s.act(action, cx)) == Some(true) {
            return;
        }
        if let Some(screen) = screens::find(action.name()) {
            self.go(&Place::new(screen.name, ""), effects);
            return;
        }
        match action {
            Action::Close => self.back(),
            Action::HistoryBack => self.travel(-1, effects),
            Action::HistoryForward => self.travel(1, effects),
            Action::LastScreen => {
                if let Some(place) = self.last.clone() {
                    self.go(&place, effects);
                }
            }
            Action::Filter => match self.with_top(effects, |s, cx| s.filter(None, cx)).flatten() {
                Some(text) => self.prompt = Some(Input::new(&text)),
                None => self.say(Role::Muted, "this screen has no filter".into()),
            },
            Action::Palette => {
                let s = &self.settings;
                let palette =
                    Palette::new(&self.keymap, &self.scopes(), &s.commands, &s.themes, s.program.clone());
                self.overlays.push(Box::new(palette));
            }
            Action::Help => {
                let help = Help::new(&self.keymap, &self.scopes());
                self.overlays.push(Box::new(help));
            }
            Action::Menu => {
                let subjects = self.screen().map(Screen::selection).unwrap_or_default();
                match menu::Menu::new(subjects, self.user.as_ref()) {
                    Some(menu) => self.overlays.push(Box::new(menu)),
                    None => self.say(Role::Muted, "nothing can be done with this".into()),
                }
            }
            Action::NewBuild => {
                if self.user.is_none() {
                    self.say(Role::Warn, self.no_login());
                    return;
                }
                let subjects = self.screen().map(Screen::selection).unwrap_or_default();
                let target = subjects.into_iter().find(|s| matches!(s, Subject::Target(_)));
                let target = target.unwrap_or(Subject::Target(String::new()));
                self.overlays.push(menu::start(ops::build_form(), vec![target]));
            }
            Action::Copy => self.copy_menu(),
            Action::OpenWeb => {
                let subject = self.screen().map(Screen::selection).unwrap_or_default().into_iter().next();
                match subject.and_then(|s| s.url(&self.settings.weburl)) {
                    Some(url) => effects.push(Effect::OpenUrl(url)),
                    None => self.say(Role::Muted, "this has no page in the web interface".into()),
                }
            }
            Action::Save => {
                let links = Default::default();
                let view = self.view(&links);
                if let Some(screen) = self.screen() {
                    let save =
                        Save::new(&screen.place().to_string(), screen.text(&view), screen.table(&view));
                    self.overlays.push(Box::new(save));
                }
            }
            Action::Reload => {
                self.store.expire(|_| true);
                self.say(Role::Muted, "asking the hub again".into());
            }
            Action::Logs | Action::MultiLog | Action::Triage => {
                let tasks: Vec<String> = self
                    .screen()
                    .map(Screen::selection)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|s| if let Subject::Task(id) = s { Some(id.to_string()) } else { None })
                    .collect();
                let (screen, arg) = match action {
                    Action::Triage => ("why", tasks.first().cloned().unwrap_or_default()),
                    Action::MultiLog => ("logs", tasks.join(" ")),
                    _ if tasks.len() > 1 => ("logs", tasks.join(" ")),
                    _ => ("log", tasks.first().cloned().unwrap_or_default()),
                };
                if tasks.is_empty() {
                    self.say(Role::Muted, "select a task first".into());
                } else {
                    self.go(&Place::new(screen, arg), effects);
                }
            }
            Action::RpcLog => self.overlays.push(Box::new(RpcLog::default())),
            Action::NextTheme => {
                let themes = &self.settings.themes;
                let at = themes.iter().position(|t| *t == self.theme.name).map_or(0, |n| n + 1);
                if let Some(name) = themes.get(at % themes.len().max(1)) {
                    effects.push(Effect::SetTheme(name.clone()));
                }
            }
            Action::Mouse => {
                self.mouse = !self.mouse;
                effects.push(Effect::MouseCapture(self.mouse));
                let text = if self.mouse {
                    "the mouse is ours"
                } else {
                    "the mouse is the terminal's: select and copy"
                };
                self.say(Role::Muted, text.into());
            }
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Redraw => effects.push(Effect::Redraw),
            Action::Quit => effects.push(Effect::Quit),
            _ => self.say(Role::Muted, format!("{} does nothing here", action.name())),
        }
    }

    fn no_login(&self) -> String {
        match &self.login_problem {
            Some(problem) => format!("not logged in: {problem}"),
            None => "not logged in: give the profile a certificate or a user and password".into(),
        }
    }

    fn copy_menu(&mut self) {
        let links = Default::default();
        let view = self.view(&links);
        let Some(screen) = self.screen() else { return };
        let subjects = screen.selection();
        let calls: Vec<Call> = screen.wants().into_iter().map(|w| w.call).collect();
        let copy =
            Copy::new(&subjects, &self.settings.weburl, &self.settings.server, &calls, screen.text(&view));
        match copy {
            Some(copy) => self.overlays.push(Box::new(copy)),
            None => self.say(Role::Muted, "nothing to copy".into()),
        }
    }

    pub fn view<'a>(&'a self, links: &'a std::cell::RefCell<Vec<crate::screen::Hyperlink>>) -> View<'a> {
        View {
            theme: &self.theme,
            store: &self.store,
            user: self.user.as_ref(),
            now: self.now,
            weburl: &self.settings.weburl,
            links,
        }
    }

    /// Opens a place: one that is among the breadcrumbs already is gone back to.
    fn go(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        let here = self.screen().map(Screen::place);
        if here.as_ref() == Some(place) {
            return;
        }
        self.last = here;
        self.note(place);
        if let Some(n) = self.stack.iter().position(|l| l.screen.place() == *place) {
            self.stack.truncate(n + 1);
            return;
        }
        self.push(place, effects);
    }

    /// What the store knows already of the screens' wants is shown.
    pub fn show_known(&mut self) {
        let calls: Vec<Call> = self.wants().into_iter().map(|w| w.call).collect();
        let mut effects = Vec::new();
        for call in calls {
            if self.store.get(&call).is_some_and(|k| k.value.is_some()) {
                self.tell(&call, &mut effects);
            }
        }
    }

    pub fn open(&mut self, place: &Place) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.go(place, &mut effects);
        self.settle(effects)
    }

    pub fn open_number(&mut self, n: usize) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.with_top(&mut effects, |s, cx| s.open_number(n, cx)) != Some(true) {
            self.say(Role::Warn, format!("there is no line {n}"));
        }
        self.settle(effects)
    }

    pub fn do_action(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.act(action, &mut effects);
        self.settle(effects)
    }

    pub fn busy(&self) -> bool {
        self.performing
    }

    pub fn overlay_is_menu(&self) -> bool {
        self.overlays.last().is_some_and(|o| o.is_menu())
    }

    fn note(&mut self, place: &Place) {
        self.history.truncate(self.at + 1);
        if self.history.last() != Some(place) {
            self.history.push(place.clone());
        }
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.at = self.history.len().saturating_sub(1);
    }

    fn push(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        let screen = match screens::open(place) {
            Ok(screen) => screen,
            Err(problem) => {
                self.say(Role::Bad, format!("✘ {problem}"));
                return;
            }
        };
        self.next_id += 1;
        self.stack.push(Layer { id: self.next_id, screen });
        self.dirty = true;
        // what is known already is shown at once
        let calls: Vec<Call> =
            self.screen().map(Screen::wants).unwrap_or_default().into_iter().map(|w| w.call).collect();
        for call in calls {
            if self.store.get(&call).is_some_and(|k| k.value.is_some()) {
                self.with_top(effects, |s, cx| s.answered(&call, cx));
            }
        }
    }

    fn back(&mut self) {
        self.dirty = true;
        if self.stack.len() > 1 {
            self.last = self.screen().map(Screen::place);
            self.stack.pop();
            if let Some(place) = self.screen().map(Screen::place) {
                self.note(&place);
            }
        } else {
            self.say(Role::Muted, "this is the first screen; q ends the program".into());
        }
    }

    fn travel(&mut self, by: isize, effects: &mut Vec<Effect>) {
        let to = self.at.saturating_add_signed(by);
        let Some(place) = self.history.get(to).cloned().filter(|_| to != self.at) else {
            self.say(Role::Muted, "the history ends here".into());
            return;
        };
        let (history, last) = (self.history.clone(), self.screen().map(Screen::place));
        self.go(&place, effects);
        (self.history, self.at, self.last) = (history, to, last);
    }

    /// How old the oldest thing on the screen is, where it is older than it should be.
    pub fn stale(&self) -> Option<f64> {
        let wants = self.screen().map(Screen::wants).unwrap_or_default();
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

/// About as many bytes as the value has on the wire; counting them there would cost more than they are worth.
fn size(value: &koji_xmlrpc::Value) -> usize {
    use koji_xmlrpc::Value as V;
    match value {
        V::Str(s) | V::DateTime(s) => s.len() + 32,
        V::Array(a) => 30 + a.iter().map(size).sum::<usize>(),
        V::Struct(s) => 20 + s.iter().map(|(k, v)| k.len() + 34 + size(v)).sum::<usize>(),
        V::Base64(b) => b.len() * 4 / 3 + 36,
        _ => 30,
    }
}
