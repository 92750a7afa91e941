//! Rules: each judges a loaded case and sees only the model. A rule is a file; its doc comment is its manual page.
