//! What a screen is, and what it may do.

use std::any::Any;
use std::cell::RefCell;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::action::Action;
use crate::app::Settings;
use crate::call::{Call, Want};
use crate::effect::Effect;
use crate::list::Commands;
use crate::place::{Place, Subject};
use crate::store::Store;
use crate::theme::{Role, Theme};

/// Names a screen in the stack, so that messages find the one that asked.
pub type ScreenId = u64;

/// A message of a screen's own background work ([`Effect::Run`]).
pub type Message = Box<dyn Any + Send>;

/// Who is logged in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub perms: Vec<String>,
}

impl User {
    pub fn has(&self, perm: &str) -> bool {
        self.perms.iter().any(|p| p == perm || p == "admin")
    }
}

/// What a screen works with while it changes.
pub struct Cx<'a> {
    pub id: ScreenId,
    pub store: &'a Store,
    pub user: Option<&'a User>,
    pub settings: &'a Settings,
    /// Seconds since the epoch.
    pub now: f64,
    pub effects: &'a mut Vec<Effect>,
}

impl Cx<'_> {
    pub fn go(&mut self, place: Place) {
        self.effects.push(Effect::Go(place));
    }

    /// A line at the bottom.
    pub fn say(&mut self, role: Role, text: impl Into<String>) {
        self.effects.push(Effect::Say(role, text.into()));
    }
}

/// What a screen draws with.
pub struct View<'a> {
    pub theme: &'a Theme,
    pub store: &'a Store,
    pub user: Option<&'a User>,
    pub now: f64,
    pub weburl: &'a str,
    /// It is not known yet who is logged in.
    pub logging_in: bool,
    /// Pieces of the screen that are links (OSC 8).
    pub links: &'a RefCell<Vec<Hyperlink>>,
}

impl View<'_> {
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Makes columns of a line a link.
    pub fn link(&self, area: Rect, url: String) {
        self.links.borrow_mut().push(Hyperlink { y: area.y, from: area.x, to: area.right(), url });
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hyperlink {
    pub y: u16,
    pub from: u16,
    pub to: u16,
    pub url: String,
}

const HINTS: &[(Action, &str)] = &[
    (Action::Open, "open"),
    (Action::Close, "back"),
    (Action::Filter, "filter"),
    (Action::Menu, "actions"),
    (Action::Palette, "go"),
    (Action::Search, "search"),
    (Action::Help, "help"),
    (Action::Copy, "copy"),
    (Action::Mark, "mark"),
    (Action::Logs, "logs"),
    (Action::Triage, "why"),
    (Action::NewBuild, "build"),
    (Action::Quit, "quit"),
];

/// A screen: state, update, draw. Most screens are lists and implement [`crate::list::Listing`] instead.
pub trait Screen {
    fn place(&self) -> Place;

    /// One line for the top: `task 123 · build hello`.
    fn title(&self, _view: &View) -> String {
        self.place().to_string()
    }

    /// The calls whose answers this screen shows. Asked before every tick; must be cheap.
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    /// What to hear of from a hub that pushes: `task:5`, `tag:3` (see `live.wait`). News make all wants of the screen old.
    fn topics(&self) -> Vec<String> {
        Vec::new()
    }

    /// One of its wants has a new answer in the store (or a new fault). Also called for what is there already when the
    /// screen is opened.
    fn answered(&mut self, _call: &Call, _cx: &mut Cx) {}

    /// A message of its own background work.
    fn message(&mut self, _message: Message, _cx: &mut Cx) {}

    /// Called once a second.
    fn tick(&mut self, _cx: &mut Cx) {}

    /// Scopes of the keymap, the screen's own first; `global` is added.
    fn scopes(&self) -> &'static [&'static str] {
        &[]
    }

    /// An action of the keymap. False when the screen has no use for it; then the program looks.
    fn act(&mut self, action: Action, cx: &mut Cx) -> bool;

    /// A key before the keymap sees it, for screens with a text field. True: it is used up.
    fn key(&mut self, _key: KeyEvent, _cx: &mut Cx) -> bool {
        false
    }

    fn mouse(&mut self, _event: MouseEvent, _area: Rect, _cx: &mut Cx) -> bool {
        false
    }

    /// The filter, while it is typed and when it is set. `None`: this screen has none.
    fn filter(&mut self, _text: Option<&str>, _cx: &mut Cx) -> Option<String> {
        None
    }

    /// What actions, copies and links mean: the marked rows, else the one under the cursor, else the screen's own thing.
    fn selection(&self) -> Vec<Subject> {
        Vec::new()
    }

    /// Pure: the same state draws the same.
    fn draw(&self, frame: &mut Frame, area: Rect, view: &View);

    /// Everything as lines, without drawing characters: for plain mode and for saving.
    fn text(&self, view: &View) -> Vec<String>;

    /// In plain mode: opens what line `n` (from 1) of the numbered ones stands for.
    fn open_number(&mut self, _n: usize, _cx: &mut Cx) -> bool {
        false
    }

    /// For saving: separated values and JSON, where the screen is a table.
    fn table(&self, _view: &View) -> Option<Vec<Vec<String>>> {
        None
    }

    /// What it shows as commands, for copying and saving.
    fn commands(&self) -> Vec<Commands> {
        Vec::new()
    }

    /// Changes by itself as time goes by (running times), so it is drawn every second.
    fn is_live(&self) -> bool {
        false
    }

    /// What the bottom line reminds of, the most useful first.
    fn hints(&self) -> &'static [(Action, &'static str)] {
        HINTS
    }

    /// Ways to go on with the last word of a filter: names of columns, or values in one.
    fn complete(&self, _word: &str, _now: f64) -> Vec<String> {
        Vec::new()
    }

    /// Work of its own goes on: what is shown is not yet what was asked for.
    fn is_working(&self) -> bool {
        false
    }
}
