//! Commands on the inheritance of tags.

pub mod edit_tag_inheritance;
mod link;
pub mod list_tag_inheritance;
pub mod remove_tag_inheritance;

use koji_xmlrpc::Value;

use crate::lookup::field;

/// Limits of a link in four columns: maxdepth, package filter, intransitive, noconfig.
pub fn flags(link: &Value) -> String {
    let set = [
        ('M', !field(link, "maxdepth").is_nil()),
        ('F', link.truthy_at("pkg_filter")),
        ('I', link.truthy_at("intransitive")),
        ('N', link.truthy_at("noconfig")),
    ];
    set.into_iter().map(|(letter, set)| if set { letter } else { '.' }).collect()
}
