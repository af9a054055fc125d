//! Answers of reading calls, kept as they were sent, and sent again as long as nothing that they were made of has changed.
//!
//! Whether that is so is asked of the database after the call has come in ([`koji_db::changes`]), so an answer is never older
//! than one worked out now, whoever wrote. Long ones are kept compressed; all of them together have a limit, and what was not
//! asked for longest goes first.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use koji_api::Fault;
use koji_db::Tables;
use koji_db::changes::{Basis, Look};
use lru::LruCache;
use zstd::bulk::Decompressor;

/// Longer questions are not kept.
const LONGEST_QUESTION: usize = 64 * 1024;
/// No answer may take more of the room than one part in so many.
const SHARE: usize = 2;
/// Bytes of a piece: what sending one again takes of memory.
const PIECE: usize = 64 * 1024;
/// Shorter answers are not compressed.
const COMPRESSED_FROM: usize = 16 * 1024;
/// Fast, and still one part in ten or less of such answers.
const LEVEL: i32 = 1;
/// Bytes that an answer takes beside itself and its question, about.
const OVERHEAD: usize = 256;

/// The answers that this process keeps.
#[derive(Debug)]
pub struct Kept {
    /// Bytes of all answers together, compressed; 0 keeps none.
    room: usize,
    answers: Mutex<Answers>,
}

#[derive(Debug)]
struct Answers {
    by_question: LruCache<Bytes, Answer>,
    bytes: usize,
}

/// A kept answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The method that gave it.
    pub method: &'static str,
    pub saved: Saved,
    pub basis: Basis,
}

/// What was answered.
#[derive(Debug, Clone)]
pub enum Saved {
    Document(Arc<Packed>),
    Fault(Fault),
}

impl Saved {
    fn size(&self) -> usize {
        match self {
            Saved::Document(packed) => packed.size(),
            Saved::Fault(fault) => fault.message.len(),
        }
    }
}

impl Kept {
    /// Keeps up to `room` bytes of answers.
    pub fn new(room: usize) -> Kept {
        Kept { room, answers: Mutex::new(Answers { by_question: LruCache::unbounded(), bytes: 0 }) }
    }

    /// Whether an answer to the question can be kept: a call, as the document that came in.
    pub fn takes(&self, question: &[u8]) -> bool {
        self.room > 0 && !question.is_empty() && question.len() <= LONGEST_QUESTION
    }

    pub fn find(&self, question: &[u8]) -> Option<Answer> {
        self.takes(question).then(|| self.lock().by_question.get(question).cloned())?
    }

    /// Collects the answer to a question that is being worked out in a transaction that began after `look`.
    pub fn collect(&self, method: &'static str, question: Bytes, look: Look) -> Collector {
        Collector {
            method,
            question,
            look,
            packed: Packed::default(),
            longest: self.room / SHARE,
            given_up: false,
        }
    }

    /// Keeps a whole answer, which was made of `tables`.
    pub fn keep(&self, collected: Collector, tables: Tables) {
        let Collector { method, question, look, packed, given_up, .. } = collected;
        if !given_up && packed.length > 0 {
            let saved = Saved::Document(Arc::new(packed));
            self.insert(question, Answer { method, saved, basis: look.basis(tables) });
        }
    }

    /// Keeps a fault that says what was found in `tables`.
    pub fn keep_fault(&self, collected: Collector, fault: Fault, tables: Tables) {
        let Collector { method, question, look, .. } = collected;
        self.insert(question, Answer { method, saved: Saved::Fault(fault), basis: look.basis(tables) });
    }

    fn insert(&self, question: Bytes, answer: Answer) {
        if !answer.basis.is_known() {
            return;
        }
        let mut answers = self.lock();
        answers.bytes += size(&question, &answer);
        if let Some((question, old)) = answers.by_question.push(question, answer) {
            answers.bytes -= size(&question, &old);
        }
        while answers.bytes > self.room {
            let Some((question, oldest)) = answers.by_question.pop_lru() else { return };
            answers.bytes -= size(&question, &oldest);
        }
    }

