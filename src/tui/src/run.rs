//! The loop: events in, frames out, effects away.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossterm::event::{Event as Term, EventStream};
use futures::StreamExt;
use ratatui::Terminal;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::action::Action;
use crate::app::{Settings, State};
use crate::burst::at_once;
use crate::effect::Effect;
use crate::event::Event;
use crate::files::{Files, theme_file, write_new};
use crate::keymap::Keymap;
use crate::net::{self, Hub, Order};
use crate::place::Place;
use crate::probe::{Ground, Heard, Probe};
use crate::record::Recorder;
use crate::term::{Guard, Wire};
use crate::theme::{Role, Theme};
use crate::{cache, draw, term};

/// What the program is started with.
pub struct Options {
    pub hub: Hub,
    pub settings: Settings,
    pub start: Place,
    pub colours: Colours,
    pub files: Files,
    pub record: Option<PathBuf>,
    /// Linear text instead of a picture.
    pub plain: bool,
}

/// Which theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Colours {
    /// Of this name.
    Theme(String),
    /// Made for this ground, until the terminal says what its own is.
    Like(Ground),
}

impl Colours {
    fn theme(&self) -> &str {
        match self {
            Colours::Theme(name) => name,
            Colours::Like(ground) => ground.theme(),
        }
    }
}

/// Why the program could not run.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    #[error("the terminal: {0}")]
    Terminal(#[from] io::Error),
    #[error("{0}")]
    Settings(String),
}

/// Messages are taken in without a picture between them for so long at most.
const BURST: Duration = Duration::from_millis(4);

pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}

/// Runs until the user ends it; gives the profile to go on with, where another one was chosen.
pub async fn run(mut options: Options) -> Result<Option<String>, TuiError> {
    if options.plain || !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return crate::plain::run(options).await.map(|()| None);
    }
    let (keymap, mut problem) = keymap(&options.files);
    problem = own_files(&options.files, &mut options.settings).err().or(problem);
    let theme = theme(&options, options.colours.theme()).unwrap_or_else(|e| {
        problem = Some(e);
        Theme::built_in("dark", options.settings.depth)
    });
    let size = crossterm::terminal::size()?;
    let (mut state, effects) =
        State::new(options.settings.clone(), keymap, theme, &options.start, now(), size);
    cache::load(&options.files.cache, &mut state);
    if let Some(problem) = problem {
        state.say(Role::Warn, problem);
    }
    let _guard = Guard::enter(true, options.files.reports())?;
    let wire = Wire::new(io::stdout(), true);
    let mut terminal = Terminal::new(wire)?;
    terminal.clear()?;
    if options.files.first_run() {
        let key = state.keymap.key_of(&["global"], Action::Tour).unwrap_or_default();
        state.say(Role::Accent, format!("for the first time here? {key} shows the most important keys"));
    }
    // the first picture stands before anything is asked
    paint(&mut terminal, &mut state)?;
    let probe = match options.colours {
        Colours::Like(_) => Probe::ask(&mut io::stdout())?,
        Colours::Theme(_) => Probe::none(),
    };
    let (events, inbox) = unbounded_channel();
    let recorder = match &options.record {
        Some(path) => Some(Recorder::create(path, &options.start, state.now, size)?),
        None => None,
    };
    let tape = recorder.clone().map(|r| Arc::new(r) as Arc<dyn koji_client::Tape>);
    let (orders, thread) = net::start(options.hub.clone(), events.clone(), tape)?;
    let mut program = Program { options, orders, events, terminal, recorder, probe, switch: None };
    let ended = program.main_loop(&mut state, effects, inbox).await;
    cache::save(&program.options.files.cache, &state);
    let switch = program.switch.take();
    drop(program);
    term::give_back();
    // logs out; a hub that is gone is not waited for
    let _ = tokio::time::timeout(Duration::from_secs(3), tokio::task::spawn_blocking(move || thread.join()))
        .await;
    ended.map(|()| switch)
}

/// The user's actions, rules for notices and for errors. What makes sense is taken; the error names the first thing that
/// does not.
pub(crate) fn own_files(files: &Files, settings: &mut Settings) -> Result<(), String> {
    let mut problem = None;
    let mut wrong = |e: String| {
        problem.get_or_insert(e);
    };
    if let Some(text) = files.config_text("actions.toml") {
        crate::ops::own::parse(&text).map_or_else(&mut wrong, |actions| settings.actions = actions);
    }
    if let Some(text) = files.config_text("notify.toml") {
        crate::inbox::parse(&text).map_or_else(&mut wrong, |rules| settings.notices = Some(rules));
    }
    if let Some(text) = files.config_text("errors.txt") {
        let rules = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
        let rules: Vec<String> = rules.map(str::to_owned).collect();
        match koji_logs::Errors::new("", &rules) {
            Ok(_) => settings.errors = rules,
            Err(e) => wrong(format!("errors.txt: {e}")),
        }
    }
    problem.map_or(Ok(()), Err)
}

