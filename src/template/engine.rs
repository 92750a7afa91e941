//! The engine behind templates: minijinja, with everything closed that leads out of a report.

use crate::values::vocabulary::ReportSection;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// How much a template may do: instructions, or 64 bytes of text for each of them.
const FUEL: u64 = 5_000_000;

/// How much it may write: 32 MiB.
const MAX_OUTPUT: usize = 32 << 20;

/// How deep templates and macros may lie in each other.
const DEPTH: usize = 100;

/// Bytes of address space for the stack of a template; what is not used of it takes no memory: 512 MiB.
const STACK: usize = 512 << 20;

/// How long somebody waits for a template.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a template may call beside the filters of the engine. What these return is markup and written as it is; every other text
/// is escaped.
pub struct Calls {
    /// Makes a text harmless where it is written.
    pub escape: fn(&str) -> String,
    /// `{{ text | prose }}`: Markdown, made safe.
    pub prose: Box<dyn Fn(&str) -> String + Send + Sync>,
    /// `{{ name() }}`.
    pub pieces: BTreeMap<&'static str, String>,
    /// `{{ section("findings") }}`: sections as the report has them without a template.
    pub sections: BTreeMap<&'static str, String>,
}

/// What is wrong with a template.
pub struct Fault {
    /// The template, which may be one that was included.
    pub name: Option<String>,
    /// The number of the line, counted from 1.
    pub line: Option<usize>,
    /// The bytes of its text.
    pub range: Option<std::ops::Range<usize>>,
    pub says: String,
    pub help: &'static str,
}

/// Whether a text can be read as a template.
pub fn parse(name: &str, content: &str) -> Result<(), Fault> {
    environment().template_from_named_str(name, content).map(drop).map_err(|error| fault(&error))
}

/// What a template makes of its context.
///
/// It is rendered on a stack of its own: lists that lie deep in each other are dropped one inside the other, and need one that is as
/// deep as a template of this size and fuel can make them. What fuel does not count, such as comparing lists that hold each other
/// many times over, is stopped by the clock: nobody waits for it any longer, and it ends with the program.
pub fn render(
    files: &BTreeMap<String, String>,
    name: &str,
    context: &serde_json::Value,
    calls: Calls,
) -> Result<String, Fault> {
    let (tell, told) = std::sync::mpsc::channel();
    let (files, own, context) = (files.clone(), name.to_owned(), context.clone());
    let rendering = move || _ = tell.send(render_here(&files, &own, &context, calls));
    let started = std::thread::Builder::new().stack_size(STACK).spawn(rendering);
    let stopped = |says: &str, help| {
        Err(Fault { name: Some(name.to_owned()), line: None, range: None, says: says.to_owned(), help })
    };
    match started.map(|_| told.recv_timeout(PATIENCE)) {
        Ok(Ok(rendered)) => rendered,
        Ok(Err(_)) => {
            stopped("it takes longer than a template may", "show less, or use `section(\"…\")` for a whole section")
        }
        Err(_) => stopped("it could not be rendered", "is there memory left? type it again"),
    }
}

fn render_here(
    files: &BTreeMap<String, String>,
    name: &str,
    context: &serde_json::Value,
    calls: Calls,
) -> Result<String, Fault> {
    let mut environment = environment();
    let files = files.clone();
    environment.set_loader(move |name| Ok(files.get(name).cloned()));
    environment.set_fuel(Some(FUEL));
    add(&mut environment, calls);
    let mut out = Bounded(Vec::new());
    let rendered = environment
        .get_template(name)
        .and_then(|template| template.render_captured_to(Value::from(Serde(context)), &mut out).map(drop));
    rendered.map_err(|error| fault(&error))?;
    Ok(String::from_utf8_lossy(&out.0).into_owned())
}

fn environment<'e>() -> Environment<'e> {
    let mut environment = Environment::new();
    environment.set_debug(true);
    environment.set_recursion_limit(DEPTH);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    if let Ok(syntax) =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
    {
        environment.set_syntax(syntax);
    }
    // A text of the case that is declared to be markup is none.
    environment.remove_filter("safe");
    // What grows from one turn of a loop to the next could lie deeper in itself than anybody may drop.
    environment.remove_global("namespace");
    environment.remove_global("debug");
    environment
}

