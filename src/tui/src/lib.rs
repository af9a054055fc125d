//! The terminal UI of `koji`: screens of a hub, live, on any terminal.
//!
//! What it is not: it reads no configuration and no environment ([`Options`] is filled by the program), knows no SQL and
//! no files of the hub, and makes only calls that every hub answers; a hub that pushes is watched, any other is polled.
//!
//! # How it goes
//!
//! `Event -> keymap -> Action -> State::update -> Vec<Effect>` ([`app`]); effects run elsewhere ([`run`], [`net`]) and come
//! back as events. [`draw::draw`] is pure. So a test needs no terminal, no hub and no clock: [`record::Replay`].
//!
//! # Adding a screen
//!
//! 1. A file in `screens/` with a struct that implements [`list::Listing`] (rows by number; cursor, filter, marks, sorting,
//!    saving and plain text come by themselves) or, when it is no list, [`screen::Screen`].
//! 2. A line in `screens::TABLE`: name, argument, help, how to open it. Palette, deep links (`koji tui NAME ARG`), help
//!    and plain mode follow.
//! 3. `wants()` says which calls it shows and how old their answers may become. The program asks, many in one
//!    multicall, and says `answered`. Work that is no call of this kind (reading a log) is [`effect::Effect::Run`]; its
//!    messages come back through [`net::Net::send`] to `message`.
//! 4. Keys of its own: an action in [`action`], a section in `config/keymap.toml` named like the scope in `scopes()`.
//! 5. A visit in `record-tui`'s tour (`tests/src/bin/record-tui`); its snapshot follows from the recording that makes.
//!
//! Something that can be done to a thing of the hub is a line in `ops/`.

pub mod action;
pub mod app;
mod behind;
mod burst;
pub mod cache;
pub mod call;
pub mod cell;
pub mod draw;
pub mod effect;
pub mod event;
pub mod files;
pub mod filter;
pub mod fuzzy;
pub mod inbox;
pub mod keymap;
pub mod list;
mod names;
pub mod net;
pub mod ops;
pub mod overlay;
pub mod pen;
pub mod place;
pub mod plain;
pub mod probe;
pub mod record;
pub mod run;
pub mod screen;
pub mod screens;
mod scroll;
pub mod store;
pub mod svg;
pub mod term;
pub mod theme;
pub mod widgets;

pub use app::Settings;
pub use net::Hub;
pub use run::{Colours, Options, TuiError, run};
