//! Shell completions of `koji`.

use std::path::Path;

use koji::completion::scripts::Shell;

use crate::generated::File;

pub fn files() -> Vec<File> {
    let file = |shell: Shell| File {
        path: Path::new("completions").join(shell.file_name()),
        content: shell.script().into_bytes(),
    };
    Shell::ALL.into_iter().map(file).collect()
}
