//! `docs/api.md`: every method of the hub, from the declarations.

use std::fmt::Write as _;

use koji_api::methods::{AREAS, Access};

use crate::generated::File;

const HEAD: &str = "\
# Methods of the hub

The hub speaks Koji's XML-RPC at `/kojihub`: POST `text/xml`. Arguments with names go into a struct as the last argument, with \
`__starstar` true. `multiCall` makes several calls in one request. `live.*` are this hub's own; a hub that has them says so in \
the header `Koji-Features`. The same texts are answered by `system.methodHelp`, and printed by `koji list-api METHOD`.
";

pub fn files() -> Vec<File> {
    vec![File { path: "docs/api.md".into(), content: page().into_bytes() }]
}

fn page() -> String {
    let mut text = HEAD.to_owned();
    for (area, decls) in AREAS {
        let title = area.replace('_', " ");
        let _ = write!(text, "\n## {title}\n\n");
        for decl in *decls {
            let doc = decl.doc.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "- `{}` ({}): {doc}", decl.signature(), who(decl.access));
        }
    }
    text
}

fn who(access: Access) -> String {
    match access {
        Access::Anyone => "anyone".to_owned(),
        Access::Login => "any user".to_owned(),
        Access::Perm(perm) => format!("permission {perm}"),
        Access::Host => "build hosts".to_owned(),
        Access::Inside => "depends on the arguments".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_line() {
        let page = page();
        for decl in AREAS.iter().flat_map(|(_, decls)| decls.iter()) {
            assert!(page.contains(&format!("\n- `{}(", decl.name)), "{}", decl.name);
        }
    }
}