pub(crate) fn keymap(files: &Files) -> (Keymap, Option<String>) {
    let mut keymap = Keymap::built_in();
    let problem = files.config_text("keymap.toml").and_then(|text| keymap.overlay(&text).err());
    (keymap, problem)
}

fn theme(options: &Options, name: &str) -> Result<Theme, String> {
    Theme::load(name, options.settings.depth, &|n| options.files.config_text(&theme_file(n)))
}

type Screen = Terminal<Wire<io::Stdout>>;

fn paint(terminal: &mut Screen, state: &mut State) -> io::Result<()> {
    let links = terminal.backend().links.clone();
    // the picture is made before its cells are written
    terminal.draw(|frame| *links.borrow_mut() = draw::draw(state, frame))?;
    state.dirty = false;
    Ok(())
}

struct Program {
    options: Options,
    orders: UnboundedSender<Order>,
    events: UnboundedSender<Event>,
    terminal: Screen,
    recorder: Option<Recorder>,
    probe: Probe,
    /// The profile to go on with.
    switch: Option<String>,
}

impl Program {
    async fn main_loop(
        &mut self,
        state: &mut State,
        effects: Vec<Effect>,
        mut inbox: UnboundedReceiver<Event>,
    ) -> Result<(), TuiError> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        // meant for a program that was started from here: it ends, we stay
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut stop = signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?;
        // also after a stop that could not be heard
        let mut continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
        let mut keys = EventStream::new();
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut theme_seen = self.theme_time(state);
        if self.perform(effects, state)? {
            return Ok(());
        }
        loop {
            let mut pending = tokio::select! {
                biased;
                key = keys.next() => match key {
                    Some(Ok(event)) => self.typed(event, state),
                    // the terminal is gone
                    Some(Err(_)) | None => return Ok(()),
                },
                _ = terminate.recv() => vec![Event::Quit],
                _ = hangup.recv() => vec![Event::Quit],
                _ = interrupt.recv() => vec![],
                _ = stop.recv() => {
                    self.suspend(state)?;
                    vec![]
                }
                _ = continued.recv() => {
                    term::take(state.mouse)?;
                    self.redraw(state)?;
                    vec![]
                }
                key = self.probe.released() => vec![Event::Key(key)],
                event = inbox.recv() => event.into_iter().collect(),
                _ = clock.tick() => {
                    let seen = self.theme_time(state);
                    if seen != theme_seen {
                        theme_seen = seen;
                        let name = state.theme.name.clone();
                        self.set_theme(&name, state);
                    }
                    vec![Event::Tick(now())]
                }
            };
            // what came in a burst is one frame; keys go first
            let began = Instant::now();
            loop {
                for event in pending {
                    if let Some(recorder) = &self.recorder {
                        recorder.note_event(&event);
                    }
                    let effects = state.update(event);
                    if self.perform(effects, state)? {
                        return Ok(());
                    }
                }
                pending = match at_once(&mut keys).await {
                    Some(Some(Ok(event))) => self.typed(event, state),
                    _ if began.elapsed() < BURST => match inbox.try_recv() {
                        Ok(event) => vec![event],
                        Err(_) => break,
                    },
                    _ => break,
                };
            }
            if state.dirty {
                paint(&mut self.terminal, state)?;
            }
        }
    }

    /// What somebody did: without the terminal's answer about its colours, which is looked at here.
    fn typed(&mut self, event: Term, state: &mut State) -> Vec<Event> {
        let key = match translate(event) {
            Some(Event::Key(key)) => key,
            other => return other.into_iter().collect(),
        };
        match self.probe.hear(key) {
            Heard::Keys(keys) => keys.into_iter().map(Event::Key).collect(),
            Heard::Nothing => Vec::new(),
            Heard::Ground(ground) => {
                // one that was chosen meanwhile stays
                let chosen = state.theme.name != self.options.colours.theme();
                if let Ok(theme) = theme(&self.options, ground.theme())
                    && !chosen
                {
                    (state.theme, state.dirty) = (theme, true);
                }
                Vec::new()
            }
        }
    }

    fn theme_time(&self, state: &State) -> Option<SystemTime> {
        self.options.files.config_time(&theme_file(&state.theme.name))
    }

    fn set_theme(&mut self, name: &str, state: &mut State) {
        match theme(&self.options, name) {
            Ok(theme) => {
                state.theme = theme;
                state.say(Role::Muted, format!("theme {name}"));
            }
            Err(problem) => state.say(Role::Bad, problem),
        }
    }

    /// True: end.
    fn perform(&mut self, effects: Vec<Effect>, state: &mut State) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(true),
                Effect::Switch(profile) => {
                    self.switch = Some(profile);
                    return Ok(true);
                }
                Effect::Fetch(calls) => self.order(Order::Fetch(calls)),
                Effect::Perform { calls, then } => self.order(Order::Perform { calls, then }),
                Effect::Command { lines, then } => self.order(Order::Command { lines, then }),
                Effect::Watch(topics) => self.order(Order::Watch(topics)),
                Effect::Run(job) => self.order(Order::Run(job)),
                Effect::Copy(text) => copy(&text, state)?,
                Effect::OpenUrl(url) => open_url(url, state, &self.events),
                Effect::Save { path, text } => {
                    let said = match write_new(&path, &text) {
                        Ok(()) => Ok(format!("saved {} ({} lines)", path.display(), text.lines().count())),
                        Err(e) => Err(format!("cannot save {}: {e}", path.display())),
                    };
                    let _ = self.events.send(Event::Said(said));
                }
                Effect::Notify { text, bell, desktop } => {
                    use io::Write;
                    if bell {
                        write!(io::stdout(), "\x07")?;
                    }
                    if desktop {
                        write!(io::stdout(), "\x1b]9;{}\x1b\\", crate::cell::clean(&text))?;
                    }
                    io::stdout().flush()?;
                }
                Effect::Wake(after, number) => {
                    let events = self.events.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        // the program may have ended meanwhile
                        let _ = events.send(Event::Woken(number));
                    });
                }
                Effect::SetTheme(name) => self.set_theme(&name, state),
                Effect::MouseCapture(true) => {
                    crossterm::execute!(io::stdout(), crossterm::event::EnableMouseCapture)?
                }
                Effect::MouseCapture(false) => {
                    crossterm::execute!(io::stdout(), crossterm::event::DisableMouseCapture)?
                }
                Effect::Suspend => self.suspend(state)?,
                Effect::Program(words) => {
                    self.shell(&words, state)?;
                    self.redraw(state)?;
                }
                Effect::Redraw => self.redraw(state)?,
                // those that only change the state were done by it
                _ => {}
            }
        }
        Ok(false)
    }

    /// Gives the terminal to the shell until that continues us.
    fn suspend(&mut self, state: &mut State) -> io::Result<()> {
        if term::is_orphan() {
            state.say(Role::Muted, "there is no shell to go to".into());
            return Ok(());
        }
        term::give_back();
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        // here again after fg
        term::take(state.mouse)?;
        self.redraw(state)
    }

    fn redraw(&mut self, state: &mut State) -> io::Result<()> {
        state.size = crossterm::terminal::size()?;
        state.dirty = true;
        self.terminal.clear()
    }

    fn order(&self, order: Order) {
        // the thread only ends when it is told to
        let _ = self.orders.send(order);
    }

    fn shell(&mut self, words: &[String], state: &mut State) -> io::Result<()> {
        let Some((program, arguments)) = words.split_first() else { return Ok(()) };
        term::give_back();
        let words: Vec<String> = words.iter().map(|w| crate::ops::quote(w)).collect();
        println!("$ {}", words.join(" "));
        let status = std::process::Command::new(program).args(arguments).status();
        let text = match status {
            Ok(status) if status.success() => (Role::Good, "✔ the command ended well".to_owned()),
            Ok(status) => (Role::Bad, format!("✘ the command ended with {status}")),
            Err(e) => (Role::Bad, format!("✘ cannot run {program}: {e}")),
        };
        println!("{}; enter goes back to the screen", text.1);
        let mut line = String::new();
        let _ = io::stdin().read_line(&mut line);
        term::take(state.mouse)?;
        state.say(text.0, text.1);
        state.store.expire(|_| true);
        Ok(())
    }
}

