//! HTTP: one request, one answer.

use super::client;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::TlsConfig;

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("`{url}` is no address that can be asked: {reason}")]
    BadUrl { url: String, reason: String },
    #[error("{url} did not answer within {seconds} seconds")]
    TooLate { url: String, seconds: u64 },
    #[error("{url} answers with more than {limit} bytes")]
    TooLarge { url: String, limit: u64 },
    #[error("{url} cannot be reached: {reason}")]
    Unreachable { url: String, reason: String },
}

/// How long and how large an answer may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For the whole exchange.
    pub patience: Duration,
    /// Bytes of the body.
    pub limit: u64,
}

/// What is done with what an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
}

/// A request to an interface that speaks JSON.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    pub method: Method,
    pub url: &'c str,
    /// Names and values of the query, not encoded.
    pub query: &'c [(&'c str, &'c str)],
    pub headers: &'c [(&'c str, &'c str)],
    /// JSON; nothing is sent with [`Method::Get`].
    pub body: &'c [u8],
    /// The certificates that are trusted, as PEM; those that Mozilla trusts where there are none.
    pub trusted: Option<&'c [u8]>,
}

/// Sends a request and gives the answer, whatever its status is. A redirection is an answer like any other.
pub fn call(call: &Call<'_>, bounds: Bounds) -> Result<Answer, HttpError> {
    let failed = |error: ureq::Error| failure(call.url, error, bounds);
    let agent = agent_with(bounds.patience, call.trusted)
        .map_err(|error| HttpError::Unreachable { url: without_secrets(call.url), reason: error.0 })?;
    let query = call.query.iter().copied();
    let headers = call.headers;
    let response = match call.method {
        Method::Get => {
            let request = agent.get(call.url).query_pairs(query);
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).call()
        }
        method => {
            let request = match method {
                Method::Put => agent.put(call.url),
                Method::Patch => agent.patch(call.url),
                _ => agent.post(call.url),
            };
            let request = request.content_type("application/json").query_pairs(query);
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send(call.body)
        }
    };
    read(response.map_err(failed)?, bounds).map_err(failed)
}

/// Posts a body and gives the answer, whatever its status is. A redirection is an answer like any other: nothing is sent
/// to where it points.
pub fn post(url: &str, content_type: &str, body: &[u8], bounds: Bounds) -> Result<Answer, HttpError> {
    post_with(url, content_type, &[], body, bounds)
}

/// The same with headers.
pub fn post_with(
    url: &str,
    content_type: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    bounds: Bounds,
) -> Result<Answer, HttpError> {
    let failed = |error: ureq::Error| failure(url, error, bounds);
    let mut request = agent(bounds.patience).post(url).content_type(content_type);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.send(body).map_err(failed)?, bounds).map_err(failed)
}

fn read(mut response: ureq::http::Response<ureq::Body>, bounds: Bounds) -> Result<Answer, ureq::Error> {
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(bounds.limit).read_to_vec()?;
    Ok(Answer { status, content_type, body })
}

fn agent(patience: Duration) -> Agent {
    agent_of(patience, TlsConfig::default())
}

fn agent_with(patience: Duration, trusted: Option<&[u8]>) -> Result<Agent, client::NoAnswer> {
    Ok(agent_of(patience, TlsConfig::builder().root_certs(client::roots(trusted)?).build()))
}

fn agent_of(patience: Duration, tls: TlsConfig) -> Agent {
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .user_agent(concat!("casebook/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

fn failure(url: &str, error: ureq::Error, bounds: Bounds) -> HttpError {
    let url = without_secrets(url);
    match error {
        ureq::Error::BadUri(reason) => HttpError::BadUrl { url, reason },
        ureq::Error::Http(error) => HttpError::BadUrl { url, reason: error.to_string() },
        ureq::Error::Timeout(_) => HttpError::TooLate { url, seconds: bounds.patience.as_secs() },
        ureq::Error::BodyExceedsLimit(limit) => HttpError::TooLarge { url, limit },
        error => HttpError::Unreachable { url, reason: error.to_string() },
    }
}

/// An address without the name and password that may stand in it, for messages.
pub fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("https://tsa.example/query", "https://tsa.example/query"),
            ("https://bob:s3c@ret@tsa.example/query?a=b@c", "https://tsa.example/query?a=b@c"),
            ("https://tsa.example/a@b", "https://tsa.example/a@b"),
            ("no address", "no address"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
