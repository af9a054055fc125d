//! The lists of commands.

use crate::commands::{self, Category};

/// All categories.
pub fn print_all() {
    print(Category::ALL.iter().map(|c| c.1).collect::<Vec<_>>().as_slice());
}

/// Some categories, by name; an unknown name is said and skipped.
/// Whether all of the names are known.
pub fn print(names: &[&str]) -> bool {
    let mut text = String::from("Available commands:\n");
    for name in names {
        let Some((category, _, title)) = Category::ALL.iter().find(|c| c.1 == *name) else {
            text.push_str(&format!("No such help category: {name}\n"));
            continue;
        };
        let mut lines: Vec<String> = commands::table()
            .filter(|e| e.category == *category)
            .map(|e| format!("        {:<25} {}", e.name, e.summary()))
            .collect();
        if lines.is_empty() {
            continue;
        }
        lines.sort();
        text.push_str(&format!("\n{title}:\n{}\n", lines.join("\n")));
    }
    text.push_str("\n(Type \"koji --help\" for help about global options\n Type \"koji <command> --help\" for help about a particular command's options\n");
    let all: Vec<&str> = Category::ALL.iter().map(|c| c.1).collect();
    text.push_str(&format!(
        " Type \"koji help <category>\" for commands of a category: {})\n",
        all.join(", ")
    ));
    crate::output::Output::default().text(text);
    names.iter().all(|name| all.contains(name))
}

/// `; did you mean X?` for the command that was most likely meant.
pub fn nearest(wrong: &str) -> String {
    let best = commands::table()
        .flat_map(|e| std::iter::once(e.name).chain(e.aliases.iter().copied()))
        .map(|name| (strsim::levenshtein(name, wrong), name))
        .min();
    match best {
        Some((d, name)) if d <= 2 => format!("; did you mean {name}?"),
        _ => String::new(),
    }
}
