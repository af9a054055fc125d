//! Kerberos principals: which may log in.

use koji_api::Fault;

/// Option AllowedKrbRealms: `*` or a list separated by commas.
pub fn check_realm(allowed: &str, principal: &str) -> Result<(), Fault> {
    if allowed == "*" {
        return Ok(());
    }
    let realm = principal.split_once('@').map(|(_, realm)| realm).filter(|r| !r.is_empty());
    let realm = realm.ok_or_else(|| invalid(principal))?;
    if allowed.split(',').any(|a| a.trim() == realm) {
        return Ok(());
    }
    Err(Fault::auth(format!("Kerberos principal's realm: {realm} is not allowed")))
}

/// The part that names a user by itself, and the realm. Kerberos allows `@` and other special characters inside the name
/// and writes them with a backslash; nobody has such a name to fit into an attack on those who look for the first `@`.
pub fn split(principal: &str) -> Result<(&str, &str), Fault> {
    match principal.split_once('@') {
        Some((name, realm))
            if !name.is_empty()
                && !realm.is_empty()
                && !realm.contains('@')
                && !principal.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace()) =>
        {
            Ok((name, realm))
        }
        _ => Err(invalid(principal)),
    }
}

fn invalid(principal: &str) -> Fault {
    Fault::auth(format!("invalid Kerberos principal: {principal}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn realms_are_exact() {
        assert!(check_realm("*", "anything").is_ok());
        assert!(check_realm("A.TEST, B.TEST", "x@B.TEST").is_ok());
        for (allowed, principal) in [
            ("A.TEST", "x@A.TEST.EVIL"),
            ("A.TEST", "x@y@A.TEST"),
            ("A.TEST", "x@a.test"),
            ("A.TEST", "x@"),
            ("A.TEST", "host/A.TEST@EVIL"),
            ("", "x@"),
        ] {
            assert!(check_realm(allowed, principal).is_err(), "{principal}");
        }
        assert_eq!(check_realm("A.TEST", "x").unwrap_err().message, "invalid Kerberos principal: x");
    }

    #[test]
    fn a_principal_has_one_name_and_one_realm() {
        assert_eq!(split("host/build.example.com@A.TEST").unwrap(), ("host/build.example.com", "A.TEST"));
        for wrong in
            ["alice", "@A.TEST", "alice@", "alice\\@A.TEST@EVIL", "alice@A.TEST@EVIL", "a b@A", "a\n@A"]
        {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
