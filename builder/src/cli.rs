//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The build daemon: takes tasks from a Koji hub and builds them.
#[derive(Debug, Clone, Parser)]
#[command(name = "kojid", version, max_term_width = 100)]
pub struct Cli {
    /// Configuration file [default: /etc/kojid/kojid.conf when it exists]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// User for a login by password
    #[arg(long)]
    pub user: Option<String>,
    /// Its password; the configuration file is the better place, other users see command lines
    #[arg(long)]
    pub password: Option<String>,
    /// Stay in the foreground (kojid always does; accepted for compatibility)
    #[arg(short, long)]
    pub fg: bool,
    /// Take the host's exclusive session over from another kojid
    #[arg(long)]
    pub force_lock: bool,
    /// Log more
    #[arg(short, long)]
    pub verbose: bool,
    /// Log everything
    #[arg(short, long)]
    pub debug: bool,
    /// URL of the hub
    #[arg(short, long, value_name = "URL")]
    pub server: Option<String>,
    /// Tasks at the same time
    #[arg(long, value_name = "N")]
    pub maxjobs: Option<u32>,
    /// MiB that must be free
    #[arg(long, value_name = "MIB")]
    pub minspace: Option<u64>,
    /// Seconds between two looks for work
    #[arg(long, value_name = "SECONDS")]
    pub sleeptime: Option<u64>,
    /// Directory of the hub's files
    #[arg(long, value_name = "DIR")]
    pub topdir: Option<PathBuf>,
    /// URL of the hub's files
    #[arg(long, value_name = "URL")]
    pub topurl: Option<String>,
    /// Directory for the tasks' work
    #[arg(long, value_name = "DIR")]
    pub workdir: Option<PathBuf>,
    /// Directory of mock's buildroots
    #[arg(long, value_name = "DIR")]
    pub mockdir: Option<PathBuf>,
    /// User that mock runs as
    #[arg(long, value_name = "USER")]
    pub mockuser: Option<String>,
    /// Comma separated mail addresses of the administrators
    #[arg(long, value_name = "ADDRESSES")]
    pub admin_emails: Option<String>,
}

impl Cli {
    /// Lays the command line over the file's settings.
    pub fn apply(&self, settings: &mut koji_config::kojid::KojidSettings) {
        fn set<T: Clone>(to: &mut T, from: &Option<T>) {
            if let Some(v) = from {
                to.clone_from(v);
            }
        }
        fn set_some<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
            if from.is_some() {
                to.clone_from(from);
            }
        }
        set_some(&mut settings.user, &self.user);
        set_some(&mut settings.password, &self.password);
        set_some(&mut settings.server, &self.server);
        set_some(&mut settings.topurl, &self.topurl);
        set_some(&mut settings.admin_emails, &self.admin_emails);
        set(&mut settings.maxjobs, &self.maxjobs);
        set(&mut settings.minspace, &self.minspace);
        set(&mut settings.sleeptime, &self.sleeptime);
        set(&mut settings.topdir, &self.topdir);
        set(&mut settings.workdir, &self.workdir);
        set(&mut settings.mockdir, &self.mockdir);
        set(&mut settings.mockuser, &self.mockuser);
    }
}
