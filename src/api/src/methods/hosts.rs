use super::prelude::*;

methods! {
    AddHost "addHost" Perm("host") (hostname, arches, krb_principal = Value::Nil, force: bool = false);
    DisableHost "disableHost" Perm("host") (hostname);
    EditHost "editHost" Perm("host") (hostInfo; **kw);
    EnableHost "enableHost" Perm("host") (hostname);
    GetAllArches "getAllArches" Anyone ();
    GetHost "getHost" Anyone (hostInfo, strict: bool = false, event = Value::Nil);
    GetLastHostUpdate "getLastHostUpdate" Anyone (hostID, ts: bool = false);
    ListHosts "listHosts" Anyone (arches = Value::Nil, channelID = Value::Nil, ready = Value::Nil, enabled = Value::Nil, userID = Value::Nil, queryOpts = Value::Nil);
    RestartHosts "restartHosts" Perm("host") (priority = Value::Int(5), options = Value::Nil);
}
