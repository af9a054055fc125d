//! What an update wants done. Everything that takes time or touches the world is one of these.

use std::path::PathBuf;

use futures::future::BoxFuture;

use crate::call::Call;
use crate::net::Net;
use crate::overlay::Overlay;
use crate::place::Place;
use crate::theme::Role;

/// Background work of a screen: gets the network and sends messages back with [`Net::send`].
pub type Job = Box<dyn FnOnce(Net) -> BoxFuture<'static, ()> + Send>;

pub enum Effect {
    /// Opens a place on top of this one.
    Go(Place),
    /// Replaces this screen.
    Become(Place),
    Back,
    /// A line at the bottom.
    Say(Role, String),
    /// Shows something above the screen.
    Overlay(Box<dyn Overlay>),
    CloseOverlay,
    /// Does an action as if its key was pressed.
    Act(crate::action::Action),
    /// Asks the hub; answers go to the store.
    Fetch(Vec<Call>),
    /// What the hub shall wait for on behalf of the screens that are seen.
    Watch(Vec<String>),
    /// Calls that change something, as the user who is logged in. What they do goes before each answer or reason.
    Perform {
        calls: Vec<(String, Call)>,
        then: Option<Place>,
    },
    /// Background work.
    Run(Job),
    /// To the clipboard (OSC 52).
    Copy(String),
    OpenUrl(String),
    Save {
        path: PathBuf,
        text: String,
    },
    /// Leaves the screen for a program (`koji ...`, a pager) and comes back.
    Shell(Vec<String>),
    /// Bell and desktop notification (OSC 9).
    Notify(String),
    SetTheme(String),
    MouseCapture(bool),
    Suspend,
    Redraw,
    Quit,
}
