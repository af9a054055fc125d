use std::path::{Path, PathBuf};
use std::time::Duration;

use koji_config::environment as env;
use koji_config::{ClientConfig, ClientSources};
use koji_tui::Colours;
use koji_tui::files::Files;
use koji_tui::place::Place;
use koji_tui::probe::Ground;
use koji_tui::theme::Depth;

use crate::cli::GlobalOptions;
use crate::commands::Setup;
use crate::context::client_options;
use crate::error::{CommandError, Result};
use crate::profile;

/// Look at the hub and work with it, in the terminal
///
/// Starts with the dashboard, or with SCREEN, such as `tasks`, `task 123`, `build NVR`, `tag f45` or `diff f44 f45`. `?` shows the keys, `:`
/// every screen, action and command. What you may do needs the login of the profile: Kerberos, certificate, or user and password.
///
/// Files in ~/.config/koji, all optional: themes/NAME.toml and keymap.toml are laid over the built-in ones; actions.toml has actions of
/// your own (name, help, on = kinds of things, key, run = a line for the shell with {name}, {id} and {tag}, confirm, background);
/// notify.toml says of which ends of your tasks you hear (methods, states, match, bell, desktop, command); errors.txt has regular
/// expressions, one a line, for further lines of logs that say an error.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where to start: a screen and what it shows
    #[arg(value_name = "SCREEN [ARGUMENT]")]
    place: Vec<String>,
    /// Colours: dark, light, high-contrast, deuteranopia, tritanopia, mono, or one of yours [default: dark or light, as the
    /// terminal is]
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// Lines of text instead of a picture, for screen readers; also with KOJI_A11Y=1, a dumb terminal, or a pipe
    #[arg(long)]
    plain: bool,
    /// Write keys and answers of the hub to a file: a report of a problem that can be replayed
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Do what a recording did, without a hub, and print the last picture
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    replay: Option<PathBuf>,
    /// Size of a replayed picture
    #[arg(long, value_name = "COLUMNSxROWS", requires = "replay")]
    size: Option<String>,
    /// Print the replayed picture as SVG
    #[arg(long, requires = "replay")]
    svg: bool,
    /// List the actions that keys can be bound to
    #[arg(long)]
    actions: bool,
}

pub async fn run(setup: Setup<'_>, a: Arguments) -> Result {
    crate::interrupt::keep_running();
    if a.actions {
        for action in koji_tui::action::Action::ALL {
            setup.out.line(format!("{:<18} {}", action.name(), action.help()));
        }
        return Ok(());
    }
    let (no_color, colorterm, term) = env::terminal_traits();
    let depth = Depth::from_terminal(no_color, &colorterm, &term);
    let commands = crate::commands::table().map(|e| {
        let about = e.clap().get_about().map(ToString::to_string).unwrap_or_default();
        (e.name.to_owned(), about)
    });
    let config = env::config_dir().map(|d| d.join("koji"));
    let files = Files { config, cache: None };
    let mut settings = koji_tui::Settings {
        commands: commands.collect(),
        themes: files.themes(),
        depth,
        ..Default::default()
    };
    if let Some(path) = &a.replay {
        settings.profile = "replay".into();
        return replay(&setup, &a, path, settings);
    }
    // another profile is another hub: what was said of the first on the command line does not hold for it
    let (mut options, mut sources) = (setup.options.clone(), setup.sources.clone());
    let mut start = if a.place.is_empty() { "home".to_owned() } else { a.place.join(" ") };
    loop {
        settings.program = own_command(&options);
        let options_of_ui = prepared(&options, &sources, &a, settings.clone(), files.clone(), &start)?;
        let ended = koji_tui::run(options_of_ui).await.map_err(|e| CommandError::new(e.to_string()))?;
        let Some(profile) = ended else { return Ok(()) };
        options =
            GlobalOptions { config: options.config, profile: Some(profile.clone()), ..Default::default() };
        sources.profile = Some(profile);
        "home".clone_into(&mut start);
    }
}

