//! The stream's text, by the rules of the HTML standard for `text/event-stream`.

use std::collections::BTreeMap;

use super::News;

/// Bytes of a line; a longer one is no event of ours.
const LONGEST: usize = 1 << 20;

/// One event; a comment with an id has neither name nor data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    pub id: Option<String>,
    pub event: Option<String>,
    pub data: String,
}

/// Puts frames together from pieces as they arrive.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    /// The last byte was a CR, so that a LF belongs to it.
    after_cr: bool,
    frame: Frame,
}

impl Parser {
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => frames.extend(self.end_of_line()),
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => {}
            }
            self.after_cr = *byte == b'\r';
        }
        frames
    }

    fn end_of_line(&mut self) -> Option<Frame> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let frame = std::mem::take(&mut self.frame);
            return (frame != Frame::default()).then_some(frame);
        }
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" if !value.contains('\0') => self.frame.id = Some(value.to_owned()),
            "event" => self.frame.event = Some(value.to_owned()),
            "data" => {
                if !self.frame.data.is_empty() {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

/// The members of a flat JSON object; of others those that are no lists or objects.
pub fn object(text: &str) -> Option<BTreeMap<String, News>> {
    let members: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let news = members.into_iter().filter_map(|(name, value)| {
        let value = match value {
            serde_json::Value::Number(n) => News::Int(n.as_i64()?),
            serde_json::Value::Bool(b) => News::Bool(b),
            serde_json::Value::String(text) => News::Text(text),
            serde_json::Value::Null => News::None,
            _ => return None,
        };
        Some((name, value))
    });
    Some(news.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "retry: 2000\nid: 5.1\nevent: hello\ndata: {}\n\n:\nid: 6.1\n\n: nothing\n\nid: 7.1\r\nevent: task\r\n\
                          data: {\"topic\": \"task:1\",\r\ndata: \"state\": 2}\r\n\r\ndata";

    fn frame(id: &str, event: Option<&str>, data: &str) -> Frame {
        Frame { id: Some(id.to_owned()), event: event.map(str::to_owned), data: data.to_owned() }
    }

    #[test]
    fn frames_of_a_stream() {
        let frames = Parser::default().push(STREAM.as_bytes());
        let data = "{\"topic\": \"task:1\",\n\"state\": 2}";
        let expected =
            [frame("5.1", Some("hello"), "{}"), frame("6.1", None, ""), frame("7.1", Some("task"), data)];
        assert_eq!(frames, expected);
        let news = object(data).unwrap();
        assert_eq!(news.get("state"), Some(&News::Int(2)));
        assert_eq!(object("[1]"), None);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(cuts in prop::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut parser = Parser::default();
            let (mut frames, mut at) = (Vec::new(), 0);
            for cut in cuts.into_iter().chain([STREAM.len()]) {
                frames.extend(parser.push(&STREAM.as_bytes()[at..cut]));
                at = cut;
            }
            prop_assert_eq!(frames, Parser::default().push(STREAM.as_bytes()));
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for frame in Parser::default().push(&bytes) {
                let _ = object(&frame.data);
            }
        }
    }
}
