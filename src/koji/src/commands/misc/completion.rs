use koji_config::ClientSources;

use crate::completion::scripts::Shell;
use crate::error::Result;
use crate::output::Output;

/// Print the completion script for a shell
///
/// bash: `koji completion bash > ~/.local/share/bash-completion/completions/koji`, zsh: into a file `_koji` in a directory of $fpath,
/// fish: `koji completion fish > ~/.config/fish/completions/koji.fish`. Packages install them.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    shell: Shell,
}

pub fn run(_: &ClientSources, out: &Output, a: Arguments) -> Result {
    out.text(a.shell.script());
    Ok(())
}
