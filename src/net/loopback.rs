//! A server of HTTP for the browser on this machine: reads only, one request a connection, and nothing that a web page, another
//! user or a broken program connects with can keep it from answering.
//!
//! `std::net` and the parser of `httparse` are all that this needs; the small servers without an asynchronous runtime are not
//! kept well.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The most bytes of a request: its line and its headers. Browsers send less than 2 KiB.
const MAX_HEAD: usize = 8 * 1024;
const MAX_HEADERS: usize = 64;
/// How long a request may take to arrive, and how long an answer to be taken.
const FOR_HEAD: Duration = Duration::from_secs(5);
const FOR_ANSWER: Duration = Duration::from_secs(30);
/// How long what else was sent is read, so that the answer is not lost with it.
const FOR_THE_REST: Duration = Duration::from_millis(500);
/// How many connections may wait with their request, and how many streams be open. The oldest gives way to the newest.
const WAITING: usize = 64;
const STREAMS: usize = 32;
/// A thread needs little more than the head of a request.
const STACK: usize = 512 * 1024;

/// Addresses of this machine that only this machine reaches.
pub struct Loopback {
    listeners: Vec<TcpListener>,
    address: SocketAddr,
}

/// What is asked for: nothing but a path is ever looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// From its first `/` on, as it was sent, query and all.
    pub target: String,
}

/// What is answered.
pub struct Answer {
    pub status: Status,
    pub content_type: &'static str,
    /// Headers of this answer alone.
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Body,
}

pub enum Body {
    Bytes(Arc<[u8]>),
    /// Pieces as they come, until there are no more. Each is waited for; an empty one asks whether somebody still listens.
    Stream(Box<dyn FnMut() -> Option<String> + Send>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok,
    BadRequest,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    TooLate,
    Misdirected,
    TooLarge,
}

impl Status {
    /// The status line (RFC 9110, 15).
    fn line(self) -> &'static str {
        match self {
            Status::Ok => "200 OK",
            Status::BadRequest => "400 Bad Request",
            Status::Forbidden => "403 Forbidden",
            Status::NotFound => "404 Not Found",
            Status::MethodNotAllowed => "405 Method Not Allowed",
            Status::TooLate => "408 Request Timeout",
            Status::Misdirected => "421 Misdirected Request",
            Status::TooLarge => "431 Request Header Fields Too Large",
        }
    }
}

/// What every answer says: keep nothing, guess nothing, tell nobody where it was, and let no other site have it.
const HEADERS: &str = "Cache-Control: no-store\r\n\
                       X-Content-Type-Options: nosniff\r\n\
                       Referrer-Policy: no-referrer\r\n\
                       Cross-Origin-Opener-Policy: same-origin\r\n\
                       Cross-Origin-Embedder-Policy: require-corp\r\n\
                       Cross-Origin-Resource-Policy: same-origin\r\n\
                       X-DNS-Prefetch-Control: off\r\n\
                       Connection: close\r\n";

impl Answer {
    /// An answer in a few words, of the server itself.
    pub fn of(status: Status) -> Self {
        let body = Body::Bytes(format!("{}\n", status.line()).into_bytes().into());
        Self { status, content_type: "text/plain; charset=utf-8", headers: Vec::new(), body }
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {}\r\n{HEADERS}Content-Type: {}\r\n", self.status.line(), self.content_type);
        if let Body::Bytes(bytes) = &self.body {
            head.push_str(&format!("Content-Length: {}\r\n", bytes.len()));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head
    }
}

/// What answers; it is called from many threads.
type Answering = dyn Fn(&Request) -> Answer + Send + Sync;

impl Loopback {
    /// Takes a port of 127.0.0.1, and the same of ::1 where that can be had; 0 is any that is free.
    pub fn bind(port: u16) -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = first.local_addr()?;
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, address.port())).ok();
        Ok(Self { listeners: std::iter::once(first).chain(second).collect(), address })
    }

    /// The address to type into a browser, without a path.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers on threads of its own until the process ends.
    pub fn answer(self, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        let answer: Arc<Answering> = Arc::new(answer);
        let held = Arc::new(Held::default());
        for listener in self.listeners {
            let (answer, held) = (Arc::clone(&answer), Arc::clone(&held));
            thread::spawn(move || accept(&listener, &held, &answer));
        }
    }
}

