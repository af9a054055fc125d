//! Long answers of reading calls, kept as they were sent, and sent again as long as nothing that they were made of has changed.
//!
//! Whether that is so is asked of the database in the transaction of the call ([`koji_db::changes`]), so an answer is never older
//! than one worked out now, whoever wrote. What is kept is compressed; all of it together has a limit, and what was not asked for
//! longest goes first.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use koji_db::changes::Snapshot;
use koji_xmlrpc::{Value, write_call};

/// Answers that are shorter are worked out as fast as they are looked up.
const SHORTEST: usize = 16 * 1024;
/// Longer questions are not kept.
const LONGEST_QUESTION: usize = 4 * 1024;
/// No answer may take more of the room than one part in so many.
const SHARE: usize = 2;
/// Bytes of a piece: what sending one again takes of memory.
const PIECE: usize = 64 * 1024;
/// Fast, and still one part in ten or less of such answers.
const LEVEL: i32 = 1;

/// The answers that this process keeps.
#[derive(Debug)]
pub struct Kept {
    /// Bytes of all answers together, compressed; 0 keeps none.
    room: usize,
    shortest: usize,
    answers: Mutex<Answers>,
}

#[derive(Debug, Default)]
struct Answers {
    by_question: HashMap<Question, Answer>,
    bytes: usize,
    /// Counts questions, to tell which was asked last.
    turn: u64,
}

#[derive(Debug)]
struct Answer {
    packed: Arc<Packed>,
    basis: Basis,
    asked: u64,
}

/// A call, as a document.
type Question = Arc<[u8]>;

/// What an answer was made of.
#[derive(Debug, Clone)]
pub struct Basis {
    pub snapshot: Snapshot,
    pub tables: Arc<BTreeSet<&'static str>>,
}

impl Kept {
    /// Keeps up to `room` bytes of answers.
    pub fn new(room: usize) -> Kept {
        Kept { room, shortest: SHORTEST, answers: Mutex::default() }
    }

    /// As [`Kept::new`], short answers too. For tests.
    pub fn whatever_length(room: usize) -> Kept {
        Kept { shortest: 0, ..Kept::new(room) }
    }

    /// The call as a question, if answers to it can be kept.
    pub fn question(&self, method: &str, params: &[Value]) -> Option<Question> {
        let text = (self.room > 0).then(|| write_call(method, params))?;
        (text.len() <= LONGEST_QUESTION).then(|| text.into())
    }

    pub fn find(&self, question: &Question) -> Option<(Arc<Packed>, Basis)> {
        let mut answers = self.lock();
        answers.turn += 1;
        let turn = answers.turn;
        let answer = answers.by_question.get_mut(question)?;
        answer.asked = turn;
        Some((Arc::clone(&answer.packed), answer.basis.clone()))
    }

    /// The answer holds at a later state of the database, too: the next look begins there.
    pub fn confirm(&self, question: &Question, packed: &Arc<Packed>, snapshot: Snapshot) {
        if let Some(answer) = self.lock().by_question.get_mut(question)
            && Arc::ptr_eq(&answer.packed, packed)
        {
            answer.basis.snapshot = snapshot;
        }
    }

    /// Collects the answer to a question that is being worked out at a state of the database.
    pub fn collect(&self, question: Question, snapshot: Snapshot) -> Collector {
        Collector {
            question,
            snapshot,
            packed: Packed::default(),
            shortest: self.shortest,
            longest: self.room / SHARE,
            given_up: false,
        }
    }