/// All that the UI needs of a profile.
fn prepared(
    options: &GlobalOptions,
    sources: &ClientSources,
    a: &Arguments,
    mut settings: koji_tui::Settings,
    mut files: Files,
    start: &str,
) -> Result<koji_tui::Options> {
    let loaded = ClientConfig::load(sources)?;
    let mut client = loaded.settings;
    profile::apply(options, &mut client);
    settings.profiles =
        ClientConfig::profiles(sources)?.into_iter().filter(|p| *p != loaded.profile).collect();
    settings.profile = loaded.profile;
    settings.server.clone_from(&client.server);
    settings.weburl.clone_from(&client.weburl);
    settings.poll = Duration::from_secs(client.poll_interval.max(1));
    let cache = client.server.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect::<String>();
    files.cache = env::cache_dir().map(|d| d.join("koji").join(format!("tui-{cache}.jsonl")));
    let authtype = client.authtype.as_deref();
    let noauth = options.noauth || authtype == Some("noauth");
    let can = client.cert.as_ref().is_some_and(|c| c.is_file())
        || client.user.is_some()
        || matches!(authtype, Some("kerberos" | "gssapi"));
    // whoever cannot log in looks only
    let credentials = if noauth || !can { None } else { Some(profile::credentials(options, &client)?) };
    let spool = env::cache_dir().map_or_else(std::env::temp_dir, |d| d.join("koji").join("logs"));
    let depth = settings.depth;
    Ok(koji_tui::Options {
        hub: koji_tui::Hub {
            options: client_options(&client),
            credentials,
            spool,
            program: settings.program.clone(),
        },
        settings,
        start: Place::parse(start),
        colours: colours(a, depth),
        files,
        record: a.record.clone(),
        plain: a.plain || env::plain_wanted() || env::terminal().as_deref() == Some("dumb"),
    })
}

fn colours(a: &Arguments, depth: Depth) -> Colours {
    match &a.theme {
        _ if depth == Depth::None => Colours::Theme("mono".into()),
        Some(name) => Colours::Theme(name.clone()),
        None => {
            let said = env::terminal_colours().and_then(|text| Ground::of_variable(&text));
            Colours::Like(said.unwrap_or(Ground::Dark))
        }
    }
}

/// This program with the options before the command, so that what the UI runs talks to the same hub.
fn own_command(o: &GlobalOptions) -> Vec<String> {
    let program = std::env::current_exe().map(|p| p.to_string_lossy().into_owned());
    let mut words = vec![program.unwrap_or_else(|_| "koji".into())];
    let path = |p: &PathBuf| p.to_string_lossy().into_owned();
    for (option, value) in [
        ("--profile", o.profile.clone()),
        ("--config", o.config.as_ref().map(path)),
        ("--cert", o.cert.as_ref().map(path)),
        ("--server", o.server.clone()),
        ("--user", o.user.clone()),
        ("--authtype", o.authtype.clone()),
    ] {
        words.extend(value.map(|v| format!("{option}={v}")));
    }
    words
}

fn replay(setup: &Setup<'_>, a: &Arguments, path: &Path, settings: koji_tui::Settings) -> Result {
    let text = std::fs::read_to_string(path)
        .map_err(|e| CommandError::new(format!("cannot read {}: {e}", path.display())))?;
    let size = match &a.size {
        None => None,
        Some(size) => {
            let parsed = size.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
            Some(parsed.ok_or_else(|| CommandError::new(format!("--size {size}: write it like 120x30")))?)
        }
    };
    let depth = if a.svg { Depth::True } else { settings.depth };
    let theme = koji_tui::theme::Theme::built_in(a.theme.as_deref().unwrap_or("dark"), depth);
    let start = (!a.place.is_empty()).then(|| a.place.join(" "));
    let picture = || -> std::result::Result<String, String> {
        let mut replay = koji_tui::record::Replay::new(&text, settings, theme, size, start.as_deref())?;
        replay.to_the_end();
        replay.settle();
        Ok(match (a.svg, a.plain) {
            (true, _) => koji_tui::svg::svg(&replay.buffer()),
            (_, true) => replay.plain(),
            _ => replay.picture(),
        })
    };
    // a thread of its own: a replay has a runtime of its own
    let made = std::thread::scope(|scope| scope.spawn(picture).join());
    let picture = made
        .unwrap_or_else(|_| Err("the replay failed".into()))
        .map_err(|e| CommandError::new(format!("{}: {e}", path.display())))?;
    setup.out.line(picture);
    Ok(())
}
