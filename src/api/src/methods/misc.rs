use super::prelude::*;

methods! {
    ListApi "_listapi" Anyone ();
    Echo "echo" Anyone (; *args);
    Error "error" Anyone ();
    Fault "fault" Anyone ();
    GetAPIVersion "getAPIVersion" Anyone ();
    GetKojiVersion "getKojiVersion" Anyone ();
    Hello "hello" Anyone (; *args);
    MavenEnabled "mavenEnabled" Anyone ();
    ShowOpts "showOpts" Perm("admin") (as_string: bool = true);
    SystemListMethods "system.listMethods" Anyone ();
    SystemMethodHelp "system.methodHelp" Anyone (method);
    SystemMethodSignature "system.methodSignature" Anyone (method);
    WinEnabled "winEnabled" Anyone ();
}
