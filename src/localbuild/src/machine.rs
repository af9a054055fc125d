//! What of this machine can decide how a build comes out, and the same of a server by its log.

/// CPU model and kernel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    pub cpu: String,
    pub kernel: String,
}

impl Machine {
    pub fn here() -> Machine {
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Machine { cpu: field(&cpuinfo, "model name").unwrap_or_default(), kernel: kernel.trim().into() }
    }

    /// By the text of a builder's hw_info.log; `None` where it names no CPU.
    pub fn of_log(text: &str) -> Option<Machine> {
        let cpu = field(text, "Model name").or_else(|| field(text, "model name"))?;
        Some(Machine { cpu, kernel: String::new() })
    }
}

fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lscpu_names_the_cpu() {
        let log = "CPU info:\nArchitecture:  x86_64\nModel name:    AMD EPYC 7J13\nFlags: a\n";
        assert_eq!(Machine::of_log(log).map(|m| m.cpu).as_deref(), Some("AMD EPYC 7J13"));
        assert_eq!(Machine::of_log("nothing"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(Model name:?|[a-z: \n]{0,5}){0,20}") {
            let _ = Machine::of_log(&text);
        }
    }
}
