//! Who is calling: sessions, passwords, certificates, Kerberos, logins.

mod check;
mod credentials;
mod dn;
mod identity;
pub mod kerberos;
mod known;
mod limiter;
mod login;
mod password;
mod principal;
mod sso;

pub use check::{Checked, check};
pub use credentials::{Credentials, credentials};
pub use dn::Dn;
pub use identity::Identity;
pub use known::KnownSessions;
pub use limiter::Limiter;
pub use login::{make_exclusive, new_key, open_session, password_login};
pub use password::{hash_password, verify_password};
pub use principal::check_realm;
pub use sso::{Wanted, sso_login};