fn translate(event: Term) -> Option<Event> {
    Some(match event {
        Term::Key(key) => Event::Key(key),
        Term::Mouse(mouse) => match mouse.kind {
            crossterm::event::MouseEventKind::Moved => return None,
            _ => Event::Mouse(mouse),
        },
        Term::Paste(text) => Event::Paste(text),
        Term::Resize(w, h) => Event::Resize(w, h),
        _ => return None,
    })
}

/// Terminals take about 100 kB; more is cut off silently by many.
const MOST: usize = 74_000;

fn copy(text: &str, state: &mut State) -> io::Result<()> {
    if text.len() > MOST {
        state.say(
            Role::Bad,
            format!("✘ {} bytes are too many for the clipboard: ctrl-s saves to a file", text.len()),
        );
        return Ok(());
    }
    crossterm::execute!(io::stdout(), crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))?;
    let first: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    state.say(Role::Good, format!("✔ copied {first}"));
    Ok(())
}

fn open_url(url: String, state: &mut State, events: &UnboundedSender<Event>) {
    state.say(Role::Muted, url.clone());
    let events = events.clone();
    // a browser may take its time, and its output must not reach the screen
    std::thread::spawn(move || {
        use std::process::{Command, Stdio};
        let quiet = Stdio::null;
        let status =
            Command::new("xdg-open").arg(&url).stdin(quiet()).stdout(quiet()).stderr(quiet()).status();
        if !status.is_ok_and(|s| s.success()) {
            let _ = events.send(Event::Said(Err(format!("no browser here; the page is {url}"))));
        }
    });
}
