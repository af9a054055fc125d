//! Password hashes: argon2id with the crate's recommended cost.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// A hash in PHC form. Blocks for some hundredths of a second.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether `password` has that hash. Blocks as long as hashing does.
pub fn verify_password(hash: &str, password: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_salted_and_verify() {
        let (a, b) = (hash_password("secret").unwrap(), hash_password("secret").unwrap());
        assert_ne!(a, b);
        assert!(a.starts_with("$argon2id$"), "{a}");
        assert!(verify_password(&a, "secret"));
        assert!(!verify_password(&a, "secret "));
        assert!(!verify_password("secret", "secret"));
    }
}
