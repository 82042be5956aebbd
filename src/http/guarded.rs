//! One connection with deadlines, below HTTP.
//!
//! The head of a request must be whole `HEAD` after its first byte, and nothing may stand still for `STILL`. A
//! connection that breaks this ends with an error on its next read or write. Streams of events survive: each event or
//! keep-alive comment is a write. Knows of HTTP only where a head ends; must never change a byte.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep},
};

/// From connecting, or from the first byte of a request, to the end of its head. A phone with one bar needs a second.
const HEAD: Duration = Duration::from_secs(10);
/// Longest time without progress otherwise: more than any handler takes (20 s) and than the pause of an event stream (15 s).
const STILL: Duration = Duration::from_secs(60);
/// How long unread bytes are thrown away after the last answer, so that a reset does not destroy it on its way.
const LINGER: Duration = Duration::from_secs(1);
/// How HTTP/2 without negotiation begins: not spoken here, one protocol less to guard.
const HTTP2: &[u8] = b"PRI * HTTP/2.0";

const NEW: u8 = 0;
const IDLE: u8 = 1;
const BUSY: u8 = 2;

/// What the gate may see of a connection, and how it cuts it.
#[derive(Debug, Default)]
pub(super) struct Line {
    state: AtomicU8,
    cut: AtomicBool,
    waker: AtomicWaker,
}

impl Line {
    /// True until the first head is whole.
    pub(super) fn is_new(&self) -> bool {
        self.state.load(Ordering::Relaxed) == NEW && !self.is_cut()
    }
    /// True between the end of an answer and the next request: not while an answer is half sent, or a stream.
    pub(super) fn is_idle(&self) -> bool {
        self.state.load(Ordering::Relaxed) == IDLE && !self.is_cut()
    }
    /// Ends the connection at its next step, which is now.
    pub(super) fn cut(&self) {
        self.cut.store(true, Ordering::Release);
        self.waker.wake();
    }
    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }
}

/// Finds the end of a head: an empty line after at least one that is not.
#[derive(Debug, Default)]
struct HeadEnd {
    begun: bool,
    line_is_empty: bool,
}

impl HeadEnd {
    /// Takes the next bytes; true when the head ended within them.
    fn passed(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match byte {
                b'\n' if self.begun && self.line_is_empty => return true,
                b'\n' => self.line_is_empty = true,
                b'\r' => {}
                _ => {
                    self.begun = true;
                    self.line_is_empty = false;
                }
            }
        }
        false
    }
}

/// What the connection is waiting for.
enum Phase {
    /// The first byte of a request.
    Pause,
    /// The rest of a head.
    Head(HeadEnd),
    /// The rest of the request, then the first byte of the answer.
    Work,
    /// The rest of the answer. HTTP is given an answer whole and flushes when all of it is sent; only streams of events and
    /// tables that are sent as they are read, which are `endless`, flush in between.
    Answer { endless: bool },
}

/// A TCP stream that keeps its deadlines.
pub(super) struct Guarded {
    stream: TcpStream,
    line: Arc<Line>,
    phase: Phase,
    deadline: Instant,
    timer: Pin<Box<Sleep>>,
    shut: bool,
    _place: OwnedSemaphorePermit,
}

impl Guarded {
    /// Takes a fresh connection and its place, which is free again when this is dropped.
    pub(super) fn new(stream: TcpStream, line: Arc<Line>, place: OwnedSemaphorePermit) -> Self {
        let deadline = Instant::now() + HEAD;
        Self {
            stream,
            line,
            phase: Phase::Pause,
            deadline,
            timer: Box::pin(tokio::time::sleep_until(deadline)),
            shut: false,
            _place: place,
        }
    }

