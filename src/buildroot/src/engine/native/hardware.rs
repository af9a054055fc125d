//! hw_info.log: the machine a build ran on. Read from the kernel instead of running lscpu, free and df as mock does: three
//! processes less before every build.

use std::path::Path;

/// The text of the log.
pub(super) fn describe(work_dir: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let uname = nix::sys::utsname::uname().ok();
    let word = |f: fn(&nix::sys::utsname::UtsName) -> &std::ffi::OsStr| {
        uname.as_ref().map(|u| f(u).to_string_lossy().into_owned()).unwrap_or_default()
    };
    let mut text = format!(
        "CPU info:\nArchitecture: {}\nKernel: {} {}\nCPU(s): {}\n",
        word(|u| u.machine()),
        word(|u| u.release()),
        word(|u| u.version()),
        cpuinfo.lines().filter(|l| l.starts_with("processor")).count()
    );
    for (ours, theirs) in [("Vendor ID", "vendor_id"), ("Model name", "model name"), ("Flags", "flags")] {
        if let Some(value) = cpuinfo.lines().find(|l| l.starts_with(theirs)).and_then(|l| l.split_once(": "))
        {
            text.push_str(&format!("{ours}: {}\n", value.1));
        }
    }
    text.push_str("\n\nMemory:\n");
    for line in read("/proc/meminfo").lines() {
        if ["MemTotal", "MemFree", "MemAvailable", "SwapTotal", "SwapFree"]
            .iter()
            .any(|w| line.starts_with(w))
        {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.push_str("\n\nStorage:\n");
    if let Ok(stat) = nix::sys::statvfs::statvfs(work_dir) {
        let mib = |blocks: u64| blocks.saturating_mul(stat.fragment_size()) >> 20;
        text.push_str(&format!(
            "Size: {} MiB\nAvailable: {} MiB\n",
            mib(stat.blocks()),
            mib(stat.blocks_available())
        ));
    }
    text
}
