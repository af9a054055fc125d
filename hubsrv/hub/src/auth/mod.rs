//! Who is calling: sessions, passwords, logins.

mod check;
mod credentials;
mod limiter;
mod login;
mod password;

pub use check::{Checked, check};
pub use credentials::{Credentials, credentials};
pub use limiter::Limiter;
pub use login::{make_exclusive, new_key, open_session, password_login};
pub use password::{hash_password, verify_password};
