//! Servers for tests: moto's S3, a wire that can be cut in front of it, and one that always answers the same.

use super::support;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A local S3 that ends with the test.
pub struct Moto {
    child: Child,
    pub address: String,
}

impl Moto {
    /// Starts it; `None` where it is not installed.
    pub fn start() -> Option<Self> {
        let program = support::tool("moto_server")?;
        // Another process may take the port first.
        (0..5).find_map(|_| Self::on(&program, free_port()))
    }

    fn on(program: &std::path::Path, port: u16) -> Option<Self> {
        let mut child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait().unwrap().is_some() {
                return None;
            }
            assert!(Instant::now() < end, "moto_server does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self { child, address: format!("http://127.0.0.1:{port}") })
    }

    /// Makes a bucket, with Object Lock or without.
    pub fn bucket(&self, name: &str, lock: bool) {
        let request = ureq::put(format!("{}/{name}", self.address));
        let request = if lock { request.header("x-amz-bucket-object-lock-enabled", "true") } else { request };
        request.send_empty().unwrap();
    }

    /// Replaces an object behind the back of everybody.
    pub fn replace(&self, bucket: &str, key: &str, content: &[u8]) {
        // moto lets in whoever shows any credentials.
        let request = ureq::put(format!("{}/{bucket}/{key}", self.address)).header("authorization", "AWS test:test");
        request.send(content).unwrap();
    }

    /// A header of an object.
    pub fn header(&self, bucket: &str, key: &str, name: &str) -> Option<String> {
        let request = ureq::head(format!("{}/{bucket}/{key}", self.address)).header("authorization", "AWS test:test");
        request.call().unwrap().headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// The keys of a bucket, and the uploads that are not finished.
    pub fn names(&self, bucket: &str) -> Vec<String> {
        let list = |query: &str| {
            let mut answer = ureq::get(format!("{}/{bucket}?{query}", self.address)).call().unwrap();
            answer.body_mut().read_to_string().unwrap()
        };
        let (keys, uploads) = (list("list-type=2"), list("uploads"));
        let mut names: Vec<String> = [("", keys), ("upload of ", uploads)]
            .iter()
            .flat_map(|(lead, text)| {
                text.split("<Key>").skip(1).map(move |rest| format!("{lead}{}", rest.split('<').next().unwrap()))
            })
            .collect();
        names.sort();
        names
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A wire to a server. It counts what goes in, can be cut, and can run something before a request is passed on.
pub struct Wire {
    pub address: String,
    /// Bytes that clients have sent.
    pub sent: Arc<AtomicU64>,
    /// After so many bytes from clients, or from the server, connections break off.
    pub cut_after: Arc<AtomicU64>,
    pub cut_back_after: Arc<AtomicU64>,
    /// Runs once, before the first request with this method is passed on.
    pub before: Arc<Mutex<Option<Before>>>,
    ended: Arc<AtomicBool>,
}

pub type Before = (&'static str, Box<dyn FnOnce() + Send>);

impl Wire {
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = server.trim_start_matches("http://").to_owned();
        let wire = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            sent: Arc::default(),
            cut_after: Arc::new(AtomicU64::new(u64::MAX)),
            cut_back_after: Arc::new(AtomicU64::new(u64::MAX)),
            before: Arc::default(),
            ended: Arc::default(),
        };
        let (sent, cut, cut_back) = (wire.sent.clone(), wire.cut_after.clone(), wire.cut_back_after.clone());
        let (before, ended) = (wire.before.clone(), wire.ended.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (client, upstream) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let (sent, cut, cut_back, before) = (sent.clone(), cut.clone(), cut_back.clone(), before.clone());
                let (from, to) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
                std::thread::spawn(move || {
                    pass(from, to, &cut, &sent, &|piece| {
                        let mut waiting = before.lock().unwrap();
                        if waiting.as_ref().is_some_and(|(method, _)| piece.starts_with(method.as_bytes())) {
                            let (_, run) = waiting.take().unwrap();
                            drop(waiting);
                            run();
                        }
                    });
                });
                let back = AtomicU64::new(0);
                std::thread::spawn(move || pass(upstream, client, &cut_back, &back, &|_| {}));
            }
        });
        wire
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, limit: &AtomicU64, count: &AtomicU64, seen: &dyn Fn(&[u8])) {
    let mut buffer = [0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen(&buffer[..length]);
        let total = count.fetch_add(length as u64, Ordering::SeqCst) + length as u64;
        if total > limit.load(Ordering::SeqCst) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(std::net::Shutdown::Both);
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A server that gives every request the same answer, and keeps the requests.
pub struct Stub {
    pub address: String,
    pub requests: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
}

impl Stub {
    /// `answer` is a status line with headers and body, as they go over the wire.
    pub fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            ended: Arc::default(),
        };
        let (requests, ended) = (stub.requests.clone(), stub.ended.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let mut client = client.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && matches!(client.read(&mut byte), Ok(1)) {
                    head.push(byte[0]);
                    // The first byte of TLS is no letter.
                    if !head[0].is_ascii_alphabetic() {
                        break;
                    }
                }
                requests.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                let _ = client.write_all(answer.as_bytes());
            }
        });
        stub
    }

    /// A refusal as S3 writes it.
    pub fn refusing(status: &str, code: &str, message: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        let length = body.len();
        Self::answering(format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\nx-amz-bucket-region: eu-north-1\r\n\r\n{body}"
        ))
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}
