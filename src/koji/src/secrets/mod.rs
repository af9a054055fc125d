//! Passwords that are kept for the user: in the keyring of the desktop, in the kernel's until the machine restarts, or in a
//! file, where the user has asked for that.

mod file;
#[cfg(feature = "keyring")]
mod keyring;

use crate::error::{CommandError, Result};

/// Whose password: a user of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account<'a> {
    /// URL of the hub.
    pub server: &'a str,
    pub user: &'a str,
}

/// Where a password was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Desktop,
    Kernel,
}

/// The password of the account, if one is kept. Places that do not answer keep none.
pub fn find(account: Account<'_>) -> Result<Option<String>> {
    #[cfg(feature = "keyring")]
    if let Some(password) = keyring::find(account) {
        return Ok(Some(password));
    }
    file::find(account)
}

/// Keeps a password in the best keyring that there is.
#[cfg(feature = "keyring")]
pub fn keep(account: Account<'_>, password: &str) -> Result<Place> {
    keyring::keep(account, password).map_err(|why| no_keyring(&why))
}

#[cfg(not(feature = "keyring"))]
pub fn keep(_: Account<'_>, _: &str) -> Result<Place> {
    Err(no_keyring("this koji is built without it (feature keyring)"))
}

fn no_keyring(why: &str) -> CommandError {
    CommandError::new(format!("no keyring can be used here: {why}"))
        .with_remedy("--file keeps the password in a file that only you can read")
}

pub use file::{keep as keep_in_file, path as file_path};

/// Removes the password wherever it is kept; false when it was nowhere.
pub fn forget(account: Account<'_>) -> Result<bool> {
    #[cfg(feature = "keyring")]
    let kept = keyring::forget(account);
    #[cfg(not(feature = "keyring"))]
    let kept = false;
    Ok(file::forget(account)? || kept)
}
