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
    /// Has a place typed that begins like this.
    Ask(String),
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
    /// Commands of `koji` that change something, without the terminal: what each does, and its arguments.
    Command {
        lines: Vec<(String, Vec<String>)>,
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
    /// Leaves the screen for a command of `koji` and comes back.
    Shell(Vec<String>),
    /// The same for any program: a pager, an action of the user's own.
    Program(Vec<String>),
    /// Programs without the terminal: what each does, and its command line.
    Programs(Vec<(String, Vec<String>)>),
    /// Bell, and desktop notification (OSC 9).
    Notify {
        text: String,
        bell: bool,
        desktop: bool,
    },
    /// [`crate::event::Event::Woken`] with this number, after a while.
    Wake(std::time::Duration, u64),
    SetTheme(String),
    /// Ends, to begin anew with another profile.
    Switch(String),
    MouseCapture(bool),
    Suspend,
    Redraw,
    Quit,
}
