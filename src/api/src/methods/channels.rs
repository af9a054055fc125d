use super::prelude::*;

methods! {
    /// Makes a channel; answers its id.
    AddChannel "addChannel" Perm("admin") (channel_name, description = Value::Nil);
    /// Puts a host into a channel; `create` makes the channel, `force` takes a disabled one.
    AddHostToChannel "addHostToChannel" Perm("host") (hostname, channel_name, create: bool = false, force: bool = false);
    /// The channel takes no more tasks.
    DisableChannel "disableChannel" Perm("host") (channelname, comment = Value::Nil);
    /// Changes name, description or comment; answers whether anything changed.
    EditChannel "editChannel" Perm("admin") (channelInfo; **kw);
    /// The channel takes tasks again.
    EnableChannel "enableChannel" Perm("host") (channelname, comment = Value::Nil);
    /// A channel; nil when there is none.
    GetChannel "getChannel" Anyone (channelInfo, strict: bool = false);
    /// Channels, all or those of a host.
    ListChannels "listChannels" Anyone (hostID = Value::Nil, event = Value::Nil, enabled = Value::Nil);
    /// Takes a host out of a channel.
    RemoveHostFromChannel "removeHostFromChannel" Perm("host") (hostname, channel_name);
    /// The old form of `editChannel` for a name.
    RenameChannel "renameChannel" Perm("admin") (old, new);
}
