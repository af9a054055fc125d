//! The hub's configuration: `hub.conf`, `hub.conf.d/*.conf`, and the policies in them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::declare::settings;
use crate::error::{ConfigError, Warning};
use crate::files::{self, Source};
use crate::ini::{Ini, Origin};
use crate::limit::Limit;
use crate::loading::{Interpolation, Unknown, bad_value, fill};
use crate::logging;
use crate::network::Networks;

/// The title of the options that upstream's hub does not have.
pub const OWN_OPTIONS: &str = "This server (not in upstream)";

settings! {
    /// Section `[hub]`. Names and defaults are upstream's; the first two groups hold what upstream leaves to
    /// Apache and to a PostgreSQL set up by hand.
    pub struct HubSettings {
        "This server (not in upstream)" {
            /// Address and port that the hub listens on.
            listen: SocketAddr = ("Listen", "127.0.0.1:8080"),
            /// Directory of the hub's own data: the private PostgreSQL, secrets, and the files unless KojiDir is set.
            data_dir: PathBuf = ("DataDir", "/var/lib/koji-hub"),
            /// Threads that serve requests; 0 is one for each processor.
            workers: usize = ("Workers", "0"),
            /// Connections that the hub keeps to the database at most for transactions; as many for single statements,
            /// and four for itself.
            db_pool_size: u32 = ("DBPoolSize", "16"),
            /// Memory for answers of reading calls (getBuild, listTagged, ...), in MiB, long ones compressed. One is sent
            /// again as long as nothing that it was made of has changed in the database. 0 keeps none.
            list_cache: usize = ("ListCache", "16"),
            /// How many may listen to events at a time (/kojihub/events, server-sent); 0 switches them off.
            event_listeners: usize = ("EventListeners", "2000"),
            /// Force what the private PostgreSQL writes to the disk. Only tests can do without.
            db_durable: bool = ("DBDurable", "yes"),
            /// Directory of the programs initdb and postgres for the private PostgreSQL.
            /// Unset: looked for in the usual places.
            postgres_bin: Option<PathBuf> = ("PostgresBin", ""),
            /// User that the private PostgreSQL runs as when the hub is started by root, since PostgreSQL
            /// refuses to. Unset: postgres when that user exists, else nobody.
            postgres_user: Option<String> = ("PostgresUser", ""),
            /// Serve the files of KojiDir read-only under /kojifiles.
            serve_files: bool = ("ServeFiles", "yes"),
            /// Address and port for TLS, beside Listen. Clients log in by certificate or Kerberos over https only.
            listen_tls: Option<SocketAddr> = ("ListenTLS", ""),
            /// The hub's certificate and those between it and its authority, PEM.
            tls_certificate: Option<PathBuf> = ("TLSCertificate", ""),
            /// The certificate's key, PEM. Unset: it is in the file of TLSCertificate.
            tls_key: Option<PathBuf> = ("TLSKey", ""),
            /// Authorities whose client certificates may log in, PEM. Unset: none.
            tls_client_ca: Option<PathBuf> = ("TLSClientCA", ""),
            /// Kerberos keytab of the hub, which must be able to read it. Setting it allows logins by Kerberos.
            auth_keytab: Option<PathBuf> = ("AuthKeytab", ""),
            /// Principal of the hub, such as HTTP/koji.example.com@EXAMPLE.COM. Unset: any one in AuthKeytab.
            auth_principal: Option<String> = ("AuthPrincipal", ""),
            /// Addresses and networks (192.0.2.7 198.51.100.0/24) of web servers in front of the hub. Of these, and
            /// of no others, the headers X-Forwarded-For, X-Remote-User (a Kerberos principal), X-SSL-Client-Verify
            /// and X-SSL-Client-S-DN (RFC 2253) are believed; such a server must set or remove each of them itself.
            trusted_proxies: Networks = ("TrustedProxies", ""),
        }
        "Database: without any of these the hub runs a private PostgreSQL in DataDir" {
            /// Name of the database.
            db_name: Option<String> = ("DBName", ""),
            /// User of the database.
            db_user: Option<String> = ("DBUser", ""),
            /// Host of the database.
            db_host: Option<String> = ("DBHost", ""),
            /// Port of the database.
            db_port: Option<u16> = ("DBPort", ""),
            /// Password of the database's user.
            db_pass: Option<String> = ("DBPass", ""),
            /// A libpq connection string or URL instead of the options above.
            db_connection_string: Option<String> = ("DBConnectionString", ""),
        }
        "Files" {
            /// Top directory of the packages, repositories and logs.
            /// Unset: /mnt/koji with a database of one's own, else files/ in DataDir.
            koji_dir: Option<PathBuf> = ("KojiDir", ""),
        }
        "Logins" {
            /// Principals that may log in for others, separated by commas.
            proxy_principals: String = ("ProxyPrincipals", ""),
            /// Principal of a new builder, with %s for its name.
            host_principal_format: Option<String> = ("HostPrincipalFormat", ""),
            /// Kerberos realms whose users may log in, separated by commas; * is all.
            allowed_krb_realms: String = ("AllowedKrbRealms", "*"),
            /// Take session keys from headers alone, not from URLs, which end up in logs.
            disable_url_sessions: bool = ("DisableURLSessions", "yes"),
            /// Part of a client certificate's subject that is the user's name.
            dn_username_component: String = ("DNUsernameComponent", "CN"),
            /// Certificate subjects that may log in for others, separated by |.
            proxy_dns: String = ("ProxyDNs", ""),
            /// A session belongs to the address that it was opened from.
            check_client_ip: bool = ("CheckClientIP", "yes"),
            /// The first login of an unknown user creates it.
            login_creates_user: bool = ("LoginCreatesUser", "yes"),
            /// Proxies may choose the kind of login that is recorded.
            allow_proxy_auth_type: bool = ("AllowProxyAuthType", "no"),
            /// Minutes after which a session must be renewed; 0 is never.
            session_renewal_timeout: u64 = ("SessionRenewalTimeout", "1440"),
        }
        "Plugins" {
            /// Plugins of upstream that are switched on; they are built in: runroot, sidetag, save_failed_tree. The names of upstream's
            /// files (runroot_hub, sidetag_hub) mean the same.
            plugins: Vec<String> = ("Plugins", ""),
            /// Accepted: nothing is loaded from it.
            plugin_path: PathBuf = ("PluginPath", "/usr/lib/koji-hub-plugins"),
        }
        "Debugging and logs" {
            /// Add details to faults.
            koji_debug: bool = ("KojiDebug", "no"),
            /// Amount of detail in faults: normal or extended.
            koji_traceback: Option<String> = ("KojiTraceback", ""),
            /// Name the rule in faults about policies.
            verbose_policy: bool = ("VerbosePolicy", "no"),
            /// DEBUG, INFO, WARNING or ERROR, for all or as logger:level, separated by spaces.
            log_level: String = ("LogLevel", "WARNING"),
            /// standard for lines of text, json for one JSON object a line.
            log_format: String = ("LogFormat", "standard"),
            /// MiB that a request may add to the process before that is logged.
            memory_warn_threshold: u64 = ("MemoryWarnThreshold", "5000"),
        }
        "Limits" {
            /// Largest request body in bytes, uploads apart.
            max_request_length: u64 = ("MaxRequestLength", "4194304"),
            /// Longest name of a tag, target, channel, ... in characters; 0 is any.
            max_name_length_internal: usize = ("MaxNameLengthInternal", "256"),
            /// Pattern of such names; empty is any.
            regex_name_internal: String = ("RegexNameInternal", "^[A-Za-z0-9/_.+-]+$"),
            /// Pattern of user names; empty is any.
            regex_user_name: String = ("RegexUserName", "^[A-Za-z0-9/_.@-]+$"),
            /// Checksums computed for rpms by default.
            rpm_default_checksums: Vec<String> = ("RPMDefaultChecksums", "md5 sha256"),
            /// Resource limits of the hub's process: soft, or soft and hard; -1 is unlimited. Bytes of memory.
            rlimit_as: Option<Limit> = ("RLIMIT_AS", ""),
            /// Bytes of a core file.
            rlimit_core: Option<Limit> = ("RLIMIT_CORE", ""),
            /// Seconds of processor time.
            rlimit_cpu: Option<Limit> = ("RLIMIT_CPU", ""),
            /// Bytes of data.
            rlimit_data: Option<Limit> = ("RLIMIT_DATA", ""),
            /// Bytes of a file.
            rlimit_fsize: Option<Limit> = ("RLIMIT_FSIZE", ""),
            /// Bytes of locked memory.
            rlimit_memlock: Option<Limit> = ("RLIMIT_MEMLOCK", ""),
            /// Open files.
            rlimit_nofile: Option<Limit> = ("RLIMIT_NOFILE", ""),
            /// Processes.
            rlimit_nproc: Option<Limit> = ("RLIMIT_NPROC", ""),
            /// Open files, by an older name.
            rlimit_ofile: Option<Limit> = ("RLIMIT_OFILE", ""),
            /// Bytes of resident memory.
            rlimit_rss: Option<Limit> = ("RLIMIT_RSS", ""),
            /// Bytes of stack.
            rlimit_stack: Option<Limit> = ("RLIMIT_STACK", ""),
        }
        "Policies, web and mail" {
            /// A policy that is not configured and has no default allows; otherwise it denies.
            missing_policy_ok: bool = ("MissingPolicyOk", "yes"),
            /// URL of the web interface, for links in mails.
            koji_web_url: String = ("KojiWebURL", "http://localhost.localdomain/koji"),
            /// Domain added to user names for mail addresses.
            email_domain: Option<String> = ("EmailDomain", ""),
            /// Mail about successful builds, too.
            notify_on_success: bool = ("NotifyOnSuccess", "yes"),
            /// Send no mail.
            disable_notifications: bool = ("DisableNotifications", "no"),
        }
        "Build types" {
            /// Offer Maven builds.
            enable_maven: bool = ("EnableMaven", "no"),
            /// Offer Windows builds.
            enable_win: bool = ("EnableWin", "no"),
        }
        "Maintenance" {
            /// Only administrators may log in.
            lock_out: bool = ("LockOut", "no"),
            /// Answer every call with a fault that says the server is offline.
            server_offline: bool = ("ServerOffline", "no"),
            /// The text of that fault.
            offline_message: Option<String> = ("OfflineMessage", "temporary outage"),
        }
        "Scheduler; times in seconds" {
            /// Tasks that a builder gets at most.
            max_jobs: u32 = ("MaxJobs", "15"),
            /// How far a builder's capacity may be exceeded.
            capacity_overcommit: f64 = ("CapacityOvercommit", "5"),
            /// A builder that has not asked for work for this long gets none.
            ready_timeout: i64 = ("ReadyTimeout", "180"),
            /// An assigned task that is not opened for this long is given to another builder.
            assign_timeout: i64 = ("AssignTimeout", "300"),
            /// How long a builder's soft refusal of a task counts.
            soft_refusal_timeout: i64 = ("SoftRefusalTimeout", "900"),
            /// The tasks of a builder that has not been heard of for this long are freed.
            host_timeout: i64 = ("HostTimeout", "900"),
            /// Time between two full looks at everything. New work is assigned at once and does not wait for it.
            run_interval: i64 = ("RunInterval", "60"),
        }
        "Repositories" {
            /// newRepo tasks that run at the same time.
            max_repo_tasks: u32 = ("MaxRepoTasks", "10"),
            /// The same for tags with Maven support.
            max_repo_tasks_maven: u32 = ("MaxRepoTasksMaven", "2"),
            /// How often a failed newRepo task is tried again.
            repo_retries: u32 = ("RepoRetries", "3"),
            /// Minutes after which a finished request is removed from the queue.
            request_clean_time: i64 = ("RequestCleanTime", "1440"),
            /// Users with the permission may call newRepo directly.
            allow_new_repo: bool = ("AllowNewRepo", "yes"),
            /// Seconds a repository requested by default may be out of date.
            repo_lag: i64 = ("RepoLag", "3600"),
            /// The same for repositories that are regenerated automatically.
            repo_auto_lag: i64 = ("RepoAutoLag", "7200"),
            /// Seconds by which such a time is rounded, so that requests can share a repository.
            repo_lag_window: i64 = ("RepoLagWindow", "600"),
            /// Owner of the newRepo tasks of the queue.
            repo_queue_user: String = ("RepoQueueUser", "kojira"),
            /// Tags whose repositories hold debuginfo packages; globs.
            debuginfo_tags: String = ("DebuginfoTags", ""),
            /// Tags whose repositories hold source packages; globs.
            source_tags: String = ("SourceTags", ""),
            /// Tags whose source packages have a repository of their own; globs.
            separate_source_tags: String = ("SeparateSourceTags", ""),
        }
    }
}

