//! Logs of random content, and what a naive reading of them says.

use proptest::prelude::*;

use crate::body::Body;
use crate::index::Index;
use crate::store::Store;

/// A log of which the part from chunk `base` on was appended and what is before it prepended.
#[derive(Debug, Clone)]
pub struct Case {
    pub content: Vec<u8>,
    pub chunk: u64,
    /// Chunks before the place where it was opened.
    pub base: u64,
    /// Pieces in which the rest arrived.
    pub pieces: usize,
}

pub fn contents() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        8 => "[a-e ]{0,12}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\n'), 0..20),
        1 => (1_usize..40_000).prop_map(|n| vec![b'x'; n]),
    ];
    let end = prop_oneof![6 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    let lines = prop::collection::vec((line, end), 0..60);
    (lines, "[a-e]{0,5}").prop_map(|(lines, rest)| {
        let mut all: Vec<u8> =
            lines.into_iter().flat_map(|(l, e)| [l, e.as_bytes().to_vec()].concat()).collect();
        all.extend(rest.bytes());
        all
    })
}

pub fn cases() -> impl Strategy<Value = Case> {
    (
        contents(),
        prop_oneof![Just(4_u64), Just(16), Just(64), Just(4096)],
        any::<prop::sample::Index>(),
        1_usize..5,
    )
        .prop_map(|(content, chunk, base, pieces)| {
            let last = (content.len() as u64).saturating_sub(1) / chunk;
            let base = base.index(usize::try_from(last).unwrap() + 1) as u64;
            Case { content, chunk, base, pieces }
        })
}

impl Case {
    pub fn build(&self) -> Body {
        let dir = std::env::temp_dir();
        let store = Store::spool(&dir).unwrap();
        store.write(0, &self.content).unwrap();
        let base = self.base * self.chunk;
        let body = Body::new(store, Index::new(self.chunk, base), 1);
        let (before, rest) = self.content.split_at(usize::try_from(base).unwrap());
        for piece in rest.chunks((rest.len() / self.pieces).max(1)) {
            body.append(piece);
        }
        for chunk in before.rchunks(usize::try_from(self.chunk).unwrap() * 3) {
            body.prepend(chunk);
        }
        body
    }

    /// Offset, bytes and whether there is an end, of each line.
    pub fn naive(&self) -> Vec<(u64, Vec<u8>, bool)> {
        let mut lines = Vec::new();
        let mut at = 0;
        for piece in self.content.split_inclusive(|b| *b == b'\n') {
            let text = piece.strip_suffix(b"\n");
            lines.push((at, text.unwrap_or(piece).to_vec(), text.is_some()));
            at += piece.len() as u64;
        }
        lines
    }
}
