//! The client's configuration: profiles in `koji.conf` files.

use std::path::{Path, PathBuf};

use crate::cert::cert_or_usual;
use crate::declare::settings;
use crate::environment;
use crate::error::{ConfigError, Warning};
use crate::files::{self, Source};
use crate::ini::Ini;
use crate::loading::{Interpolation, Unknown, fill};

settings! {
    /// One profile: the options of one section of the client's files.
    pub struct ClientSettings {
        "The hub" {
            /// URL of the hub's XML-RPC interface.
            server: String = ("server", "http://localhost/kojihub"),
            /// URL of the web interface, for links in the output.
            weburl: String = ("weburl", "http://localhost/koji"),
            /// URL under which the hub's files can be downloaded.
            topurl: Option<String> = ("topurl", ""),
            /// Directory under which the hub's files are mounted, when they are.
            topdir: PathBuf = ("topdir", "/mnt/koji"),
            /// Obsolete, accepted and not used: see topurl.
            pkgurl: Option<String> = ("pkgurl", ""),
        }
        "Logging in" {
            /// How to log in: noauth, ssl, password or kerberos. Unset: whatever the other options allow.
            authtype: Option<String> = ("authtype", ""),
            /// User name for logins by password. Upstream's client ignores this option.
            user: Option<String> = ("user", ""),
            /// Password for logins by password; such a file should be readable by its owner only.
            /// Upstream's client ignores this option.
            password: Option<String> = ("password", ""),
            /// Client certificate. Unset: ~/.koji/client.crt when it exists.
            cert: Option<PathBuf> = ("cert", ""),
            /// Certificates of the authorities that the hub's certificate may come from.
            /// Unset: ~/.koji/serverca.crt when it exists, else the system's.
            serverca: Option<PathBuf> = ("serverca", ""),
            /// Do not verify the hub's certificate; for tests only. Any text switches it on.
            no_ssl_verify: Option<String> = ("no_ssl_verify", ""),
            /// Kerberos principal to log in as.
            principal: Option<String> = ("principal", ""),
            /// Kerberos keytab to log in with.
            keytab: Option<PathBuf> = ("keytab", ""),
            /// Log in for commands that need no login, too.
            force_auth: bool = ("force_auth", "no"),
        }
        "Requests" {
            /// Seconds after which a request without an answer is given up.
            timeout: u64 = ("timeout", "43200"),
            /// The same for requests that log in.
            auth_timeout: u64 = ("auth_timeout", "60"),
            /// How often a request is repeated when the hub cannot be reached.
            max_retries: u32 = ("max_retries", "30"),
            /// Seconds between two such attempts; the first ones come sooner (after 1, 2, 4 seconds and so on) and do not count.
            retry_interval: u64 = ("retry_interval", "20"),
            /// Repeat requests that are made without a login, too.
            anon_retry: bool = ("anon_retry", "yes"),
            /// Repeat requests while the hub says that it is offline.
            offline_retry: bool = ("offline_retry", "no"),
            /// Seconds between two attempts while the hub is offline.
            offline_retry_interval: u64 = ("offline_retry_interval", "20"),
            /// Upload files in binary form instead of base64 in XML.
            use_fast_upload: bool = ("use_fast_upload", "yes"),
            /// Bytes sent with one upload request.
            upload_blocksize: u64 = ("upload_blocksize", "1048576"),
        }
        "Behaviour" {
            /// Seconds between two looks at a watched task, where the hub cannot push.
            poll_interval: u64 = ("poll_interval", "6"),
            /// Show debug output.
            debug: bool = ("debug", "no"),
            /// Show every request and answer.
            debug_xmlrpc: bool = ("debug_xmlrpc", "no"),
            /// Directories of client plugins, separated by colons.
            plugin_paths: Option<String> = ("plugin_paths", ""),
            /// Accepted for upstream's sake: the Python version its client is to run under.
            pyver: Option<i64> = ("pyver", ""),
        }
    }
}

