//! Messages of the Language Server Protocol: a header that says how long, then JSON.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// The longest message: an editor sends whole files, and a station file has at most a megabyte.
const LONGEST: u64 = 8 * 1024 * 1024;
/// The longest line of a header.
const LONGEST_LINE: u64 = 1024;
/// A message has two lines of header.
const MOST_LINES: usize = 16;

/// The next message; `None` when the editor has closed its end.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Value>> {
    let broken = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut length = None;
    for _ in 0..MOST_LINES {
        let mut line = String::new();
        if input.by_ref().take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim();
        if line.is_empty() {
            let length = length.ok_or_else(|| broken("a message without Content-Length"))?;
            let mut body = Vec::new();
            let read = input.by_ref().take(length).read_to_end(&mut body)?;
            if u64::try_from(read).ok() != Some(length) {
                return Ok(None);
            }
            return serde_json::from_slice(&body).map(Some).map_err(io::Error::from);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let given = value.trim().parse::<u64>().ok().filter(|length| *length <= LONGEST);
            length = Some(given.ok_or_else(|| broken("a message that is too long"))?);
        }
    }
    Err(broken("a message with too long a header"))
}

/// Sends a message.
pub(super) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut bytes = Vec::new();
        let message = serde_json::json!({"method": "ä"});
        write(&mut bytes, &message).unwrap();
        write(&mut bytes, &message).unwrap();
        let mut input = bytes.as_slice();
        assert_eq!(read(&mut input).unwrap(), Some(message.clone()));
        assert_eq!(read(&mut input).unwrap(), Some(message));
        assert_eq!(read(&mut input).unwrap(), None);
    }

    #[test]
    fn what_is_no_message_ends_the_reading() {
        for text in [
            "\r\n",
            "Content-Length: x\r\n\r\n{}",
            "Content-Length: 99999999999\r\n\r\n{}",
            "Content-Length: 2\r\n\r\n{[",
            &"a: b\r\n".repeat(40),
        ] {
            assert!(read(&mut text.as_bytes()).is_err(), "{text}");
        }
        for text in ["", "Content-Length: 50\r\n\r\n{}", "Content-Length: 50\r\n"] {
            assert_eq!(read(&mut text.as_bytes()).unwrap(), None, "{text}");
        }
    }
}