fn accept(listener: &TcpListener, held: &Arc<Held>, answer: &Arc<Answering>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // No more files can be open; some of those that are will soon be closed.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        let place = held.next.fetch_add(1, Ordering::Relaxed);
        if held.waiting.admit(place, &stream, WAITING).is_err() {
            continue;
        }
        let (held, answer) = (Arc::clone(held), Arc::clone(answer));
        let exchange = move || {
            // A connection that breaks off is nobody's loss but its own.
            let _ = exchange(&stream, place, &held, &answer);
            held.waiting.dismiss(place);
        };
        let _ = thread::Builder::new().stack_size(STACK).spawn(exchange);
    }
}

/// The connections that are open and could stay so without end.
#[derive(Default)]
struct Held {
    /// The number of the next that comes: the order in which their threads get on is none.
    next: AtomicU64,
    waiting: Queue,
    streams: Queue,
}

/// Connections by age: by the numbers under which they came.
#[derive(Default)]
struct Queue(Mutex<BTreeMap<u64, TcpStream>>);

impl Queue {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<u64, TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in, and closes the oldest where there are more than `most`.
    fn admit(&self, number: u64, stream: &TcpStream, most: usize) -> io::Result<()> {
        let copy = stream.try_clone()?;
        let mut locked = self.locked();
        locked.insert(number, copy);
        if locked.len() > most
            && let Some((_, oldest)) = locked.pop_first()
        {
            let _ = oldest.shutdown(Shutdown::Both);
        }
        Ok(())
    }

    fn dismiss(&self, number: u64) {
        self.locked().remove(&number);
    }
}

/// Reads one request and answers it.
fn exchange(stream: &TcpStream, place: u64, held: &Held, answer: &Arc<Answering>) -> io::Result<()> {
    let _ = stream.set_nodelay(true);
    let asked = read(stream)?;
    let (answer, is_head) = match asked {
        Ok((request, is_head)) => (answer(&request), is_head),
        Err(status) => (Answer::of(status), false),
    };
    // Who is refused may be made to give way still.
    if answer.status == Status::Ok {
        held.waiting.dismiss(place);
    }
    let end = Instant::now() + FOR_ANSWER;
    write(stream, answer.head().as_bytes(), end)?;
    match answer.body {
        _ if is_head => {}
        Body::Bytes(bytes) => write(stream, &bytes, end)?,
        Body::Stream(next) => return pour(stream, place, next, held),
    }
    stream.shutdown(Shutdown::Write)?;
    drain(stream)
}

/// Writes the pieces of a stream until there are no more, or nobody listens.
fn pour(
    stream: &TcpStream,
    place: u64,
    mut next: Box<dyn FnMut() -> Option<String> + Send>,
    held: &Held,
) -> io::Result<()> {
    held.streams.admit(place, stream, STREAMS)?;
    let mut poured = Ok(());
    while let Some(piece) = next() {
        poured = write(stream, piece.as_bytes(), Instant::now() + FOR_ANSWER);
        if poured.is_err() {
            break;
        }
    }
    held.streams.dismiss(place);
    poured
}

/// Reads the head of a request, or why it is refused; an error where the connection ends before.
fn read(mut stream: &TcpStream) -> io::Result<Result<(Request, bool), Status>> {
    let end = Instant::now() + FOR_HEAD;
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    loop {
        let length = match stream.set_read_timeout(Some(left(end)?)).and_then(|()| stream.read(&mut buffer)) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => length,
            Err(error) if is_too_late(&error) => return Ok(Err(Status::TooLate)),
            Err(error) => return Err(error),
        };
        head.extend_from_slice(&buffer[..length]);
        if let Some(read) = parse(&head) {
            return Ok(read);
        }
        if head.len() >= MAX_HEAD {
            return Ok(Err(Status::TooLarge));
        }
    }
}

/// What a head asks for, and whether it asks for headers alone; `None` where it goes on.
fn parse(head: &[u8]) -> Option<Result<(Request, bool), Status>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Some(Err(Status::TooLarge)),
        Err(_) => return Some(Err(Status::BadRequest)),
    }
    let values = |name: &str| -> Vec<&[u8]> {
        parsed
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
            .collect()
    };
    let is_head = match parsed.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Some(Err(Status::MethodNotAllowed)),
    };
    if !matches!(values("host").as_slice(), [host] if is_loopback(host)) {
        return Some(Err(Status::Misdirected));
    }
    // Browsers say where a request comes from (Fetch Metadata); no other site has anything to ask here.
    if values("sec-fetch-site").iter().any(|site| !matches!(*site, b"none" | b"same-origin")) {
        return Some(Err(Status::Forbidden));
    }
    let has_body = values("content-length").iter().any(|length| *length != b"0");
    if has_body || !values("transfer-encoding").is_empty() {
        return Some(Err(Status::BadRequest));
    }
    let target = parsed.path.unwrap_or_default();
    if !target.starts_with('/') {
        return Some(Err(Status::BadRequest));
    }
    Some(Ok((Request { target: target.to_owned() }, is_head)))
}

