//! Lines gathered into batches: by number, by size, and by time where lines trickle in.

use std::io::{self, Read};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::format::{Format, lines_of_array, opens_array, recognise};
use super::lines::{Line, LineReader};

/// A batch is sent when it holds this much; the server takes 5 MiB.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// A batch is sent when it holds this many lines.
const BATCH_LINES: usize = 5_000;
/// A batch is sent when its first line has waited this long: `tail -f app.log | trailproof ingest -`.
const BATCH_WAIT: Duration = Duration::from_millis(500);
/// Parts of the input that wait to be gathered; reading stops while the server is slow.
const WAITING_PARTS: usize = 4;
/// A part goes on its way when it holds this many lines, or when the input pauses.
const PART_LINES: usize = 1_000;

/// Lines on their way, in the form in which they are sent.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Lines that can be sent, each with its number in the input.
    pub(super) lines: Vec<(u64, Vec<u8>)>,
    /// Numbers of lines that are too long.
    pub(super) too_long: Vec<u64>,
    bytes: usize,
}

impl Batch {
    /// Number of its first line.
    pub(super) fn first_number(&self) -> u64 {
        let sent = self.lines.first().map(|(number, _)| *number);
        sent.into_iter().chain(self.too_long.first().copied()).min().unwrap_or(0)
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.too_long.is_empty()
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH_LINES || self.bytes >= BATCH_BYTES
    }

    /// Whether a line would make the batch larger than it should be.
    fn overflows_with(&self, line: &[u8]) -> bool {
        !self.lines.is_empty() && self.bytes + line.len() > BATCH_BYTES
    }

    fn add(&mut self, number: u64, line: Line) {
        match line {
            Line::TooLong => self.too_long.push(number),
            Line::Whole(line) => {
                self.bytes += line.len();
                self.lines.push((number, line));
            }
        }
    }
}

type Part = io::Result<Vec<Line>>;

/// Gathers batches.
pub(super) struct Batches {
    parts: mpsc::Receiver<Part>,
    at_hand: std::vec::IntoIter<Line>,
    next: Option<Line>,
    number: u64,
    format: Format,
}

impl Batches {
    /// Reads the input in a thread of its own, so that a batch can leave while the input pauses.
    pub(super) fn read(input: Box<dyn Read + Send>, format: Format) -> Self {
        let (sender, parts) = mpsc::channel(WAITING_PARTS);
        // Nobody waits for it: on standard input it may never end.
        std::thread::spawn(move || {
            if let Err(error) = read_parts(input, &sender) {
                let _ = sender.blocking_send(Err(error));
            }
        });
        Self { parts, at_hand: Vec::new().into_iter(), next: None, number: 0, format }
    }

    /// Form of the lines; known after the first batch.
    pub(super) const fn format(&self) -> Format {
        self.format
    }

    /// The next batch; `None` at the end.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Batch>> {
        let mut batch = Batch::default();
        let mut deadline = None;
        while !batch.is_full() {
            let Some(line) = self.line(deadline).await? else { break };
            if matches!(&line, Line::Whole(bytes) if batch.overflows_with(bytes)) {
                self.next = Some(line);
                break;
            }
            self.number += 1;
            batch.add(self.number, line);
            deadline.get_or_insert_with(|| Instant::now() + BATCH_WAIT);
        }
        if batch.is_empty() {
            return Ok(None);
        }
        if self.format == Format::Auto {
            self.format = recognise(batch.lines.iter().map(|(_, line)| &**line));
        }
        let is_array = self.number <= u64::try_from(BATCH_LINES).unwrap_or(0)
            && batch.lines.first().is_some_and(|(number, line)| *number == 1 && opens_array(line));
        if self.format == Format::Json && is_array {
            return self.take_array(batch).await.map(Some);
        }
        Ok(Some(batch))
    }

    /// A line, unless the deadline passes before it is there.
    async fn line(&mut self, deadline: Option<Instant>) -> anyhow::Result<Option<Line>> {
        loop {
            if let Some(line) = self.next.take().or_else(|| self.at_hand.next()) {
                return Ok(Some(line));
            }
            let part = match deadline {
                None => self.parts.recv().await,
                Some(deadline) => match timeout_at(deadline, self.parts.recv()).await {
                    Ok(part) => part,
                    Err(_) => return Ok(None),
                },
            };
            match part {
                None => return Ok(None),
                Some(part) => self.at_hand = part?.into_iter(),
            }
        }
    }

    /// Reads to the end of an array, and goes on with its objects as lines.
    async fn take_array(&mut self, begun: Batch) -> anyhow::Result<Batch> {
        let mut text: Vec<u8> = begun.lines.into_iter().flat_map(|(_, line)| line).collect();
        while let Some(line) = self.line(None).await? {
            if let Line::Whole(line) = line {
                text.extend(line);
            }
        }
        let lines = lines_of_array(&text)
            .map_err(|error| anyhow::anyhow!("the input begins as a JSON array but is none: {error}"))?;
        let lines: Vec<_> = lines.into_iter().map(Line::Whole).collect();
        self.at_hand = lines.into_iter();
        self.number = 0;
        let mut batch = Batch::default();
        while !batch.is_full() {
            let Some(line) = self.at_hand.next() else { break };
            self.number += 1;
            batch.add(self.number, line);
        }
        Ok(batch)
    }
}

