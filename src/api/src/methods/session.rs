use super::prelude::*;

methods! {
    ExclusiveSession "exclusiveSession" Login (; *args; **opts);
    GetLoggedInUser "getLoggedInUser" Anyone ();
    GetPerms "getPerms" Anyone ();
    GetSessionInfo "getSessionInfo" Inside (details: bool = false, user_id = Value::Nil);
    HasPerm "hasPerm" Anyone (perm, strict: bool = false);
    Login "login" Anyone (; *args; **opts);
    Logout "logout" Login (session_id = Value::Nil);
    LogoutChild "logoutChild" Login (session_id);
    SharedSession "sharedSession" Login ();
    ShowSession "showSession" Anyone ();
    SslLogin "sslLogin" Anyone (; *args; **opts);
    Subsession "subsession" Login ();
}