/// What decides which files and which section are read.
#[derive(Debug, Clone, Default)]
pub struct ClientSources {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--config`: a file, or a directory of `*.conf` files.
    pub config: Option<PathBuf>,
    /// The name under which the program runs; a link called `stg-koji` means the profile `stg-koji`.
    pub program: String,
}

/// A loaded profile.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientConfig {
    /// The profile's name.
    pub profile: String,
    pub settings: ClientSettings,
}

const SYSTEM: [&str; 2] = ["/etc/koji.conf.d", "/etc/koji.conf"];
const PERSONAL: [&str; 2] = ["~/.koji/config.d", "~/.koji/config"];

impl ClientConfig {
    /// Reads the files; see [`ClientConfig::files`].
    pub fn load(sources: &ClientSources) -> Result<ClientConfig, ConfigError> {
        let name = ClientConfig::profile_name(sources);
        ClientConfig::from_ini(&ClientConfig::files(sources)?, &name)
    }

    /// All profiles as written: `/etc/koji.conf.d/*.conf`, `/etc/koji.conf`, then either the given file or directory or
    /// `~/.koji/config.d/*.conf` and `~/.koji/config`; later files override earlier ones.
    pub fn files(sources: &ClientSources) -> Result<Ini, ConfigError> {
        let mut list: Vec<Source> = SYSTEM.iter().map(Source::optional).collect();
        match &sources.config {
            Some(path) => list.push(Source::required(environment::expand_user(path))),
            None => {
                list.extend(PERSONAL.iter().map(|p| Source::optional(environment::expand_user(Path::new(p)))))
            }
        }
        files::read(&list)
    }

    /// The profile that is meant: `--profile`, else `$KOJI_PROFILE`, else the program's own name.
    pub fn profile_name(sources: &ClientSources) -> String {
        profile_name(sources, environment::profile())
    }

    /// The directory in which each `*.conf` is read as part of the user's configuration.
    pub fn personal_dir() -> PathBuf {
        environment::expand_user(Path::new("~/.koji/config.d"))
    }

    /// The profile `profile` of a single file's text.
    pub fn from_text(text: &str, profile: &str) -> Result<ClientConfig, ConfigError> {
        ClientConfig::from_ini(&Ini::from_text(Path::new("koji.conf"), text)?, profile)
    }

    /// The names of all profiles that the files define.
    pub fn profiles(sources: &ClientSources) -> Result<Vec<String>, ConfigError> {
        Ok(ClientConfig::files(sources)?.sections().map(|s| s.name.clone()).collect())
    }

    fn from_ini(ini: &Ini, profile: &str) -> Result<ClientConfig, ConfigError> {
        let section = ini.section(profile).ok_or_else(|| ConfigError::NoProfile(profile.to_owned()))?;
        let mut settings = ClientSettings::default();
        let _: Vec<Warning> =
            fill(&mut settings, &section, Interpolation::On, Unknown::Ignore, |_, _, _| Ok(false))?;
        settings.cert = cert_or_usual(settings.cert, Path::new("~/.koji/client.crt"));
        settings.serverca = cert_or_usual(settings.serverca, Path::new("~/.koji/serverca.crt"));
        Ok(ClientConfig { profile: profile.to_owned(), settings })
    }
}

/// `--profile`, else `$KOJI_PROFILE`, else the program's own name.
fn profile_name(sources: &ClientSources, from_environment: Option<String>) -> String {
    let program = || {
        let name = Path::new(&sources.program).file_name().map(|n| n.to_string_lossy().into_owned());
        name.filter(|n| !n.is_empty()).unwrap_or_else(|| "koji".to_owned())
    };
    sources.profile.clone().or(from_environment).unwrap_or_else(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_the_option_then_the_variable_then_the_programs_name() {
        let mut sources = ClientSources { program: "/usr/bin/stg-koji".into(), ..Default::default() };
        assert_eq!(profile_name(&sources, None), "stg-koji");
        assert_eq!(profile_name(&sources, Some("env".into())), "env");
        sources.profile = Some("given".into());
        assert_eq!(profile_name(&sources, Some("env".into())), "given");
    }

    #[test]
    fn options_are_typed_and_unknown_ones_ignored() {
        let text = "[koji]\nhost = hub.example.com\nserver = https://%(host)s/kojihub\nmax_retries = 3\nanon_retry = Off\ntopurl =\n";
        let config = ClientConfig::from_text(text, "koji").unwrap();
        assert_eq!(config.settings.server, "https://hub.example.com/kojihub");
        assert_eq!(config.settings.max_retries, 3);
        assert!(!config.settings.anon_retry);
        assert_eq!(config.settings.topurl, None);
        assert_eq!(config.settings.poll_interval, 6);
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let message = |text: &str| ClientConfig::from_text(text, "koji").unwrap_err().to_string();
        assert_eq!(message("[other]\n"), "no configuration for profile name: koji");
        assert_eq!(
            message("[koji]\ntimeout = soon\n"),
            "koji.conf:2: value for timeout config option must be a valid integer of 0 or more, not \"soon\""
        );
    }

    #[test]
    fn a_directory_is_read_in_order_and_must_not_be_empty() {
        let dir = tempfile::tempdir().unwrap();
        let load = || {
            ClientConfig::load(&ClientSources {
                profile: Some("p".into()),
                config: Some(dir.path().to_path_buf()),
                program: "koji".into(),
            })
        };
        assert!(load().unwrap_err().to_string().starts_with("No config files found in directory: "));
        std::fs::write(dir.path().join("20.conf"), "[p]\nserver = second\n").unwrap();
        std::fs::write(dir.path().join("10.conf"), "[p]\nserver = first\nweburl = web\n").unwrap();
        std::fs::write(dir.path().join("99.off"), "[p]\nserver = third\n").unwrap();
        let config = load().unwrap();
        assert_eq!((config.settings.server.as_str(), config.settings.weburl.as_str()), ("second", "web"));
    }
}