    /// Number of answers and their bytes.
    pub fn size(&self) -> (usize, usize) {
        let answers = self.lock();
        (answers.by_question.len(), answers.bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(question: &Bytes, answer: &Answer) -> usize {
    question.len() + answer.saved.size() + OVERHEAD
}

/// A document in pieces, which are compressed if there are several or they are long.
#[derive(Debug, Default)]
pub struct Packed {
    pieces: Vec<Piece>,
    length: usize,
}

#[derive(Debug)]
enum Piece {
    Plain(Bytes),
    Compressed { bytes: Box<[u8]>, length: usize },
}

impl Piece {
    fn size(&self) -> usize {
        match self {
            Piece::Plain(bytes) => bytes.len(),
            Piece::Compressed { bytes, .. } => bytes.len(),
        }
    }
}

impl Packed {
    /// Bytes that it takes.
    fn size(&self) -> usize {
        self.pieces.iter().map(|p| p.size() + size_of::<Piece>()).sum()
    }

    /// Bytes of the document.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The document, if it is there in one piece.
    pub fn plain(&self) -> Option<Bytes> {
        match self.pieces.as_slice() {
            [Piece::Plain(bytes)] => Some(bytes.clone()),
            _ => None,
        }
    }

    /// The document's piece of that number; `None` behind the last.
    pub fn piece(&self, number: usize) -> Option<io::Result<Bytes>> {
        Some(match self.pieces.get(number)? {
            Piece::Plain(bytes) => Ok(bytes.clone()),
            Piece::Compressed { bytes, length } => decompressed(bytes, *length).map(Bytes::from),
        })
    }
}

/// With what each thread has for this: to make it anew would be a third of the work.
fn decompressed(bytes: &[u8], length: usize) -> io::Result<Vec<u8>> {
    thread_local! {
        static WITH: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    WITH.with_borrow_mut(|with| {
        let with = match with {
            Some(with) => with,
            none => none.insert(Decompressor::new()?),
        };
        with.decompress(bytes, length)
    })
}

/// An answer on its way out, of which a copy is to be kept.
#[derive(Debug)]
pub struct Collector {
    method: &'static str,
    question: Bytes,
    look: Look,
    packed: Packed,
    longest: usize,
    given_up: bool,
}

impl Collector {
    /// A document that is there already.
    pub fn add_whole(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.add(piece);
        }
    }

    /// The next piece of the document.
    pub fn add(&mut self, bytes: &[u8]) {
        if self.given_up || self.packed.size() > self.longest {
            self.given_up = true;
            self.packed = Packed::default();
            return;
        }
        self.packed.length += bytes.len();
        let piece = if bytes.len() < COMPRESSED_FROM {
            Piece::Plain(Bytes::copy_from_slice(bytes))
        } else {
            match zstd::bulk::compress(bytes, LEVEL) {
                Ok(compressed) => Piece::Compressed { bytes: compressed.into(), length: bytes.len() },
                Err(e) => {
                    tracing::warn!("an answer could not be compressed, so it is not kept: {e}");
                    self.given_up = true;
                    return;
                }
            }
        };
        self.packed.pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use koji_db::changes::Watch;

    use super::*;

    /// Bytes that do not get shorter.
    fn noise(length: usize) -> Vec<u8> {
        (0..length).map(|_| rand::random()).collect()
    }

    #[tokio::test]
    async fn room_is_kept_and_the_oldest_go_first() {
        let look = Watch::new(koji_db::testing::database().await.unwrap()).look().await.unwrap();
        let kept = Kept::new(100_000);
        let store = |name: &'static str, bytes: &[u8]| {
            let question = Bytes::from(name);
            let mut collector = kept.collect(name, question.clone(), look.clone());
            let (first, rest) = bytes.split_at(bytes.len() / 2);
            collector.add(first);
            collector.add(rest);
            kept.keep(collector, Tables::default());
            question
        };
        let a = noise(40_000);
        let first = store("a", &a);
        let second = store("b", &noise(40_000));
        let document = |question: &[u8]| match kept.find(question).unwrap().saved {
            Saved::Document(packed) => packed,
            Saved::Fault(fault) => panic!("{fault}"),
        };
        let found = kept.find(&first).unwrap();
        let packed = document(&first);
        let back: Vec<u8> = (0..).map_while(|n| packed.piece(n)).flat_map(|p| p.unwrap().to_vec()).collect();
        assert_eq!((back, packed.length(), found.method), (a, 40_000, "a"));
        assert!(look.holds(&found.basis));
        // "b" was not asked for since
        let third = store("c", &noise(40_000));
        assert!(kept.find(&first).is_some() && kept.find(&second).is_none() && kept.find(&third).is_some());
        assert!(kept.size().0 == 2 && kept.size().1 <= 100_000, "{:?}", kept.size());
        // again in its own place
        store("c", &noise(45_000));
        assert_eq!(kept.size().0, 2);
        // too long, no room at all
        let long = store("e", &noise(150_000));
        assert!(kept.find(&long).is_none());
        assert!(!Kept::new(0).takes(b"a") && !kept.takes(b"") && !kept.takes(&noise(70_000)));
        // a short one is sent as it is
        let mut collector = kept.collect("d", Bytes::from("d"), look.clone());
        collector.add_whole(b"<x/>");
        kept.keep(collector, Tables::default());
        assert_eq!(document(b"d").plain().unwrap(), "<x/>");
        let collector = kept.collect("f", Bytes::from("f"), look.clone());
        kept.keep_fault(collector, Fault::generic("no such tag"), Tables::default());
        let saved = kept.find(b"f").unwrap().saved;
        assert!(matches!(&saved, Saved::Fault(fault) if fault.message == "no such tag"), "{saved:?}");
        assert!(document(&first).plain().is_none());
    }
}
