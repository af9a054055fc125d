//! `settings!`: one declaration gives the struct, its defaults, its parser, its listing and its sample file.

use crate::value::OptionValue;

/// One option as documented.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// The name in the file.
    pub name: &'static str,
    /// The default as it would be written in the file; empty when there is none.
    pub default: &'static str,
    /// The lines of its documentation.
    pub doc: &'static [&'static str],
}

/// Options that belong together, under one title in the sample file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    pub title: &'static str,
    pub settings: &'static [Setting],
}

/// What became of an option that was set by name.
#[derive(Debug, Clone, PartialEq)]
pub enum Assigned {
    Yes,
    /// No option has that name.
    Unknown,
    /// The value is not what the option takes.
    Invalid {
        expected: &'static str,
    },
}

/// The settings of one program.
pub trait Settings: Default {
    fn groups() -> &'static [Group];
    /// Sets the option `name` (lower case) from the text of a file.
    fn assign(&mut self, name: &str, text: &str) -> Assigned;
    /// Every option with its value, in the order of the declaration.
    fn values(&self) -> Vec<(&'static str, OptionValue)>;
}

/// The name of the declared option that `wrong` most likely meant.
pub fn nearest<S: Settings>(wrong: &str) -> Option<&'static str> {
    let names = S::groups().iter().flat_map(|g| g.settings).map(|s| s.name);
    names
        .map(|name| (strsim::levenshtein(&name.to_lowercase(), wrong), name))
        .filter(|(d, _)| *d <= 2)
        .min()
        .map(|(_, n)| n)
}

/// Declares a settings struct:
///
/// ```text
/// settings! {
///     /// What the struct is.
///     pub struct Example {
///         "Title of a group" {
///             /// What the option does, in which unit.
///             field: u64 = ("OptionName", "default as text"),
///         }
///     }
/// }
/// ```
macro_rules! settings {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $group:literal {
                $( $(#[doc = $doc:literal])+ $field:ident : $ty:ty = ($key:literal, $default:literal), )*
            } )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $( $(#[doc = $doc])+ pub $field: $ty, )* )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $(
                    $field: match <$ty as $crate::value::FromText>::from_text($default) {
                        Some(value) => value,
                        None => unreachable!(concat!("the declared default of ", $key, " is no valid value")),
                    },
                )* )* }
            }
        }

        impl $crate::declare::Settings for $name {
            fn groups() -> &'static [$crate::declare::Group] {
                &[ $( $crate::declare::Group {
                    title: $group,
                    settings: &[ $( $crate::declare::Setting {
                        name: $key,
                        default: $default,
                        doc: &[ $($doc),+ ],
                    }, )* ],
                }, )* ]
            }

            fn assign(&mut self, name: &str, text: &str) -> $crate::declare::Assigned {
                $( $(
                    if $key.eq_ignore_ascii_case(name) {
                        return match <$ty as $crate::value::FromText>::from_text(text) {
                            Some(value) => {
                                self.$field = value;
                                $crate::declare::Assigned::Yes
                            }
                            None => $crate::declare::Assigned::Invalid {
                                expected: <$ty as $crate::value::FromText>::EXPECTED,
                            },
                        };
                    }
                )* )*
                $crate::declare::Assigned::Unknown
            }

            fn values(&self) -> Vec<(&'static str, $crate::value::OptionValue)> {
                vec![ $( $( ($key, $crate::value::FromText::to_value(&self.$field)), )* )* ]
            }
        }
    };
}
pub(crate) use settings;
