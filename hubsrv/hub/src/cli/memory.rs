//! Memory that is free goes back to the system.

/// Blocks from this size on are mapped one by one, and unmapped when they are freed.
#[cfg(target_env = "gnu")]
const MAPPED: libc::c_int = 256 * 1024;
/// Heaps that threads share.
#[cfg(target_env = "gnu")]
const HEAPS: libc::c_int = 4;

/// Keeps glibc from holding on to large blocks: by default each thread that ever hashed a password or read a long
/// document keeps its megabytes for the next time.
pub(super) fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets two numbers of the allocator, before there are other threads
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED);
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}
