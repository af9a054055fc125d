//! Keys that came in a burst, so that they are one frame.

use std::task::Poll;

use futures::{Stream, StreamExt};

/// What the stream has now. Its waker stays the caller's: the stream of keys remembers the first one that it is asked with
/// until a key comes, and with a waker that wakes nobody that key would lie until the clock's next stroke.
pub async fn at_once<S: Stream + Unpin>(stream: &mut S) -> Option<Option<S::Item>> {
    std::future::poll_fn(|context| {
        Poll::Ready(match stream.poll_next_unpin(context) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => None,
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::*;

    /// As the stream of keys: who asks first is woken.
    #[derive(Clone, Default)]
    struct Keys(Arc<Mutex<(VecDeque<char>, Option<Waker>)>>);

    impl Keys {
        fn press(&self, key: char) {
            let mut inner = self.0.lock().unwrap();
            inner.0.push_back(key);
            if let Some(waker) = inner.1.take() {
                waker.wake();
            }
        }
    }

    impl Stream for Keys {
        type Item = char;

        fn poll_next(self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<char>> {
            let mut inner = self.0.lock().unwrap();
            if let Some(key) = inner.0.pop_front() {
                return Poll::Ready(Some(key));
            }
            inner.1.get_or_insert_with(|| context.waker().clone());
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_key_after_a_burst_wakes_the_program() {
        let keys = Keys::default();
        let mut read = keys.clone();
        keys.press('a');
        assert_eq!(at_once(&mut read).await, Some(Some('a')));
        assert_eq!(at_once(&mut read).await, None);
        let finger = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            keys.press('b');
        });
        let key = tokio::select! {
            biased;
            // wakes the program as its clock does
            () = tokio::time::sleep(Duration::from_secs(1)) => None,
            key = read.next() => key,
        };
        assert_eq!(key, Some('b'));
        finger.await.unwrap();
    }
}
