//! The first five things to know, each with its key; shown once, and by `f2`.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::Overlay;
use crate::action::Action;
use crate::effect::Effect;
use crate::keymap::Keymap;
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;

/// Title, text, and the actions whose keys are shown.
const STEPS: &[(&str, &str, &[Action])] = &[
    (
        "Moving",
        "Rows are chosen with the arrows or like in vi. Enter opens what is chosen, esc goes back; the first line \
         shows how you came here.",
        &[Action::Down, Action::Up, Action::Open, Action::Close, Action::HistoryBack],
    ),
    (
        "Going somewhere",
        "Every screen has a key, and all of them, every action and every koji command are found by a few letters of \
         their names.",
        &[Action::Palette, Action::Search, Action::Tasks, Action::Builds, Action::Tags],
    ),
    (
        "Finding",
        "A filter takes words, !words, ~letters, and column:value, such as state:fail owner:me age:<2h.",
        &[Action::Filter, Action::Sort, Action::NextSection],
    ),
    (
        "Doing",
        "The menu shows what can be done with the row or with all marked ones, and the command line it equals. \
         Nothing is changed before you have seen that and agreed.",
        &[Action::Menu, Action::Mark, Action::NewBuild, Action::Copy],
    ),
    (
        "When a build fails",
        "The reason is looked for in its logs; the logs themselves have no limit, follow what grows, and jump from \
         error to error.",
        &[Action::Triage, Action::Logs, Action::MultiLog, Action::Help],
    ),
];

pub struct Tour {
    at: usize,
    keys: Vec<Vec<(String, &'static str)>>,
}

impl Tour {
    pub fn new(keymap: &Keymap) -> Tour {
        let key = |a: &Action| Some((keymap.key_of(&["global"], *a)?, a.help()));
        let keys = STEPS.iter().map(|(_, _, actions)| actions.iter().filter_map(key).collect()).collect();
        Tour { at: 0, keys }
    }

    fn step(&self) -> (&'static str, &'static str) {
        STEPS.get(self.at).map_or(("", ""), |(title, text, _)| (title, text))
    }

    fn keys(&self) -> &[(String, &'static str)] {
        self.keys.get(self.at).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Overlay for Tour {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        match key.code {
            KeyCode::Left | KeyCode::Up | KeyCode::Char('h' | 'k') => self.at = self.at.saturating_sub(1),
            KeyCode::Char('q') => cx.effects.push(Effect::CloseOverlay),
            KeyCode::Esc => return false,
            _ if self.at + 1 < STEPS.len() => self.at += 1,
            _ => cx.effects.push(Effect::CloseOverlay),
        }
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let (title, text) = self.step();
        let title = format!("{} of {} · {title}", self.at + 1, STEPS.len());
        let inner = pop_up(frame, area, 64, 14, &title, view);
        let mut lines =
            vec![Line::raw(""), Line::from(Span::styled(text, view.style(Role::Text))), Line::raw("")];
        for (key, help) in self.keys() {
            lines.push(Line::from(vec![
                Span::styled(format!("{key:>8}  "), view.style(Role::Key)),
                Span::styled(*help, view.style(Role::Text)),
            ]));
        }
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
        let y = inner.bottom().saturating_sub(1);
        let hint = Span::styled("any key goes on, esc ends it", view.style(Role::Muted));
        frame.render_widget(hint, Rect { y, height: 1, ..inner });
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let (title, text) = self.step();
        let mut lines = vec![format!("{title}: {text}")];
        lines.extend(self.keys().iter().map(|(key, help)| format!("{key}: {help}")));
        lines.push("yes goes on, no ends it".into());
        lines
    }
}