fn read_parts(input: Box<dyn Read + Send>, sender: &mpsc::Sender<Part>) -> io::Result<()> {
    let mut lines = LineReader::new(input)?;
    let mut part = Vec::new();
    while let Some(line) = lines.next_line()? {
        part.push(line);
        let is_sent = part.len() >= PART_LINES || !lines.has_more_at_hand();
        if is_sent && sender.blocking_send(Ok(std::mem::take(&mut part))).is_err() {
            // Nobody gathers any more: the command is ending.
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    async fn all(text: &[u8], format: Format) -> (Vec<Batch>, Format) {
        let mut batches = Batches::read(Box::new(Cursor::new(text.to_vec())), format);
        let mut found = Vec::new();
        while let Some(batch) = batches.next().await.unwrap() {
            found.push(batch);
        }
        (found, batches.format())
    }

    #[tokio::test]
    async fn no_batch_is_larger_than_the_server_takes_and_no_line_is_lost() {
        let line = [vec![b'x'; 1_500_000], b"\n".to_vec()].concat();
        let text = [line.repeat(3), b"y\n".repeat(2 * BATCH_LINES)].concat();

        let (batches, format) = all(&text, Format::Auto).await;

        let numbers: Vec<_> =
            batches.iter().flat_map(|batch| batch.lines.iter().map(|(number, _)| *number)).collect();
        assert_eq!(numbers, (1..=3 + 2 * u64::try_from(BATCH_LINES).unwrap()).collect::<Vec<_>>());
        assert!(batches.iter().all(|batch| batch.bytes <= BATCH_BYTES && batch.lines.len() <= BATCH_LINES));
        assert_eq!(format, Format::Plain);
    }

    #[tokio::test]
    async fn an_array_over_many_lines_is_numbered_by_its_objects() {
        let objects = (0..=BATCH_LINES).map(|number| format!("{{\"n\":\n{number}}}"));
        let text = format!("[\n{}\n]\n", objects.collect::<Vec<_>>().join(",\n"));

        let (batches, format) = all(text.as_bytes(), Format::Auto).await;

        let lines: Vec<_> = batches.iter().flat_map(|batch| &batch.lines).collect();
        assert_eq!((lines.len(), format), (BATCH_LINES + 1, Format::Json));
        assert_eq!(lines[1], &(2, b"{\"n\": 1}\n".to_vec()));
        assert_eq!(lines[BATCH_LINES].0, u64::try_from(BATCH_LINES).unwrap() + 1);
    }

    #[tokio::test]
    async fn a_line_that_nobody_follows_does_not_wait_for_the_end() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut batches = Batches::read(Box::new(reader), Format::Plain);
        std::io::Write::write_all(&mut writer, b"one\n").unwrap();

        let batch = batches.next().await.unwrap().unwrap();

        assert_eq!(batch.lines, [(1, b"one\n".to_vec())]);
        drop(writer);
        assert!(batches.next().await.unwrap().is_none());
    }
}
