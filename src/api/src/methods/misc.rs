//! Greetings and introspection.

use super::prelude::*;

methods! {
    /// The methods that can be called: name, parameters, description.
    ListApi "_listapi" Anyone ();
    /// Its arguments.
    Echo "echo" Anyone (; *args);
    /// Always fails with a fault of class GenericError.
    Error "error" Anyone ();
    /// Always fails with a fault of no class.
    Fault "fault" Anyone ();
    /// The number of the API: 1 since Koji began.
    GetAPIVersion "getAPIVersion" Anyone ();
    /// The version of Koji that the hub behaves like.
    GetKojiVersion "getKojiVersion" Anyone ();
    /// "Hello World".
    Hello "hello" Anyone (; *args);
    /// Option EnableMaven.
    MavenEnabled "mavenEnabled" Anyone ();
    /// The hub's options, as text or as a struct; secrets are left out.
    ShowOpts "showOpts" Perm("admin") (as_string: bool = true);
    /// Names of the methods.
    SystemListMethods "system.listMethods" Anyone ();
    /// Signature and description of a method; empty for an unknown one.
    SystemMethodHelp "system.methodHelp" Anyone (method);
    /// Not supported.
    SystemMethodSignature "system.methodSignature" Anyone (method);
    /// Option EnableWin.
    WinEnabled "winEnabled" Anyone ();
}
