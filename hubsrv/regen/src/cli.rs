//! The command line.

use std::path::PathBuf;

use clap::Parser;
use koji_config::kojira::KojiraSettings;

/// The repository daemon of a Koji build system.
#[derive(Debug, Clone, Parser)]
#[command(name = "kojira", version, max_term_width = 100)]
pub struct Cli {
    /// Configuration file [default: /etc/kojira/kojira.conf when it exists]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// User for a login by password
    #[arg(long)]
    pub user: Option<String>,
    /// Its password; the configuration file is the better place, other users see command lines
    #[arg(long)]
    pub password: Option<String>,
    /// Kerberos principal
    #[arg(long)]
    pub principal: Option<String>,
    /// Kerberos keytab
    #[arg(long, value_name = "FILE")]
    pub keytab: Option<PathBuf>,
    /// Stay in the foreground (kojira always does; accepted for compatibility)
    #[arg(short, long)]
    pub fg: bool,
    /// Log everything
    #[arg(short, long)]
    pub debug: bool,
    /// Log warnings and errors only
    #[arg(short, long)]
    pub quiet: bool,
    /// Say what is done
    #[arg(short, long)]
    pub verbose: bool,
    /// Take the exclusive session over from another kojira
    #[arg(long)]
    pub force_lock: bool,
    /// Log in and end
    #[arg(long, hide = true)]
    pub skip_main: bool,
    /// Accepted for compatibility, without effect
    #[arg(long, hide = true)]
    pub debug_xmlrpc: bool,
    /// Accepted for compatibility, without effect
    #[arg(long, hide = true, value_name = "FILE")]
    pub queue_file: Option<PathBuf>,
    /// Print the settings in force, and end
    #[arg(long)]
    pub show_config: bool,
    /// Seconds between two looks at the repositories
    #[arg(long, value_name = "SECONDS")]
    pub sleeptime: Option<u64>,
    /// URL of the hub
    #[arg(short, long, value_name = "URL")]
    pub server: Option<String>,
    /// Directory of the hub's files
    #[arg(long, value_name = "DIR")]
    pub topdir: Option<PathBuf>,
    /// Log file
    #[arg(long, value_name = "FILE")]
    pub logfile: Option<PathBuf>,
}

impl Cli {
    /// Lays the command line over the file's settings.
    pub fn apply(&self, s: &mut KojiraSettings) {
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
        set_some(&mut s.user, &self.user);
        set_some(&mut s.password, &self.password);
        set_some(&mut s.principal, &self.principal);
        set_some(&mut s.server, &self.server);
        set_some(&mut s.logfile, &self.logfile);
        set(&mut s.keytab, &self.keytab);
        set(&mut s.sleeptime, &self.sleeptime);
        set(&mut s.topdir, &self.topdir);
        s.debug |= self.debug;
        s.verbose |= self.verbose;
    }
}
