//! Commands on channels.

pub mod add_host_to_channel;
