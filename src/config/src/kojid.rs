//! The builder's configuration: `kojid.conf`.

use std::path::{Path, PathBuf};

use crate::cert::cert_or_usual;
use crate::declare::settings;
use crate::error::{ConfigError, Warning};
use crate::files::{self, Source};
use crate::ini::Ini;
use crate::limit::Limit;
use crate::loading::{Interpolation, Unknown, fill, only_section};
use crate::value::{FromText, OptionValue};

settings! {
    /// Section `[kojid]`.
    pub struct KojidSettings {
        "The hub" {
            /// URL of the hub's XML-RPC interface.
            server: Option<String> = ("server", ""),
            /// Directory under which the hub's files are mounted.
            topdir: PathBuf = ("topdir", "/mnt/koji"),
            /// URL under which the hub's files can be downloaded, for builders that do not mount them.
            topurl: Option<String> = ("topurl", ""),
            /// User for logins by password.
            user: Option<String> = ("user", ""),
            /// Its password; such a file should be readable by its owner only.
            password: Option<String> = ("password", ""),
            /// Client certificate. Unset: /etc/kojid/client.crt when it exists.
            cert: Option<PathBuf> = ("cert", ""),
            /// Certificate authorities of the hub. Unset: /etc/kojid/serverca.crt when it exists.
            serverca: Option<PathBuf> = ("serverca", ""),
            /// Kerberos principal. Unset: made by host_principal_format.
            krb_principal: Option<String> = ("krb_principal", ""),
            /// Principal with %s for this host's name.
            host_principal_format: String = ("host_principal_format", "compile/%s@EXAMPLE.COM"),
            /// Kerberos keytab.
            keytab: PathBuf = ("keytab", "/etc/kojid/kojid.keytab"),
            /// Kerberos credential cache.
            ccache: PathBuf = ("ccache", "/var/tmp/kojid.ccache"),
            /// Do not verify the hub's certificate; for tests only.
            no_ssl_verify: bool = ("no_ssl_verify", "no"),
            /// Repositories named in task options may be fetched without verifying certificates.
            allow_noverifyssl: bool = ("allow_noverifyssl", "no"),
            /// Seconds after which a request without an answer is given up; unset is the client's default.
            timeout: Option<u64> = ("timeout", ""),
            /// How often a request is repeated when the hub cannot be reached.
            max_retries: u32 = ("max_retries", "120"),
            /// Seconds between two such attempts; the first ones come sooner (after 1, 2, 4 seconds and so on) and do not count.
            retry_interval: u64 = ("retry_interval", "60"),
            /// Repeat requests while the hub says that it is offline.
            offline_retry: bool = ("offline_retry", "yes"),
            /// Seconds between two attempts while the hub is offline.
            offline_retry_interval: u64 = ("offline_retry_interval", "120"),
            /// Upload files in binary form.
            use_fast_upload: bool = ("use_fast_upload", "yes"),
        }
        "Work" {
            /// Seconds between two looks for work at a hub that cannot push it.
            sleeptime: u64 = ("sleeptime", "15"),
            /// Tasks that run at the same time.
            maxjobs: u32 = ("maxjobs", "10"),
            /// MiB that must be free for new tasks to be taken.
            minspace: u64 = ("minspace", "8192"),
            /// Load average per processor above which no task is taken; 0 is any. Not in upstream, which has 4.
            max_load: u32 = ("max_load", "4"),
            /// Directory of the tasks' working files.
            workdir: PathBuf = ("workdir", "/var/tmp/koji"),
            /// Seconds to leave a task to a builder that suits it better.
            task_avail_delay: u64 = ("task_avail_delay", "300"),
            /// Globs of task ids or archs that are taken literally instead of by canonical arch.
            literal_task_arches: String = ("literal_task_arches", ""),
            /// One failed arch does not cancel the others before they are done.
            build_arch_can_fail: bool = ("build_arch_can_fail", "no"),
            /// Directory of plugins.
            pluginpath: PathBuf = ("pluginpath", "/usr/lib/koji-builder-plugins"),
            /// Plugins to load.
            plugins: Vec<String> = ("plugins", ""),
            /// Log level: DEBUG, INFO, WARNING or ERROR.
            log_level: Option<String> = ("log_level", ""),
            /// Keep a file of time stamps beside each log.
            log_timestamps: bool = ("log_timestamps", "no"),
        }
        "Buildroots" {
            /// Engine that makes buildroots: native, mock, or auto for mock where it is installed.
            /// Not in upstream, which only has mock.
            buildroot_engine: Engine = ("buildroot_engine", "auto"),
            /// Directory of installed roots that the native engine starts from. Not in upstream.
            cache_dir: PathBuf = ("cache_dir", "/var/cache/kojid"),
            /// MiB of that directory at most; the least recently used roots go first. Not in upstream.
            cache_max_mb: u64 = ("cache_max_mb", "20480"),
            /// Directory of mock's buildroots.
            mockdir: PathBuf = ("mockdir", "/var/lib/mock"),
            /// User that builds run as.
            mockuser: String = ("mockuser", "kojibuilder"),
            /// Last part of the host triple that rpmbuild sees.
            mockhost: String = ("mockhost", "koji-linux-gnu"),
            /// Directory for temporary files inside a buildroot.
            chroot_tmpdir: PathBuf = ("chroot_tmpdir", "/chroot_tmpdir"),
            /// Let mock bootstrap from a container image.
            mock_bootstrap_image: bool = ("mock_bootstrap_image", "no"),
            /// Packager, vendor and distribution of the rpms.
            packager: String = ("packager", "Koji"),
            /// See packager.
            vendor: String = ("vendor", "Koji"),
            /// See packager.
            distribution: String = ("distribution", "Koji"),
            /// Seconds after which a build is stopped; 0 is never.
            rpmbuild_timeout: u64 = ("rpmbuild_timeout", "86400"),
            /// Proxy for downloads of packages.
            yum_proxy: Option<String> = ("yum_proxy", ""),
            /// Seconds that the buildroot of a failed build is kept.
            failed_buildroot_lifetime: u64 = ("failed_buildroot_lifetime", "14400"),
            /// Seconds after which the buildroot of an ended task is emptied.
            buildroot_basic_cleanup_delay: u64 = ("buildroot_basic_cleanup_delay", "120"),
            /// Seconds after which its directory and configuration are removed.
            buildroot_final_cleanup_delay: u64 = ("buildroot_final_cleanup_delay", "86400"),
        }
        "Sources" {
            /// Where sources may come from: host:path[:use_common[:source_cmd]], globs, first match decides,
            /// !host:path forbids.
            allowed_scms: String = ("allowed_scms", ""),
            /// Use allowed_scms.
            allowed_scms_use_config: bool = ("allowed_scms_use_config", "yes"),
            /// Ask the hub's policy build_from_scm.
            allowed_scms_use_policy: bool = ("allowed_scms_use_policy", "no"),
            /// Directory shown inside the buildroot as /credentials while sources are fetched.
            scm_credentials_dir: Option<PathBuf> = ("scm_credentials_dir", ""),
            /// Allow user:password in source URLs.
            allow_password_in_scm_url: bool = ("allow_password_in_scm_url", "no"),
            /// Accept checkouts with the folders SPECS and SOURCES.
            support_rpm_source_layout: bool = ("support_rpm_source_layout", "yes"),
        }
        "Repositories" {
            /// How metadata is compressed: gzip, or zstd, which mergerepo_c before version 1.0 cannot read.
            /// Not in upstream.
            repodata_compression: Compression = ("repodata_compression", "gzip"),
            /// No effect: kojid writes metadata itself. createrepo_c makes delta rpms and zchunk files only.
            use_createrepo_c: bool = ("use_createrepo_c", "yes"),
            /// No effect: every package is looked at, which takes no time worth saving.
            createrepo_skip_stat: bool = ("createrepo_skip_stat", "yes"),
            /// No effect: what is known of packages is kept below cache_dir, whatever repository they are in.
            createrepo_update: bool = ("createrepo_update", "yes"),
            /// No effect, see createrepo_skip_stat.
            distrepo_skip_stat: bool = ("distrepo_skip_stat", "no"),
            /// Copy the metadata of the tag's current repository, or of the nearest inherited tag's, where the packages,
            /// the groups, the blocked packages and the external repositories are the same. Upstream's default is no.
            copy_old_repodata: bool = ("copy_old_repodata", "yes"),
            /// Globs of files left out of Maven repositories.
            maven_repo_ignore: String = ("maven_repo_ignore", "*.md5 *.sha1 maven-metadata*.xml _maven.repositories resolver-status.properties *.lastUpdated"),
        }
        "Images" {
            /// Seconds after which an oz installation is stopped; 0 is oz's default.
            oz_install_timeout: u64 = ("oz_install_timeout", "0"),
            /// Options of xz for images.
            xz_options: String = ("xz_options", "-z6T0"),
        }
        "Mail" {
            /// Mail server: `host` or `host:port`.
            smtphost: String = ("smtphost", "example.com"),
            /// User at the mail server.
            smtp_user: Option<String> = ("smtp_user", ""),
            /// Its password.
            smtp_pass: Option<String> = ("smtp_pass", ""),
            /// Sender of mails.
            from_addr: String = ("from_addr", "Koji Build System <buildsys@example.com>"),
            /// Addresses that get mail about internal errors.
            admin_emails: Option<String> = ("admin_emails", ""),
        }
        "Resource limits of the daemon: soft, or soft and hard; -1 is unlimited" {
            /// Bytes of memory.
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
    }
}

/// Which engine makes buildroots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Mock where it is installed, else the native one.
    Auto,
    Native,
    Mock,
}

