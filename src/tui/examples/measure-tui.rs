//! What drawing, searching and comparing cost, without a hub and a terminal. Started by `make bench-tui`, which adds what only
//! the program in a terminal can tell and prints the table.
//!
//! `measure-tui [SCALE]`: 1 is the size that the targets are for. A line is `what TAB value TAB unit TAB target`.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a program for developers

use std::io;
use std::time::{Duration, Instant};

use koji_tui::Settings;
use koji_tui::app::State;
use koji_tui::call::Call;
use koji_tui::effect::Effect;
use koji_tui::event::Event;
use koji_tui::keymap::{Keymap, key_event};
use koji_tui::place::Place;
use koji_tui::term::Wire;
use koji_tui::theme::{Depth, Theme};
use koji_tui::{draw, fuzzy};
use koji_xmlrpc::Value;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const SIZE: (u16, u16) = (200, 60);
const NOW: f64 = 1.8e9;

fn main() {
    let scale: f64 = std::env::args().nth(1).map_or(1.0, |a| a.parse().unwrap());
    let sized = |n: u32| (f64::from(n) * scale).max(2.0) as i64;
    tasks(sized(10_000), ("2", "8", "64", "10000", "80"));
    tasks(sized(100_000), ("2", "8", "64", "10000", ""));
    hosts(sized(300));
    tag_tree(sized(500));
    tag_diff(sized(20_000));
    buildroots(sized(1_500));
    names(sized(250_000));
}

fn row(what: &str, value: f64, unit: &str, target: &str) {
    println!("{what}\t{value:.3}\t{unit}\t{target}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The program on a screen whose calls are answered by a function.
struct Program {
    state: State,
    terminal: Terminal<Wire<io::Sink>>,
}

type Answer<'a> = &'a dyn Fn(&Call) -> Value;

impl Program {
    fn new(place: &str, answer: Answer) -> Program {
        let settings = Settings { weburl: "https://koji.example.org".into(), ..Settings::default() };
        let theme = Theme::built_in("dark", Depth::True);
        let (state, effects) =
            State::new(settings, Keymap::built_in(), theme, &Place::parse(place), NOW, SIZE);
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1)) };
        let terminal = Terminal::with_options(Wire::new(io::sink(), true), options).unwrap();
        let mut program = Program { state, terminal };
        program.perform(effects, answer);
        program
    }

    /// Answers what is asked until nothing is asked any more.
    fn perform(&mut self, effects: Vec<Effect>, answer: Answer) {
        for effect in effects {
            if let Effect::Fetch(calls) = effect {
                let answers = calls.iter().map(|c| Ok(answer(c))).collect();
                let more = self.state.update(Event::Fetched { calls, answers: Ok(answers), ms: 1 });
                self.perform(more, answer);
            }
        }
    }

    fn key(&mut self, name: &str) {
        self.state.update(Event::Key(key_event(name).unwrap()));
    }

    /// Draws; how long it took and the bytes it wrote.
    fn frame(&mut self) -> (Duration, u64) {
        let before = self.terminal.backend().written;
        let start = Instant::now();
        let links = self.terminal.backend().links.clone();
        let state = &self.state;
        self.terminal.draw(|frame| *links.borrow_mut() = draw::draw(state, frame)).unwrap();
        (start.elapsed(), self.terminal.backend().written - before)
    }
}

fn percentile(times: &mut [Duration], part: usize) -> f64 {
    times.sort_unstable();
    ms(times[(times.len() - 1) * part / 100])
}

fn task(id: i64) -> Value {
    let child = id % 3 != 0;
    Value::record([
        ("id", Value::Int(id)),
        ("parent", if child { Value::Int(id - id % 3) } else { Value::Nil }),
        ("state", Value::Int([1, 0, 4, 1][usize::try_from(id % 4).unwrap()])),
        ("method", if child { "buildArch" } else { "build" }.into()),
        ("arch", ["x86_64", "aarch64", "s390x"][usize::try_from(id % 3).unwrap()].into()),
        ("owner_name", format!("packager{}", id % 50).into()),
        ("channel_id", Value::Int(1)),
        (
            "request",
            Value::Array(vec![format!("git://src.example.org/package-{id}#main").into(), "f45".into()]),
        ),
        ("create_ts", Value::Double(NOW - 5000.0)),
        ("start_ts", Value::Double(NOW - 100.0)),
    ])
}

