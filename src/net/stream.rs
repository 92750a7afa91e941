//! A connection over TCP on which bytes are sent and nothing is asked, encrypted or not.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    pub port: u16,
    /// The certificates in PEM of those whom the server may be signed by, where the connection is to be encrypted.
    pub encrypted_by: Option<Vec<u8>>,
    /// How long to wait for a connection, and for each step on it.
    pub patience: Duration,
}

/// Sends bytes and closes the connection. When the server has closed it as well, it has read them.
pub fn send(target: &Target, bytes: &[u8]) -> io::Result<()> {
    let stream = connect(target)?;
    let Some(pem) = &target.encrypted_by else {
        let mut stream = stream;
        stream.write_all(bytes)?;
        stream.shutdown(Shutdown::Write)?;
        return until_closed(&mut stream, target.patience);
    };
    let name = ServerName::try_from(target.host.clone()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::new(configuration(pem)?), name).map_err(io::Error::other)?;
    let mut encrypted = StreamOwned::new(connection, stream);
    encrypted.write_all(bytes)?;
    encrypted.conn.send_close_notify();
    encrypted.flush()?;
    encrypted.sock.shutdown(Shutdown::Write)?;
    // A server that refuses says so here: with TLS 1.3 after everything was sent.
    match until_closed(&mut encrypted, target.patience) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        ended => ended,
    }
}

fn connect(target: &Target) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "its host name is not known");
    for address in (target.host.as_str(), target.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, target.patience) {
            Ok(stream) => {
                stream.set_read_timeout(Some(target.patience))?;
                stream.set_write_timeout(Some(target.patience))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn configuration(pem: &[u8]) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth())
}

fn until_closed(stream: &mut impl Read, patience: Duration) -> io::Result<()> {
    let end = Instant::now() + patience;
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer)? > 0 {
        if Instant::now() > end {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it does not close the connection"));
        }
    }
    Ok(())
}
