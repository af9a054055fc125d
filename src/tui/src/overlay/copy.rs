//! `y` - what of the selection goes to the clipboard.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use crate::call::Call;
use crate::cell::cut;
use crate::effect::Effect;
use crate::place::Subject;
use crate::screen::{Cx, Screen, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;

pub struct Copy {
    choices: Vec<(char, &'static str, String)>,
}

impl Copy {
    /// Of a screen; none when there is nothing to copy.
    pub fn of(screen: &dyn Screen, view: &View, server: &str) -> Option<Copy> {
        let subjects = screen.selection();
        let join = |f: &dyn Fn(&Subject) -> Option<String>| -> String {
            subjects.iter().filter_map(f).collect::<Vec<_>>().join("\n")
        };
        let mut choices = vec![
            ('n', "name or number", join(&|s| Some(s.name()))),
            ('u', "link", join(&|s| s.url(view.weburl).filter(|_| !view.weburl.is_empty()))),
            ('c', "command", join(&|s| s.command())),
            ('p', "place in koji tui", join(&|s| s.place().map(|p| format!("koji tui {p}")))),
        ];
        if let Some(want) = screen.wants().iter().find(|w| w.call.command().is_none()) {
            choices.push(('j', "call as JSON", want.call.as_json()));
            choices.push(('k', "call by curl", curl(server, &want.call)));
        }
        choices.push(('s', "screen as text", screen.text(view).join("\n")));
        choices.extend(screen.commands().into_iter().map(|c| (c.key, c.what, c.lines.join("\n"))));
        choices.retain(|(_, _, text)| !text.is_empty());
        (!choices.is_empty()).then_some(Copy { choices })
    }
}

fn curl(server: &str, call: &Call) -> String {
    let body = koji_xmlrpc::write_call(&call.method, &call.params);
    let body = String::from_utf8_lossy(&body).replace('\'', "'\\''");
    format!("curl -H 'Content-Type: text/xml' --data-binary '{body}' {server}")
}

impl Overlay for Copy {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        let KeyCode::Char(c) = key.code else { return false };
        // twice the key that opened it means the first choice
        let found = self.choices.iter().find(|(k, _, _)| *k == c).or(if c == 'y' {
            self.choices.first()
        } else {
            None
        });
        if let Some((_, _, text)) = found {
            cx.effects.push(Effect::Copy(text.clone()));
        }
        cx.effects.push(Effect::CloseOverlay);
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let height = u16::try_from(self.choices.len()).unwrap_or(8) + 2;
        let inner = pop_up(frame, area, 90, height, "copy", view);
        for (n, (key, what, text)) in self.choices.iter().enumerate() {
            let line = Line::from(vec![
                Span::styled(format!("{key}  "), view.style(Role::Key)),
                Span::styled(format!("{what:<24} "), view.style(Role::Text)),
                Span::styled(
                    cut(&text.replace('\n', " "), usize::from(inner.width).saturating_sub(29)),
                    view.style(Role::Muted),
                ),
            ]);
            frame
                .render_widget(line, Rect { y: inner.y + u16::try_from(n).unwrap_or(0), height: 1, ..inner });
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        self.choices.iter().map(|(k, what, text)| format!("{k}: {what}: {}", cut(text, 100))).collect()
    }
}
