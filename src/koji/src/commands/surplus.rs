//! Words behind the arguments of a command, where upstream's client takes no notice of them.

/// Taken and ignored: scripts that pass them work with upstream's client, too.
#[derive(Debug, clap::Args)]
pub struct Surplus {
    #[arg(hide = true, value_name = "WORD", id = "surplus")]
    _words: Vec<String>,
}
