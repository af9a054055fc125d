//! Whether the terminal is light or dark: asked behind the first picture (OSC 11), so that nothing waits for it. The answer
//! comes among the keys, where it is picked out; terminals that do not know the question say nothing.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What the terminal draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
}

impl Ground {
    /// The theme made for it.
    pub fn theme(self) -> &'static str {
        match self {
            Ground::Dark => "dark",
            Ground::Light => "light",
        }
    }

    /// By `COLORFGBG`, where a terminal sets it: `15;0`, `0;default;15`.
    pub fn of_variable(text: &str) -> Option<Ground> {
        let background: u8 = text.rsplit(';').next()?.trim().parse().ok()?;
        Some(if matches!(background, 7 | 9..=15) { Ground::Light } else { Ground::Dark })
    }

    /// By a terminal's answer, `11;rgb:ffff/ffff/dddd`.
    fn of_answer(text: &str) -> Option<Ground> {
        let colour = text.strip_prefix("11;")?.split_once(':')?.1;
        let mut parts = colour.split('/').map(|part| {
            let most = 16f64.powi(i32::try_from(part.len()).ok()?) - 1.0;
            Some(f64::from(u32::from_str_radix(part, 16).ok()?) / most)
        });
        let mut next = || parts.next().flatten();
        let light = 0.2126 * next()? + 0.7152 * next()? + 0.0722 * next()?;
        Some(if light > 0.5 { Ground::Light } else { Ground::Dark })
    }
}

/// What a key is.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Somebody pressed these.
    Keys(Vec<KeyEvent>),
    /// Part of an answer.
    Nothing,
    Ground(Ground),
}

/// How long an escape key may be the beginning of an answer that arrives in pieces, and for how long after the question that
/// is thought of.
const HOLD: Duration = Duration::from_millis(50);
const HOLDING: Duration = Duration::from_secs(5);
const LONGEST: usize = 40;

/// Picks the answer out of the keys.
pub struct Probe {
    state: State,
    asked: Instant,
}

enum State {
    /// Not asked, or answered.
    Over,
    Asked,
    /// An escape key came last.
    Held(KeyEvent, Instant),
    Answer(String),
}

impl Probe {
    pub fn none() -> Probe {
        Probe { state: State::Over, asked: Instant::now() }
    }

    pub fn ask(out: &mut impl Write) -> io::Result<Probe> {
        out.write_all(b"\x1b]11;?\x1b\\")?;
        out.flush()?;
        Ok(Probe { state: State::Asked, asked: Instant::now() })
    }

    pub fn hear(&mut self, key: KeyEvent) -> Heard {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Over => Heard::Keys(vec![key]),
            State::Asked if is(key, ']', KeyModifiers::ALT) => self.go_on(String::new()),
            State::Asked if key.code == KeyCode::Esc && self.asked.elapsed() < HOLDING => {
                self.state = State::Held(key, Instant::now());
                Heard::Nothing
            }
            State::Asked => {
                self.state = State::Asked;
                Heard::Keys(vec![key])
            }
            State::Held(..) if is(key, ']', KeyModifiers::NONE) => self.go_on(String::new()),
            State::Held(escape, _) => {
                self.state = State::Asked;
                Heard::Keys(vec![escape, key])
            }
            State::Answer(text) => self.answer(text, key),
        }
    }

    fn go_on(&mut self, text: String) -> Heard {
        self.state = State::Answer(text);
        Heard::Nothing
    }

    fn answer(&mut self, mut text: String, key: KeyEvent) -> Heard {
        let ends = is(key, '\\', KeyModifiers::ALT)
            || is(key, '\\', KeyModifiers::NONE)
            || is(key, 'g', KeyModifiers::CONTROL);
        match key.code {
            _ if ends => Ground::of_answer(&text).map_or(Heard::Nothing, Heard::Ground),
            // the first half of its end
            KeyCode::Esc => self.go_on(text),
            KeyCode::Char(c) if c.is_ascii_hexdigit() || ";:/rgba".contains(c) => {
                text.push(c);
                if text.len() < LONGEST { self.go_on(text) } else { Heard::Nothing }
            }
            _ => Heard::Keys(vec![key]),
        }
    }

    /// Waits until an escape key that came last is nothing but that, and gives it; for ever without one.
    pub async fn released(&mut self) -> KeyEvent {
        let State::Held(escape, since) = self.state else { return std::future::pending().await };
        tokio::time::sleep_until((since + HOLD).into()).await;
        self.state = State::Asked;
        escape
    }
}

