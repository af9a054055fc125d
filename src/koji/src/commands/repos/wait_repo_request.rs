use koji_api::methods as m;

use super::request_repo::Patience;
use super::{Wanted, print_data, print_repo};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::field;

/// Wait until a request for a repository is fulfilled
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "REQUEST-ID")]
    requests: Vec<String>,
    #[command(flatten)]
    patience: Patience,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let id = match a.requests.as_slice() {
        [] => return Err(CommandError::usage("A request id must be specified")),
        [id] => id.parse::<i64>().map_or_else(|_| id.into(), koji_xmlrpc::Value::Int),
        _ => return Err(CommandError::usage("This command only accepts one argument")),
    };
    let check = cx.hub().call(m::RepoCheckRequest { req_id: id }).await?;
    if let Some(repo) = check.get("repo").filter(|r| !r.is_nil()) {
        print_repo(cx, repo, &field(&check, "request"));
        return Ok(());
    }
    let request = field(&check, "request");
    let call = m::GetTag { tagInfo: field(&request, "tag_id"), ..Default::default() };
    let wanted = Wanted {
        tag: cx.hub().call(call).await?,
        min_event: None,
        at_event: None,
        opts: koji_xmlrpc::Value::Nil,
        builds: Vec::new(),
        timeout: a.patience.duration(),
        verbose: a.patience.verbose,
    };
    let quiet = a.patience.quiet || cx.options.quiet;
    // the status alone says that it is there, as in upstream's client
    wanted
        .wait_request(cx, &request)
        .await
        .map(|repo| print_data(cx, &repo, &request))
        .map_err(|e| if quiet { CommandError::status(e.status) } else { e })
}
