//! What happens to the program, from wherever.

use crossterm::event::{KeyEvent, MouseEvent};
use koji_xmlrpc::Value;

use crate::call::Call;
use crate::place::Place;
use crate::screen::{Message, ScreenId, User};

pub enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(u16, u16),
    /// Seconds since the epoch, once a second.
    Tick(f64),
    /// Answers to a fetch, or why it did not reach the hub.
    Fetched {
        calls: Vec<Call>,
        answers: Result<Vec<Result<Value, String>>, String>,
        ms: u64,
    },
    /// Answers to what was performed.
    Performed {
        outcomes: Vec<(String, Result<Value, String>)>,
        then: Option<Place>,
        ms: u64,
    },
    /// Something happened that concerns these topics.
    News(Vec<String>),
    /// The login: who, or why not.
    LoggedIn(Result<Option<User>, String>),
    Screen(ScreenId, Message),
    /// A line for the bottom: how a copy or save went.
    Said(Result<String, String>),
    /// The time of [`crate::effect::Effect::Wake`] has passed.
    Woken(u64),
    Quit,
}
