//! Packages of another architecture, whose programs qemu-user runs.
//!
//! Without qemu registered at the kernel (`qemu-user-static` and `binfmt-support`, or what is in `/usr/lib/binfmt.d` written to
//! `/proc/sys/fs/binfmt_misc/register`) these tests say so and end.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::*;
use koji_buildroot::{ExtraMap, Packages, Plan, Site};

/// Whether the kernel starts programs of aarch64; says what is missing where it does not.
fn emulated() -> bool {
    let text = std::fs::read_to_string("/proc/sys/fs/binfmt_misc/qemu-aarch64").unwrap_or_default();
    let fixed = text.lines().any(|line| line.starts_with("flags:") && line.contains('F'));
    let runs = std::env::consts::ARCH == "x86_64" && fixed && text.starts_with("enabled");
    if !runs {
        eprintln!("skipped: qemu-aarch64 is not registered in /proc/sys/fs/binfmt_misc with the flag F");
    }
    runs
}

/// A static program of aarch64 that prints `foreign` by two system calls: write(1, text, 8), exit(0).
fn program() -> Vec<u8> {
    const CODE: [u32; 8] = [
        0xd280_0020, // mov x0, #1
        0x1000_00e1, // adr x1, the text
        0xd280_0102, // mov x2, #8
        0xd280_0808, // mov x8, #64
        0xd400_0001, // svc #0
        0xd280_0000, // mov x0, #0
        0xd280_0ba8, // mov x8, #93
        0xd400_0001, // svc #0
    ];
    const BASE: u64 = 0x40_0000;
    const HEAD: u64 = 64 + 56;
    let mut body: Vec<u8> = CODE.iter().flat_map(|word| word.to_le_bytes()).collect();
    body.extend_from_slice(b"foreign\n");
    let size = HEAD + body.len() as u64;
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    for half in [2u16, 183] {
        elf.extend(half.to_le_bytes());
    }
    elf.extend(1u32.to_le_bytes());
    for address in [BASE + HEAD, 64, 0] {
        elf.extend(address.to_le_bytes());
    }
    elf.extend(0u32.to_le_bytes());
    for half in [64u16, 56, 1, 0, 0, 0] {
        elf.extend(half.to_le_bytes());
    }
    // one segment, read and executed: all of it
    elf.extend([1u32, 5].iter().flat_map(|word| word.to_le_bytes()));
    for word in [0, BASE, BASE, size, size, 0x1000] {
        elf.extend(word.to_le_bytes());
    }
    [elf, body].concat()
}

#[test]
fn a_foreign_program_runs_in_the_root() {
    if !emulated() {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let mut root = ready(&engine(work.path()), &plan("emulates"));
    let octal: String = program().iter().map(|byte| format!("\\{byte:03o}")).collect();
    let script =
        format!("printf '{octal}' > ~/foreign && chmod +x ~/foreign && ~/foreign && ! ls /usr/bin/qemu*");
    let ran = root.run(&shell(&script)).unwrap();
    let text = log(root.result_dir(), "shell.log");
    assert!(ran.succeeded() && text.contains("foreign\n"), "{text}");
    root.remove().unwrap();
}

/// The small distribution for aarch64, out of Debian's packages for it.
fn foreign_distro() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (apt, out) = (cache_dir().join("apt-arm64"), cache_dir().join("minidistro-aarch64"));
    let made = Command::new(checkout.join("scripts/private-apt.sh")).arg(&apt).arg("arm64").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let status = Command::new("python3")
        .arg(checkout.join("tests/distro/mkdistro.py"))
        .arg(&out)
        .env("APT_CONFIG", apt.join("apt.conf"))
        .status()
        .unwrap();
    assert!(status.success(), "mkdistro.py failed");
    out.join("repo")
}

#[test]
#[ignore = "minutes: make test-packages"]
fn a_package_of_another_architecture_is_built() {
    if !emulated() {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let packages = Packages::Repo(vec![format!("file://{}", foreign_distro().display())]);
    let mut plan =
        Plan::for_tag("forced", "aarch64", packages, "build", &Site::default(), &ExtraMap::new()).unwrap();
    plan.mock.forcearch = true;
    let check = "%check\ntest $(./forced) = hello\ntest $(uname -m) = aarch64\n\n%install";
    let sections = c_program("forced").replace("%install", check);
    let srpm = srpm(work.path(), &spec("forced", &["gcc"], &sections), &[("forced.c", HELLO_C)]);
    let mut root = ready(&engine(work.path()), &plan);
    let built = root.rebuild(&srpm, Some("aarch64")).unwrap();
    let text = log(root.result_dir(), "build.log");
    assert!(built.succeeded(), "{} {:?}\n{text}", built.verdict, built.verdict.lines);
    let rpm = built.results.iter().find(|r| r.name == "forced-1-1.aarch64.rpm");
    let rpm = &rpm.unwrap_or_else(|| panic!("{:?}", built.results)).path;
    let unpacked = format!("rpm2cpio {} | cpio -i --quiet --to-stdout ./usr/bin/forced", rpm.display());
    let program = Command::new("sh").args(["-c", &unpacked]).output().unwrap().stdout;
    assert_eq!((&program[..4], &program[18..20]), (&b"\x7fELF"[..], &[183, 0][..]));
    let installed = root.installed().unwrap();
    assert!(installed.iter().any(|p| p.name == "gcc" && p.arch == "aarch64"), "{installed:?}");
    root.remove().unwrap();
}
