//! `ctrl-s` - the screen to a file: `.csv`, `.json`, anything else as text.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::Overlay;
use crate::effect::Effect;
use crate::list::Commands;
use crate::screen::{Cx, Screen, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;
use crate::widgets::input::Input;

pub struct Save {
    input: Input,
    lines: Vec<String>,
    table: Option<Vec<Vec<String>>>,
    commands: Vec<Commands>,
}

impl Save {
    /// The screen of that name.
    pub fn of(screen: &dyn Screen, view: &View) -> Save {
        let mut save = Save::new(&screen.place().to_string(), screen.text(view), screen.table(view));
        save.commands = screen.commands();
        save
    }

    fn new(name: &str, lines: Vec<String>, table: Option<Vec<Vec<String>>>) -> Save {
        let name: String =
            name.chars().map(|c| if c.is_alphanumeric() || ".-_+".contains(c) { c } else { '-' }).collect();
        let ending = if table.is_some() { "csv" } else { "txt" };
        Save { input: Input::new(&format!("{name}.{ending}")), lines, table, commands: Vec::new() }
    }

    /// The commands whose ending the name has; the longest ending counts.
    fn commands(&self, path: &str) -> Option<&Commands> {
        let fits = |c: &&Commands| path.ends_with(&format!(".{}", c.ending));
        self.commands.iter().filter(fits).max_by_key(|c| c.ending.len())
    }

    fn contents(&self, path: &str) -> String {
        if let Some(commands) = self.commands(path) {
            return format!("#!/bin/sh -e\n{}\n", commands.lines.join("\n"));
        }
        match &self.table {
            Some(table) if path.ends_with(".csv") => csv(table),
            Some(table) if path.ends_with(".json") => json(table),
            _ => self.lines.join("\n") + "\n",
        }
    }
}

fn csv(table: &[Vec<String>]) -> String {
    let quote = |s: &String| {
        if s.contains([',', '"', '\n']) { format!("\"{}\"", s.replace('"', "\"\"")) } else { s.clone() }
    };
    table.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\n").collect()
}

fn json(table: &[Vec<String>]) -> String {
    let Some((names, rows)) = table.split_first() else { return "[]\n".into() };
    let object = |row: &Vec<String>| {
        let members = names
            .iter()
            .map(|n| n.to_lowercase())
            .zip(row.iter().map(|c| serde_json::Value::from(c.as_str())));
        serde_json::Value::Object(members.collect())
    };
    let all = serde_json::Value::Array(rows.iter().map(object).collect());
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

impl Overlay for Save {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        match key.code {
            KeyCode::Enter => {
                let path = self.input.text();
                let text = self.contents(&path);
                cx.effects.push(Effect::Save { path: PathBuf::from(path), text });
                cx.effects.push(Effect::CloseOverlay);
            }
            KeyCode::Esc => return false,
            _ => {
                self.input.key(key);
            }
        }
        true
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.input.paste(text);
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let mut hints = vec![".csv and .json save the table, anything else the text".to_owned()];
        hints.extend(self.commands.iter().map(|c| format!(".{} the commands: {}", c.ending, c.what)));
        let height = u16::try_from(hints.len()).unwrap_or(1) + 4;
        let inner = pop_up(frame, area, 70, height, "save to", view);
        self.input.draw(frame, Rect { height: 1, ..inner }, view, true);
        for (y, hint) in (inner.y + 2..inner.bottom()).zip(hints) {
            frame.render_widget(Span::styled(hint, view.style(Role::Muted)), Rect { y, height: 1, ..inner });
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        vec![format!("save to: {}", self.input.text())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let table = vec![vec!["ID".to_owned(), "Name".into()], vec!["1".into(), "a,\"b\"".into()]];
        let save = Save::new("tag f45/x", vec!["line".into()], Some(table));
        assert_eq!(save.input.text(), "tag-f45-x.csv");
        assert_eq!(save.contents("x.csv"), "ID,Name\n1,\"a,\"\"b\"\"\"\n");
        assert_eq!(
            save.contents("x.json"),
            "[\n  {\n    \"id\": \"1\",\n    \"name\": \"a,\\\"b\\\"\"\n  }\n]\n"
        );
        assert_eq!(save.contents("x"), "line\n");
        assert_eq!(save.contents("x.sh"), "line\n", "there are none");
        let commands =
            |ending, line: &str| Commands { key: 'c', ending, what: "", lines: vec![line.to_owned()] };
        let save = Save { commands: vec![commands("sh", "koji a"), commands("move.sh", "koji b")], ..save };
        assert_eq!(save.contents("x.sh"), "#!/bin/sh -e\nkoji a\n");
        assert_eq!(save.contents("x.move.sh"), "#!/bin/sh -e\nkoji b\n");
    }
}
