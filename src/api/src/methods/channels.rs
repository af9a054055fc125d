use super::prelude::*;

methods! {
    AddChannel "addChannel" Perm("admin") (channel_name, description = Value::Nil);
    AddHostToChannel "addHostToChannel" Perm("host") (hostname, channel_name, create: bool = false, force: bool = false);
    DisableChannel "disableChannel" Perm("host") (channelname, comment = Value::Nil);
    EditChannel "editChannel" Perm("admin") (channelInfo; **kw);
    EnableChannel "enableChannel" Perm("host") (channelname, comment = Value::Nil);
    GetChannel "getChannel" Anyone (channelInfo, strict: bool = false);
    ListChannels "listChannels" Anyone (hostID = Value::Nil, event = Value::Nil, enabled = Value::Nil);
    RemoveHostFromChannel "removeHostFromChannel" Perm("host") (hostname, channel_name);
    RenameChannel "renameChannel" Perm("admin") (old, new);
}
