//! Commit messages, as Git reads them.

/// The keys of the trailers in the last paragraph of a message, by Git's own rules of what a trailer is.
pub fn trailer_keys(message: &str) -> Vec<String> {
    let Ok(trailers) = git2::message_trailers_bytes(message) else { return Vec::new() };
    trailers.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect()
}
