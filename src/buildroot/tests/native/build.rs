//! Real builds with the native engine, as whoever runs the tests.

use std::time::Instant;

use crate::common::*;

#[test]
fn a_c_program_from_a_source_rpm() {
    let work = tempfile::tempdir().unwrap();
    let engine = engine(work.path());
    let srpm = srpm(work.path(), &spec("one", &["gcc"], &c_program("one")), &[("one.c", HELLO_C)]);
    for round in ["cold or warm", "warm"] {
        let start = Instant::now();
        let mut root = engine.create(&plan("c-program")).unwrap();
        let made = root.init().unwrap();
        assert!(made.succeeded(), "{} {:?}", made.verdict, made.verdict.lines);
        let init = start.elapsed();
        let built = root.rebuild(&srpm, Some("x86_64")).unwrap();
        println!("{round}: init {init:?}, all {:?} {:?}", start.elapsed(), built.phases);
        let text = log(root.result_dir(), "build.log");
        assert!(
            built.succeeded(),
            "{} {:?}\n{text}\n{}",
            built.verdict,
            built.verdict.lines,
            log(root.result_dir(), "root.log")
        );
        let names: Vec<&str> = built.results.iter().map(|r| r.name.as_str()).collect();
        assert!(names.contains(&"one-1-1.src.rpm") && names.contains(&"one-1-1.x86_64.rpm"), "{names:?}");
        assert!(names.contains(&"one-debuginfo-1-1.x86_64.rpm"), "{names:?}");
        root.remove().unwrap();
    }
}
