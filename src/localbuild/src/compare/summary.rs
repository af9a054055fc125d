//! What differs between two versions of a file, in a few lines.

use std::collections::BTreeSet;
use std::io::Read;

/// Lines of a summary.
const LINES: usize = 8;
const WIDTH: usize = 160;
/// Bytes that a compressed file may unpack to.
const UNPACKED: u64 = 64 << 20;

/// Says what differs: lines of texts, sections of ELF files, what is in compressed ones, else the bytes.
pub fn summarize(a: &[u8], b: &[u8]) -> Vec<String> {
    if let (Some(x), Some(y)) = (elf_sections(a), elf_sections(b)) {
        return elf(&x, &y);
    }
    if let (Some(x), Some(y)) = (gunzip(a), gunzip(b)) {
        if x == y {
            return vec!["the same content, compressed at another time or otherwise".into()];
        }
        let mut lines = vec!["inside of the gzip file:".to_owned()];
        lines.extend(summarize(&x, &y));
        return lines;
    }
    match (text(a), text(b)) {
        (Some(x), Some(y)) => lines(x, y),
        _ => vec![bytes(a, b)],
    }
}

fn gunzip(data: &[u8]) -> Option<Vec<u8>> {
    if !data.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(data).take(UNPACKED).read_to_end(&mut out).ok()?;
    Some(out)
}

fn text(data: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(data).ok()?;
    (!text.contains('\0')).then_some(text)
}

/// The first changed lines, with what is common at both ends cut off.
fn lines(a: &str, b: &str) -> Vec<String> {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(front..).unwrap_or_default(), b.get(front..).unwrap_or_default());
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let a = a.get(..a.len() - back).unwrap_or_default();
    let b = b.get(..b.len() - back).unwrap_or_default();
    if a.is_empty() && b.is_empty() {
        return vec!["the line ends differ".into()];
    }
    let mut out = vec![format!("from line {}:", front + 1)];
    let show = |mark: char, list: &[&str], most: usize, out: &mut Vec<String>| {
        for line in list.iter().take(most) {
            let short: String = line.chars().take(WIDTH).collect();
            out.push(format!("{mark}{short}"));
        }
        if list.len() > most {
            out.push(format!("{mark}... {} more lines", list.len() - most));
        }
    };
    show('-', a, LINES / 2 - 1, &mut out);
    show('+', b, LINES / 2 - 1, &mut out);
    out
}

fn bytes(a: &[u8], b: &[u8]) -> String {
    let differing = a.iter().zip(b).filter(|(x, y)| x != y).count();
    let first = a.iter().zip(b).position(|(x, y)| x != y).unwrap_or(a.len().min(b.len()));
    if a.len() == b.len() {
        format!("{differing} of {} bytes differ, the first at {first:#x}", a.len())
    } else {
        format!("the first difference is at {first:#x}")
    }
}

type Section = (String, Vec<u8>);

fn elf(a: &[Section], b: &[Section]) -> Vec<String> {
    let find = |list: &[Section], name: &str| list.iter().find(|(n, _)| n == name).map(|(_, d)| d.clone());
    let names: BTreeSet<&String> = a.iter().chain(b).map(|(n, _)| n).collect();
    let mut differing: Vec<String> = Vec::new();
    for name in names {
        match (find(a, name), find(b, name)) {
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) => {
                let shown = if name.is_empty() { "(unnamed)" } else { name };
                differing.push(format!("{shown} ({} -> {} bytes)", x.len(), y.len()));
            }
            (Some(_), None) => differing.push(format!("{name} (gone)")),
            _ => differing.push(format!("{name} (new)")),
        }
    }
    if differing.is_empty() {
        return vec!["ELF: only headers differ".into()];
    }
    let more = differing.len().saturating_sub(LINES);
    let mut out: Vec<String> =
        differing.into_iter().take(LINES).map(|d| format!("ELF section {d}")).collect();
    if more > 0 {
        out.push(format!("and {more} more sections"));
    }
    if let (Some(x), Some(y)) = (find(a, ".rodata"), find(b, ".rodata"))
        && x != y
    {
        out.extend(strings(&x, &y));
    }
    out
}

