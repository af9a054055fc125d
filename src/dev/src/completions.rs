//! Shell completions of `koji`.

use std::path::Path;

use clap_complete::{Shell, generate};

use crate::generated::File;

pub fn files() -> Vec<File> {
    let shells = [(Shell::Bash, "koji.bash"), (Shell::Zsh, "_koji"), (Shell::Fish, "koji.fish")];
    let file = |(shell, name): (Shell, &str)| {
        let mut content = Vec::new();
        generate(shell, &mut koji::command(), "koji", &mut content);
        File { path: Path::new("completions").join(name), content }
    };
    shells.into_iter().map(file).collect()
}
