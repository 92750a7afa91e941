//! What TOML 1.1 allows and TOML 1.0 does not: the parser takes it, other tools that read a case do not.

use std::ops::Range;
use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// Something of TOML 1.1.
pub struct Newer {
    pub span: Range<usize>,
    pub what: &'static str,
    pub help: &'static str,
}

/// Everything of TOML 1.1 in a text that is valid TOML 1.1, but for times without seconds, which their reader reports.
pub fn newer(text: &str) -> Vec<Newer> {
    let mut found = Vec::new();
    if !text.contains(['{', '\\']) {
        return found;
    }
    let mut open: Vec<TokenKind> = Vec::new();
    let mut comma: Option<Token> = None;
    for token in Source::new(text).lex() {
        let in_table = open.last() == Some(&TokenKind::LeftCurlyBracket);
        match token.kind() {
            kind @ (TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket) => open.push(kind),
            kind @ (TokenKind::RightCurlyBracket | TokenKind::RightSquareBracket) => {
                open.pop();
                if let (TokenKind::RightCurlyBracket, Some(comma)) = (kind, &comma) {
                    found.push(last_comma(comma));
                }
            }
            TokenKind::Newline if in_table => found.extend(line_break(&token, &mut open)),
            TokenKind::BasicString | TokenKind::MlBasicString => escapes(text, &token, &mut found),
            _ => {}
        }
        comma = match token.kind() {
            TokenKind::Comma => Some(token),
            TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment => comma,
            _ => None,
        };
    }
    found
}

fn range(token: &Token) -> Range<usize> {
    token.span().start()..token.span().end()
}

fn last_comma(comma: &Token) -> Newer {
    Newer { span: range(comma), what: "a comma stands last in an inline table", help: "remove the comma" }
}

/// A line break in an inline table; only the first of a table is reported.
fn line_break(token: &Token, open: &mut [TokenKind]) -> Option<Newer> {
    // The table is open still, but its further line breaks say nothing new.
    *open.last_mut()? = TokenKind::Atom;
    Some(Newer {
        span: token.span().start()..token.span().start(),
        what: "an inline table goes on in the next line",
        help: "write it on one line, or as a table of its own: `[name]`, with its keys below",
    })
}

fn escapes(text: &str, token: &Token, found: &mut Vec<Newer>) {
    let string = &text[range(token)];
    let mut characters = string.char_indices();
    while let Some((at, c)) = characters.next() {
        if c != '\\' {
            continue;
        }
        let help = match characters.next() {
            Some((_, 'x')) => "write it with four digits, such as `\\u0041`",
            Some((_, 'e')) => "write `\\u001b`",
            _ => continue,
        };
        let start = token.span().start() + at;
        found.push(Newer { span: start..start + 2, what: "the escape is new in TOML 1.1", help });
    }
}