    fn received(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() || matches!(self.phase, Phase::Work | Phase::Answer { .. }) {
            // A body that trickles in gains no time: all of it must come within `STILL` of the head.
            return Ok(());
        }
        let now = Instant::now();
        if matches!(self.phase, Phase::Pause) {
            if bytes.starts_with(HTTP2) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "HTTP/2 is not spoken here"));
            }
            self.phase = Phase::Head(HeadEnd::default());
            self.deadline = now + HEAD;
        }
        if let Phase::Head(head) = &mut self.phase
            && head.passed(bytes)
        {
            self.phase = Phase::Work;
            self.deadline = now + STILL;
            self.line.state.store(BUSY, Ordering::Relaxed);
        }
        Ok(())
    }

    fn sent(&mut self, bytes: &[u8]) {
        // A head that is wrong is answered before it ends. "100 Continue" is not the answer yet.
        if matches!(self.phase, Phase::Work | Phase::Head(_)) && !bytes.starts_with(b"HTTP/1.1 1") {
            self.phase = Phase::Answer { endless: is_stream(bytes) };
        }
        self.deadline = Instant::now() + STILL;
    }

    fn flushed(&mut self) {
        if matches!(self.phase, Phase::Answer { endless: false }) {
            self.phase = Phase::Pause;
            self.line.state.store(IDLE, Ordering::Relaxed);
        }
    }

    /// Ready when the connection was cut or stood still for too long.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.line.waker.register(cx.waker());
        if self.line.is_cut() {
            return Poll::Ready(());
        }
        // The deadline mostly moves later, so the timer is set again only when it fires: not for every request.
        if self.timer.deadline() > self.deadline {
            self.timer.as_mut().reset(self.deadline);
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= self.deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.deadline);
        }
        Poll::Pending
    }
}

/// Whether an answer that begins so is a stream of events, or a table that is sent as it is read; its head comes in one
/// piece. Connections of both end with them.
fn is_stream(answer: &[u8]) -> bool {
    const MARKS: [&[u8]; 2] = [b"\r\ncontent-type: text/event-stream", b"\r\ntransfer-encoding: chunked"];
    const END: &[u8] = b"\r\n\r\n";
    let head = answer.windows(END.len()).position(|at| at == END).and_then(|end| answer.get(..end));
    let head = head.unwrap_or(answer);
    MARKS.iter().any(|mark| head.windows(mark.len()).any(|at| at == *mark))
}

fn over() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl AsyncRead for Guarded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(this.received(buf.filled().get(before..).unwrap_or_default())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => this.poll_over(cx).map(|()| Err(over())),
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_write(cx, buf) {
            Poll::Pending => this.poll_over(cx).map(|()| Err(over())),
            ready => {
                this.sent(buf);
                ready
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        this.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.shut = true;
            this.deadline = Instant::now() + LINGER;
        }
        let mut space = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut space);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && Instant::now() < this.deadline => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return this.poll_over(cx).map(Ok),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        sync::Semaphore,
    };

    use super::*;

    fn ends(parts: &[&str]) -> Vec<bool> {
        let mut head = HeadEnd::default();
        parts.iter().map(|part| head.passed(part.as_bytes())).collect()
    }

    #[test]
    fn a_head_ends_at_an_empty_line() {
        assert_eq!(ends(&["GET / HTTP/1.1\r\nHost: a\r\n\r\n"]), [true]);
        assert_eq!(ends(&["GET / HTTP/1.1\r\nHo", "st: a\r\n", "\r", "\n"]), [false, false, false, true]);
        assert_eq!(ends(&["GET / HTTP/1.1\n\n"]), [true]);
    }

    #[tokio::test]
    async fn a_connection_is_idle_only_when_its_answer_is_all_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
        let line = Arc::new(Line::default());
        let mut guarded = Guarded::new(stream, Arc::clone(&line), place);
        assert!(line.is_new());

        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let mut request = [0; 64];
        assert!(guarded.read(&mut request).await.unwrap() > 0);
        assert!(!line.is_new() && !line.is_idle());
        guarded.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
        guarded.flush().await.unwrap();
        assert!(!line.is_idle());

        // More than the system takes in for a client that does not read.
        let answer = vec![b'x'; 64 << 20];
        let mut sending = Box::pin(async {
            guarded.write_all(&answer).await.unwrap();
            guarded.flush().await.unwrap();
        });
        assert!(futures_util::poll!(sending.as_mut()).is_pending());
        assert!(!line.is_idle());
        let draining =
            tokio::spawn(async move { tokio::io::copy(&mut client, &mut tokio::io::sink()).await });
        sending.await;
        assert!(line.is_idle());
        drop(guarded);
        assert!(draining.await.unwrap().unwrap() > 64 << 20);
    }

    #[test]
    fn a_stream_is_known_by_its_head() {
        assert!(is_stream(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: snapshot"));
        assert!(is_stream(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nat\r\n"));
        assert!(!is_stream(b"HTTP/1.1 200 OK\r\n\r\nx\r\ncontent-type: text/event-stream"));
    }

    #[test]
    fn empty_lines_before_a_head_are_no_head() {
        assert_eq!(ends(&["\r\n\r\n\r\n", "GET / HTTP/1.1\r\n", "\r\n"]), [false, false, true]);
    }
}
