//! N-V-R parsing as Koji does it, and that no text can break it.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

use koji_rpm::{Evr, Nvr, Nvra, nevra, vercmp};
use proptest::prelude::*;

#[test]
fn nvr() {
    let nvr = Nvr::parse("3:a-b-1.0-2.fc40").unwrap();
    assert_eq!((nvr.name.as_str(), nvr.version.as_str(), nvr.release.as_str()), ("a-b", "1.0", "2.fc40"));
    assert_eq!(nvr.epoch.as_deref(), Some("3"));
    assert_eq!(nvr.to_string(), "a-b-1.0-2.fc40");
    for bad in ["", "a", "a-b", "a-b-", "a--c", "-", "--"] {
        assert_eq!(Nvr::parse(bad).unwrap_err().to_string(), format!("invalid format: {bad}"));
    }
    assert_eq!(Nvr::parse("-1-2").unwrap().name, "");
}

#[test]
fn nvra() {
    let rpm = Nvra::parse("bash-5.1-1.el9.x86_64.rpm@updates").unwrap();
    assert_eq!((rpm.arch.as_str(), rpm.location.as_deref()), ("x86_64", Some("updates")));
    assert_eq!(rpm.file_name(), "bash-5.1-1.el9.x86_64.rpm");
    assert!(Nvra::parse("bash-5.1-1.el9.src").unwrap().is_src());
    assert_eq!(Nvra::parse("2:bash-5.1-1.noarch").unwrap().nevra(), "2:bash-5.1-1.noarch");
    assert_eq!(Nvra::parse("a-1-1.x86_64@").unwrap().location, None);
    assert_eq!(Nvra::parse("hello.rpm").unwrap_err().to_string(), "invalid format: hello");
    let mut odd = Nvra::parse("a-1-1.x86_64").unwrap();
    odd.nvr.version = "1-2".into();
    assert_eq!(odd.check().unwrap_err().to_string(), "The \"-\" character not allowed in version field");
}

#[test]
fn drafts() {
    let release = nevra::draft_release("1.el9", 42);
    assert_eq!(release, "1.el9,draft_42");
    assert_eq!(nevra::target_release(&release).unwrap(), "1.el9");
    assert_eq!(Nvr::parse(&format!("hello-1.0-{release}")).unwrap().draft_id(), Some(42));
    assert_eq!(Nvr::parse("hello-1.0-1").unwrap().draft_id(), None);
    assert!(nevra::target_release("1.el9").is_err());
    assert!(nevra::is_debuginfo("a-debuginfo") && nevra::is_debuginfo("a-debuginfo-common"));
    assert!(!nevra::is_debuginfo("debuginfo"));
}

proptest! {
    #[test]
    fn any_text_parses_or_fails(text in "\\PC{0,40}") {
        if let Ok(nvra) = Nvra::parse(&text) {
            prop_assert!(text.contains(&nvra.nvr.release));
        }
        let _ = Nvr::parse(&text);
        let _ = Evr::parse(&text);
    }

    #[test]
    fn what_is_written_reads_back(
        epoch in proptest::option::of(0u32..9),
        name in "[a-z][a-z0-9+._-]{0,12}", version in "[0-9a-z.~^]{1,8}", release in "[0-9a-z.]{1,8}",
        arch in "[a-z][a-z0-9_]{1,7}",
    ) {
        let nvr = Nvr { name, version, release, epoch: epoch.map(|epoch| epoch.to_string()) };
        let nvra = Nvra { nvr, arch, location: None };
        prop_assert_eq!(Nvra::parse(&nvra.nevra()).unwrap(), nvra);
    }

    #[test]
    fn comparison_is_an_order(a in "[0-9a-c.~^]{0,6}", b in "[0-9a-c.~^]{0,6}") {
        prop_assert_eq!(vercmp(&a, &b), vercmp(&b, &a).reverse());
        prop_assert!(vercmp(&a, &a).is_eq());
    }
}
