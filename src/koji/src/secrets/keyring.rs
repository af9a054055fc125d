//! The keyring of the desktop (Secret Service), else the kernel's.

use std::sync::mpsc;
use std::time::Duration;

use ::keyring::Entry;
use keyring_core::api::CredentialStoreApi as _;
use linux_keyutils_keyring_store::Store;

use super::{Account, Place};

/// A locked keyring asks its user on the desktop, who may be somewhere else.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn find(account: Account<'_>) -> Option<String> {
    let (service, user) = names(account);
    // another thread: the keyring's library has a runtime of its own
    within(move || {
        let desktop = Entry::new(&service, &user).and_then(|entry| entry.get_password());
        desktop.or_else(|_| kernel(&service, &user)?.get_password())
    })
    .ok()
}

pub fn keep(account: Account<'_>, password: &str) -> Result<Place, String> {
    let (service, user) = names(account);
    let password = password.to_owned();
    within(move || {
        let desktop = Entry::new(&service, &user).and_then(|entry| entry.set_password(&password));
        match desktop {
            Ok(()) => Ok(Place::Desktop),
            Err(_) => kernel(&service, &user)?.set_password(&password).map(|()| Place::Kernel),
        }
    })
}

pub fn forget(account: Account<'_>) -> bool {
    let (service, user) = names(account);
    within(move || {
        let desktop = Entry::new(&service, &user).and_then(|entry| entry.delete_credential());
        let kernel = kernel(&service, &user).and_then(|entry| entry.delete_credential());
        desktop.or(kernel)
    })
    .is_ok()
}

fn kernel(service: &str, user: &str) -> keyring_core::Result<keyring_core::Entry> {
    Store::new()?.build(service, user, None)
}

fn names(account: Account<'_>) -> (String, String) {
    (format!("koji {}", account.server), account.user.to_owned())
}

fn within<T: Send + 'static>(
    work: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, String> {
    let (done, waiting) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    match waiting.recv_timeout(PATIENCE) {
        Ok(result) => result.map_err(|e| e.to_string()),
        Err(_) => Err(format!("it has not answered in {} seconds", PATIENCE.as_secs())),
    }
}
