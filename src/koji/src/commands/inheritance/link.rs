//! The one link that `edit-tag-inheritance` and `remove-tag-inheritance` are about.

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, tag};

/// A tag, all of its links to parents, and which of them is meant.
pub struct Link {
    pub tag: Value,
    pub all: Vec<Value>,
    index: usize,
}

impl Link {
    /// By the tag, the parent where there are several, and the priority where the parent is linked twice.
    pub async fn find(cx: &Cx, name: &str, parent: Option<&str>, priority: Option<i64>) -> Result<Link> {
        let child = tag(cx, name).await?;
        let parent = match parent {
            Some(name) => Some(field(&tag(cx, name).await?, "id")),
            None => None,
        };
        // priority 0 selects nothing, as with upstream's client
        let priority = priority.filter(|p| *p != 0);
        let call = m::GetInheritanceData { tag: field(&child, "id"), ..Default::default() };
        let all = items(&cx.hub().call(call).await?).to_vec();
        let meant = |link: &Value| {
            parent.as_ref().is_none_or(|p| field(link, "parent_id") == *p)
                && priority.is_none_or(|p| link.int_at("priority") == Some(p))
        };
        let found: Vec<usize> = all.iter().enumerate().filter(|(_, l)| meant(l)).map(|(n, _)| n).collect();
        match found.as_slice() {
            [index] => Ok(Link { tag: child, index: *index, all }),
            [] => Err(CommandError::new("No inheritance link found to remove.  Please check your arguments")),
            _ => {
                cx.out.line("Multiple matches for tag.");
                Err(CommandError::new(match (&parent, priority) {
                    (None, _) => "Please specify a parent on the command line.",
                    (_, None) => "Please specify a priority on the command line.",
                    _ => "Error: Key constraints may be broken.  Exiting.",
                }))
            }
        }
    }

    /// Sets members of the link, at the hub.
    pub async fn change(mut self, cx: &Cx, changes: Struct) -> Result {
        if let Some(Value::Struct(link)) = self.all.get_mut(self.index) {
            link.extend(changes);
        }
        let call = m::SetInheritanceData {
            tag: field(&self.tag, "id"),
            data: self.all.into(),
            ..Default::default()
        };
        cx.hub().call(call).await?;
        Ok(())
    }
}
