//! Actions: the screen first, then the program.

use crate::action::Action;
use crate::app::{Login, State};
use crate::effect::Effect;
use crate::ops;
use crate::overlay::{
    copy::Copy, help::Help, menu, palette::Palette, rpc_log::RpcLog, save::Save, tour::Tour,
};
use crate::place::{Place, Subject};
use crate::screen::Screen;
use crate::screens;
use crate::theme::Role;
use crate::widgets::input::Input;

impl State {
    /// An action: the screen first, then the program.
    pub fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.message = None;
        if self.with_top(effects, |s, cx| s.act(action, cx)) == Some(true) {
            return;
        }
        if let Some(screen) = screens::of_action(action.name()) {
            let place = Place::new(screen.name, "");
            // a search is made from somewhere
            if screen.name == "search" {
                self.go(&place, effects)
            } else {
                self.go_home_first(&place, effects)
            }
            return;
        }
        match action {
            Action::Close => self.back(),
            Action::HistoryBack => self.travel(-1, effects),
            Action::HistoryForward => self.travel(1, effects),
            Action::LastScreen => {
                if let Some(place) = self.last.clone() {
                    self.go(&place, effects);
                }
            }
            Action::Filter => match self.with_top(effects, |s, cx| s.filter(None, cx)).flatten() {
                Some(text) => self.prompt = Some(Input::new(&text)),
                None => self.say(Role::Muted, "this screen has no filter".into()),
            },
            Action::Palette => self.palette(""),
            Action::Profile => {
                let profiles = &self.settings.profiles;
                if profiles.is_empty() {
                    self.say(Role::Muted, "there is no other profile: koji profile add makes one".into());
                    return;
                }
                self.overlays.push(Box::new(Palette::of_profiles(profiles)));
            }
            Action::Split => {
                if let Err(why) = self.split() {
                    self.say(Role::Muted, why.into());
                }
            }
            Action::Tour => self.overlays.push(Box::new(Tour::new(&self.keymap))),
            Action::Compare => self.compare(effects),
            Action::History => {
                let tag =
                    self.screen().map(Screen::selection).unwrap_or_default().iter().find_map(Subject::tag);
                match tag {
                    Some(tag) => self.go(&Place::new("history", tag), effects),
                    None => self.say(Role::Muted, "select a tag first".into()),
                }
            }
            Action::Help => {
                let help = Help::new(&self.keymap, &self.scopes());
                self.overlays.push(Box::new(help));
            }
            Action::Menu => {
                let subjects = self.screen().map(Screen::selection).unwrap_or_default();
                match menu::Menu::new(subjects, self.user.as_ref(), &self.settings.actions) {
                    Some(menu) => self.overlays.push(Box::new(menu)),
                    None => self.say(Role::Muted, "nothing can be done with this".into()),
                }
            }
            Action::NewBuild => {
                if self.user.is_none() {
                    self.say(Role::Warn, self.no_login());
                    return;
                }
                self.form_on_target(ops::build_form());
            }
            Action::LocalBuild => self.form_on_target(ops::local_build_form()),
            Action::Copy => self.copy_menu(),
            Action::OpenWeb => {
                let subject = self.screen().map(Screen::selection).unwrap_or_default().into_iter().next();
                match subject.and_then(|s| s.url(&self.settings.weburl)) {
                    Some(url) => effects.push(Effect::OpenUrl(url)),
                    None => self.say(Role::Muted, "this has no page in the web interface".into()),
                }
            }
            Action::Save => {
                let links = Default::default();
                let view = self.view(&links);
                if let Some(screen) = self.screen() {
                    let save = Save::of(screen, &view);
                    self.overlays.push(Box::new(save));
                }
            }
            Action::Reload => {
                self.store.expire(|_| true);
                self.say(Role::Muted, "asking the hub again".into());
            }
            Action::Logs | Action::MultiLog | Action::Triage | Action::LogDiff => self.logs(action, effects),
            Action::RpcLog => self.overlays.push(Box::new(RpcLog::default())),
            Action::NextTheme => {
                let themes = &self.settings.themes;
                let at = themes.iter().position(|t| *t == self.theme.name).map_or(0, |n| n + 1);
                if let Some(name) = themes.get(at % themes.len().max(1)) {
                    effects.push(Effect::SetTheme(name.clone()));
                }
            }
            Action::Mouse => {
                self.mouse = !self.mouse;
                effects.push(Effect::MouseCapture(self.mouse));
                let text = if self.mouse {
                    "the mouse is ours"
                } else {
                    "the mouse is the terminal's: select and copy"
                };
                self.say(Role::Muted, text.into());
            }
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Redraw => effects.push(Effect::Redraw),
            Action::Quit => effects.push(Effect::Quit),
            _ => self.say(Role::Muted, format!("{} does nothing here", action.name())),
        }
    }

    /// The palette, with a text to begin with.
    pub(super) fn palette(&mut self, text: &str) {
        let s = &self.settings;
        let palette = Palette::new(&self.keymap, &self.scopes(), &s.commands, &s.themes, &s.profiles);
        self.overlays.push(Box::new(palette.typed(text)));
    }

    /// A form about the target that is selected, if one is.
    fn form_on_target(&mut self, op: &'static ops::Op) {
        let subjects = self.screen().map(Screen::selection).unwrap_or_default();
        let target = subjects.into_iter().find(|s| matches!(s, Subject::Target(_)));
        let target = target.unwrap_or(Subject::Target(String::new()));
        self.overlays.push(menu::start(op, vec![target], &self.store));
    }

    /// What the logs of the selected tasks say.
    fn logs(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let subjects = self.screen().map(Screen::selection).unwrap_or_default();
        let task = |s: &Subject| match s {
            Subject::Task(id) | Subject::Log { task: id, .. } => Some(id.to_string()),
            _ => None,
        };
        let mut tasks: Vec<String> = subjects.iter().filter_map(task).collect();
        tasks.dedup();
        let Some(first) = tasks.first().cloned() else {
            return self.say(Role::Muted, "select a task first".into());
        };
        let place = match (action, subjects.first()) {
            (Action::Triage, _) => Place::new("why", first),
            (Action::LogDiff, Some(Subject::Log { name, .. })) if !name.is_empty() => {
                Place::new("log-diff", format!("{first} {name}"))
            }
            (Action::LogDiff, _) => Place::new("log-diff", first),
            (Action::MultiLog, _) => Place::new("logs", tasks.join(" ")),
            _ if tasks.len() > 1 => Place::new("logs", tasks.join(" ")),
            _ => Place::new("log", first),
        };
        self.go(&place, effects);
    }

    /// The two that are selected, beside each other.
    fn compare(&mut self, effects: &mut Vec<Effect>) {
        let subjects = self.screen().map(Screen::selection).unwrap_or_default();
        let screen = match subjects.as_slice() {
            [Subject::Tag(_), Subject::Tag(_)] => "diff",
            [Subject::Buildroot(_), Subject::Buildroot(_)] => "buildroot-diff",
            [
                Subject::Build { .. } | Subject::Tagged { .. },
                Subject::Build { .. } | Subject::Tagged { .. },
            ] => "build-diff",
            _ => return self.say(Role::Muted, "mark two tags, builds or buildroots first (space)".into()),
        };
        let names: Vec<String> = subjects.iter().map(Subject::name).collect();
        self.go(&Place::new(screen, names.join(" ")), effects);
    }

    fn no_login(&self) -> String {
        match &self.login {
            Login::Failed(problem) => format!("not logged in: {problem}"),
            Login::UnderWay => "the login is under way".into(),
            Login::Over => "not logged in: give the profile a certificate or a user and password".into(),
        }
    }

    fn copy_menu(&mut self) {
        let links = Default::default();
        let view = self.view(&links);
        let Some(screen) = self.screen() else { return };
        let copy = Copy::of(screen, &view, &self.settings.server);
        match copy {
            Some(copy) => self.overlays.push(Box::new(copy)),
            None => self.say(Role::Muted, "nothing to copy".into()),
        }
    }

    pub fn do_action(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.act(action, &mut effects);
        self.settle(effects)
    }
}