impl FromText for Engine {
    const EXPECTED: &'static str = "auto, native or mock";

    fn from_text(text: &str) -> Option<Engine> {
        match text {
            "auto" => Some(Engine::Auto),
            "native" => Some(Engine::Native),
            "mock" => Some(Engine::Mock),
            _ => None,
        }
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(
            match self {
                Engine::Auto => "auto",
                Engine::Native => "native",
                Engine::Mock => "mock",
            }
            .to_owned(),
        )
    }
}

/// How repository metadata is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
}

impl FromText for Compression {
    const EXPECTED: &'static str = "gzip or zstd";

    fn from_text(text: &str) -> Option<Compression> {
        match text {
            "gzip" => Some(Compression::Gzip),
            "zstd" => Some(Compression::Zstd),
            _ => None,
        }
    }

    fn to_value(&self) -> OptionValue {
        let name = match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        };
        OptionValue::Text(name.to_owned())
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct KojidConfig {
    pub settings: KojidSettings,
    pub warnings: Vec<Warning>,
}

const FILE: &str = "/etc/kojid/kojid.conf";

impl KojidConfig {
    /// Reads the file, which must exist when it is named; otherwise `/etc/kojid/kojid.conf` if it is there.
    pub fn load(file: Option<&Path>) -> Result<KojidConfig, ConfigError> {
        let source = file.map_or_else(|| Source::optional(FILE), Source::required);
        KojidConfig::from_ini(&files::read(&[source])?)
    }

