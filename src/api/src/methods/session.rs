//! Logging in and out, and what a session is told about itself.

use super::prelude::*;

methods! {
    /// Makes the session its user's only one. `force: bool`: close the session that is it now.
    ExclusiveSession "exclusiveSession" Anyone (; *args; **opts);
    /// The caller as `getUser` describes users, with `authtype` and `krb_principal`; nil without a session.
    GetLoggedInUser "getLoggedInUser" Anyone ();
    /// Names of the caller's permissions, groups' included.
    GetPerms "getPerms" Anyone ();
    /// The caller's session without its key, or all of a user's for that user and admins.
    GetSessionInfo "getSessionInfo" Inside (details: bool = false, user_id = Value::Nil);
    /// Whether the caller has exactly this permission; being admin does not imply it.
    HasPerm "hasPerm" Anyone (perm, strict: bool = false);
    /// Opens a session by `user` and `password`: `{session-id, session-key, header-auth}`. With `renew` an expired session
    /// that still signs the request gets a new key instead; `exclusive` as in `exclusiveSession`.
    Login "login" Anyone (; *args; **opts);
    /// Closes the caller's session, or another one of the same user (any, for admins), and those below it.
    Logout "logout" Anyone (session_id = Value::Nil);
    /// Closes a session that was opened below the caller's.
    LogoutChild "logoutChild" Anyone (session_id);
    /// The reverse of `exclusiveSession`.
    SharedSession "sharedSession" Anyone ();
    /// One line about the caller's session.
    ShowSession "showSession" Anyone ();
    /// Opens a session for the user that the web server's authentication names.
    SslLogin "sslLogin" Anyone (; *args; **opts);
    /// Opens a session below the caller's, which ends with it.
    Subsession "subsession" Anyone ();
}
