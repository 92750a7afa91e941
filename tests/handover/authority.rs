//! A time-stamp authority of our own: `openssl ts -reply` behind a small HTTP server, with a certificate authority made
//! for the test.

use crate::support::Sandbox;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As an authority should.
    Honest,
    /// It refuses, as RFC 3161 has it.
    Refusing,
    /// With the answer to an earlier question.
    Replaying,
    /// With bytes that are no answer.
    Garbage,
    /// With a page for people.
    Page,
    /// With an error of HTTP.
    Error,
    /// With more than anybody would read.
    Endless,
    /// With nothing: it hangs up.
    Silent,
    /// Not at all, as long as anybody waits.
    Asleep,
}

/// An authority that answers until the test ends.
pub struct Authority {
    folder: PathBuf,
    address: String,
    manner: Arc<Mutex<Manner>>,
}

const CONFIGURATION: &str = "
[req]
distinguished_name = dn
prompt = no
[dn]
CN = none
[authority]
basicConstraints = critical,CA:true
keyUsage = keyCertSign,cRLSign
[stamping]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ts]
default_tsa = here
[here]
serial = serial
signer_cert = stamping.pem
certs = authority.pem
signer_key = stamping.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
";

impl Authority {
    /// Makes keys and certificates of this name, and starts to answer.
    pub fn start(sandbox: &Sandbox, name: &str) -> Self {
        let folder = sandbox.path(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("openssl.cnf"), CONFIGURATION).unwrap();
        fs::write(folder.join("serial"), "01\n").unwrap();
        let openssl = |arguments: &str| {
            let arguments: Vec<&str> = arguments.split(' ').collect();
            sandbox.run("openssl", &folder, &arguments).ok();
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config openssl.cnf";
        openssl(&format!(
            "req -x509 {key} -keyout authority.key -out authority.pem -days 3650 -subj /CN={name}-root -extensions authority"
        ));
        openssl(&format!("req {key} -keyout stamping.key -out stamping.csr -subj /CN={name}"));
        openssl(
            "x509 -req -in stamping.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out stamping.pem -days 30 -extfile openssl.cnf -extensions stamping",
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/tsr", listener.local_addr().unwrap());
        let manner = Arc::new(Mutex::new(Manner::Honest));
        let seen = Arc::clone(&manner);
        let place = folder.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let manner = *seen.lock().unwrap();
                // A client that hangs up is its own business.
                let _ = answer(stream, manner, &place);
            }
        });
        Self { folder, address, manner }
    }

    pub fn url(&self) -> &str {
        &self.address
    }

    /// The certificate by which its tokens are judged.
    pub fn certificates(&self) -> String {
        self.folder.join("authority.pem").to_str().unwrap().to_owned()
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }
}

/// The body of a request, if it is one that a client of an authority sends.
fn question(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    assert!(head.starts_with("post /tsr http/1.1"), "{head}");
    assert_eq!(header("content-type:"), Some("application/timestamp-query"));
    let mut body = vec![0; header("content-length:")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn answer(mut stream: TcpStream, manner: Manner, folder: &Path) -> std::io::Result<()> {
    let Some(question) = question(&mut stream) else { return Ok(()) };
    let (status, kind, body) = match manner {
        Manner::Silent => return Ok(()),
        Manner::Asleep => return stream.read(&mut [0]).map(|_| ()),
        Manner::Honest => ("200 OK", "application/timestamp-reply", reply(folder, &question)),
        // Of a digest that it does not know, an authority says `badAlg`.
        Manner::Refusing => {
            ("200 OK", "application/timestamp-reply", reply(folder, &other_question(folder, "-sha512")))
        }
        Manner::Replaying => ("200 OK", "application/timestamp-reply", reply(folder, &other_nonce(&question))),
        Manner::Garbage => ("200 OK", "application/timestamp-reply", b"\x30\x03abc".to_vec()),
        Manner::Page => ("200 OK", "text/html; charset=utf-8", b"<h1>Welcome</h1>".to_vec()),
        Manner::Error => ("503 Service Unavailable", "text/plain", b"later".to_vec()),
        Manner::Endless => ("200 OK", "application/timestamp-reply", vec![b'x'; 8 << 20]),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = std::process::Command::new("openssl");
    let output = command.args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn reply(folder: &Path, question: &[u8]) -> Vec<u8> {
    fs::write(folder.join("question.tsq"), question).unwrap();
    openssl(folder, "ts -reply -config openssl.cnf -section here -queryfile question.tsq -out answer.tsr");
    fs::read(folder.join("answer.tsr")).unwrap()
}

fn other_question(folder: &Path, digest: &str) -> Vec<u8> {
    openssl(folder, &format!("ts -query -data serial {digest} -cert -out other.tsq"));
    fs::read(folder.join("other.tsq")).unwrap()
}

/// The same question with another nonce: the last eight bytes of it before the flag that asks for certificates.
fn other_nonce(question: &[u8]) -> Vec<u8> {
    let mut other = question.to_vec();
    let end = other.len() - 3;
    other[end - 1] ^= 1;
    other
}
