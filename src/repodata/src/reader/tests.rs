//! The quick way against the slow one: whatever the input, both say the same.

#![allow(clippy::unwrap_used)]

use super::facts::Facts;
use super::window::Window;
use super::{Element, Elements, MAX_PLAIN, PackageInfo, plain};
use memchr::memmem::Finder;
use proptest::prelude::*;
use std::io::{BufRead, Read};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata xmlns=\"http://linux.duke.edu/metadata/common\" \
                    xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\" packages=\"3\">\n";

const PRIMARY: &str = r#"<package type="rpm">
  <name>a</name>
  <arch>noarch</arch>
  <version epoch="0" ver="1" rel="2"/>
  <checksum type="sha256" pkgid="YES">abc</checksum>
  <summary>A &lt;b&gt; &amp; &quot;c&quot;&#13; é</summary>
  <location href="x/a &amp; 'b' > c.rpm"/>
  <format>
    <rpm:sourcerpm>a-1-2.src.rpm</rpm:sourcerpm>
    <rpm:provides>
      <rpm:entry name="a" flags="EQ" epoch="0" ver="1" rel="2"/>
    </rpm:provides>
    <file>/usr/bin/a</file>
  </format>
</package>
"#;

const FILELISTS: &str = r#"<package pkgid="abc" name="a&amp;b" arch="noarch">
  <version epoch="0" ver="1" rel="2"/>
  <file>/usr/bin/a</file>
  <file type="dir">/usr/share/a&amp;b</file>
</package>
"#;

/// What is put somewhere into a list of packages. Some of it belongs there, some is allowed, the rest is wrong.
const ODD: &[&str] = &[
    "<![CDATA[a <b> </package>]]>",
    "<!-- a </package> -->",
    "<!-- <package> -->",
    "<?pi a </package> ?>",
    "<!DOCTYPE m>",
    "<suse:x xmlns:suse=\"u\"><name>wrong</name></suse:x>",
    "<suse:y/>",
    "<rpm:y/>",
    "<rpm:rpm:y/>",
    "<deep><deep><deep><deep><deep><deep><deep/></deep></deep></deep></deep></deep></deep>",
    "&amp;",
    "&#x41;",
    "&#0;",
    "&nosuch;",
    "&",
    "&amp",
    "<package/>",
    "<package pkgid=\"x\" name=\"y\"/>",
    "<package>",
    "</package>",
    "</package >",
    "</metadata>",
    "<metadata>",
    "<location href=\"second\"/>",
    "<location href=\"open\"></location>",
    "<location xml:base=\"http://own/\" href=\"x\"/>",
    "<location\thref='single'\n/>",
    "<location href=\"a\" href=\"b\" xml:base=\"\"/>",
    "<location href=noquotes/>",
    "<location href=\"cut",
    "<version epoch=\"7\" ver=\"&nosuch;\"/>",
    "<name>more</name>",
    "<name/>",
    "<name/x>y</name>",
    "\u{a0}",
    "<name / >",
    "<name a='>' b=\"/>\">x</name>",
    "<format><rpm:sourcerpm>b&amp;c</rpm:sourcerpm></format>",
    "<>",
    "< a>",
    "</>",
    "<a",
    "\"",
    "'",
    ">",
    "<",
    "]]>",
    "text",
    "é",
    "\u{feff}",
    "\0",
    "\r\n\t",
    " type=\"x\"",
];

#[derive(Debug, Clone)]
enum Edit {
    Put(&'static str),
    Byte(u8),
    Remove(usize),
    Cut,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        12 => proptest::sample::select(ODD).prop_map(Edit::Put),
        2 => any::<u8>().prop_map(Edit::Byte),
        2 => (1usize..60).prop_map(Edit::Remove),
        1 => Just(Edit::Cut),
    ]
}

/// Edits at places between 0 and 1 of the text; half of them are moved to behind the next tag.
fn edits() -> impl Strategy<Value = Vec<(f64, bool, Edit)>> {
    proptest::collection::vec((0.0..1.0, any::<bool>(), edit()), 0..5)
}

fn apply(text: &str, edits: &[(f64, bool, Edit)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, behind_tag, edit) in edits {
        let mut at = (place * bytes.len() as f64) as usize;
        if *behind_tag {
            at += bytes[at..].iter().position(|byte| *byte == b'>').map_or(0, |end| end + 1);
        }
        match edit {
            Edit::Put(text) => drop(bytes.splice(at..at, text.bytes())),
            Edit::Byte(byte) => bytes.insert(at, *byte),
            Edit::Remove(count) => drop(bytes.drain(at..bytes.len().min(at + count))),
            Edit::Cut => bytes.truncate(at),
        }
    }
    bytes
}

