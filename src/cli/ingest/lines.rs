//! The input cut into lines: unpacked when it is gzip, each line bounded, numbered from 1.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// Longest line that is sent; a longer one is passed over without being held in memory.
pub(super) const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// One line of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its bytes, with the line end.
    Whole(Vec<u8>),
    /// It is longer than [`MAX_LINE_BYTES`].
    TooLong,
}

/// Reads lines.
pub(super) struct LineReader {
    input: BufReader<Box<dyn Read + Send>>,
}

impl LineReader {
    /// Looks at the first bytes to tell whether the input is gzip.
    pub(super) fn new(mut input: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut head = Vec::new();
        input.by_ref().take(2).read_to_end(&mut head)?;
        let is_gzip = head == GZIP_MAGIC;
        let input = Cursor::new(head).chain(input);
        let input: Box<dyn Read + Send> =
            if is_gzip { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) };
        Ok(Self { input: BufReader::with_capacity(BUFFER_BYTES, input) })
    }

    /// The next line; `None` at the end.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        let limit = u64::try_from(MAX_LINE_BYTES + 1).unwrap_or(u64::MAX);
        let length = self.input.by_ref().take(limit).read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(None);
        }
        if line.len() <= MAX_LINE_BYTES || line.ends_with(b"\n") {
            return Ok(Some(Line::Whole(line)));
        }
        self.skip_line()?;
        Ok(Some(Line::TooLong))
    }

    /// Whether the next line is here already, so that reading it does not wait.
    pub(super) fn has_more_at_hand(&self) -> bool {
        self.input.buffer().contains(&b'\n')
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (length, is_end) = match end {
                Some(place) => (place + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(length);
            if is_end {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<Line> {
        let mut reader = LineReader::new(Box::new(Cursor::new(bytes.to_vec()))).unwrap();
        std::iter::from_fn(|| reader.next_line().unwrap()).collect()
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn gzip_in_several_members_reads_as_one_text() {
        let mut packed = Vec::new();
        for part in ["a\nb", "c\nd"] {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            packed.extend(encoder.finish().unwrap());
        }

        assert_eq!(read(&packed), [whole("a\n"), whole("bc\n"), whole("d")]);
        assert_eq!(read(b"a\nbc\nd"), [whole("a\n"), whole("bc\n"), whole("d")]);
        assert!(read(b"").is_empty());
        assert_eq!(read(b"x"), [whole("x")]);
    }

    #[test]
    fn a_giant_line_is_passed_over_and_the_next_one_is_read() {
        let mut text = vec![b'x'; MAX_LINE_BYTES + 1];
        text.extend(b"yz\nnext\n");

        assert_eq!(read(&text), [Line::TooLong, whole("next\n")]);
        assert_eq!(read(&vec![b'x'; 2 * MAX_LINE_BYTES]), [Line::TooLong]);
    }
}
