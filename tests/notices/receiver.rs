//! A receiver of webhooks that misbehaves on purpose: it refuses, answers late, or hangs up, and remembers what it has taken.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Take,
    /// It takes nothing and says so.
    Refuse,
    /// It takes it, and answers later than anybody waits.
    TakeLate,
    /// It takes it, and hangs up.
    TakeAndHangUp,
    /// It reads it, takes nothing, and says nothing for a while.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method and the address.
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Request {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
}

pub struct Receiver {
    pub url: String,
    /// Everything that it took, in the order in which it came: a key that it has already counts once, and is here as often as it came.
    pub taken: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    /// Starts one that treats its nth request as `mood` says.
    pub fn start(mood: impl Fn(usize) -> Mood + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/casebook", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (own, count, mood) = (Arc::clone(&taken), Arc::new(AtomicUsize::new(0)), Arc::new(mood));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (own, count, mood) = (Arc::clone(&own), Arc::clone(&count), Arc::clone(&mood));
                std::thread::spawn(move || {
                    let mut stream = stream.ok()?;
                    let request = read(&mut stream)?;
                    let mood = mood(count.fetch_add(1, Ordering::SeqCst));
                    if !matches!(mood, Mood::Refuse | Mood::Hang) {
                        own.lock().unwrap().push(request);
                    }
                    answer(&mut stream, mood)
                });
            }
        });
        Self { url, taken }
    }

    /// The keys that it took, each once, in the order in which they first came.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for request in self.taken.lock().unwrap().iter() {
            if !keys.contains(&request.id().to_owned()) {
                keys.push(request.id().to_owned());
            }
        }
        keys
    }
}

fn answer(stream: &mut TcpStream, mood: Mood) -> Option<()> {
    const LATE: Duration = Duration::from_millis(1_500);
    let status = match mood {
        Mood::Take => "200 OK",
        Mood::Refuse => "503 Service Unavailable",
        Mood::TakeAndHangUp => return None,
        Mood::TakeLate | Mood::Hang => {
            std::thread::sleep(LATE);
            "200 OK"
        }
    };
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").as_bytes()).ok()
}

/// Reads a request whole; `None` where it breaks off.
pub fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
            let headers: BTreeMap<String, String> =
                lines.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
            let length = headers.get("content-length").map_or(Ok(0), |length| length.parse()).ok()?;
            if body.len() >= length {
                let line = head.lines().next()?.to_owned();
                return Some(Request { line, headers, body: body.to_owned() });
            }
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
