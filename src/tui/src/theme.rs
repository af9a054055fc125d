//! Colours by meaning, from `themes/*.toml` and the user's own, for terminals of any number of colours.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of text means; a theme gives each a style.
macro_rules! roles {
    ($($variant:ident $name:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
        pub enum Role { #[default] $($variant),* }

        impl Role {
            pub const ALL: &'static [Role] = &[$(Role::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $(Role::$variant => $name),* }
            }
        }
    };
}

roles! {
    Text "text", Muted "muted", Title "title", Accent "accent", Border "border", Bar "bar", Background "background",
    Selected "selected", Marked "marked", Match "match", Key "key", Link "link",
    Good "good", Bad "bad", Warn "warn", Running "running", Waiting "waiting", Cancelled "cancelled",
}

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    None,
    Ansi16,
    Ansi256,
    #[default]
    True,
}

impl Depth {
    /// From the variables NO_COLOR, COLORTERM and TERM.
    pub fn from_terminal(no_color: bool, colorterm: &str, term: &str) -> Depth {
        if no_color || term == "dumb" || term.is_empty() || term.starts_with("vt") {
            Depth::None
        } else if colorterm.contains("truecolor") || colorterm.contains("24bit") || term.contains("direct") {
            Depth::True
        } else if term.contains("256color") {
            Depth::Ansi256
        } else {
            Depth::Ansi16
        }
    }
}

