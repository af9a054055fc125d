//! Which tasks are meant, by who owns them and where they run.

use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::items;

/// Options that choose tasks.
#[derive(Debug, Default, clap::Args)]
pub struct Selection {
    /// My tasks
    #[arg(long)]
    pub mine: bool,
    /// Tasks of a user
    #[arg(long)]
    pub user: Option<String>,
    /// Only tasks for an arch
    #[arg(long)]
    pub arch: Option<String>,
    /// Only tasks of a method
    #[arg(long)]
    pub method: Option<String>,
    /// Only tasks in a channel
    #[arg(long)]
    pub channel: Option<String>,
    /// Only tasks on a host
    #[arg(long)]
    pub host: Option<String>,
}

/// Which of these by their age and state.
#[derive(Debug, Default)]
pub struct Period {
    /// Finished ones, too.
    pub all: bool,
    pub before: Option<f64>,
    pub after: Option<f64>,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        !self.mine
            && [&self.user, &self.arch, &self.method, &self.channel, &self.host].iter().all(|o| o.is_none())
    }

    /// The tasks, those of the highest priority first.
    pub async fn list(&self, cx: &Cx, period: &Period) -> Result<Vec<Value>> {
        let mut opts = Struct::new();
        opts.insert("decode".into(), true.into());
        if !period.all {
            let states = [TaskState::Free, TaskState::Open, TaskState::Assigned];
            opts.insert("state".into(), Value::Array(states.map(|s| Value::Int(s.code())).to_vec()));
        }
        for (name, ts) in [("startedAfter", period.after), ("startedBefore", period.before)] {
            if let Some(ts) = ts {
                opts.insert(name.into(), ts.into());
            }
        }
        self.owner(cx, &mut opts).await?;
        if let Some(arch) = &self.arch {
            let arches = koji_rpm::arch::parse_arches(arch).map_err(|e| CommandError::new(e.to_string()))?;
            opts.insert("arch".into(), arches.into());
        }
        if let Some(method) = &self.method {
            opts.insert("method".into(), method.into());
        }
        if let Some(name) = &self.channel {
            let call = m::GetChannel { channelInfo: name.into(), ..Default::default() };
            let channel = cx.hub().call(call).await?;
            opts.insert("channel_id".into(), id(cx, &channel, || format!("No such channel: {name}"))?);
        }
        if let Some(name) = &self.host {
            let host = cx.hub().call(m::GetHost { hostInfo: name.into(), ..Default::default() }).await?;
            opts.insert("host_id".into(), id(cx, &host, || format!("No such host: {name}"))?);
        }
        let order = Value::record([("order", "priority,create_time".into())]);
        let tasks = cx.hub().call(m::ListTasks { opts: opts.into(), queryOpts: order }).await?;
        Ok(items(&tasks).to_vec())
    }

    async fn owner(&self, cx: &Cx, opts: &mut Struct) -> Result {
        if self.mine {
            if self.user.is_some() {
                return Err(CommandError::new("GenericError: Can't specify 'mine' and 'user' in same time"));
            }
            let user = cx.hub().call(m::GetLoggedInUser {}).await?;
            opts.insert("owner".into(), id(cx, &user, || "Unable to determine user".into())?);
        }
        if let Some(name) = &self.user {
            let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
            opts.insert("owner".into(), id(cx, &user, || format!("No such user: {name}"))?);
        }
        Ok(())
    }
}

/// The id of a record; where there is none, what is missing is said on standard output, as upstream's client does.
fn id(cx: &Cx, record: &Value, missing: impl Fn() -> String) -> Result<Value> {
    record.get("id").cloned().ok_or_else(|| {
        cx.out.line(missing());
        CommandError::status(1)
    })
}
