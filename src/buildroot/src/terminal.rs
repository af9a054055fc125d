//! A pseudo terminal for a command inside.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;

/// Our end of a terminal, and the name of the other one.
#[derive(Debug)]
pub struct Terminal {
    /// What is written here is typed, what is read was printed.
    pub master: File,
    /// The device for the command.
    pub device: PathBuf,
}

impl Terminal {
    /// Makes one.
    pub fn open() -> io::Result<Terminal> {
        // SAFETY: these calls take integers; the buffer is as long as the call is told.
        unsafe {
            let fd = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            let master = OwnedFd::from_raw_fd(fd);
            if libc::grantpt(master.as_raw_fd()) != 0 || libc::unlockpt(master.as_raw_fd()) != 0 {
                return Err(io::Error::last_os_error());
            }
            let mut name = [0 as libc::c_char; 64];
            if libc::ptsname_r(master.as_raw_fd(), name.as_mut_ptr(), name.len()) != 0 {
                return Err(io::Error::last_os_error());
            }
            let device = std::ffi::CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned();
            Ok(Terminal { master: master.into(), device: device.into() })
        }
    }
}
