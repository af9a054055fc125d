//! `tagNotification`: a build was tagged, moved or untagged, or should have been.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::mail::Mail;
use super::{nvr, recipients, yes_no};
use crate::task::{TaskCx, TaskError};
use crate::tasks::{Params, TaskMethod};

pub struct TagNotification;

impl TaskMethod for TagNotification {
    const METHOD: &'static str = "tagNotification";
    const WEIGHT: f64 = 0.1;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let to = recipients(&params)?;
        if to.is_empty() || (params.flag("ignore_success") && params.flag("is_successful")) {
            return Ok(Value::Nil);
        }
        let build =
            cx.session.call(m::GetBuild { buildInfo: params.value("build_info"), strict: true }).await?;
        let user = m::GetUser { userInfo: params.value("user_info"), ..Default::default() };
        let user = cx.session.call(user).await?;
        let tagging = Tagging {
            build,
            user: user.str_at("name").unwrap_or("None").to_owned(),
            from: tag_name(cx, params.value("from_info")).await?,
            into: tag_name(cx, params.value("tag_info")).await?,
            failure: (!params.flag("is_successful"))
                .then(|| params.str("failure_msg").unwrap_or_default().to_owned()),
        };
        let taken = tagging.mail().send(&cx.settings, &to).await?;
        Ok(format!("sent notification of tag operation {} to: {}", cx.id, taken.join(", ")).into())
    }
}

async fn tag_name(cx: &TaskCx, info: Value) -> Result<Option<String>, TaskError> {
    if !info.truthy() {
        return Ok(None);
    }
    let tag = cx.session.call(m::GetTag { tagInfo: info, strict: true, ..Default::default() }).await?;
    Ok(tag.str_at("name").map(str::to_owned))
}

/// What the mail is about.
struct Tagging {
    build: Value,
    user: String,
    from: Option<String>,
    into: Option<String>,
    /// Why it did not work.
    failure: Option<String>,
}

impl Tagging {
    fn mail(&self) -> Mail {
        let action = match (&self.from, &self.into) {
            (Some(_), Some(_)) => "moved",
            (Some(_), None) => "untagged",
            _ => "tagged",
        };
        let (result, status) = match self.failure {
            None => ("successfully", "complete"),
            Some(_) => ("unsuccessfully", "failed"),
        };
        let nvr = nvr(&self.build);
        let package = self.build.str_at("package_name").unwrap_or_default();
        let mut what = action.to_owned();
        for (word, tag) in [("from", &self.from), ("into", &self.into)] {
            if let Some(tag) = tag {
                what.push_str(&format!(" {word} {tag}"));
            }
        }
        let subject = format!("{nvr} {result} {what} by {}", self.user);
        let mut headers = vec![
            ("X-Koji-Package", package.to_owned()),
            ("X-Koji-NVR", nvr.clone()),
            ("X-Koji-Draft", yes_no(self.build.truthy_at("draft"))),
            ("X-Koji-User", self.user.clone()),
            ("X-Koji-Status", status.to_owned()),
        ];
        headers.extend([&self.from, &self.into].into_iter().flatten().map(|tag| ("X-Koji-Tag", tag.clone())));
        let mut mail = Mail { subject: subject.clone(), headers, lines: Vec::new() };
        mail.line(format!("Package: {package}"));
        mail.line(format!("NVR: {nvr}"));
        mail.line(format!("User: {}", self.user));
        mail.line(format!("Status: {status}"));
        mail.line(format!("Tag Operation: {action}"));
        for (word, tag) in [("From", &self.from), ("Into", &self.into)] {
            mail.lines.extend(tag.iter().map(|tag| format!("{word} Tag: {tag}")));
        }
        mail.line("");
        mail.line(subject);
        if let Some(failure) = &self.failure {
            mail.line("Operation failed with the error:");
            mail.line(format!("    {failure}"));
        }
        mail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagging(from: Option<&str>, into: Option<&str>, failure: Option<&str>) -> Mail {
        let build = Value::record([
            ("package_name", Value::from("hello")),
            ("version", "1".into()),
            ("release", "2".into()),
        ]);
        let tagging = Tagging {
            build,
            user: "alice".into(),
            from: from.map(str::to_owned),
            into: into.map(str::to_owned),
            failure: failure.map(str::to_owned),
        };
        tagging.mail()
    }

    #[test]
    fn subjects_are_upstreams() {
        assert_eq!(
            tagging(None, Some("f45"), None).subject,
            "hello-1-2 successfully tagged into f45 by alice"
        );
        assert_eq!(
            tagging(Some("f45"), None, Some("no")).subject,
            "hello-1-2 unsuccessfully untagged from f45 by alice"
        );
        let moved = tagging(Some("a"), Some("b"), Some("tag b is locked"));
        assert_eq!(moved.subject, "hello-1-2 unsuccessfully moved from a into b by alice");
        assert!(moved.lines.iter().any(|l| l.ends_with("tag b is locked")));
        assert_eq!(moved.headers.iter().filter(|(n, _)| *n == "X-Koji-Tag").count(), 2);
    }
}
