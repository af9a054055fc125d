use crate::context::Cx;
use crate::error::Result;

/// Let build hosts take tasks
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "HOSTNAME")]
    hosts: Vec<String>,
    /// Why they are enabled
    #[arg(long)]
    comment: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    super::switch(cx, &a.hosts, true, a.comment.as_deref()).await
}
