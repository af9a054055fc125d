use super::place::{self, Place};
use crate::context::Cx;
use crate::error::Result;

/// List the roots there are
#[derive(Debug, clap::Args)]
pub struct Arguments {}

pub fn run(cx: &Cx, _: Arguments) -> Result {
    let place = Place::here()?;
    let names = place.names();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    for name in &names {
        cx.out.data(&place::data(&place, name));
        let what = match place.note(name) {
            Some(note) => {
                let repo = note.origin.as_ref().map(|o| match o.buildroot {
                    Some(id) => format!(", as buildroot {id} of {}", o.tag),
                    None => format!(", repository {} of {}", o.repo.id, o.tag),
                });
                format!("{}{}", note.of, repo.unwrap_or_default())
            }
            None => "made by another program".into(),
        };
        cx.out.line(format!("{name:<width$}  {what}"));
    }
    Ok(())
}