    /// The configuration in a single file's text.
    pub fn from_text(text: &str) -> Result<KojidConfig, ConfigError> {
        KojidConfig::from_ini(&Ini::from_text(Path::new("kojid.conf"), text)?)
    }

    fn from_ini(ini: &Ini) -> Result<KojidConfig, ConfigError> {
        only_section(ini, "kojid")?;
        let mut config = KojidConfig::default();
        if let Some(section) = ini.section("kojid") {
            config.warnings = fill(
                &mut config.settings,
                &section,
                Interpolation::On,
                Unknown::Fail,
                |entry, _, warnings| {
                    let obsolete = entry.name == "pkgurl";
                    if obsolete {
                        let message = "pkgurl is obsolete and not used; topurl takes its place".to_owned();
                        warnings.push(Warning { origin: entry.origin.clone(), message });
                    }
                    Ok(obsolete)
                },
            )?;
        }
        let settings = &mut config.settings;
        settings.cert = cert_or_usual(settings.cert.take(), Path::new("/etc/kojid/client.crt"));
        settings.serverca = cert_or_usual(settings.serverca.take(), Path::new("/etc/kojid/serverca.crt"));
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_typed() {
        let text = "[kojid]\nserver = http://hub/kojihub\nmaxjobs = 4\nbuildroot_engine = native\nRLIMIT_NOFILE = 1024 4096\n\
                    host_principal_format = compile/%%s@X\nallowed_scms =\n    good.example.com:/*\n    !bad:*\npkgurl = x\n";
        let config = KojidConfig::from_text(text).unwrap();
        let s = &config.settings;
        assert_eq!((s.maxjobs, s.buildroot_engine, s.minspace), (4, Engine::Native, 8192));
        assert_eq!(s.rlimit_nofile, Some(Limit { soft: 1024, hard: Some(4096) }));
        assert_eq!(s.host_principal_format, "compile/%s@X");
        assert_eq!(s.allowed_scms.split_whitespace().collect::<Vec<_>>(), ["good.example.com:/*", "!bad:*"]);
        assert_eq!(config.warnings.len(), 1);
    }

    #[test]
    fn what_is_unknown_is_an_error() {
        let message = |text: &str| KojidConfig::from_text(text).unwrap_err().to_string();
        assert_eq!(
            message("[kojid]\nmaxjob = 4\n"),
            "kojid.conf:2: unknown config option: maxjob (did you mean maxjobs?)"
        );
        assert_eq!(
            message("[kojid]\n[hub]\n"),
            "kojid.conf:2: invalid section found in config file: hub (only [kojid] belongs here)"
        );
        assert_eq!(
            message("[kojid]\nbuildroot_engine = podman\n"),
            "kojid.conf:2: value for buildroot_engine config option must be auto, native or mock, not \"podman\""
        );
    }
}
