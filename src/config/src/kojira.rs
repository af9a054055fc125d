//! The repository daemon's configuration: `kojira.conf`.

use std::path::{Path, PathBuf};

use crate::cert::cert_or_usual;
use crate::declare::settings;
use crate::error::{ConfigError, Warning};
use crate::files::{self, Source};
use crate::ini::Ini;
use crate::loading::{Interpolation, Unknown, fill, only_section};

settings! {
    /// Section `[kojira]`. Times are seconds.
    pub struct KojiraSettings {
        "The hub" {
            /// URL of the hub's XML-RPC interface.
            server: Option<String> = ("server", ""),
            /// Directory under which the hub's files are mounted, writable.
            topdir: PathBuf = ("topdir", "/mnt/koji"),
            /// User for logins by password.
            user: Option<String> = ("user", ""),
            /// Its password; such a file should be readable by its owner only.
            password: Option<String> = ("password", ""),
            /// Client certificate. Unset: /etc/kojira/client.crt when it exists.
            cert: Option<PathBuf> = ("cert", ""),
            /// Certificate authorities of the hub. Unset: /etc/kojira/serverca.crt when it exists.
            serverca: Option<PathBuf> = ("serverca", ""),
            /// Kerberos principal.
            principal: Option<String> = ("principal", ""),
            /// Kerberos keytab.
            keytab: PathBuf = ("keytab", "/etc/kojira/kojira.keytab"),
            /// Kerberos credential cache.
            ccache: PathBuf = ("ccache", "/var/tmp/kojira.ccache"),
            /// Do not verify the hub's certificate; for tests only.
            no_ssl_verify: bool = ("no_ssl_verify", "no"),
            /// How often a request is repeated when the hub cannot be reached.
            max_retries: u32 = ("max_retries", "120"),
            /// Time between two such attempts; the first ones come sooner (after 1, 2, 4 seconds and so on) and do not count.
            retry_interval: u64 = ("retry_interval", "60"),
            /// Repeat requests while the hub says that it is offline.
            offline_retry: bool = ("offline_retry", "yes"),
            /// Time between two attempts while the hub is offline.
            offline_retry_interval: u64 = ("offline_retry_interval", "120"),
        }
        "Logging" {
            /// Log file; none is standard error.
            logfile: Option<PathBuf> = ("logfile", "/var/log/kojira.log"),
            /// Say what is done.
            verbose: bool = ("verbose", "no"),
            /// Say more.
            debug: bool = ("debug", "no"),
        }
        "Repositories" {
            /// Time between two looks at the repositories.
            sleeptime: u64 = ("sleeptime", "15"),
            /// How long a repository that has been superseded is kept.
            repo_lifetime: i64 = ("repo_lifetime", "604800"),
            /// The same for distribution repositories.
            dist_repo_lifetime: i64 = ("dist_repo_lifetime", "604800"),
            /// How long an expired repository is kept before it is deleted. Unset: a week.
            expired_repo_lifetime: Option<i64> = ("expired_repo_lifetime", ""),
            /// How long a repository may take to be made.
            init_timeout: i64 = ("init_timeout", "7200"),
            /// Time between two looks at whether a superseded repository is still wanted.
            recheck_period: i64 = ("recheck_period", "3600"),
            /// Time between two looks at whether a buildroot refers to an expired one. Unset: recheck_period.
            reference_recheck_period: Option<i64> = ("reference_recheck_period", ""),
            /// Directories that are removed at the same time.
            max_delete_processes: usize = ("max_delete_processes", "4"),
            /// Watch external repositories for changes.
            check_external_repos: bool = ("check_external_repos", "yes"),
            /// Keep directories that the hub knows nothing about.
            ignore_stray_repos: bool = ("ignore_stray_repos", "no"),
            /// Look for repositories on the default volume only.
            ignore_other_volumes: bool = ("ignore_other_volumes", "no"),
        }
    }
}

/// Options of older versions: accepted with a warning, without effect.
const LEGACY: [&str; 12] = [
    "delete_batch_size",
    "debuginfo_tags",
    "ignore_tags",
    "max_repo_tasks",
    "max_repo_tasks_maven",
    "no_repo_effective_age",
    "queue_file",
    "recent_tasks_lifetime",
    "repo_tasks_limit",
    "source_tags",
    "separate_source_tags",
    "with_src",
];

