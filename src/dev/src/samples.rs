//! The sample configuration files in `config/`.

use std::path::Path;

use koji_config::sample::samples;
use koji_policy::Policies;

use crate::generated::File;

pub fn files() -> Vec<File> {
    let file = |sample: koji_config::sample::Sample| {
        let mut text = sample.text;
        if sample.file == "hub.conf.sample" {
            text.push_str(&policies());
        }
        File { path: Path::new("config").join(sample.file), content: text.into_bytes() }
    };
    samples().into_iter().map(file).collect()
}

/// The default policies as a commented section.
fn policies() -> String {
    let mut text = String::from(
        "\n[policy]\n\n## Each policy is a list of rules, TEST [ARGUMENT...] [&& TEST ...] :: ACTION, of which the first\n\
         ## whose tests all hold decides (with !! instead of ::, the first whose tests do not all hold).\n\
         ## These are the defaults.\n",
    );
    for (name, rules) in Policies::default_texts() {
        text.push_str(&format!("\n#{name} =\n"));
        for rule in rules.lines() {
            text.push_str(&format!("#    {rule}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_in_the_sample_are_the_defaults() {
        let text: String = policies()
            .lines()
            .map(|l| format!("{}\n", l.strip_prefix('#').filter(|l| !l.starts_with('#')).unwrap_or(l)))
            .collect();
        let config = koji_config::HubConfig::from_text(&text).unwrap();
        let names: Vec<&str> = config.policies.keys().map(String::as_str).collect();
        assert_eq!(names, Policies::default_texts().map(|(n, _)| n).collect::<Vec<_>>());
        for (name, rules) in Policies::default_texts() {
            let lines: Vec<&str> = config.policies[name]
                .lines
                .iter()
                .map(|(_, l)| l.as_str())
                .filter(|l| !l.is_empty())
                .collect();
            assert_eq!(lines.join("\n"), rules, "{name}");
        }
    }
}