/// Strings that only one of them has.
fn strings(a: &[u8], b: &[u8]) -> Vec<String> {
    let all = |data: &[u8]| -> BTreeSet<String> {
        data.split(|c| *c == 0)
            .filter_map(|s| std::str::from_utf8(s).ok())
            .filter(|s| s.chars().count() >= 4 && !s.contains(char::is_control))
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (all(a), all(b));
    let cut = |s: &String| s.chars().take(WIDTH).collect::<String>();
    let gone = a.difference(&b).take(2).map(|s| format!("-{}", cut(s)));
    let come = b.difference(&a).take(2).map(|s| format!("+{}", cut(s)));
    gone.chain(come).collect()
}

/// Names and contents of the sections of an ELF file.
fn elf_sections(data: &[u8]) -> Option<Vec<Section>> {
    if !data.starts_with(b"\x7fELF") {
        return None;
    }
    let (wide, little) = (*data.get(4)? == 2, *data.get(5)? == 1);
    let number = |at: usize, len: usize| -> Option<usize> {
        let raw = data.get(at..at.checked_add(len)?)?;
        let fold = |n: u64, b: &u8| (n << 8) | u64::from(*b);
        let value = if little { raw.iter().rev().fold(0, fold) } else { raw.iter().fold(0, fold) };
        usize::try_from(value).ok()
    };
    let word = if wide { 8 } else { 4 };
    let table = number(if wide { 0x28 } else { 0x20 }, word)?;
    let entry = number(if wide { 0x3a } else { 0x2e }, 2)?;
    let count = number(if wide { 0x3c } else { 0x30 }, 2)?;
    let names = number(if wide { 0x3e } else { 0x32 }, 2)?;
    let at = |index: usize| table.checked_add(index.checked_mul(entry)?);
    let place = |index: usize| -> Option<(usize, usize, usize)> {
        let at = at(index)?;
        let (offset, size) = if wide { (0x18, 0x20) } else { (0x10, 0x14) };
        Some((
            number(at.checked_add(4)?, 4)?,
            number(at.checked_add(offset)?, word)?,
            number(at.checked_add(size)?, word)?,
        ))
    };
    let (_, strings_at, strings_size) = place(names)?;
    let strings = data.get(strings_at..strings_at.checked_add(strings_size)?)?;
    (0..count)
        .map(|index| {
            let name_at = number(at(index)?, 4)?;
            let name = strings.get(name_at..)?.split(|b| *b == 0).next()?;
            let (kind, offset, size) = place(index)?;
            const NO_BITS: usize = 8;
            let content =
                if kind == NO_BITS { &[][..] } else { data.get(offset..offset.checked_add(size)?)? };
            Some((String::from_utf8_lossy(name).into_owned(), content.to_vec()))
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    #[test]
    fn texts_show_their_lines() {
        let summary = summarize(b"one\ntwo\nthree\n", b"one\n2\nthree\n");
        assert_eq!(summary, ["from line 2:", "-two", "+2"]);
        assert_eq!(summarize(b"a\n", b"a"), ["the line ends differ"]);
    }

    #[test]
    fn the_time_in_a_gzip_file_is_told_from_its_content() {
        let gz = |time: u32, text: &[u8]| {
            let mut w = flate2::GzBuilder::new().mtime(time).write(Vec::new(), flate2::Compression::fast());
            w.write_all(text).unwrap();
            w.finish().unwrap()
        };
        assert!(summarize(&gz(1, b"x\n"), &gz(2, b"x\n"))[0].contains("the same content"));
        assert_eq!(summarize(&gz(1, b"x\n"), &gz(1, b"y\n"))[2..], ["-x", "+y"]);
    }

    #[test]
    fn programs_show_their_sections() {
        let mine = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let sections = elf_sections(&mine).unwrap();
        assert!(sections.iter().any(|(n, d)| n == ".text" && !d.is_empty()));
        let mut other = mine.clone();
        let at = mine.windows(40).position(|w| w == b"programs_show_their_sections_is_a_test!!").unwrap();
        other[at] = b'P';
        let summary = summarize(&mine, &other);
        assert!(summary[0].starts_with("ELF section ."), "{summary:?}");
    }

    proptest! {
        #[test]
        fn any_bytes_get_a_short_summary(a in proptest::collection::vec(any::<u8>(), 0..200), b in proptest::collection::vec(any::<u8>(), 0..200), elf in any::<bool>()) {
            let head: &[u8] = if elf { b"\x7fELF\x02\x01" } else { b"" };
            let (a, b) = ([head, &a].concat(), [head, &b].concat());
            let summary = summarize(&a, &b);
            prop_assert!(!summary.is_empty() && summary.len() <= 2 * LINES);
        }
    }
}
