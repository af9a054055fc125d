//! The values that a TAB offers, in files: one for each kind, a value a line, sorted, an explanation after a tab.
//!
//! A profile has a directory of its own below the user's cache directory, named by the profile and its hub.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use koji_config::{ClientConfig, ClientSources, environment};

use super::Offer;

/// Where values come from, and where they are kept.
#[derive(Debug, Clone)]
pub struct Place {
    pub sources: ClientSources,
    pub server: String,
    pub user: Option<String>,
    dir: PathBuf,
}

impl Place {
    /// Nothing when there is no such profile, or no directory for caches.
    pub fn new(sources: &ClientSources, server: Option<&str>) -> Option<Place> {
        let loaded = ClientConfig::load(sources).ok()?;
        let server = server.map_or(loaded.settings.server, str::to_owned);
        let safe: String = loaded
            .profile
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .take(40)
            .collect();
        let dir =
            environment::cache_dir()?.join("koji/completion").join(format!("{safe}-{:016x}", hash(&server)));
        let sources = ClientSources { profile: Some(loaded.profile), ..sources.clone() };
        Some(Place { sources, server, user: loaded.settings.user, dir })
    }

    #[cfg(test)]
    fn at(dir: &Path) -> Place {
        let sources = ClientSources::default();
        Place { sources, server: String::new(), user: None, dir: dir.to_path_buf() }
    }
}

/// FNV-1a: the same in every version of the program.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// The files of one place.
#[derive(Debug)]
pub struct Cache<'a> {
    dir: &'a Path,
}

/// Another process may be at it; one that has been for this long is dead.
const STALE_LOCK: Duration = Duration::from_secs(120);

impl<'a> Cache<'a> {
    pub fn new(place: &'a Place) -> Cache<'a> {
        Cache { dir: &place.dir }
    }

    /// Values that begin with `prefix`, at most `most` of them: the first ones, and the last.
    pub fn starting_with(&self, name: &str, prefix: &str, most: usize) -> Vec<Offer> {
        let text = fs::read(self.dir.join(name)).unwrap_or_default();
        // no character has the byte 255
        let after: Vec<u8> = prefix.bytes().chain([255]).collect();
        let range = lower_bound(&text, prefix.as_bytes())..lower_bound(&text, &after);
        let mut found = lines(text.get(range).unwrap_or_default());
        let mut list: Vec<Offer> = found.by_ref().take(most.saturating_sub(1)).map(offer).collect();
        list.extend(found.next_back().map(offer));
        list
    }

    /// Whether the file is missing or older than this.
    pub fn is_older(&self, name: &str, age: Duration) -> bool {
        let modified = fs::metadata(self.dir.join(name)).and_then(|m| m.modified());
        modified.map_or(true, |t| SystemTime::now().duration_since(t).is_ok_and(|passed| passed > age))
    }

    /// Replaces a file. Values that a shell could take for anything else than a word are left out.
    pub fn write(&self, name: &str, values: &[(String, String)]) -> io::Result<()> {
        let mut lines: Vec<String> = values
            .iter()
            .filter(|(value, _)| is_word(value))
            .map(|(value, about)| {
                let about: String = about.chars().filter(|c| !c.is_control()).take(100).collect();
                if about.is_empty() { format!("{value}\n") } else { format!("{value}\t{about}\n") }
            })
            .collect();
        lines.sort();
        lines.dedup();
        fs::create_dir_all(self.dir)?;
        let temporary = self.dir.join(format!(".{name}.{}", std::process::id()));
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(lines.concat().as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, self.dir.join(name))
        });
        if written.is_err() {
            fs::remove_file(&temporary).ok();
        }
        written
    }

    /// Takes the right to renew the files; nothing when another process has it.
    pub fn lock(&self) -> Option<Lock> {
        fs::create_dir_all(self.dir).ok()?;
        let path = self.dir.join("lock");
        if !self.is_older("lock", STALE_LOCK) {
            return None;
        }
        fs::remove_file(&path).ok();
        File::options().write(true).create_new(true).open(&path).ok()?;
        Some(Lock(path))
    }

    pub fn is_locked(&self) -> bool {
        !self.is_older("lock", STALE_LOCK)
    }
}

