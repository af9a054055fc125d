//! The same screens as lines of text, for screen readers, dumb terminals and pipes: no boxes, no cursor movement, rows
//! and actions with numbers, one announcement a line.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::action::Action;
use crate::app::State;
use crate::cache;
use crate::effect::Effect;
use crate::event::Event;
use crate::keymap::key_event;
use crate::net::{self, Order};
use crate::place::Place;
use crate::run::{Options, TuiError, keymap, now, own_files};
use crate::screens;
use crate::store::Link;
use crate::theme::Theme;

/// Everything that is to be read now.
pub fn lines(state: &State) -> Vec<String> {
    let links = Default::default();
    let view = state.view(&links);
    let mut lines = Vec::new();
    if let Link::Down { cause, .. } = &state.store.link {
        lines.push(format!("The hub is not there: {cause}. What follows is old."));
    } else if let Some(age) = state.stale() {
        lines.push(format!("This is {} old.", crate::cell::duration(age)));
    }
    if let Some(overlay) = state.overlays.last() {
        lines.extend(overlay.text(&view));
    } else if let Some(screen) = state.screen() {
        lines.push(screen.title(&view));
        lines.extend(screen.text(&view));
    }
    if let Some((_, text, _)) = &state.message {
        lines.push(text.clone());
    }
    lines.iter().map(|l| words(l)).collect()
}