#[derive(Debug, Clone, Default, PartialEq)]
pub struct KojiraConfig {
    pub settings: KojiraSettings,
    pub warnings: Vec<Warning>,
}

const FILE: &str = "/etc/kojira/kojira.conf";
const WEEK: i64 = 7 * 24 * 3600;

impl KojiraConfig {
    /// Reads the file, which must exist when it is named; otherwise `/etc/kojira/kojira.conf` if it is there.
    pub fn load(file: Option<&Path>) -> Result<KojiraConfig, ConfigError> {
        let source = file.map_or_else(|| Source::optional(FILE), Source::required);
        KojiraConfig::from_ini(&files::read(&[source])?)
    }

    /// The configuration in a single file's text.
    pub fn from_text(text: &str) -> Result<KojiraConfig, ConfigError> {
        KojiraConfig::from_ini(&Ini::from_text(Path::new("kojira.conf"), text)?)
    }

    /// How long an expired repository is kept, in seconds.
    pub fn expired_repo_lifetime(&self) -> i64 {
        self.settings.expired_repo_lifetime.unwrap_or(WEEK)
    }

    /// Seconds between two looks at the buildroots that refer to an expired repository.
    pub fn reference_recheck_period(&self) -> i64 {
        self.settings.reference_recheck_period.unwrap_or(self.settings.recheck_period)
    }

    fn from_ini(ini: &Ini) -> Result<KojiraConfig, ConfigError> {
        only_section(ini, "kojira")?;
        let mut config = KojiraConfig::default();
        let mut alias = None;
        if let Some(section) = ini.section("kojira") {
            config.warnings = fill(
                &mut config.settings,
                &section,
                Interpolation::On,
                Unknown::Fail,
                |entry, text, warnings| {
                    let message = match entry.name.as_str() {
                        name if LEGACY.contains(&name) => format!("the option {name} is no longer used"),
                        "deleted_repo_lifetime" => {
                            alias = Some(text.parse().map_err(|_| {
                                crate::loading::bad_value(
                                    entry,
                                    <i64 as crate::value::FromText>::EXPECTED,
                                    text,
                                )
                            })?);
                            "deleted_repo_lifetime is deprecated; use expired_repo_lifetime".to_owned()
                        }
                        _ => return Ok(false),
                    };
                    warnings.push(Warning { origin: entry.origin.clone(), message });
                    Ok(true)
                },
            )?;
        }
        let settings = &mut config.settings;
        settings.expired_repo_lifetime = settings.expired_repo_lifetime.or(alias);
        settings.logfile = settings.logfile.take().filter(|p| !p.as_os_str().eq_ignore_ascii_case("none"));
        settings.cert = cert_or_usual(settings.cert.take(), Path::new("/etc/kojira/client.crt"));
        settings.serverca = cert_or_usual(settings.serverca.take(), Path::new("/etc/kojira/serverca.crt"));
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_work_and_are_reported() {
        let config = KojiraConfig::from_text(
            "[kojira]\ndeleted_repo_lifetime = 60\nwith_src = no\nlogfile = None\nrecheck_period = 5\n",
        )
        .unwrap();
        assert_eq!((config.expired_repo_lifetime(), config.reference_recheck_period()), (60, 5));
        assert_eq!(config.settings.logfile, None);
        assert_eq!(
            config.warnings.iter().map(Warning::to_string).collect::<Vec<_>>(),
            [
                "kojira.conf:2: deleted_repo_lifetime is deprecated; use expired_repo_lifetime",
                "kojira.conf:3: the option with_src is no longer used"
            ]
        );
        let both = "[kojira]\nexpired_repo_lifetime = 7\ndeleted_repo_lifetime = 60\n";
        assert_eq!(KojiraConfig::from_text(both).unwrap().expired_repo_lifetime(), 7);
        assert_eq!(KojiraConfig::default().expired_repo_lifetime(), WEEK);
    }

    #[test]
    fn unknown_options_are_errors() {
        let error = KojiraConfig::from_text("[kojira]\nsleeptimes = 3\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "kojira.conf:2: unknown config option: sleeptimes (did you mean sleeptime?)"
        );
    }
}