fn tasks(count: i64, targets: (&str, &str, &str, &str, &str)) {
    let all = Value::Array((3..count + 3).rev().map(task).collect());
    let nothing = Value::Array(Vec::new());
    let before = resident();
    let mut program = Program::new("tasks", &|call| {
        // the running and waiting ones; none that ended
        let text = call.key();
        if text.contains("[0,1,4]") { all.clone() } else { nothing.clone() }
    });
    program.frame();
    let (mut times, mut cursor, mut scrolled) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..600 {
        // within the window first, beyond it afterwards
        program.key("j");
        let (time, bytes) = program.frame();
        times.push(time);
        if (1..40).contains(&n) {
            cursor.push(bytes)
        } else if n > 100 {
            scrolled.push(bytes)
        }
        if n > 100 && n % 7 == 0 {
            program.key("ctrl-d");
            times.push(program.frame().0);
        }
    }
    let mean = |list: &[u64]| list.iter().sum::<u64>() as f64 / list.len() as f64;
    let name = |what: &str| format!("{count} tasks: {what}");
    row(&name("frame p50"), percentile(&mut times, 50), "ms", targets.0);
    row(&name("frame p99"), percentile(&mut times, 99), "ms", targets.1);
    row(&name("frame after one row of scrolling"), mean(&scrolled), "bytes", targets.3);
    row(&name("frame after the cursor moved"), mean(&cursor), "bytes", "");
    // one second later only the running times of what is seen differ
    program.state.update(Event::Tick(NOW + 1.0));
    let (time, bytes) = program.frame();
    row(&name("frame a second later"), ms(time), "ms", "");
    row(&name("frame a second later"), bytes as f64, "bytes", "");
    let again = program.frame().1;
    row(&name("frame when nothing changed"), again as f64, "bytes", "");
    if !targets.4.is_empty() {
        let mib = (resident().saturating_sub(before)) as f64 / f64::from(1 << 20);
        row(&name("memory of the screen"), mib, "MiB", targets.4);
        one_cell();
    }
}

/// A letter more in a field of text.
fn one_cell() {
    let mut program = Program::new("tags", &|_| Value::Array(Vec::new()));
    program.key("/");
    program.key("a");
    program.frame();
    let bytes: Vec<u64> = (0..20)
        .map(|_| {
            program.key("b");
            program.frame().1
        })
        .collect();
    let mean = bytes.iter().sum::<u64>() as f64 / bytes.len() as f64;
    row("frame after a letter was typed", mean, "bytes", "");
    // the count of what is new, in the first line
    program.key("enter");
    program.state.store.inbox.unread = 1;
    program.frame();
    program.state.store.inbox.unread = 2;
    row("frame after one cell changed", program.frame().1 as f64, "bytes", "64");
}

fn hosts(count: i64) {
    let host = |n: i64| {
        Value::record([
            ("id", Value::Int(n)),
            ("name", format!("builder-{n}.example.org").into()),
            ("arches", "x86_64 i386".into()),
            ("capacity", Value::Double(8.0)),
            ("task_load", Value::Double(n as f64 % 9.0)),
            ("enabled", Value::Bool(n % 7 > 0)),
            ("ready", Value::Bool(n % 5 > 0)),
            ("update_ts", Value::Double(NOW - n as f64)),
        ])
    };
    let all = Value::Array((0..count).map(host).collect());
    let calls = std::cell::Cell::new(0);
    let answer = |_: &Call| {
        calls.set(calls.get() + 1);
        all.clone()
    };
    let mut program = Program::new("hosts", &answer);
    calls.set(0);
    // a minute later all of it is old
    let start = Instant::now();
    let effects = program.state.update(Event::Tick(NOW + 60.0));
    program.perform(effects, &answer);
    program.frame();
    row(&format!("{count} hosts: a refresh"), ms(start.elapsed()), "ms", "");
    row(&format!("{count} hosts: calls of a refresh"), f64::from(calls.get()), "calls", "1");
}

