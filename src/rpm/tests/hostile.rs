//! Damaged and malicious headers: reading them gives an error or a value, never a panic, and the memory taken is
//! bounded by the size of the input.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/mod.rs"]
mod common;

use common::{PACKAGES, data};
use koji_rpm::{Header, Package, RpmFile, diff, signature};
use proptest::prelude::*;

/// Uses everything that reads a header.
fn exercise(bytes: &[u8]) {
    if let Ok(rpm) = RpmFile::read(&mut &*bytes) {
        let _ = Package::from_rpm(&rpm);
        assert!(rpm.header_end <= bytes.len() as u64);
        let _ = rpm.fields();
        let _ = diff::koji_hash(&rpm);
        let _ = diff::differences(&rpm, &rpm);
        let _ = signature::key_id(rpm.signature.bytes());
    }
}

/// A header with these entries `(tag, type, offset, count)` and this data.
fn header(entries: &[(u32, u32, u32, u32)], data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
    out.extend((entries.len() as u32).to_be_bytes());
    out.extend((data.len() as u32).to_be_bytes());
    for (tag, kind, offset, count) in entries {
        for word in [tag, kind, offset, count] {
            out.extend(word.to_be_bytes());
        }
    }
    out.extend(data);
    out
}

#[test]
fn malicious_entries_are_refused() {
    let cases: &[(&str, Vec<u8>)] = &[
        ("no entries", header(&[], b"")),
        ("count beyond the data", header(&[(1000, 4, 0, 0x4000_0000)], b"\0\0\0\0")),
        ("count times size overflows", header(&[(1000, 5, 0, u32::MAX)], b"\0\0\0\0\0\0\0\0")),
        ("offset beyond the data", header(&[(1000, 6, 9, 1)], b"a\0")),
        ("offset is negative", header(&[(1000, 6, u32::MAX - 3, 1)], b"a\0")),
        ("string without end", header(&[(1000, 6, 0, 1)], b"abc")),
        ("more strings than there are", header(&[(1000, 8, 0, 3)], b"a\0b\0")),
        ("count of nothing", header(&[(1000, 8, 0, 0)], b"a\0")),
        ("unknown type", header(&[(1000, 10, 0, 1)], b"a\0")),
        ("values overlap", header(&[(1000, 6, 0, 1), (1001, 6, 1, 1)], b"ab\0")),
        ("magic", b"\x8e\xad\xe9\x01\0\0\0\0\0\0\0\x01\0\0\0\0".to_vec()),
        ("version", b"\x8e\xad\xe8\x02\0\0\0\0\0\0\0\x01\0\0\0\0".to_vec()),
    ];
    for (what, bytes) in cases {
        assert!(Header::parse(bytes).is_err(), "{what}");
    }
    // A claim of four gigabytes is refused before anything is read or allocated for it.
    let mut huge = header(&[(1000, 6, 0, 1)], b"a\0");
    huge[8..16].copy_from_slice(&[0xff; 8]);
    assert!(Header::parse(&huge).unwrap_err().to_string().contains("entries"));
}

#[test]
fn the_last_of_duplicate_tags_counts() {
    let parsed = Header::parse(&header(&[(1000, 6, 0, 1), (1000, 6, 2, 1)], b"a\0b\0")).unwrap();
    assert_eq!(parsed.string(1000).as_deref(), Some("b"));
}

#[test]
fn names_that_would_leave_the_store_are_refused() {
    let lead = { std::fs::read(data(PACKAGES[1])).unwrap()[..96].to_vec() };
    for (name, expected) in [("../../etc", false), ("", false), ("a\nb", false), ("fine", true)] {
        let mut strings = name.as_bytes().to_vec();
        strings.extend(b"\x001\x002\0noarch\0a-1-2.src.rpm\0");
        let n = name.len() as u32 + 1;
        let entries = [
            (1000, 6, 0, 1),
            (1001, 6, n, 1),
            (1002, 6, n + 2, 1),
            (1022, 6, n + 4, 1),
            (1044, 6, n + 11, 1),
        ];
        let signature = header(&[(1000, 4, 0, 1)], &[0, 0, 0, 9, 0, 0, 0, 0]);
        let file = [lead.clone(), signature, header(&entries, &strings)].concat();
        let rpm = RpmFile::read(&mut &*file).unwrap();
        assert_eq!(Package::from_rpm(&rpm).is_ok(), expected, "{name:?}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    for name in PACKAGES {
        let bytes = std::fs::read(data(name)).unwrap();
        let end = usize::try_from(RpmFile::read(&mut &*bytes).unwrap().header_end).unwrap();
        for length in 0..end {
            assert!(RpmFile::read(&mut &bytes[..length]).is_err(), "{name} cut at {length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_packages(which in 0..PACKAGES.len(), edits in proptest::collection::vec((0usize..9000, any::<u8>()), 1..12)) {
        let mut bytes = std::fs::read(data(PACKAGES[which])).unwrap();
        let length = bytes.len();
        for (at, value) in edits {
            bytes[at % length] = value;
        }
        exercise(&bytes);
    }

    #[test]
    fn random_headers(
        entries in proptest::collection::vec((prop_oneof![1000u32..1150, 5000u32..5060], 0u32..11, 0u32..80, 0u32..9), 1..12),
        data in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..80),
    ) {
        let lead = std::fs::read(self::data(PACKAGES[0])).unwrap()[..96].to_vec();
        let signature = header(&[(1000, 4, 0, 1)], &[0, 0, 0, 9, 0, 0, 0, 0]);
        exercise(&[lead, signature, header(&entries, &data)].concat());
    }

    #[test]
    fn signature_packets(packet in proptest::collection::vec(any::<u8>(), 1..60), v4 in any::<bool>()) {
        let mut packet = packet;
        if v4 {
            packet.splice(0..0, [0x88, packet.len() as u8 + 1, 4]);
        }
        let _ = signature::key_id(&header(&[(268, 7, 0, packet.len() as u32)], &packet));
    }
}
