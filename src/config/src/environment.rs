//! The one place that reads environment variables and the home directory.
//!
//! | variable | used for |
//! |---|---|
//! | `HOME` | `~` in paths, the client's own files |
//! | `KOJI_PROFILE` | the client's profile when `--profile` is not given |
//! | `PATH` | finding programs such as `initdb`, `dnf`, `mock` |
//! | `XDG_RUNTIME_DIR`, `XDG_CACHE_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME` | the usual directories |
//! | `TMPDIR` | scratch directories |
//! | `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` | the proxy of requests (read by the HTTP library, too), in either case |
//! | `KRB5_CONFIG` | Kerberos' configuration (read by its library, too) |
//! | `NO_COLOR`, `TERM`, `COLORTERM` | whether output is coloured, and in how many colours |
//! | `COLORFGBG` | whether the terminal is light or dark, where it does not say so itself |
//! | `XDG_CONFIG_HOME` | themes and keys of the terminal UI |
//! | `KOJI_A11Y` | the terminal UI as plain lines |
//! | `KRB5_KTNAME`, `KRB5_CLIENT_KTNAME`, `KRB5CCNAME` | keytabs and tickets; set here for Kerberos' library, too |
//! | `EDITOR`, `VISUAL` | editing a text |
//! | `KOJI_LOG` | log filter of the daemons, in the syntax of `tracing`'s EnvFilter |
//! | `USER`, `LOGNAME` | the name of the person at the keyboard |

use std::env;
use std::path::{Path, PathBuf};

/// The home directory of the user who runs the program: `$HOME`, else the password database.
pub fn home_dir() -> Option<PathBuf> {
    env::home_dir().filter(|p| !p.as_os_str().is_empty())
}

/// Replaces a leading `~` or `~/` by the home directory; any other path stays as it is.
pub fn expand_user(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), home_dir()) {
        (Ok(rest), Some(home)) if rest.as_os_str().is_empty() => home,
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_path_buf(),
    }
}

/// `$KOJI_PROFILE`, when set and not empty.
pub fn profile() -> Option<String> {
    text("KOJI_PROFILE")
}

/// `$KOJI_LOG`: which log messages the daemons write.
pub fn log_filter() -> Option<String> {
    text("KOJI_LOG")
}

/// `$USER` or `$LOGNAME`.
pub fn user_name() -> Option<String> {
    text("USER").or_else(|| text("LOGNAME"))
}

/// `$VISUAL` or `$EDITOR`.
pub fn editor() -> Option<String> {
    text("VISUAL").or_else(|| text("EDITOR"))
}

/// False when the user asked for no colours (`NO_COLOR`) or the terminal has none (`TERM=dumb`).
pub fn colour_wanted() -> bool {
    text("NO_COLOR").is_none() && text("TERM").as_deref() != Some("dumb")
}

/// `$TERM`: the kind of the terminal.
pub fn terminal() -> Option<String> {
    text("TERM")
}

/// What the terminal can: `NO_COLOR` is set, `COLORTERM`, `TERM`.
pub fn terminal_traits() -> (bool, String, String) {
    (text("NO_COLOR").is_some(), text("COLORTERM").unwrap_or_default(), text("TERM").unwrap_or_default())
}

/// `$COLORFGBG`: the colours of the terminal, the last one being what it draws on.
pub fn terminal_colours() -> Option<String> {
    text("COLORFGBG")
}

/// `$KOJI_A11Y` is set: text that a screen reader can follow.
pub fn plain_wanted() -> bool {
    text("KOJI_A11Y").is_some_and(|v| v != "0")
}

/// `$XDG_CONFIG_HOME`, else `~/.config`.
pub fn config_dir() -> Option<PathBuf> {
    directory("XDG_CONFIG_HOME").or_else(|| Some(home_dir()?.join(".config")))
}

/// The proxy for URLs of this scheme: the variable's name and its value.
pub fn proxy(scheme: &str) -> Option<(&'static str, String)> {
    let names: [&'static str; 4] = match scheme {
        "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    names.into_iter().find_map(|name| Some((name, text(name)?)))
}

/// `$NO_PROXY`: hosts that are reached without the proxy.
pub fn no_proxy() -> Vec<String> {
    let list = text("NO_PROXY").or_else(|| text("no_proxy")).unwrap_or_default();
    list.split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty()).collect()
}