fn tag_tree(count: i64) {
    let tag =
        Value::record([("id", Value::Int(1)), ("name", "f45-build".into()), ("arches", "x86_64".into())]);
    let link = |n: i64| {
        Value::record([
            ("parent_id", Value::Int(n + 1)),
            ("name", format!("tag-{n}").into()),
            ("child_id", Value::Int(n)),
            ("currdepth", Value::Int(1 + n % 6)),
            ("priority", Value::Int(n)),
            ("maxdepth", Value::Nil),
            ("noconfig", Value::Bool(false)),
            ("intransitive", Value::Bool(false)),
            ("pkg_filter", "".into()),
        ])
    };
    let links = Value::Array((1..=count).map(link).collect());
    let answer = |call: &Call| match call.method.as_str() {
        "getTag" => tag.clone(),
        "getFullInheritance" => links.clone(),
        "getRepo" => Value::Nil,
        _ => Value::Array(Vec::new()),
    };
    let start = Instant::now();
    let mut program = Program::new("tag f45-build", &answer);
    program.frame();
    row(&format!("tree of {count} tags drawn"), ms(start.elapsed()), "ms", "50");
    assert!(program.state.screen().is_some());
    let mut times: Vec<Duration> = "tag-4"
        .chars()
        .map(|c| {
            if c == 't' {
                program.key("/");
            }
            let start = Instant::now();
            program.key(&c.to_string());
            program.frame();
            start.elapsed()
        })
        .collect();
    row(&format!("tree of {count} tags: a key of the filter"), percentile(&mut times, 100), "ms", "16");
}

fn tagged(n: i64, release: i64) -> Value {
    Value::record([
        ("name", format!("package-{n}").into()),
        ("package_name", format!("package-{n}").into()),
        ("version", "1.2.3".into()),
        ("release", format!("{release}.fc45").into()),
        ("epoch", Value::Nil),
        ("nvr", format!("package-{n}-1.2.3-{release}.fc45").into()),
        ("tag_name", "f45".into()),
        ("id", Value::Int(n)),
    ])
}

fn tag_diff(count: i64) {
    let one = Value::Array((0..count).map(|n| tagged(n, 1 + n % 3)).collect());
    let two = Value::Array((count / 10..count + count / 10).map(|n| tagged(n, 1 + n % 4)).collect());
    // the answers are there: what is measured is the comparison and its first picture
    let mut answers = [one, two].into_iter().cycle();
    let settings = Settings::default();
    let theme = Theme::built_in("dark", Depth::True);
    let (mut state, effects) =
        State::new(settings, Keymap::built_in(), theme, &Place::parse("diff f44 f45"), NOW, SIZE);
    for effect in effects {
        if let Effect::Fetch(calls) = effect {
            let answers = calls.iter().map(|_| Ok(answers.next().unwrap())).collect();
            let start = Instant::now();
            state.update(Event::Fetched { calls, answers: Ok(answers), ms: 1 });
            row(&format!("{count} builds compared with {count}"), ms(start.elapsed()), "ms", "200");
        }
    }
}

fn buildroots(count: i64) {
    let rpm = |n: i64, release: i64| {
        Value::record([
            ("id", Value::Int(n)),
            ("name", format!("library-{n}").into()),
            ("version", "1.0".into()),
            ("release", release.to_string().into()),
            ("epoch", Value::Nil),
            ("arch", "x86_64".into()),
            ("external_repo_name", "INTERNAL".into()),
        ])
    };
    let one = Value::Array((0..count).map(|n| rpm(n, 1)).collect());
    let two = Value::Array((count / 10..count + count / 10).map(|n| rpm(n, 1 + n % 2)).collect());
    let settings = Settings::default();
    let theme = Theme::built_in("dark", Depth::True);
    let (mut state, effects) =
        State::new(settings, Keymap::built_in(), theme, &Place::parse("buildroot-diff 1 2"), NOW, SIZE);
    let mut lists = [one, two].into_iter().cycle();
    for effect in effects {
        if let Effect::Fetch(calls) = effect {
            let answers = calls.iter().map(|_| Ok(lists.next().unwrap())).collect();
            let start = Instant::now();
            state.update(Event::Fetched { calls, answers: Ok(answers), ms: 1 });
            row(&format!("buildroots of {count} packages compared"), ms(start.elapsed()), "ms", "20");
        }
    }
}

fn names(count: i64) {
    let all: Vec<String> =
        (0..count).map(|n| format!("{}-{n}-1.{}", WORDS[n as usize % WORDS.len()], n % 17)).collect();
    let mut times: Vec<Duration> =
        ["p", "py", "pyt", "pyth", "pytho", "python", "python-", "python-l", "python-li"]
            .into_iter()
            .map(|typed| {
                let start = Instant::now();
                assert!(!fuzzy::rank(typed, all.iter().map(String::as_str), 200).is_empty());
                start.elapsed()
            })
            .collect();
    row(&format!("{count} names searched: a key"), percentile(&mut times, 100), "ms", "30");
}

const WORDS: [&str; 8] = [
    "python-libs",
    "kernel-core",
    "texlive-collection",
    "rust-serde+derive-devel",
    "perl-Moose",
    "golang-github-foo-devel",
    "nodejs-lodash",
    "gcc-c++",
];

/// In bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
