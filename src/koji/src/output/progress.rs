//! Progress of uploads and downloads.

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use koji_client::Progress;

/// A bar with rate and remaining time for one file. It is cleared from the terminal when the last reference goes.
pub fn bar(name: &str) -> Progress {
    let style = ProgressStyle::with_template(
        "{msg:<40!} [{bar:36}] {percent:>3}% {bytes:>10}/{total_bytes} {bytes_per_sec} {eta}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar())
    .progress_chars("= ");
    let bar = ProgressBar::new(0).with_style(style).with_message(super::clean(name).into_owned());
    Arc::new(move |done, total| {
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(done);
        if Some(done) == total {
            bar.finish();
        }
    })
}
