//! Work that only computes, behind the screens: searching logs that grow, comparing them. It goes on one thread, one piece
//! after the other, which gives way to everything else: however much there is to look through, a key does not wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};

use tokio::sync::oneshot;

type Piece = Box<dyn FnOnce() + Send>;

/// Steps of niceness below the rest of the program.
const BELOW: i32 = 10;

static PIECES: LazyLock<Sender<Piece>> = LazyLock::new(start);

fn start() -> Sender<Piece> {
    let (pieces, inbox) = channel::<Piece>();
    std::thread::spawn(move || {
        // of this thread alone, as Linux has it, and of those that it starts; where that is refused it works as the others
        let _ = rustix::process::nice(BELOW);
        for piece in inbox {
            // said by the hook; the next piece has nothing to do with it
            let _ = catch_unwind(AssertUnwindSafe(piece));
        }
    });
    pieces
}

/// What `work` gives when its turn came; `None` when it panicked.
pub async fn behind<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    let piece = Box::new(move || {
        // whoever asked may be gone
        let _ = done.send(work());
    });
    PIECES.send(piece).ok()?;
    result.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_piece_after_the_other_below_the_rest_and_past_a_panic() {
        let own = rustix::process::nice(0).unwrap();
        let (first, broken, nice, own_still) = tokio::join!(
            behind(|| 1),
            behind::<()>(|| panic!("a defect")),
            behind(|| rustix::process::nice(0).unwrap()),
            async { rustix::process::nice(0).unwrap() },
        );
        assert_eq!((first, broken), (Some(1), None));
        assert_eq!(nice, Some((own + BELOW).min(19)));
        assert_eq!(own_still, own);
    }
}