/// Whether a Host header names this machine itself: a name that somebody made lead here is another one (DNS rebinding). The
/// port is any, since tunnels have their own.
fn is_loopback(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let is_port = |port: &str| !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    ["127.0.0.1", "localhost", "[::1]"].into_iter().any(|own| {
        host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
    })
}

/// Writes everything before a moment.
fn write(mut stream: &TcpStream, mut bytes: &[u8], end: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(left(end)?))?;
        let written = stream.write(bytes)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
    }
    Ok(())
}

/// Reads what else was sent: closing before would take the answer away again.
fn drain(mut stream: &TcpStream) -> io::Result<()> {
    let end = Instant::now() + FOR_THE_REST;
    let mut buffer = [0; 2048];
    loop {
        stream.set_read_timeout(Some(left(end)?))?;
        if stream.read(&mut buffer)? == 0 {
            return Ok(());
        }
    }
}

/// The time until a moment, or that it has passed.
fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Whether nothing came in time; systems name it in two ways.
fn is_too_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::{Request, Status, parse};

    fn asked(head: &str) -> Option<Result<(Request, bool), Status>> {
        parse(head.replace('\n', "\r\n").as_bytes())
    }

    fn target(target: &str) -> Option<Result<(Request, bool), Status>> {
        Some(Ok((Request { target: target.to_owned() }, false)))
    }

    #[test]
    fn a_request_of_a_browser_is_read() {
        assert_eq!(asked("GET /a?b HTTP/1.1\nHost: 127.0.0.1:80\nSec-Fetch-Site: none\n\n"), target("/a?b"));
        assert_eq!(asked("GET / HTTP/1.1\nhost: localhost:65535\nsec-fetch-site: same-origin\n\n"), target("/"));
        assert_eq!(asked("GET / HTTP/1.1\nHost: [::1]\nContent-Length: 0\n\n"), target("/"));
        assert_eq!(asked("GET / HTTP/1.1\nHost: 127.0.0.1\n"), None);
        assert!(matches!(asked("HEAD / HTTP/1.1\nHost: localhost\n\n"), Some(Ok((_, true)))));
    }

    #[test]
    fn nothing_else_is() {
        let own = "Host: localhost\n";
        for (head, status) in [
            ("GET / HTTP/1.1\n\n".to_owned(), Status::Misdirected),
            ("GET / HTTP/1.1\nHost: evil.example\n\n".to_owned(), Status::Misdirected),
            ("GET / HTTP/1.1\nHost: localhost.evil.example\n\n".to_owned(), Status::Misdirected),
            ("GET / HTTP/1.1\nHost: 127.0.0.1:80@evil.example\n\n".to_owned(), Status::Misdirected),
            ("GET / HTTP/1.1\nHost: 127.0.0.1.nip.io\n\n".to_owned(), Status::Misdirected),
            ("GET / HTTP/1.1\nHost: localhost:\n\n".to_owned(), Status::Misdirected),
            (format!("GET / HTTP/1.1\n{own}{own}\n"), Status::Misdirected),
            (format!("POST / HTTP/1.1\n{own}\n"), Status::MethodNotAllowed),
            (format!("get / HTTP/1.1\n{own}\n"), Status::MethodNotAllowed),
            (format!("GET / HTTP/1.1\n{own}Sec-Fetch-Site: cross-site\n\n"), Status::Forbidden),
            (format!("GET / HTTP/1.1\n{own}Sec-Fetch-Site: same-site\n\n"), Status::Forbidden),
            (format!("GET / HTTP/1.1\n{own}Content-Length: 5\n\n"), Status::BadRequest),
            (format!("GET / HTTP/1.1\n{own}Transfer-Encoding: chunked\n\n"), Status::BadRequest),
            (format!("GET http://localhost/ HTTP/1.1\n{own}\n"), Status::BadRequest),
            (format!("GET / HTTP/1.1\n{own}A : b\n\n"), Status::BadRequest),
            (format!("GET / HTTP/1.1\n{own}{}\n", "a: b\n".repeat(64)), Status::TooLarge),
            ("\u{16}\u{3}\u{1}\u{2}".to_owned(), Status::BadRequest),
        ] {
            assert_eq!(asked(&head), Some(Err(status)), "{head}");
        }
    }
}