/// One policy of section `[policy]`, unparsed.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyText {
    /// Its name in lower case.
    pub name: String,
    /// The rules, with the place of each line.
    pub lines: Vec<(Origin, String)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct HubConfig {
    pub settings: HubSettings,
    /// By name; the defaults of policies that are not given are the hub's matter.
    pub policies: IndexMap<String, PolicyText>,
    /// What is accepted but probably not meant.
    pub warnings: Vec<Warning>,
}

const FILE: &str = "/etc/koji-hub/hub.conf";
const DIRECTORY: &str = "/etc/koji-hub/hub.conf.d";

impl HubConfig {
    /// Reads the directory's `*.conf` files, then the file. A file that is named must exist; without names the
    /// usual ones are read if they are there. A named file's directory is the one called `FILE.d`.
    pub fn load(file: Option<&Path>, directory: Option<&Path>) -> Result<HubConfig, ConfigError> {
        let directory = match (directory, file) {
            (Some(directory), _) => Source::required(directory),
            (None, Some(file)) => {
                let mut name = file.as_os_str().to_owned();
                name.push(".d");
                Source::optional(name)
            }
            (None, None) => Source::optional(DIRECTORY),
        };
        let file = file.map_or_else(|| Source::optional(FILE), Source::required);
        HubConfig::from_ini(&files::read(&[directory, file])?)
    }

