use super::prelude::*;

methods! {
    /// Adds a build host in channel default, and its user; answers its id.
    AddHost "addHost" Perm("host") (hostname, arches, krb_principal = Value::Nil, force: bool = false);
    /// The host gets no more tasks.
    DisableHost "disableHost" Perm("host") (hostname);
    /// Changes arches, capacity, description or comment; answers whether anything changed.
    EditHost "editHost" Perm("host") (hostInfo; **kw);
    /// The host gets tasks again.
    EnableHost "enableHost" Perm("host") (hostname);
    /// The canonical arches of all hosts.
    GetAllArches "getAllArches" Anyone ();
    /// A build host; nil when there is none.
    GetHost "getHost" Anyone (hostInfo, strict: bool = false, event = Value::Nil);
    /// When a host last called, as text or in seconds since 1970.
    GetLastHostUpdate "getLastHostUpdate" Anyone (hostID, ts: bool = false);
    /// Build hosts by arch, channel, readiness or user.
    ListHosts "listHosts" Anyone (arches = Value::Nil, channelID = Value::Nil, ready = Value::Nil, enabled = Value::Nil, userID = Value::Nil, queryOpts = Value::Nil);
    /// Makes a task that has every host restart its daemon; answers its id.
    RestartHosts "restartHosts" Perm("host") (priority = Value::Int(5), options = Value::Nil);
}
