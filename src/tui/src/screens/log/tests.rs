//! Log screens at three sizes.

use koji_logs::Body;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::keymap::key_event;
use crate::store::Store;
use crate::theme::{Depth, Theme};

const LOG: &str = "Mock Version: 6.3\n\
    Executing(%prep): /bin/sh -e /var/tmp/rpm-tmp.a\n\
    + cd hello-2.10\n\
    \x1b[32mpatching\x1b[0m file src/hello.c\n\
    Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.b\n\
    checking for gcc... gcc\n\
    gcc -O2 -g -pipe -Wall -Werror=format-security -fstack-protector-strong -grecord-gcc-switches -m64 -c -o hello.o src/hello.c\n\
    src/hello.c:12:5: error: 'x' undeclared (first use in this function)\n\
    make: *** [Makefile:10: hello.o] Error 1\n\
    error: Bad exit status from /var/tmp/rpm-tmp.b (%build)\n\
    Child return code was: 1\n";

struct Shown {
    screen: Logs,
    store: Store,
    terminal: Terminal<TestBackend>,
}

impl Shown {
    fn new(screen: Logs, size: (u16, u16)) -> Shown {
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        Shown { screen, store: Store::default(), terminal }
    }

    fn log(size: (u16, u16)) -> Shown {
        let pane = Pane::of("build.log", Body::of(LOG.as_bytes()).unwrap());
        let mut screen = Logs::with(Place::new("log", "1 build.log"), vec![pane]);
        screen.started = true;
        Shown::new(screen, size)
    }

    fn cx<T>(&mut self, act: impl FnOnce(&mut Logs, &mut Cx) -> T) -> (T, Vec<Effect>) {
        let mut effects = Vec::new();
        let settings = crate::app::Settings::default();
        let mut cx = Cx {
            id: 1,
            store: &self.store,
            user: None,
            settings: &settings,
            now: 0.0,
            effects: &mut effects,
        };
        let result = act(&mut self.screen, &mut cx);
        for pane in &mut self.screen.panes {
            pane.search_now();
        }
        (result, effects)
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        self.draw();
        let (used, effects) = self.cx(|s, cx| s.act(action, cx));
        assert!(used, "{action:?}");
        effects
    }

    fn keys(&mut self, keys: &str) {
        for c in keys.chars() {
            let name = if c == '\n' { "enter".to_owned() } else { c.to_string() };
            let key = key_event(&name).unwrap();
            assert!(self.cx(|s, cx| s.key(key, cx)).0);
        }
    }

    fn draw(&mut self) -> String {
        let theme = Theme::built_in("dark", Depth::True);
        let links = Default::default();
        let view = View {
            theme: &theme,
            store: &self.store,
            user: None,
            now: 0.0,
            weburl: "",
            logging_in: false,
            links: &links,
        };
        self.terminal.draw(|frame| self.screen.draw(frame, frame.area(), &view)).unwrap();
        self.terminal.backend().to_string()
    }

    fn at(&self) -> i64 {
        self.screen.panes[self.screen.focus].at
    }
}

#[test]
fn a_log_at_three_sizes() {
    for size in [(80, 24), (120, 30), (200, 60)] {
        let mut shown = Shown::log(size);
        insta::assert_snapshot!(format!("log_{}x{}", size.0, size.1), shown.draw());
    }
}

#[test]
fn found_wrapped_and_with_phases() {
    let mut shown = Shown::log((80, 24));
    shown.act(Action::Wrap);
    shown.act(Action::Find);
    shown.keys("error\n");
    shown.act(Action::Phases);
    insta::assert_snapshot!("log_found_wrapped_phases", shown.draw());
}

#[test]
fn matches_errors_marks_and_filters() {
    let mut shown = Shown::log((80, 24));
    assert_eq!(shown.at(), 10);
    shown.act(Action::Top);
    shown.act(Action::NextError);
    assert_eq!(shown.at(), 7);
    shown.act(Action::SetMark);
    shown.keys("a");
    shown.act(Action::Bottom);
    shown.act(Action::GoMark);
    shown.keys("a");
    assert_eq!(shown.at(), 7);
    shown.act(Action::Find);
    shown.keys("Executing\n");
    // round the end
    assert_eq!((shown.at(), shown.screen.panes[0].matches()), (1, Some((1, 2))));
    shown.act(Action::NextMatch);
    assert_eq!((shown.at(), shown.screen.panes[0].matches()), (4, Some((2, 2))));
    // only some lines: the one that is looked at stays when the filter goes
    shown.act(Action::OnlyLines);
    shown.keys("undeclared && !Bad\n");
    assert_eq!(shown.at(), 7);
    assert_eq!(shown.screen.panes[0].window(0, 9).iter().map(|l| l.id).collect::<Vec<_>>(), [7]);
    shown.act(Action::MoreContext);
    assert_eq!(shown.screen.panes[0].window(0, 9).len(), 3);
    insta::assert_snapshot!("log_filtered", shown.draw());
    let copied = {
        shown.act(Action::MarkRange);
        shown.act(Action::CopyLines)
    };
    assert!(matches!(copied.as_slice(), [Effect::Copy(_)]));
    shown.act(Action::OnlyLines);
    let escape = key_event("esc").unwrap();
    assert!(shown.cx(|s, cx| s.key(escape, cx)).0);
    assert_eq!(shown.screen.panes[0].window(0, 99).len(), 11);
    shown.act(Action::GoLine);
    shown.keys("3\n");
    assert_eq!(shown.at(), 2);
}

#[test]
fn several_logs_beside_each_other_and_as_one() {
    for size in [(80, 24), (120, 30), (200, 60)] {
        let panes = ["build.log", "root.log"].map(|n| Pane::of(n, Body::of(LOG.as_bytes()).unwrap()));
        let mut screen = Logs::with(Place::new("logs", "1 1"), panes.into());
        screen.started = true;
        let mut shown = Shown::new(screen, size);
        insta::assert_snapshot!(format!("logs_{}x{}", size.0, size.1), shown.draw());
        shown.act(Action::Merge);
        insta::assert_snapshot!(format!("logs_merged_{}x{}", size.0, size.1), shown.draw());
    }
}

#[test]
fn bad_arguments_are_said() {
    assert!(Logs::one("x").err().unwrap().contains("neither"));
    assert!(Logs::several("1 2 3 4 5 6 7").err().unwrap().contains("to 6"));
    assert!(Logs::one("5 root.log").is_ok() && Logs::one("/tmp/build.log").is_ok());
    assert!(Logs::one("5 root.log x").err().unwrap().contains("line number"));
    let both = Logs::several("5 /tmp/build.log").unwrap();
    let which = |n: usize| &both.panes[n].which;
    assert!(matches!((which(0), which(1)), (Which::Task { id: 5, .. }, Which::File(_))));
}

#[test]
fn opened_at_a_line() {
    let mut shown = Shown::log((80, 24));
    shown.screen.panes[0].seek_line(3);
    shown.act(Action::Wrap);
    assert_eq!((shown.at(), shown.screen.panes[0].follow), (2, false));
    // once
    shown.act(Action::Bottom);
    shown.act(Action::Wrap);
    assert_eq!(shown.at(), 10);
}