    /// The configuration in a single file's text.
    pub fn from_text(text: &str) -> Result<HubConfig, ConfigError> {
        HubConfig::from_ini(&Ini::from_text(Path::new("hub.conf"), text)?)
    }

    /// Whether a database of one's own is configured; otherwise the hub runs a private PostgreSQL.
    pub fn has_database(&self) -> bool {
        let s = &self.settings;
        [&s.db_connection_string, &s.db_host, &s.db_name, &s.db_user].into_iter().any(Option::is_some)
    }

    /// The top directory of packages, repositories and logs.
    pub fn topdir(&self) -> PathBuf {
        match &self.settings.koji_dir {
            Some(dir) => dir.clone(),
            None if self.has_database() => PathBuf::from("/mnt/koji"),
            None => self.settings.data_dir.join("files"),
        }
    }

    fn from_ini(ini: &Ini) -> Result<HubConfig, ConfigError> {
        let mut config = HubConfig::default();
        if let Some(section) = ini.section("hub") {
            // upstream reads this file without interpolation: a % is a %
            config.warnings =
                fill(&mut config.settings, &section, Interpolation::Off, Unknown::Warn, |entry, text, _| {
                    match entry.name.as_str() {
                        "loglevel" if logging::filter(text).is_none() => {
                            Err(bad_value(entry, "DEBUG, INFO, WARNING, ERROR or logger:LEVEL", text))
                        }
                        _ => Ok(false),
                    }
                })?;
        }
        if let Some(section) = ini.section("policy") {
            for entry in section.entries() {
                let at = |line| Origin { file: entry.origin.file.clone(), line };
                let lines = entry.lines.iter().map(|(line, text)| (at(*line), text.clone())).collect();
                config.policies.insert(entry.name.clone(), PolicyText { name: entry.name.clone(), lines });
            }
        }
        for section in ini.sections().filter(|s| s.name != "hub" && s.name != "policy") {
            config.warnings.push(Warning {
                origin: section.origin.clone(),
                message: format!("section [{}] is not read; the hub's are [hub] and [policy]", section.name),
            });
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_policies_and_doubts() {
        let text = "[hub]\nkojidir = /srv/koji\nPlugins = echo sidetag\nMaxJob = 3\nHostPrincipalFormat = compile/%s@X\n\n\
                    [policy]\nTag =\n    # none\n    has_perm admin :: allow\n    all :: deny\n[web]\n";
        let config = HubConfig::from_text(text).unwrap();
        assert_eq!(config.topdir(), Path::new("/srv/koji"));
        assert_eq!(config.settings.plugins, ["echo", "sidetag"]);
        assert_eq!(config.settings.host_principal_format.as_deref(), Some("compile/%s@X"));
        let tag: Vec<String> =
            config.policies["tag"].lines.iter().map(|(at, text)| format!("{at} {text}")).collect();
        assert_eq!(tag, ["hub.conf:8 ", "hub.conf:10 has_perm admin :: allow", "hub.conf:11 all :: deny"]);
        let warnings: Vec<String> = config.warnings.iter().map(Warning::to_string).collect();
        assert_eq!(
            warnings,
            [
                "hub.conf:4: unknown config option: MaxJob (did you mean MaxJobs?); it is ignored",
                "hub.conf:12: section [web] is not read; the hub's are [hub] and [policy]"
            ]
        );
    }

    #[test]
    fn without_a_database_everything_is_in_the_data_directory() {
        let config = HubConfig::from_text("[hub]\nDataDir = /d\n").unwrap();
        assert!(!config.has_database());
        assert_eq!(config.topdir(), Path::new("/d/files"));
        let config = HubConfig::from_text("[hub]\nDBHost = db\n").unwrap();
        assert!(config.has_database());
        assert_eq!(config.topdir(), Path::new("/mnt/koji"));
    }

    #[test]
    fn the_file_overrides_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hub.conf");
        std::fs::create_dir(dir.path().join("hub.conf.d")).unwrap();
        std::fs::write(dir.path().join("hub.conf.d/a.conf"), "[hub]\nMaxJobs = 1\nWorkers = 1\n").unwrap();
        std::fs::write(&file, "[hub]\nMaxJobs = 2\n").unwrap();
        let config = HubConfig::load(Some(&file), None).unwrap();
        assert_eq!((config.settings.max_jobs, config.settings.workers), (2, 1));
        let missing = HubConfig::load(Some(&dir.path().join("no.conf")), None).unwrap_err();
        assert!(missing.to_string().ends_with("no.conf can't be opened."), "{missing}");
    }

    #[test]
    fn a_log_level_that_is_none_is_refused() {
        let error = HubConfig::from_text("[hub]\nLogLevel = LOUD\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "hub.conf:2: value for LogLevel config option must be DEBUG, INFO, WARNING, ERROR or logger:LEVEL, not \"LOUD\""
        );
    }
}
