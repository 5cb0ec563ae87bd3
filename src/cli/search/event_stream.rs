//! Reads server-sent events from bytes as they come in.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What kind of event; `message` when the stream names none.
    pub(super) name: String,
    /// Its data, lines joined.
    pub(super) data: String,
    /// Id of the last event that had one, for going on after it.
    pub(super) id: Option<String>,
}

/// Longest line of a stream; a line beyond is no event of ours.
const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;

/// Puts events together.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    rest: Vec<u8>,
    name: String,
    data: Option<String>,
    last_id: Option<String>,
}

impl EventReader {
    /// Takes bytes and gives the events that are complete with them.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        self.rest.extend_from_slice(bytes);
        let mut rest = std::mem::take(&mut self.rest);
        let mut done = 0;
        while let Some(length) = rest.get(done..).and_then(|left| left.iter().position(|byte| *byte == b'\n'))
        {
            let line = rest.get(done..done + length).unwrap_or_default();
            events.extend(self.line(&String::from_utf8_lossy(line)));
            done += length + 1;
        }
        rest.drain(..done);
        if rest.len() > MAX_LINE_BYTES {
            rest.clear();
        }
        self.rest = rest;
        events
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = self.data.take()?;
            let name = if name.is_empty() { "message".to_owned() } else { name };
            return Some(Event { name, data, id: self.last_id.clone() });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "id" => self.last_id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // A comment (a heartbeat), or a field of a later version.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": hello\n\nid: 1\ndata: {\"a\":1}\n\nevent: dropped\r\ndata: {\"count\":2}\r\n\r\nretry: 5\nid: 2\ndata: x\ndata: 결제\n\nevent: cut";

    fn event(name: &str, data: &str, id: &str) -> Event {
        Event { name: name.to_owned(), data: data.to_owned(), id: Some(id.to_owned()) }
    }

    #[test]
    fn events_are_the_same_however_the_bytes_are_cut() {
        let expected = [
            event("message", "{\"a\":1}", "1"),
            event("dropped", "{\"count\":2}", "1"),
            event("message", "x\n결제", "2"),
        ];

        for size in 1..STREAM.len() {
            let mut reader = EventReader::default();
            let events: Vec<_> = STREAM.as_bytes().chunks(size).flat_map(|part| reader.read(part)).collect();

            assert_eq!(events, expected, "parts of {size} bytes");
        }
    }
}
