//! The comparison of two logs at two sizes.

use koji_logs::Body;

use super::job::{Found, Side};
use super::*;
use crate::list::ListScreen;
use crate::screen::Screen;

const GOOD: &str = "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.a\n\
    + cd hello-2.10\n\
    gcc -c main.c\n\
    gcc -c other.c\n\
    gcc -o hello main.o other.o\n\
    Executing(%check): /bin/sh -e /var/tmp/rpm-tmp.b\n\
    Child return code was: 0\n";
const THIS: &str = "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.x\n\
    + cd hello-2.10\n\
    gcc -c other.c\n\
    gcc -c main.c\n\
    main.c:12:5: error: 'x' undeclared\n\
    error: Bad exit status from /var/tmp/rpm-tmp.x (%build)\n\
    Child return code was: 1\n";

fn compared(good: &str, this: &str) -> ListScreen<LogDiff> {
    let side = |task: i64, nvr: &str, text: &str| Side {
        nvr: Some(nvr.to_owned()),
        task,
        name: "build.log".to_owned(),
        body: std::sync::Arc::new(Body::of(text.as_bytes()).unwrap()),
    };
    let found: Result<Found, String> =
        Ok(Found::of(side(13, "hello-2.10-2", this), side(9, "hello-2.10-1", good)));
    let mut screen = ListScreen::new(LogDiff::new("13 build.log").unwrap());
    let (store, settings, mut effects) = Default::default();
    let mut cx =
        Cx { id: 1, store: &store, user: None, settings: &settings, now: 0.0, effects: &mut effects };
    screen.message(Box::new(found), &mut cx);
    screen
}

#[test]
fn what_a_failed_build_says_beside_a_good_one() {
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(80, 20)).unwrap();
    let theme = crate::theme::Theme::built_in("dark", crate::theme::Depth::True);
    let (store, links) = (crate::store::Store::default(), Default::default());
    let view = View {
        theme: &theme,
        store: &store,
        user: None,
        now: 0.0,
        weburl: "",
        logging_in: false,
        links: &links,
    };
    let screen = compared(GOOD, THIS);
    terminal.draw(|frame| screen.draw(frame, frame.area(), &view)).unwrap();
    insta::assert_snapshot!("log_diff", terminal.backend().to_string());
    // each line leads to where it stands
    let places: Vec<String> = (0..screen.inner.len())
        .filter_map(|i| screen.inner.subject(i)?.place())
        .map(|p| p.to_string())
        .collect();
    assert!(
        places.contains(&"log 13 build.log 5".to_owned()) && places.contains(&"log 9 build.log 6".to_owned()),
        "{places:?}"
    );
}

#[test]
fn the_same_twice() {
    let screen = compared(GOOD, GOOD);
    assert_eq!((screen.inner.len(), screen.inner.empty().contains("the same")), (0, true));
}

#[test]
fn arguments() {
    assert!(LogDiff::new("x").is_err());
    assert_eq!(LogDiff::new("5").unwrap().name, None);
    assert_eq!(LogDiff::new("5 root.log").unwrap().name.as_deref(), Some("root.log"));
}
