//! System calls no build needs, and through which a build could reach what no namespace separates: the keys of users (a
//! builder's Kerberos tickets), the hypervisor's sockets, the kernel's log, other processes' counters, files by handle.
//!
//! And the flushing of what a package manager writes: a layer that a crash left half on disk is not used, but a database of
//! packages waits for the disk several times for each package.
//!
//! A filter for the native system calls and, on x86_64, for those of 32 bit programs. Elsewhere than on the machines below
//! none is set: namespaces, capabilities and `no_new_privs` hold without it.

use nix::errno::Errno;

/// Calls refused as if the kernel did not have them.
const REFUSED: [libc::c_long; 9] = [
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_open_by_handle_at,
    libc::SYS_io_uring_setup,
    libc::SYS_syslog,
];
/// The same of i386, in the same order.
const REFUSED_32: [u32; 9] = [286, 287, 288, 357, 336, 374, 342, 425, 103];
const SOCKET_32: u32 = 359;

/// Calls that may be told that they did their work: `fsync`, `fdatasync`, `sync`, `syncfs`. What is built is not told so, for
/// there are programs that test what these calls refuse.
const FLUSHES: [libc::c_long; 4] = [libc::SYS_fsync, libc::SYS_fdatasync, libc::SYS_sync, libc::SYS_syncfs];
const FLUSHES_32: [u32; 4] = [118, 148, 36, 344];

const AF_VSOCK: u32 = 40;

/// AUDIT_ARCH_* of linux/audit.h.
#[cfg(target_arch = "x86_64")]
const NATIVE: Option<u32> = Some(0xc000_003e);
#[cfg(target_arch = "aarch64")]
const NATIVE: Option<u32> = Some(0xc000_00b7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const NATIVE: Option<u32> = None;
const I386: u32 = 0x4000_0003;
/// Marks the x32 calls of x86_64, which have the same architecture word.
const X32: u32 = 0x4000_0000;

/// Sets the filter; a kernel without them is left as it is. With `scratch`, flushes do nothing.
pub(super) fn set(scratch: bool) -> nix::Result<()> {
    let Some(native) = NATIVE else { return Ok(()) };
    let mut program = program(native, scratch);
    let Ok(len) = u16::try_from(program.len()) else { return Ok(()) };
    let program = libc::sock_fprog { len, filter: program.as_mut_ptr() };
    let mode = libc::c_ulong::from(libc::SECCOMP_MODE_FILTER);
    // SAFETY: the program is a valid array for the length of the call.
    let got = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
    match Errno::result(got) {
        Err(Errno::EINVAL | Errno::ENOSYS) => Ok(()),
        other => other.map(drop),
    }
}

/// Instructions as of classic BPF: code, jump if true, jump if false, operand.
fn program(native: u32, scratch: bool) -> Vec<libc::sock_filter> {
    const LOAD: u16 = 0x20;
    const EQUAL: u16 = 0x15;
    const AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    let one = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let errno = |errno: Errno| libc::SECCOMP_RET_ERRNO | (errno as u32 & 0xffff);
    let allow = one(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW);
    let refuse = one(RETURN, 0, 0, errno(Errno::ENOSYS));
    let done = one(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO);
    // the number is loaded; offsets are those of struct seccomp_data
    let table = |refused: &[u32], flushes: &[u32], socket: u32| {
        let mut part = Vec::new();
        for number in refused {
            part.extend([one(EQUAL, 0, 1, *number), refuse]);
        }
        for number in flushes.iter().filter(|_| scratch) {
            part.extend([one(EQUAL, 0, 1, *number), done]);
        }
        part.extend([one(EQUAL, 0, 3, socket), one(LOAD, 0, 0, 16), one(EQUAL, 0, 1, AF_VSOCK)]);
        part.extend([one(RETURN, 0, 0, errno(Errno::EAFNOSUPPORT)), allow]);
        part
    };
    let word = |number: libc::c_long| u32::try_from(number).unwrap_or(u32::MAX);
    let mut text = vec![one(LOAD, 0, 0, 4), one(EQUAL, 1, 0, native)];
    let calls = table(&REFUSED.map(word), &FLUSHES.map(word), word(libc::SYS_socket));
    let compat = table(&REFUSED_32, &FLUSHES_32, SOCKET_32);
    // not native: the 32 bit table where there is one, else nothing is refused
    let native_part = 1 + if native == 0xc000_003e { 2 } else { 0 } + calls.len();
    text.push(one(0x05, 0, 0, u32::try_from(native_part).unwrap_or(0)));
    text.push(one(LOAD, 0, 0, 0));
    if native == 0xc000_003e {
        text.extend([one(AT_LEAST, 0, 1, X32), refuse]);
    }
    text.extend(calls);
    if native == 0xc000_003e {
        text.extend([one(LOAD, 0, 0, 4), one(EQUAL, 1, 0, I386), allow, one(LOAD, 0, 0, 0)]);
        text.extend(compat);
    } else {
        text.push(allow);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program answers: the kernel's machine in a few lines.
    fn answer(scratch: bool, arch: u32, number: u32, first: u32) -> u32 {
        let text = program(0xc000_003e, scratch);
        let (mut at, mut word) = (0_usize, 0);
        loop {
            let step = text[at];
            at += 1;
            match step.code {
                0x20 => {
                    word = [(0, number), (4, arch), (16, first)].iter().find(|(o, _)| *o == step.k).unwrap().1
                }
                0x15 => at += usize::from(if word == step.k { step.jt } else { step.jf }),
                0x35 => at += usize::from(if word >= step.k { step.jt } else { step.jf }),
                0x05 => at += step.k as usize,
                0x06 => return step.k,
                other => panic!("{other:#x}"),
            }
        }
    }

    #[test]
    fn calls_of_64_and_32_bit_programs_are_told_apart() {
        let refused = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
        let allowed = libc::SECCOMP_RET_ALLOW;
        // x86_64's numbers; 286 is add_key of i386 and timerfd_settime of x86_64
        for (arch, number, first, wanted) in [
            (0xc000_003e, 250, 0, refused),
            (0xc000_003e, 286, 0, allowed),
            (0xc000_003e, 0, 0, allowed),
            (0xc000_003e, 41, 2, allowed),
            (0xc000_003e, 41, 40, libc::SECCOMP_RET_ERRNO | libc::EAFNOSUPPORT as u32),
            (0xc000_003e, X32 | 1, 0, refused),
            (I386, 286, 0, refused),
            (I386, 250, 0, allowed),
            (I386, 359, 40, libc::SECCOMP_RET_ERRNO | libc::EAFNOSUPPORT as u32),
            (0x4000_0028, 286, 0, allowed),
        ] {
            if cfg!(target_arch = "x86_64") {
                for scratch in [false, true] {
                    assert_eq!(answer(scratch, arch, number, first), wanted, "{arch:#x} {number}");
                }
            }
        }
    }

    #[test]
    fn flushes_of_a_package_manager_do_nothing() {
        // x86_64's fsync is i386's umount, and so on
        for (arch, numbers) in [(0xc000_003e, [74, 75, 162, 306]), (I386, [118, 148, 36, 344])] {
            for number in numbers {
                if cfg!(target_arch = "x86_64") {
                    assert_eq!(answer(true, arch, number, 0), libc::SECCOMP_RET_ERRNO, "{arch:#x} {number}");
                    assert_eq!(answer(false, arch, number, 0), libc::SECCOMP_RET_ALLOW, "{arch:#x} {number}");
                }
            }
        }
    }
}
