//! Progress of uploads and downloads.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use koji_client::Progress;

/// Bars of files that come at the same time, below each other.
#[derive(Clone, Default)]
pub struct Bars(MultiProgress);

impl Bars {
    /// The bar of one more file.
    pub fn bar(&self, name: &str) -> Progress {
        follow(self.0.add(styled(name)))
    }

    /// Prints something else without a bar in between.
    pub fn aside(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }
}

/// A bar with rate and remaining time for one file. It is cleared from the terminal when the last reference goes.
pub fn bar(name: &str) -> Progress {
    follow(styled(name))
}

fn styled(name: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{msg:<40!} [{bar:36}] {percent:>3}% {bytes:>10}/{total_bytes} {bytes_per_sec} {eta}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar())
    .progress_chars("= ");
    ProgressBar::new(0).with_style(style).with_message(super::clean(name).into_owned())
}

fn follow(bar: ProgressBar) -> Progress {
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