fn is(key: KeyEvent, c: char, with: KeyModifiers) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers == with
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Probe {
        Probe::ask(&mut Vec::new()).unwrap()
    }

    /// As a terminal's bytes become keys.
    fn keys(text: &str) -> Vec<KeyEvent> {
        let mut keys = Vec::new();
        let mut with = KeyModifiers::NONE;
        for c in text.chars() {
            match c {
                '\x1b' => with = KeyModifiers::ALT,
                '\x07' => keys.push(KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL)),
                c => keys
                    .push(KeyEvent::new(KeyCode::Char(c), std::mem::replace(&mut with, KeyModifiers::NONE))),
            }
        }
        keys
    }

    fn heard(probe: &mut Probe, keys: Vec<KeyEvent>) -> (Vec<KeyEvent>, Option<Ground>) {
        let (mut typed, mut ground) = (Vec::new(), None);
        for key in keys {
            match probe.hear(key) {
                Heard::Keys(keys) => typed.extend(keys),
                Heard::Nothing => {}
                Heard::Ground(g) => ground = Some(g),
            }
        }
        (typed, ground)
    }

    #[test]
    fn answers_are_picked_out_of_the_keys() {
        for (answer, ground) in [
            ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", Ground::Light),
            ("\x1b]11;rgb:1e1e/1e1e/2e2e\x07", Ground::Dark),
            ("\x1b]11;rgba:FD/F6/E3/FF\x1b\\", Ground::Light),
            ("\x1b]11;rgb:0/0/0\x07", Ground::Dark),
        ] {
            let mut probe = asked();
            let (typed, found) = heard(&mut probe, keys(&format!("j{answer}k")));
            assert_eq!((typed, found), (keys("jk"), Some(ground)), "{answer:?}");
            // once
            assert_eq!(heard(&mut probe, keys("]")).0, keys("]"));
        }
    }

    #[test]
    fn an_answer_in_pieces() {
        let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        let mut pieces = vec![escape];
        pieces.extend(keys("]11;rgb:ff/ff/ff"));
        pieces.extend([escape, KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::NONE)]);
        assert_eq!(heard(&mut asked(), pieces), (vec![], Some(Ground::Light)));
    }

    #[tokio::test]
    async fn keys_of_the_user_arrive() {
        let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        let mut probe = asked();
        assert_eq!(probe.hear(escape), Heard::Nothing);
        assert_eq!(probe.released().await, escape);
        // one that is followed at once
        probe.hear(escape);
        assert_eq!(probe.hear(keys("j")[0]), Heard::Keys(vec![escape, keys("j")[0]]));
        // what is no answer ends at the first key that is none of one
        let (typed, found) = heard(&mut probe, keys("\x1b]11zz"));
        assert_eq!((typed, found), (keys("zz"), None));
        assert_eq!(heard(&mut Probe::none(), vec![escape]).0, [escape]);
    }

    #[test]
    fn by_the_variable() {
        for (text, ground) in [
            ("15;0", Some(Ground::Dark)),
            ("0;15", Some(Ground::Light)),
            ("0;default;15", Some(Ground::Light)),
            ("12;8", Some(Ground::Dark)),
            ("default;default", None),
            ("", None),
        ] {
            assert_eq!(Ground::of_variable(text), ground, "{text}");
        }
    }
}
