//! Logs of any size: only as much of their ends is read as the answer needs, in memory that stays small.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use koji_why::{Budget, Class, Hub, LogFile, Place, State, Task, explain, triage};
use proptest::prelude::*;

/// A failed task whose build.log is made up while it is read.
struct Big {
    head: &'static str,
    noise: u64,
    tail: String,
    read: AtomicU64,
    size_known: bool,
}

const NOISE: &str =
    "gcc -O2 -Wall -Werror=format-security -c generated/error_handler.c -o generated/error_handler.o\n";

impl Big {
    fn new(noise: u64, tail: String) -> Big {
        let head = "Executing command: rpmbuild\nExecuting(%prep): /bin/sh\n+ exit 0\nExecuting(%build): /bin/sh -e x\n";
        Big { head, noise, tail, read: AtomicU64::new(0), size_known: true }
    }

    fn size(&self) -> u64 {
        self.head.len() as u64 + self.noise * NOISE.len() as u64 + self.tail.len() as u64
    }

    fn byte(&self, at: u64) -> u8 {
        let (head, noise) = (self.head.len() as u64, NOISE.len() as u64);
        if at < head {
            self.head.as_bytes()[at as usize]
        } else if at < head + self.noise * noise {
            NOISE.as_bytes()[((at - head) % noise) as usize]
        } else {
            self.tail.as_bytes()[(at - head - self.noise * noise) as usize]
        }
    }
}

impl Hub for Big {
    type Error = Infallible;

    async fn tree(&self, id: i64) -> Result<Vec<Task>, Infallible> {
        let (method, arch, label) = ("buildArch".into(), "x86_64".into(), "x86_64".into());
        let state = State::Failed;
        Ok(vec![Task { id, parent: None, method, arch, label, state, host_id: None, completion: None }])
    }

    async fn fault(&self, _: i64) -> Result<Option<String>, Infallible> {
        Ok(Some("BuildError: error building package (arch x86_64), mock exited with status 1; see build.log for more information".into()))
    }

    async fn files(&self, _: i64) -> Result<Vec<LogFile>, Infallible> {
        let size = self.size_known.then(|| self.size());
        Ok(vec![LogFile { name: "build.log".into(), volume: "DEFAULT".into(), size }])
    }

    async fn read(&self, _: i64, _: &LogFile, offset: u64, size: u64) -> Result<Vec<u8>, Infallible> {
        let to = (offset + size).min(self.size());
        self.read.fetch_add(to.saturating_sub(offset), Ordering::Relaxed);
        Ok((offset..to).map(|at| self.byte(at)).collect())
    }

    async fn host(&self, _: i64) -> Result<Option<String>, Infallible> {
        Ok(None)
    }
}

fn end(lines_between: usize) -> String {
    let between = NOISE.repeat(lines_between);
    format!(
        "src/main.c:7:3: error: 'x' undeclared\n{between}make: *** [Makefile:3: all] Error 2\n\
         error: Bad exit status from /var/tmp/rpm-tmp.x (%build)\n\nRPM build errors:\n    \
         Bad exit status from /var/tmp/rpm-tmp.x (%build)\nChild return code was: 1\n"
    )
}

const PATIENT: Budget = Budget { time: Duration::from_secs(60), bytes: 4 << 20 };

#[tokio::test]
async fn a_huge_log_is_read_from_its_end() {
    let log = Big::new(2_000_000, end(10));
    assert!(log.size() > 180 << 20);
    let card = explain(&log, 7, Budget { bytes: 1 << 20, ..PATIENT }).await.unwrap();
    let verdict = card.verdict.unwrap();
    assert_eq!((card.class, verdict.rule), (Class::Compile, "compiler"));
    assert_eq!(verdict.cause.place, Place::FromEnd(17));
    assert!(
        log.read.load(Ordering::Relaxed) <= 2 << 20,
        "{} bytes were read",
        log.read.load(Ordering::Relaxed)
    );
}

#[tokio::test]
async fn an_error_long_before_the_end_is_found() {
    // other jobs of a parallel make went on for a megabyte
    let log = Big::new(10_000, end(11_000));
    let card = explain(&log, 7, PATIENT).await.unwrap();
    let verdict = card.verdict.unwrap();
    assert_eq!(verdict.cause.text, "src/main.c:7:3: error: 'x' undeclared");
    assert_eq!(verdict.cause.place, Place::Line(10_005));
}

#[tokio::test]
async fn a_hub_that_tells_no_sizes() {
    let log = Big { size_known: false, ..Big::new(100, end(3)) };
    let card = explain(&log, 7, PATIENT).await.unwrap();
    assert_eq!(card.verdict.unwrap().cause.place, Place::Line(105));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
    #[test]
    fn any_log_gets_a_short_verdict(
        log in prop::sample::select(vec!["build.log", "root.log", "x.log"]),
        text in "(error: |Executing\\(%build\\): x|Child return code was: [01]|FAIL: |error: Bad exit status from x \\(%check\\)|a.c:1:2: error: x|[a-z%/() \\PC]{0,9}|\n){0,80}",
    ) {
        if let Some(verdict) = triage(log, text.lines()) {
            prop_assert!(verdict.lines.len() <= 20);
            prop_assert!(verdict.lines.iter().any(|l| l.place == verdict.cause.place && l.telling));
            let open = verdict.remedy.contains("{subject}");
            prop_assert!(!verdict.remedy.is_empty() && !open);
            if let Place::Line(n) = verdict.cause.place {
                let line = text.lines().nth(n as usize - 1).unwrap();
                prop_assert!(line.ends_with(verdict.cause.text.as_str()));
            }
        }
    }
}
