//! From `argv` to a command and its exit status.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use koji_config::{ClientConfig, ClientSources};

use crate::commands::{self, Auth, Entry, Setup};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::json::shapes::Form;
use crate::output::{Format, Output};
use crate::{advice, help, output, profile};

/// Options before the command.
#[derive(Debug, Clone, Default, Args)]
pub struct GlobalOptions {
    /// Profile of the configuration to use [default: the program's name]
    #[arg(short, long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Configuration file or directory to read after the system's, instead of ~/.koji
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Kerberos keytab
    #[arg(long, value_name = "FILE")]
    pub keytab: Option<PathBuf>,
    /// Kerberos principal
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: Option<String>,
    /// Client certificate with its key, PEM
    #[arg(long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// Act as another user, where the hub allows it
    #[arg(long, value_name = "USER")]
    pub runas: Option<String>,
    /// User for a login by password
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Password; others may see it in the list of processes: better in the profile or typed when asked
    #[arg(long, value_name = "PASSWORD", hide_default_value = true)]
    pub password: Option<String>,
    /// Do not log in
    #[arg(long)]
    pub noauth: bool,
    /// Log in even where the command needs no login
    #[arg(long)]
    pub force_auth: bool,
    /// How to log in: noauth, ssl, password or kerberos
    #[arg(long, value_name = "TYPE")]
    pub authtype: Option<String>,
    /// Show debug output
    #[arg(short, long)]
    pub debug: bool,
    /// Show every request and answer
    #[arg(long)]
    pub debug_xmlrpc: bool,
    /// Say less
    #[arg(short, long)]
    pub quiet: bool,
    /// Accepted: upstream's client looks at it where it is not started as a program
    #[arg(long, hide = true)]
    pub skip_main: bool,
    /// URL of the hub
    #[arg(short, long, value_name = "URL")]
    pub server: Option<String>,
    /// Directory where the hub's files are mounted
    #[arg(long, value_name = "DIR")]
    pub topdir: Option<PathBuf>,
    /// URL of the web interface
    #[arg(long, value_name = "URL")]
    pub weburl: Option<String>,
    /// URL of the hub's files
    #[arg(long, value_name = "URL")]
    pub topurl: Option<String>,
    #[arg(long, value_name = "URL", hide = true)]
    pub pkgurl: Option<String>,
    /// Directories of plugins (accepted; this client has its commands built in)
    #[arg(long, value_name = "DIRS", hide = true)]
    pub plugin_paths: Option<String>,
    /// List all commands
    #[arg(long)]
    pub help_commands: bool,
}

/// The whole command line as clap knows it: for parsing, man pages and completions.
pub fn command() -> Command {
    commands::table().fold(global_command(), |root, entry| root.subcommand(entry.clap()))
}

/// The program with the options that stand before the command, and without commands.
pub fn global_command() -> Command {
    let root = Command::new("koji")
        .about("Client of a Koji build system")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .infer_long_args(true)
        .args_override_self(true)
        .subcommand_required(false)
        .allow_external_subcommands(true)
        .max_term_width(100)
        .after_help("`koji help` lists the commands by category, `koji COMMAND --help` explains one.")
        .after_long_help(
            "`koji help` lists the commands by category, `koji COMMAND --help` explains one.\n\n\
             Exit status: 0 done (of watched tasks: all succeeded); 1 not done; 2 the command line makes no sense; 141 whoever \
             read standard output went away.",
        );
    GlobalOptions::augment_args(root).mut_args(commands::takes_any_value)
}

/// Defines only the commands that the words name: all of them take longer to define than most take to run. What does not
/// make sense so is told by the whole.
fn parse(argv: &[OsString]) -> clap::error::Result<ArgMatches> {
    let is = |entry: &Entry, word: &str| entry.name == word || entry.aliases.contains(&word);
    let said = |entry: &&Entry| argv.iter().filter_map(|word| word.to_str()).any(|word| is(entry, word));
    let few =
        commands::table().filter(said).fold(global_command(), |root, entry| root.subcommand(entry.clap()));
    match few.try_get_matches_from(argv) {
        Ok(matches) => Ok(matches),
        Err(_) => command().try_get_matches_from(argv),
    }
}

/// The program.
pub fn main(argv: Vec<OsString>) -> ExitCode {
    if let Some(status) = crate::completion::main(&argv) {
        return status;
    }
    let program = argv.first().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let matches = match parse(&argv) {
        Ok(matches) => matches,
        Err(e) => return clap_error(&e),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(output::flush)
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("koji: error: cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    let status = runtime.block_on(run(&program, &matches));
    output::flush();
    status
}

fn clap_error(e: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind as K;
    if !matches!(e.kind(), K::DisplayHelp | K::DisplayVersion | K::DisplayHelpOnMissingArgumentOrSubcommand) {
        // clap's own text: usage and message on standard error, status 2
        e.print().ok();
        return ExitCode::from(2);
    }
    e.print().ok();
    ExitCode::SUCCESS
}

async fn run(program: &str, matches: &ArgMatches) -> ExitCode {
    let options = match GlobalOptions::from_arg_matches(matches) {
        Ok(options) => options,
        Err(e) => return clap_error(&e),
    };
    if options.help_commands {
        help::print_all();
        return ExitCode::SUCCESS;
    }
    let Some((name, arguments)) = matches.subcommand() else {
        help::print_all();
        return ExitCode::SUCCESS;
    };
    let Some(entry) = commands::find(name) else {
        help::print_all();
        output::flush();
        eprintln!("Unknown command: {name}{}", help::nearest(name));
        return ExitCode::FAILURE;
    };
    if options.pkgurl.is_some() {
        eprintln!("Warning: the pkgurl option is obsolete");
    }
    let debug = options.debug;
    // taken apart here, so that an interrupt still leaves the hub's session
    let result = tokio::select! {
        result = run_entry(program, entry, options, arguments) => result,
        () = crate::interrupt::interrupted() => {
            crate::interrupt::undo().await;
            Err(CommandError::new(crate::watch::interrupted()))
        }
    };
    output::flush();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            report(entry, &e, debug);
            ExitCode::from(e.status)
        }
    }
}