fn add(environment: &mut Environment<'_>, calls: Calls) {
    let Calls { escape, prose, pieces, sections } = calls;
    environment.set_formatter(move |out, state, value| {
        let text = written(state, value)?;
        let text = if value.is_safe() { text } else { escape(&text) };
        Ok(out.write_str(&text)?)
    });
    for name in ["escape", "e"] {
        environment.add_filter(name, move |state: &State<'_, '_>, value: Value| match value.is_safe() {
            true => Ok(value),
            false => Ok::<_, Error>(Value::from_safe_string(escape(&written(state, &value)?))),
        });
    }
    // That of the engine declares its text to be markup.
    environment.add_filter("tojson", |state: &State<'_, '_>, value: Value| {
        let text = serde_json::to_string(&value)
            .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
        state.consume_fuel(cost(text.len()))?;
        Ok::<_, Error>(text)
    });
    environment.add_filter("prose", move |state: &State<'_, '_>, text: &str| {
        state.consume_fuel(PROSE * cost(text.len()))?;
        Ok::<_, Error>(Value::from_safe_string(prose(text)))
    });
    for (name, piece) in pieces {
        environment.add_function(name, move |state: &State<'_, '_>| {
            state.consume_fuel(cost(piece.len()))?;
            Ok::<_, Error>(Value::from_safe_string(piece.clone()))
        });
    }
    let sections = Arc::new(sections);
    environment.add_function("section", move |state: &State<'_, '_>, name: &str| match sections.get(name) {
        Some(section) => {
            state.consume_fuel(cost(section.len()))?;
            Ok(Value::from_safe_string(section.clone()))
        }
        // One that has nothing to say is left out.
        None if ReportSection::ALL.iter().any(|section| section.word() == name) => {
            Ok(Value::from_safe_string(String::new()))
        }
        None => Err(Error::new(ErrorKind::InvalidOperation, format!("no report has a section `{name}`"))),
    });
}

/// What a text of so many bytes costs, as the engine counts it.
fn cost(bytes: usize) -> u64 {
    bytes as u64 / 64 + 1
}

/// How much more it costs to read Markdown than to copy it.
const PROSE: u64 = 8;

/// The text of a value. A list that holds itself twice, twice over and so on, has one that nobody can write: it ends where the output
/// would.
fn written(state: &State<'_, '_>, value: &Value) -> Result<String, Error> {
    struct Text(String);
    impl fmt::Write for Text {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            if self.0.len() + text.len() > MAX_OUTPUT {
                return Err(fmt::Error);
            }
            self.0.push_str(text);
            Ok(())
        }
    }
    let mut text = Text(String::new());
    fmt::write(&mut text, format_args!("{value}")).map_err(|_| Error::from(ErrorKind::WriteFailure))?;
    state.consume_fuel(cost(text.0.len()))?;
    Ok(text.0)
}

/// A writer that takes so much and no more.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::other("it writes more than 32 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The innermost of the errors that led to one: an include only says that something in it went wrong.
fn fault(error: &Error) -> Fault {
    let mut innermost = error;
    while let Some(source) = innermost.source().and_then(|source| source.downcast_ref::<Error>()) {
        innermost = source;
    }
    let says = match (innermost.kind(), innermost.detail()) {
        (ErrorKind::OutOfFuel, _) => "it does more than a template may, such as a loop that does not end".to_owned(),
        (ErrorKind::WriteFailure, _) => "it writes more than 32 MiB".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    Fault {
        name: innermost.name().map(str::to_owned),
        line: innermost.line(),
        range: innermost.range().filter(|range| !range.is_empty()),
        says,
        help: help(innermost.kind()),
    }
}

fn help(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UndefinedError => {
            "`casebook report --audience AUDIENCE --format json --output -` shows every name that there is"
        }
        ErrorKind::TemplateNotFound => "a template includes what lies in the folder of templates, by its path below it",
        ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest | ErrorKind::UnknownMethod => {
            "docs/templates.md lists what there is"
        }
        ErrorKind::OutOfFuel | ErrorKind::WriteFailure => "show less, or use `section(\"…\")` for a whole section",
        ErrorKind::SyntaxError => "`{{ … }}` writes a value, `{% … %}` is a statement, `{# … #}` a comment",
        _ => "docs/templates.md has examples that work",
    }
}