/// Given back when it is dropped.
#[derive(Debug)]
pub struct Lock(PathBuf);

impl Drop for Lock {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

/// Where the first line starts that is not before `prefix`. The lines are sorted by their bytes.
fn lower_bound(text: &[u8], prefix: &[u8]) -> usize {
    let line_end =
        |at: usize| text.iter().skip(at).position(|b| *b == b'\n').map_or(text.len(), |n| at + n + 1);
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let before = text.get(low..middle).unwrap_or_default();
        let start = before.iter().rposition(|b| *b == b'\n').map_or(low, |n| low + n + 1);
        let line = text.get(start..line_end(start)).unwrap_or_default();
        let head = line.get(..prefix.len()).unwrap_or(line);
        if head < prefix {
            low = line_end(start);
        } else {
            high = start;
        }
    }
    low
}

fn lines(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    text.split(|b| *b == b'\n').filter(|line| !line.is_empty())
}

fn offer(line: &[u8]) -> Offer {
    let line = String::from_utf8_lossy(line);
    let (value, about) = line.split_once('\t').unwrap_or((&line, ""));
    Offer { value: value.to_owned(), about: about.to_owned() }
}

/// Letters, digits and what names of builds, users and principals have beside them.
fn is_word(value: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._+~^:@%/-".contains(c);
    !value.is_empty() && !value.starts_with(['-', '~']) && value.len() <= 300 && value.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("koji-completion-{name}-{}", std::process::id()))
    }

    #[test]
    fn values_are_written_and_found() {
        let dir = scratch("values");
        let place = Place::at(&dir);
        let cache = Cache::new(&place);
        assert!(cache.is_older("tags", Duration::from_secs(60)));
        let value = |v: &str| (v.to_owned(), String::new());
        let mut values: Vec<_> = (0..50).map(|n| value(&format!("f{n:02}"))).collect();
        values.extend([value("$(rm)"), value("a b"), value("-x"), ("g".into(), "a\u{1b}bout".into())]);
        cache.write("tags", &values).unwrap();
        let names = |prefix: &str, most: usize| -> Vec<String> {
            cache.starting_with("tags", prefix, most).into_iter().map(|o| o.value).collect()
        };
        assert_eq!(names("", 100).len(), 51);
        assert_eq!(names("f", 3), ["f00", "f01", "f49"]);
        assert_eq!(cache.starting_with("tags", "g", 9)[0].about, "about");
        assert!(!cache.is_older("tags", Duration::from_secs(60)));
        let lock = cache.lock();
        assert!(lock.is_some() && cache.lock().is_none() && cache.is_locked());
        drop(lock);
        assert!(!cache.is_locked());
        fs::remove_dir_all(&dir).unwrap();
    }

    proptest! {
        #[test]
        fn a_prefix_finds_what_a_scan_finds(words in proptest::collection::btree_set("[a-c]{1,4}", 0..30), prefix in "[a-c]{0,3}") {
            let text: String = words.iter().map(|w| format!("{w}\n")).collect();
            let after: Vec<u8> = prefix.bytes().chain([255]).collect();
            let range = lower_bound(text.as_bytes(), prefix.as_bytes())..lower_bound(text.as_bytes(), &after);
            let found: Vec<&[u8]> = lines(&text.as_bytes()[range]).collect();
            let expected: Vec<&[u8]> =
                words.iter().filter(|w| w.starts_with(&prefix)).map(|w| w.as_bytes()).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn only_words_come_back(values in proptest::collection::vec("\\PC{0,10}|[a-z$`;&|<> ]{1,6}", 0..8)) {
            let dir = scratch("any");
            let place = Place::at(&dir);
            let cache = Cache::new(&place);
            let pairs: Vec<_> = values.into_iter().map(|v| (v, String::new())).collect();
            cache.write("x", &pairs).unwrap();
            for offer in cache.starting_with("x", "", 100) {
                prop_assert!(is_word(&offer.value) && pairs.iter().any(|(v, _)| *v == offer.value));
            }
            fs::remove_dir_all(&dir).unwrap();
        }
    }
}