pub const BUILT_IN: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("deuteranopia", include_str!("../../../themes/deuteranopia.toml")),
    ("tritanopia", include_str!("../../../themes/tritanopia.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    inherits: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    #[serde(default)]
    styles: BTreeMap<String, FileStyle>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStyle {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    mods: Vec<String>,
}

/// A theme, ready for a terminal.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    pub name: String,
    styles: BTreeMap<Role, Style>,
}

impl Theme {
    /// A theme by name; `find` gives the text of a file of that name.
    pub fn load(name: &str, depth: Depth, find: &dyn Fn(&str) -> Option<String>) -> Result<Theme, String> {
        let file = read(name, find, 0)?;
        let colour = |text: &str| -> Result<(u8, u8, u8), String> {
            let hex = file.palette.get(text).map_or(text, String::as_str);
            rgb(hex).ok_or_else(|| format!("theme {name}: {text} is neither in the palette nor #rrggbb"))
        };
        let mut styles = BTreeMap::new();
        for (key, style) in &file.styles {
            let role = Role::ALL.iter().find(|r| r.name() == key);
            let role = role.ok_or_else(|| format!("theme {name}: there is no style {key}"))?;
            let mut s = Style::new();
            if let Some(fg) = &style.fg {
                s.fg = map(colour(fg)?, depth);
            }
            if let Some(bg) = &style.bg {
                s.bg = map(colour(bg)?, depth);
            }
            for m in &style.mods {
                s = s.add_modifier(
                    modifier(m).ok_or_else(|| format!("theme {name}: there is no modifier {m}"))?,
                );
            }
            // with few colours a background is a gamble, and the selection must stay visible
            if depth == Depth::None && matches!(role, Role::Selected | Role::Bar | Role::Match) {
                s = s.add_modifier(Modifier::REVERSED);
            }
            styles.insert(*role, s);
        }
        if depth == Depth::Ansi16 {
            for role in [Role::Text, Role::Background, Role::Muted, Role::Title, Role::Border] {
                // the terminal's own colours go together; ours, rounded to 16, may not
                let kept = styles.get(&role).map_or(Modifier::empty(), |s| s.add_modifier);
                styles.insert(role, Style::new().add_modifier(kept));
            }
            for role in [Role::Selected, Role::Bar] {
                styles.insert(role, Style::new().add_modifier(Modifier::REVERSED));
            }
        }
        Ok(Theme { name: name.to_owned(), styles })
    }

    pub fn built_in(name: &str, depth: Depth) -> Theme {
        Theme::load(name, depth, &|_| None).unwrap_or_default()
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

fn read(name: &str, find: &dyn Fn(&str) -> Option<String>, depth: u8) -> Result<File, String> {
    let built_in = || BUILT_IN.iter().find(|(n, _)| *n == name).map(|(_, t)| (*t).to_owned());
    // a file of the user's that inherits its own name means the built-in one
    let text = if depth > 0 { built_in().or_else(|| find(name)) } else { find(name).or_else(built_in) };
    let text = text.ok_or_else(|| {
        let known: Vec<&str> = BUILT_IN.iter().map(|(n, _)| *n).collect();
        format!("there is no theme {name}; there are {}", known.join(", "))
    })?;
    let file: File = toml::from_str(&text).map_err(|e| format!("theme {name}: {}", e.message()))?;
    let Some(parent) = &file.inherits else { return Ok(file) };
    if depth > 5 {
        return Err(format!("theme {name} inherits itself"));
    }
    let mut all = read(parent, find, depth + 1)?;
    all.palette.extend(file.palette);
    all.styles.extend(file.styles);
    Ok(all)
}

fn rgb(hex: &str) -> Option<(u8, u8, u8)> {
    let hex = hex.strip_prefix('#').filter(|h| h.len() == 6)?;
    let n = u32::from_str_radix(hex, 16).ok()?;
    let [_, r, g, b] = n.to_be_bytes();
    Some((r, g, b))
}

fn modifier(name: &str) -> Option<Modifier> {
    Some(match name {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        _ => return None,
    })
}

fn map(colour: (u8, u8, u8), depth: Depth) -> Option<Color> {
    let (r, g, b) = colour;
    match depth {
        Depth::None => None,
        Depth::True => Some(Color::Rgb(r, g, b)),
        Depth::Ansi256 => Some(Color::Indexed(nearest_256(colour))),
        Depth::Ansi16 => Some(nearest_16(colour)),
    }
}

/// The nearest of the cube and the greys; the first 16 are the user's and not known.
fn nearest_256((r, g, b): (u8, u8, u8)) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let distance = |a: (u8, u8, u8)| {
        let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
        d(a.0, r) + d(a.1, g) + d(a.2, b)
    };
    let cube = (0u8..216).map(|i| {
        let step = |n: u8| STEPS.get(usize::from(n % 6)).copied().unwrap_or(0);
        (16 + i, (step(i / 36), step(i / 6), step(i)))
    });
    let greys = (0u8..24).map(|i| (232 + i, (8 + 10 * i, 8 + 10 * i, 8 + 10 * i)));
    cube.chain(greys).min_by_key(|(_, c)| distance(*c)).map_or(7, |(i, _)| i)
}

fn nearest_16((r, g, b): (u8, u8, u8)) -> Color {
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    if max.saturating_sub(min) < 40 {
        return match max {
            0..=63 => Color::Black,
            64..=127 => Color::DarkGray,
            128..=200 => Color::Gray,
            _ => Color::White,
        };
    }
    let middle = min / 2 + max / 2;
    match (r > middle, g > middle, b > middle) {
        (true, false, false) => Color::Red,
        (false, true, false) => Color::Green,
        (true, true, _) => Color::Yellow,
        (false, false, true) => Color::Blue,
        (true, false, true) => Color::Magenta,
        (false, true, true) => Color::Cyan,
        (false, false, false) => Color::Gray,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: Color) -> f64 {
        let Color::Rgb(r, g, b) = c else { panic!("{c:?}") };
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    fn contrast(a: Color, b: Color) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG: 4.5 to 1 for text, 3 to 1 for the parts of the interface.
    #[test]
    fn every_theme_can_be_read() {
        for (name, _) in BUILT_IN.iter().filter(|(n, _)| *n != "mono") {
            let theme = Theme::load(name, Depth::True, &|_| None).unwrap();
            let ground = theme.style(Role::Background).bg.unwrap();
            for role in Role::ALL {
                let style = theme.style(*role);
                let (Some(fg), bg) = (style.fg, style.bg.unwrap_or(ground)) else { continue };
                let wanted = if *role == Role::Border { 3.0 } else { 4.5 };
                let is = contrast(fg, bg);
                assert!(is >= wanted, "{name}: {} has {is:.2}", role.name());
            }
            // a selected row keeps the colours of its cells
            let selected = theme.style(Role::Selected).bg.unwrap();
            for role in [
                Role::Good,
                Role::Bad,
                Role::Running,
                Role::Waiting,
                Role::Cancelled,
                Role::Link,
                Role::Muted,
            ] {
                let is = contrast(theme.style(role).fg.unwrap(), selected);
                assert!(is >= 3.0, "{name}: {} on the selection has {is:.2}", role.name());
            }
        }
    }

    #[test]
    fn terminals_with_few_colours() {
        use Depth::*;
        for (no, colorterm, term, depth) in [
            (false, "truecolor", "xterm-256color", True),
            (false, "", "screen-256color", Ansi256),
            (false, "", "xterm", Ansi16),
            (true, "truecolor", "xterm-256color", None),
            (false, "", "dumb", None),
        ] {
            assert_eq!(Depth::from_terminal(no, colorterm, term), depth, "{term}");
        }
        assert_eq!(nearest_256((255, 138, 128)), 210);
        assert_eq!(nearest_16((255, 138, 128)), Color::Red);
        let theme = Theme::built_in("dark", None);
        for role in Role::ALL {
            assert_eq!((theme.style(*role).fg, theme.style(*role).bg), (Option::None, Option::None));
        }
        assert!(theme.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn the_users_theme_inherits() {
        let mine = |n: &str| {
            (n == "mine").then(|| "inherits = \"light\"\n[palette]\nred = \"#010203\"\n".to_owned())
        };
        let theme = Theme::load("mine", Depth::True, &mine).unwrap();
        assert_eq!(theme.style(Role::Bad).fg, Some(Color::Rgb(1, 2, 3)));
        let wrong = |_: &str| Some("[styles]\nfog = {}\n".to_owned());
        assert_eq!(Theme::load("x", Depth::True, &wrong).unwrap_err(), "theme x: there is no style fog");
    }
}
