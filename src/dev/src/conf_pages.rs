//! Manual pages of the configuration files, from the declared settings.

use std::path::Path;

use koji_config::client::ClientSettings;
use koji_config::declare::{Group, Settings};
use koji_config::hub::HubSettings;
use koji_config::kojid::KojidSettings;
use koji_config::kojira::KojiraSettings;
use roff::{Inline, Roff, bold, italic, roman};

use crate::generated::File;

pub fn files() -> Vec<File> {
    vec![
        page(
            "koji.conf",
            "settings of the koji client",
            &["/etc/koji.conf.d/*.conf", "/etc/koji.conf", "~/.koji/config.d/*.conf", "~/.koji/config"],
            "Each section is a profile, chosen with --profile or $KOJI_PROFILE; without either it is the name under \
             which the program was started. Later files override earlier ones; a file given with --config takes the \
             place of those in ~/.koji.",
            ClientSettings::groups(),
        ),
        page(
            "hub.conf",
            "settings of koji-hub",
            &["/etc/koji-hub/hub.conf.d/*.conf", "/etc/koji-hub/hub.conf"],
            "The section [hub] holds the options below. The section [policy] holds policies: the name of each, and \
             its rules in the lines after it, indented.",
            HubSettings::groups(),
        ),
        page(
            "kojid.conf",
            "settings of kojid, the build daemon",
            &["/etc/kojid/kojid.conf"],
            "The only section is [kojid]. An option that does not exist is an error.",
            KojidSettings::groups(),
        ),
        page(
            "kojira.conf",
            "settings of kojira, the repository daemon",
            &["/etc/kojira/kojira.conf"],
            "The only section is [kojira]. An option that does not exist is an error.",
            KojiraSettings::groups(),
        ),
    ]
}

fn page(name: &str, summary: &str, read: &[&str], about: &str, groups: &[Group]) -> File {
    let mut roff = Roff::new();
    roff.control("TH", [name.to_uppercase().as_str(), "5"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {summary}"))]);
    roff.control("SH", ["FILES"]);
    for file in read {
        roff.text([italic(*file)]);
        roff.control("br", []);
    }
    roff.control("SH", ["DESCRIPTION"]);
    roff.text([roman(about)]);
    roff.control("PP", []);
    roff.text([roman(
        "The format is that of Python's configparser: OPTION = VALUE, deeper indented lines continue a value, lines \
         that start with # or ; are comments.",
    )]);
    for group in groups {
        roff.control("SH", [group.title.to_uppercase().as_str()]);
        for setting in group.settings {
            roff.control("TP", []);
            let mut head: Vec<Inline> = vec![bold(setting.name)];
            if !setting.default.is_empty() {
                head.push(roman(format!(" = {}", setting.default)));
            }
            roff.text(head);
            let doc: Vec<&str> = setting.doc.iter().map(|l| l.trim()).collect();
            roff.text([roman(doc.join(" "))]);
        }
    }
    File { path: Path::new("man").join(format!("{name}.5")), content: roff.render().into_bytes() }
}
