//! HTTP requests. Redirects are never followed, since they would take signed requests to other hosts; what was to be sent
//! with TLS is never sent without.

use crate::store::Consume;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http::{HeaderMap, Method, Request};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, SendBody, Timeout};

/// A client that keeps its connections open.
pub struct Client {
    agent: Agent,
}

/// What a server answered; its body is read piece by piece.
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    body: ureq::Body,
}

/// Why there is no answer. It never names the address, which is signed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);

/// What is sent with a request.
pub enum Sent<'s> {
    Nothing,
    Bytes(&'s [u8]),
}

impl Client {
    /// Trusts the certificates of a PEM file where one is given, or else those that Mozilla trusts. A proxy is taken from
    /// the variables that programs agree on, such as HTTPS_PROXY.
    pub fn new(trusted: Option<&[u8]>) -> Result<Self, NoAnswer> {
        let roots = roots(trusted)?;
        let patience = |seconds| Some(Duration::from_secs(seconds));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("casebook/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(patience(15))
            .timeout_connect(patience(15))
            .timeout_per_read(patience(60))
            .timeout_per_write(patience(60))
            // A store may take minutes to join the parts of a large object.
            .timeout_recv_response(patience(300))
            .max_idle_connections_per_host(8)
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    pub fn send(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        sent: Sent<'_>,
    ) -> Result<Answer, NoAnswer> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| NoAnswer(error.to_string()))?;
        let takes_body = method == Method::PUT || method == Method::POST;
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match sent {
            Sent::Nothing if takes_body => {
                request = request.header("content-length", "0");
                SendBody::none()
            }
            Sent::Nothing => SendBody::none(),
            Sent::Bytes(bytes) => return self.run(request.body(bytes)),
        };
        self.run(request.body(body))
    }

    fn run(&self, request: Result<Request<impl ureq::AsSendBody>, ureq::http::Error>) -> Result<Answer, NoAnswer> {
        let request = request.map_err(|error| NoAnswer(format!("the request cannot be made: {error}")))?;
        let answer = self.agent.run(request).map_err(|error| no_answer(&error))?;
        let (parts, body) = answer.into_parts();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

impl Answer {
    /// A header of the answer; `None` where it is not there, or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How many bytes the body has, as its headers say.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// The first bytes of the body, up to a limit. A body that breaks off is taken as far as it came.
    pub fn beginning(mut self, limit: u64) -> Vec<u8> {
        let mut content = Vec::new();
        let _ = self.body.as_reader().take(limit).read_to_end(&mut content);
        content
    }

    /// Calls `consume` with the body, piece by piece; `Err(Ok(_))` is an error of `consume`.
    pub fn stream(mut self, consume: &mut Consume<'_>) -> Result<(), Result<io::Error, NoAnswer>> {
        let mut reader = self.body.as_reader();
        let mut buffer = vec![0; 128 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => consume(&buffer[..length]).map_err(Ok)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Err(no_answer(&ureq::Error::from(error)))),
            }
        }
    }
}

/// The certificates of a PEM file where one is given, or else those that Mozilla trusts.
pub fn roots(trusted: Option<&[u8]>) -> Result<RootCerts, NoAnswer> {
    Ok(match trusted {
        Some(pem) => RootCerts::from(certificates(pem)?),
        None => RootCerts::WebPki,
    })
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, NoAnswer> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(NoAnswer(format!("the file of trusted certificates cannot be read: {error}"))),
        }
    }
    if found.is_empty() {
        return Err(NoAnswer("the file of trusted certificates holds none".to_owned()));
    }
    Ok(found)
}

/// Says what happened without the address: some of ureq's messages hold it, with its signature.
fn no_answer(error: &ureq::Error) -> NoAnswer {
    NoAnswer(match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => "no connection in time".to_owned(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "its host name is not known".to_owned(),
        ureq::Error::Rustls(error) => format!("its certificate or encryption is not accepted: {error}"),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::BadUri(_) => "its address is none".to_owned(),
        ureq::Error::Protocol(error) => format!("what it answers is not HTTP: {error}"),
        _ => "the request failed".to_owned(),
    })
}
