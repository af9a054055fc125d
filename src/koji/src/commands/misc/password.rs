//! `koji profile set-password`.

use std::io::{BufRead as _, IsTerminal as _};

use koji_config::ClientConfig;

use crate::commands::Setup;
use crate::error::{CommandError, Result};
use crate::profile;
use crate::secrets::{self, Account, Place};

/// Keep the password of a profile's user in the keyring
///
/// Asks for it, or reads the first line of standard input when that is no terminal. Without a desktop's keyring the kernel's
/// is used, which forgets it when the machine restarts.
#[derive(Debug, clap::Args)]
pub struct SetPassword {
    /// The profile [default: the one that is used now]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The user [default: the profile's]
    #[arg(long = "of", value_name = "USER")]
    user: Option<String>,
    /// Keep it in ~/.local/share/koji/credentials instead, unencrypted, readable by you only
    #[arg(long)]
    file: bool,
    /// Remove it from wherever it is kept
    #[arg(long, conflicts_with = "file")]
    forget: bool,
}

pub fn run(setup: Setup<'_>, a: SetPassword) -> Result {
    let mut sources = setup.sources.clone();
    sources.profile = a.name.or(sources.profile);
    let loaded = ClientConfig::load(&sources)?;
    let mut settings = loaded.settings;
    profile::apply(setup.options, &mut settings);
    let user = a.user.or(settings.user).ok_or_else(|| {
        CommandError::new(format!("profile {} names no user: give --of USER", loaded.profile))
    })?;
    let account = Account { server: &settings.server, user: &user };
    let whose = format!("{user} at {}", settings.server);
    if a.forget {
        if !secrets::forget(account)? {
            return Err(CommandError::new(format!("no password of {whose} is kept")));
        }
        setup.out.line(format!("Removed the password of {whose}"));
        return Ok(());
    }
    let password = ask(&whose)?;
    if a.file {
        let file = secrets::keep_in_file(account, &password)?;
        setup.out.line(format!("Wrote the password of {whose} to {}", file.display()));
        return Ok(());
    }
    setup.out.line(match secrets::keep(account, &password)? {
        Place::Desktop => format!("Stored the password of {whose} in the keyring"),
        Place::Kernel => {
            format!("Stored the password of {whose} in the kernel's keyring, until this machine restarts")
        }
    });
    Ok(())
}

fn ask(whose: &str) -> Result<String> {
    let cannot = |e: std::io::Error| CommandError::new(format!("cannot read the password: {e}"));
    let password = if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password(format!("Password of {whose}: ")).map_err(cannot)?;
        let again = rpassword::prompt_password("Again: ").map_err(cannot)?;
        if password != again {
            return Err(CommandError::new("the two are not the same; nothing was stored"));
        }
        password
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(cannot)?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    };
    if password.is_empty() {
        return Err(CommandError::new("an empty password is none; nothing was stored"));
    }
    Ok(password)
}
