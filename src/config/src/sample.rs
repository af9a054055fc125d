//! Sample files from the declarations: every option with its documentation and its default, commented out.

use crate::client::ClientSettings;
use crate::declare::Settings;
use crate::hub::HubSettings;
use crate::kojid::KojidSettings;
use crate::kojira::KojiraSettings;

/// A sample file: its name in `config/` and its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub file: &'static str,
    pub text: String,
}

/// The samples of all programs.
pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            file: "koji.conf.sample",
            text: render::<ClientSettings>(
                "koji",
                "Settings of the client: /etc/koji.conf, ~/.koji/config, or a file given with --config.\n\
                 Each section is a profile, chosen with --profile; the default is [koji].",
                true,
            ),
        },
        Sample {
            file: "hub.conf.sample",
            text: render::<HubSettings>(
                "hub",
                "Settings of the hub: /etc/koji-hub/hub.conf, after the files in /etc/koji-hub/hub.conf.d.",
                false,
            ),
        },
        Sample {
            file: "kojid.conf.sample",
            text: render::<KojidSettings>("kojid", "Settings of the builder: /etc/kojid/kojid.conf.", true),
        },
        Sample {
            file: "kojira.conf.sample",
            text: render::<KojiraSettings>("kojira", "Settings of kojira: /etc/kojira/kojira.conf.", true),
        },
    ]
}

/// `interpolated`: whether the program replaces `%(name)s`, so that a plain percent sign is written twice.
fn render<S: Settings>(section: &str, header: &str, interpolated: bool) -> String {
    let mut text = String::new();
    for line in header.lines() {
        text.push_str(&format!("# {line}\n"));
    }
    text.push_str("# Lines that start with #OPTION show the default. Generated; do not edit.\n\n");
    text.push_str(&format!("[{section}]\n"));
    for group in S::groups() {
        text.push_str(&format!("\n## {}\n", group.title));
        for setting in group.settings {
            text.push('\n');
            for line in setting.doc {
                text.push_str(&format!("# {}\n", line.trim()));
            }
            let default =
                if interpolated { setting.default.replace('%', "%%") } else { setting.default.to_owned() };
            text.push_str(format!("#{} = {default}", setting.name).trim_end());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientConfig, HubConfig, KojidConfig, KojiraConfig};

    /// The sample with every option uncommented.
    fn active(file: &str) -> String {
        let sample = samples().into_iter().find(|s| s.file == file).unwrap();
        let uncomment = |line: &str| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        sample.text.lines().map(uncomment).collect()
    }

    #[test]
    fn a_sample_with_everything_switched_on_is_the_default_configuration() {
        let client = ClientConfig::from_text(&active("koji.conf.sample"), "koji").unwrap().settings;
        assert_eq!(client, ClientConfig::from_text("[koji]\n", "koji").unwrap().settings);
        assert_eq!(HubConfig::from_text(&active("hub.conf.sample")).unwrap(), HubConfig::default());
        let kojid = KojidConfig::from_text(&active("kojid.conf.sample")).unwrap();
        assert_eq!(kojid, KojidConfig::from_text("").unwrap());
        let kojira = KojiraConfig::from_text(&active("kojira.conf.sample")).unwrap();
        assert_eq!(kojira, KojiraConfig::from_text("").unwrap());
    }
}