    /// Keeps a whole answer, which was made of `tables`.
    pub fn keep(&self, collected: Collector, tables: BTreeSet<&'static str>) {
        if collected.given_up || collected.packed.length == 0 {
            return;
        }
        let packed = Arc::new(collected.packed);
        let size = packed.size() + collected.question.len();
        let basis = Basis { snapshot: collected.snapshot, tables: Arc::new(tables) };
        let mut answers = self.lock();
        answers.remove(&collected.question);
        while answers.bytes + size > self.room {
            let oldest = answers.by_question.iter().min_by_key(|(_, a)| a.asked).map(|(q, _)| Arc::clone(q));
            let Some(oldest) = oldest else { return };
            answers.remove(&oldest);
        }
        answers.bytes += size;
        let asked = answers.turn;
        answers.by_question.insert(collected.question, Answer { packed, basis, asked });
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

impl Answers {
    fn remove(&mut self, question: &Question) {
        if let Some(old) = self.by_question.remove(question) {
            self.bytes -= old.packed.size() + question.len();
        }
    }
}

/// A document in compressed pieces.
#[derive(Debug, Default)]
pub struct Packed {
    pieces: Vec<Piece>,
    length: usize,
}

#[derive(Debug)]
struct Piece {
    compressed: Box<[u8]>,
    length: usize,
}

impl Packed {
    /// Bytes that it takes.
    fn size(&self) -> usize {
        self.pieces.iter().map(|p| p.compressed.len() + size_of::<Piece>()).sum()
    }

    /// Bytes of the document.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The document's piece of that number; `None` behind the last.
    pub fn piece(&self, number: usize) -> Option<io::Result<Bytes>> {
        let piece = self.pieces.get(number)?;
        Some(zstd::bulk::decompress(&piece.compressed, piece.length).map(Bytes::from))
    }
}

/// An answer on its way out, of which a copy is to be kept.
#[derive(Debug)]
pub struct Collector {
    question: Question,
    snapshot: Snapshot,
    packed: Packed,
    shortest: usize,
    longest: usize,
    given_up: bool,
}

impl Collector {
    /// A document that is there already.
    pub fn add_whole(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.chunks(PIECE).peekable();
        while let Some(piece) = pieces.next() {
            self.add(piece, pieces.peek().is_none());
        }
    }

    /// The next piece of the document; whether it is the last one.
    pub fn add(&mut self, bytes: &[u8], last: bool) {
        let too_short = last && self.packed.length + bytes.len() < self.shortest;
        if self.given_up || too_short || self.packed.size() > self.longest {
            self.given_up = true;
            self.packed = Packed::default();
            return;
        }
        match zstd::bulk::compress(bytes, LEVEL) {
            Ok(compressed) => {
                let piece = Piece { compressed: compressed.into(), length: bytes.len() };
                self.packed.pieces.push(piece);
                self.packed.length += bytes.len();
            }
            Err(e) => {
                tracing::warn!("an answer could not be compressed, so it is not kept: {e}");
                self.given_up = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn snapshot() -> Snapshot {
        let db = koji_db::testing::database().await.unwrap();
        let mut tx = db.begin(koji_db::Mode::Read);
        koji_db::changes::snapshot(&mut tx).await.unwrap()
    }

    /// Bytes that do not get shorter.
    fn noise(length: usize) -> Vec<u8> {
        (0..length).map(|_| rand::random()).collect()
    }

    #[tokio::test]
    async fn room_is_kept_and_the_oldest_go_first() {
        let snapshot = snapshot().await;
        let kept = Kept::new(100_000);
        let store = |name: &str, bytes: &[u8]| {
            let question = kept.question(name, &[]).unwrap();
            let mut collector = kept.collect(Arc::clone(&question), snapshot.clone());
            let (first, rest) = bytes.split_at(bytes.len() / 2);
            collector.add(first, false);
            collector.add(rest, true);
            kept.keep(collector, BTreeSet::from(["tag"]));
            question
        };
        let a = noise(40_000);
        let first = store("a", &a);
        let second = store("b", &noise(40_000));
        let (packed, basis) = kept.find(&first).unwrap();
        let back: Vec<u8> = (0..).map_while(|n| packed.piece(n)).flat_map(|p| p.unwrap().to_vec()).collect();
        assert_eq!((back, packed.length()), (a, 40_000));
        assert_eq!(*basis.tables, BTreeSet::from(["tag"]));
        // "b" was not asked for since
        let third = store("c", &noise(40_000));
        assert!(kept.find(&first).is_some() && kept.find(&second).is_none() && kept.find(&third).is_some());
        assert!(kept.size().0 == 2 && kept.size().1 <= 100_000, "{:?}", kept.size());
        // again in its own place
        store("c", &noise(45_000));
        assert_eq!(kept.size().0, 2);
        // too short, too long, no room at all
        let short = store("d", &noise(100));
        let long = store("e", &noise(150_000));
        assert!(kept.find(&short).is_none() && kept.find(&long).is_none());
        assert!(Kept::new(0).question("a", &[]).is_none());
        assert!(kept.question("a", &["x".repeat(5000).into()]).is_none());
    }
}