/// The files of `$KRB5_CONFIG`, else `/etc/krb5.conf`.
pub fn krb5_conf() -> Vec<PathBuf> {
    let list = text("KRB5_CONFIG").unwrap_or_else(|| "/etc/krb5.conf".into());
    list.split(':').map(PathBuf::from).collect()
}

/// What Kerberos' library is to use; it takes these from the environment alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kerberos<'a> {
    /// Keys of a service: `KRB5_KTNAME`.
    pub keytab: Option<&'a Path>,
    /// Keys to log in with: `KRB5_CLIENT_KTNAME`.
    pub client_keytab: Option<&'a Path>,
    /// Where tickets are kept: `KRB5CCNAME`.
    pub ccache: Option<&'a str>,
}

/// Sets what is given, for this process and those it starts.
///
/// # Safety
///
/// No other thread may exist yet: the environment is not protected against readers.
pub unsafe fn set_kerberos(wanted: Kerberos) {
    let file = |path: &Path| {
        // written with its kind already: FILE:/etc/..., DIR:...
        if path.as_os_str().as_encoded_bytes().split(|b| *b == b'/').next().is_some_and(|p| p.ends_with(b":"))
        {
            return path.as_os_str().to_owned();
        }
        let mut name = std::ffi::OsString::from("FILE:");
        name.push(expand_user(path));
        name
    };
    let values = [
        ("KRB5_KTNAME", wanted.keytab.map(file)),
        ("KRB5_CLIENT_KTNAME", wanted.client_keytab.map(file)),
        ("KRB5CCNAME", wanted.ccache.map(Into::into)),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            // SAFETY: the caller promises that there is no other thread
            unsafe { env::set_var(name, value) };
        }
    }
}

/// Tells Kerberos' library where a daemon's keytab and tickets are.
///
/// # Safety
///
/// No other thread may exist yet.
pub unsafe fn set_daemon_kerberos(keytab: &Path, ccache: &Path) {
    // an empty one stands for no login that ever works
    if std::fs::metadata(ccache).is_ok_and(|m| m.len() == 0) {
        let _ = std::fs::remove_file(ccache);
    }
    let ccache = format!("FILE:{}", ccache.display());
    let wanted = Kerberos { client_keytab: Some(keytab), ccache: Some(&ccache), keytab: None };
    // SAFETY: the caller's
    unsafe { set_kerberos(wanted) };
}

/// Whether the user says where tickets are kept (`$KRB5CCNAME`).
pub fn has_ccache() -> bool {
    text("KRB5CCNAME").is_some()
}

/// `$XDG_RUNTIME_DIR`: short-lived files of this user, such as sockets.
pub fn runtime_dir() -> Option<PathBuf> {
    directory("XDG_RUNTIME_DIR")
}

/// `$XDG_CACHE_HOME` or `~/.cache`.
pub fn cache_dir() -> Option<PathBuf> {
    directory("XDG_CACHE_HOME").or_else(|| Some(home_dir()?.join(".cache")))
}

/// `$XDG_DATA_HOME` or `~/.local/share`.
pub fn data_dir() -> Option<PathBuf> {
    directory("XDG_DATA_HOME").or_else(|| Some(home_dir()?.join(".local/share")))
}

/// `$XDG_STATE_HOME` or `~/.local/state`.
pub fn state_dir() -> Option<PathBuf> {
    directory("XDG_STATE_HOME").or_else(|| Some(home_dir()?.join(".local/state")))
}

/// `$TMPDIR` or the system's own.
pub fn temp_dir() -> PathBuf {
    env::temp_dir()
}

/// The first executable called `name` in `$PATH`, then in the system directories that a user's path often lacks.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    env::split_paths(&path)
        .filter(|p| p.is_absolute())
        .chain(usual.into_iter().map(PathBuf::from))
        .map(|dir| dir.join(name))
        .find(|file| is_executable(file))
}

/// The name under which the program was started, without its directory.
pub fn program_name() -> Option<String> {
    let first = env::args_os().next()?;
    Some(Path::new(&first).file_name()?.to_string_lossy().into_owned())
}

fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}

fn directory(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute())
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}