/// Glyphs, bars and drawing characters say nothing when they are read out; the words beside them do.
pub(crate) fn words(line: &str) -> String {
    let drawn =
        |c: &char| matches!(*c, '\u{2500}'..='\u{259f}' | '\u{25a0}'..='\u{25ff}' | '✔' | '✘' | '⊘' | '⌫');
    let kept: String = line.chars().filter(|c| !drawn(c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines shown before asking to go on.
const PAGE: usize = 40;

pub async fn run(mut options: Options) -> Result<(), TuiError> {
    let (keymap, problem) = keymap(&options.files);
    let problem = own_files(&options.files, &mut options.settings).err().or(problem);
    let theme = Theme::built_in("mono", crate::theme::Depth::None);
    let (mut state, effects) =
        State::new(options.settings.clone(), keymap, theme, &options.start, now(), (80, 24));
    cache::load(&options.files.cache, &mut state);
    let (events, mut inbox) = unbounded_channel();
    let (orders, thread) = net::start(options.hub.clone(), events.clone(), None)?;
    if let Some(problem) = problem {
        println!("{problem}");
    }
    let mut program = Plain { orders, page: 0 };
    program.perform(effects);
    program.wait(&mut state, &mut inbox).await;
    program.show(&state)?;
    // commands from a pipe are done too, then it ends
    let (typed, mut commands) = unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = commands.recv().await {
        if !program.command(line.trim(), &mut state) {
            break;
        }
        program.wait(&mut state, &mut inbox).await;
        program.show(&state)?;
    }
    cache::save(&options.files.cache, &state);
    drop(program);
    let _ = tokio::time::timeout(Duration::from_secs(3), tokio::task::spawn_blocking(move || thread.join()))
        .await;
    Ok(())
}

struct Plain {
    orders: tokio::sync::mpsc::UnboundedSender<Order>,
    page: usize,
}

impl Plain {
    fn show(&mut self, state: &State) -> io::Result<()> {
        let all = lines(state);
        let mut out = io::stdout().lock();
        for line in all.iter().skip(self.page * PAGE).take(PAGE) {
            writeln!(out, "{line}")?;
        }
        let left = all.len().saturating_sub((self.page + 1) * PAGE);
        if left > 0 {
            writeln!(out, "{left} more lines: next")?;
        }
        if io::stdin().is_terminal() {
            write!(out, "Number, screen, or command (help): ")?;
        }
        out.flush()
    }

    /// Until the screen has its answers.
    async fn wait(&mut self, state: &mut State, inbox: &mut UnboundedReceiver<Event>) {
        let until = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let wants = state.screen().map(|s| s.wants()).unwrap_or_default();
            let known = || wants.iter().map(|w| state.store.get(&w.call));
            let asked = known().flatten().any(|k| k.pending);
            // a hub that is down is not asked for what is missing, but what was asked of it may bring it back
            let down = matches!(state.store.link, Link::Down { .. });
            let missing = !down && known().any(|k| k.is_none());
            if !asked && !missing && inbox.is_empty() && !state.busy() {
                return;
            }
            match tokio::time::timeout_at(until, inbox.recv()).await {
                Ok(Some(event)) => {
                    let effects = state.update(event);
                    self.perform(effects);
                }
                _ => return,
            }
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let order = match effect {
                Effect::Fetch(calls) => Order::Fetch(calls),
                Effect::Perform { calls, then } => Order::Perform { calls, then },
                Effect::Command { lines, then } => Order::Command { lines, then },
                Effect::Run(job) => Order::Run(job),
                Effect::OpenUrl(text) | Effect::Copy(text) => {
                    println!("{text}");
                    continue;
                }
                Effect::Save { path, text } => {
                    match crate::files::write_new(&path, &text) {
                        Ok(()) => println!("saved {}", path.display()),
                        Err(e) => println!("cannot save {}: {e}", path.display()),
                    }
                    continue;
                }
                Effect::Program(words) => {
                    if let Some((program, arguments)) = words.split_first()
                        && let Err(e) = std::process::Command::new(program).args(arguments).status()
                    {
                        println!("cannot run {program}: {e}");
                    }
                    continue;
                }
                _ => continue,
            };
            let _ = self.orders.send(order);
        }
    }

    /// False: end.
    fn command(&mut self, line: &str, state: &mut State) -> bool {
        let effects = state.update(Event::Tick(now()));
        self.perform(effects);
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if !state.overlays.is_empty() {
            return self.answer_overlay(line, state);
        }
        let was = self.page;
        self.page = 0;
        match word {
            "" => self.page = was,
            "q" | "quit" | "exit" => return false,
            "next" => self.page = was + 1,
            "previous" => self.page = was.saturating_sub(1),
            "filter" => {
                self.event(Event::Key(slash()), state);
                self.type_line(rest, state);
            }
            "help" | "?" => {
                println!("A number opens that line. Screens: {}.", names().join(", "));
                println!(
                    "Commands: next, previous, filter TERMS, back, actions, key NAMES, quit; and these by name:"
                );
                for action in Action::ALL {
                    println!("{}: {}", action.name(), action.help());
                }
            }
            "key" | "keys" => {
                for key in rest.split_whitespace().filter_map(key_event) {
                    self.event(Event::Key(key), state);
                }
            }
            _ => {
                if let Ok(n) = word.parse::<usize>() {
                    let effects = state.open_number(n);
                    self.perform(effects);
                } else if screens::find(word).is_some() {
                    let effects = state.open(&Place::parse(line));
                    self.perform(effects);
                } else {
                    let word = if word == "actions" { "menu" } else { word };
                    match Action::from_name(word) {
                        Some(action) => {
                            let effects = state.do_action(action);
                            self.perform(effects);
                        }
                        None => println!("{word} is no screen, command or number; help lists them"),
                    }
                }
            }
        }
        true
    }

    /// Menus take a number, questions what is to be typed, forms one line for each field.
    fn answer_overlay(&mut self, line: &str, state: &mut State) -> bool {
        match line {
            "no" | "cancel" | "back" => {
                self.event(
                    Event::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Esc)),
                    state,
                );
            }
            "yes" => {
                self.type_line("", state);
            }
            _ => {
                self.type_line(line, state);
            }
        }
        true
    }

    fn type_line(&mut self, line: &str, state: &mut State) {
        self.event(Event::Paste(line.to_owned()), state);
        if let Ok(n) = line.parse::<u8>()
            && let Some(key) = key_event(&n.to_string()).filter(|_| n < 10 && state.overlay_is_menu())
        {
            self.event(Event::Key(key), state);
            return;
        }
        if let Some(enter) = key_event("enter") {
            self.event(Event::Key(enter), state);
        }
    }

    fn event(&mut self, event: Event, state: &mut State) {
        let effects = state.update(event);
        self.perform(effects);
    }
}

fn slash() -> crossterm::event::KeyEvent {
    crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char('/'))
}

fn names() -> Vec<&'static str> {
    screens::TABLE.iter().map(|e| e.name).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_words_are_read_out() {
        assert_eq!(super::words("✘ failed   █████░░  ── request"), "failed request");
    }
}