async fn run_entry(program: &str, entry: &Entry, options: GlobalOptions, arguments: &ArgMatches) -> Result {
    let sources = ClientSources {
        profile: options.profile.clone(),
        config: options.config.clone(),
        program: program.to_owned(),
    };
    if entry.auth == Auth::Offline {
        let out = Output::new(format(entry, arguments));
        let setup = Setup { options: &options, sources: &sources, out: &out };
        let result = (entry.run_offline)(setup, arguments).await;
        out.finish();
        return result;
    }
    let loaded = ClientConfig::load(&sources)?;
    if options.debug {
        eprintln!("debug: profile {}, hub {}", loaded.profile, loaded.settings.server);
    }
    let mut settings = loaded.settings;
    profile::apply(&options, &mut settings);
    // SAFETY: the runtime has this one thread, and nothing has been given to its pool yet
    unsafe { profile::prepare_kerberos(&settings) };
    let force = options.force_auth || settings.force_auth || mine(arguments);
    let mut cx = Cx::new(options, settings, loaded.profile)?;
    cx.out = Output::new(format(entry, arguments));
    if entry.auth == Auth::Login || force {
        cx.login().await?;
    }
    let result = (entry.run)(&mut cx, arguments).await;
    cx.out.finish();
    cx.logout().await;
    result
}

/// The format that `--json` or `--jsonl` ask for.
fn format(entry: &Entry, arguments: &ArgMatches) -> Format {
    let Some(shape) = entry.shape() else { return Format::Text };
    match (flag(arguments, "json"), flag(arguments, "jsonl"), shape.form) {
        (_, true, Form::Many) => Format::JsonLines,
        (true, _, Form::Many) => Format::JsonArray,
        (true, _, Form::One) => Format::JsonObject,
        _ => Format::Text,
    }
}

/// `--mine` needs to know who I am.
fn mine(arguments: &ArgMatches) -> bool {
    flag(arguments, "mine")
}

fn flag(arguments: &ArgMatches, name: &str) -> bool {
    arguments.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false)
}

/// What happened and why, then what to do; with `--debug` the insides.
fn report(entry: &Entry, e: &CommandError, debug: bool) {
    let message = crate::output::clean(&e.message);
    if message.is_empty() {
        // all was said already; scripts that expect silence here get it, as from upstream's client
        if !std::io::stderr().is_terminal() {
            return;
        }
    } else if e.usage {
        let mut clap = entry.clap();
        eprintln!("{}\n(Specify the --help option for details)\n", clap.render_usage());
        eprintln!("koji: error: {message}");
    } else {
        eprintln!("{message}");
    }
    let remedy = Some(e.remedy.clone()).filter(|r| !r.is_empty()).or_else(|| advice::missing(&message));
    if let Some(remedy) = remedy {
        eprintln!("hint: {}", crate::output::clean(&remedy));
    }
    if debug && !e.detail.is_empty() {
        eprintln!("debug: {}", crate::output::clean(&e.detail));
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::GlobalOptions;

    /// Whether only what is named was defined cannot be seen.
    #[test]
    fn few_commands_understand_as_all_do() {
        let lines = crate::commands::table().flat_map(|entry| {
            let names = std::iter::once(&entry.name).chain(entry.aliases);
            names.flat_map(|name| [format!("koji {name}"), format!("koji --debug {name} tags --qiet build")])
        });
        let others = ["koji", "koji --help", "koji -p build list-tags", "koji buld tags", "koji --jsn tags"];
        for line in lines.step_by(3).chain(others.map(str::to_owned)) {
            let words: Vec<_> = line.split(' ').map(std::ffi::OsString::from).collect();
            let said = |result: clap::error::Result<clap::ArgMatches>| match result {
                Ok(matches) => {
                    let options = GlobalOptions::from_arg_matches(&matches);
                    let known =
                        matches.subcommand().filter(|(name, _)| crate::commands::find(name).is_some());
                    format!("{options:?} {:?} {known:?}", matches.subcommand_name())
                }
                Err(error) => error.render().ansi().to_string(),
            };
            assert_eq!(
                said(super::parse(&words)),
                said(super::command().try_get_matches_from(&words)),
                "{line}"
            );
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        super::command().debug_assert();
        for entry in crate::commands::table() {
            entry.clap().debug_assert();
        }
    }
}