/// Gives out few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(self.1);
        self.0.read(&mut bytes[..count])
    }
}

/// The packages up to the end or the first error, and that error. Looks `most` bytes ahead.
fn read(text: &[u8], base: Option<&str>, most: usize, at_a_time: usize) -> (Vec<Element>, Option<String>) {
    let mut elements = Elements::looking_ahead(Trickle(text, at_a_time), "test", base, most);
    let mut list = Vec::new();
    loop {
        let mut element = Element::default();
        match elements.next(&mut element) {
            Ok(true) => list.push(element),
            Ok(false) => return (list, None),
            Err(error) => return (list, Some(error.to_string())),
        }
    }
}

fn document(packages: &[bool]) -> String {
    let packages: String =
        packages.iter().map(|primary| if *primary { PRIMARY } else { FILELISTS }).collect();
    format!("{HEAD}{packages}</metadata>\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn both_ways_say_the_same(
        packages in proptest::collection::vec(any::<bool>(), 0..4),
        edits in edits(),
        with_base in any::<bool>(),
        most in prop_oneof![Just(MAX_PLAIN), 1usize..2_000],
        at_a_time in prop_oneof![Just(usize::MAX), 1usize..100],
    ) {
        let text = apply(&document(&packages), &edits);
        let base = with_base.then_some("http://a/?b&c");
        prop_assert_eq!(read(&text, base, most, at_a_time), read(&text, base, 0, usize::MAX));
    }
}

#[test]
fn each_odd_thing_is_the_same_both_ways() {
    let text = document(&[true, false, true]);
    for odd in ODD {
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let (before, behind) = text.split_at(at);
            let text = [before, odd, behind].concat();
            let [quick, slow] =
                [MAX_PLAIN, 0].map(|most| read(text.as_bytes(), Some("http://a"), most, usize::MAX));
            assert_eq!(quick, slow, "{text}");
        }
    }
}

/// Whether a package is read the quick way.
fn is_plain(text: &str) -> bool {
    plain::read(text.trim_end(), Facts::new(&mut PackageInfo::default())).is_some()
}

#[test]
fn what_is_plain() {
    assert!(is_plain(PRIMARY) && is_plain(FILELISTS));
    assert!(is_plain(&PRIMARY.replace("<summary>", "<summary a='>' b=\"'/>\">")));
    for end in
        ["<!---->", "<![CDATA[]]>", "<?x?>", "<s:x/>", "&no;", "&amp", "<a>", "</a>", "<location/>", "<a\n/>"]
    {
        assert!(!is_plain(&FILELISTS.replace("</package>", &format!("{end}<location/></package>"))), "{end}");
        assert!(!is_plain(&FILELISTS.replace("</package>", &format!("{end}</package >"))), "{end}");
    }
    assert!(!is_plain(&format!("<package/>{PRIMARY}")) && !is_plain(&format!("{PRIMARY}{PRIMARY}")));
    assert!(!is_plain("<package/>") && !is_plain("<package>") && !is_plain(""));
}

/// Else a list of packages without end tags would be searched from each of them to the end.
#[test]
fn nothing_is_looked_at_twice() {
    let mark = Finder::new("</p>");
    let mut window = Window::new(b"one</p>two</p>three".as_slice(), 100);
    assert_eq!(window.ahead(&mark).unwrap(), Some(b"one</p>".as_slice()));
    window.refuse(7);
    for consumed in [0, 3, 3] {
        window.consume(consumed);
        assert_eq!(window.ahead(&mark).unwrap(), None);
    }
    window.consume(1);
    assert_eq!(window.ahead(&mark).unwrap(), Some(b"two</p>".as_slice()));
    window.consume(7);
    assert_eq!(window.ahead(&mark).unwrap(), None);
    assert_eq!(window.fill_buf().unwrap(), b"three");

    let mut window = Window::new(b"far away</p>".as_slice(), 8);
    assert_eq!(window.ahead(&mark).unwrap(), None);
    window.consume(3);
    assert_eq!(window.ahead(&mark).unwrap(), None);
    window.consume(2);
    assert_eq!(window.ahead(&mark).unwrap(), Some(b"way</p>".as_slice()));
}

#[test]
fn inputs_that_cannot_be_read_are_told_both_ways() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let text = document(&[true, false]);
    for most in [MAX_PLAIN, 0] {
        let (read, _) = text.split_at(HEAD.len() + PRIMARY.len() + 60);
        let mut elements = Elements::looking_ahead(read.as_bytes().chain(Broken), "test", None, most);
        let mut element = Element::default();
        assert!(elements.next(&mut element).unwrap());
        let error = elements.next(&mut element).unwrap_err().to_string();
        assert!(error.ends_with("test: I/O error: the disk is gone"), "{error}");
    }
}
