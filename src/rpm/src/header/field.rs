use super::raw::{Data, text};

/// The value of a header field in the shape that rpm's Python binding (and so Koji) gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// No value of a scalar field.
    Nil,
    /// An integer.
    Int(u64),
    /// A string.
    Text(String),
    /// Binary data: digests and signatures.
    Bytes(Vec<u8>),
    /// A list of integers.
    Ints(Vec<u64>),
    /// A list of strings. Also the form of every empty list.
    Texts(Vec<String>),
    /// A list of binary values (`HEADERIMAGE` and other arrays of BIN do not occur; kept for tags unknown to rpm).
    Blobs(Vec<Vec<u8>>),
}

impl Field {
    /// Shapes a header value: `array` is what rpm's table says of the tag.
    pub(crate) fn shape(data: Option<Data<'_>>, array: bool) -> Self {
        match (data, array) {
            (None, true) => Self::Texts(Vec::new()),
            (None, false) => Self::Nil,
            (Some(Data::Ints(values)), true) => Self::Ints(values),
            (Some(Data::Ints(values)), false) => values.first().map_or(Self::Nil, |value| Self::Int(*value)),
            (Some(Data::String(value)), true) => Self::Texts(vec![text(value)]),
            (Some(Data::String(value)), false) => Self::Text(text(value)),
            (Some(Data::Strings(values) | Data::I18n(values)), true) => {
                Self::Texts(values.into_iter().map(text).collect())
            }
            (Some(Data::Strings(values) | Data::I18n(values)), false) => {
                values.first().map_or(Self::Nil, |value| Self::Text(text(value)))
            }
            (Some(Data::Binary(value)), true) => Self::Blobs(vec![value.to_vec()]),
            (Some(Data::Binary(value)), false) => Self::Bytes(value.to_vec()),
        }
    }

    /// No value, or a list of none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::Ints(values) => values.is_empty(),
            Self::Texts(values) => values.is_empty(),
            Self::Blobs(values) => values.is_empty(),
            Self::Int(_) | Self::Text(_) | Self::Bytes(_) => false,
        }
    }

    /// The text of a text field.
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The bytes of a binary field.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(value) => Some(value),
            _ => None,
        }
    }

    /// Binary values that are UTF-8 as text, as Koji gives them.
    pub(crate) fn decoded(self) -> Self {
        match self {
            Self::Bytes(value) => match String::from_utf8(value) {
                Ok(value) => Self::Text(value),
                Err(error) => Self::Bytes(error.into_bytes()),
            },
            other => other,
        }
    }
}
