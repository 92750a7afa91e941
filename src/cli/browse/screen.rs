//! The timeline as it is drawn.

use super::state::Browser;
use crate::cli::table::one_line;
use crate::diagnostic::render::printable;
use crate::timeline::Occurrence;
use crate::timeline::kept::Kept;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

const KEYS: &str = "↑↓ move  space mark  p promote  / find  n next  N before  enter read  q quit";
const KEYS_OPEN: &str = "↑↓ scroll  ←→ other row  space mark  p promote  n N find  enter back  q quit";
const KEYS_TYPING: &str = "enter find  esc back";

/// The rows that a screen of this height has room for: the line of keys and the line below it are no rows.
pub fn rows_of(height: usize) -> usize {
    height.saturating_sub(2).max(1)
}

/// Draws the screen. How far an open row may be scrolled shows only here, and is told to the browser.
pub fn draw(frame: &mut Frame<'_>, browser: &mut Browser, rows: &[Kept]) {
    let [list, state, keys] =
        Layout::vertical([Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)]).areas(frame.area());
    let lines: Vec<Line<'_>> =
        rows.iter().enumerate().map(|(at, kept)| line(browser, browser.top + at, &kept.occurrence())).collect();
    frame.render_widget(Paragraph::new(lines), list);
    frame.render_widget(Paragraph::new(below(browser)).style(Style::new().add_modifier(Modifier::REVERSED)), state);
    let known = match browser {
        Browser { typing: Some(_), .. } => KEYS_TYPING,
        Browser { is_open: true, .. } => KEYS_OPEN,
        _ => KEYS,
    };
    frame.render_widget(Paragraph::new(known).style(Style::new().add_modifier(Modifier::DIM)), keys);
    if browser.is_open
        && let Some(kept) = rows.get(browser.cursor - browser.top)
    {
        draw_open(frame, browser, inner(list), &kept.occurrence());
    }
}

/// Everything that a row says, from the line on to which it is scrolled.
fn draw_open(frame: &mut Frame<'_>, browser: &mut Browser, area: Rect, occurrence: &Occurrence<'_>) {
    let block = Block::new().borders(Borders::ALL);
    let inside = block.inner(area);
    let lines = fields(occurrence, usize::from(inside.width));
    let (all, room) = (lines.len(), usize::from(inside.height));
    browser.scrolled = browser.scrolled.min(all.saturating_sub(room));
    let seen: Vec<Line<'_>> = lines.into_iter().skip(browser.scrolled).take(room).collect();
    let row = browser.cursor + 1;
    let title = match seen.len() {
        seen if seen == all => format!(" row {row} "),
        seen => format!(" row {row}, lines {} to {} of {all} ", browser.scrolled + 1, browser.scrolled + seen),
    };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(seen).block(block.title(title)), area);
}

/// Most of an area, in its middle: with the frame there, `FRAME` lines are lost.
fn inner(area: Rect) -> Rect {
    let (across, down) = (area.width.min(4) / 2, area.height.min(2) / 2);
    Rect { x: area.x + across, y: area.y + down, width: area.width - 2 * across, height: area.height - 2 * down }
}

/// One row: whether it is marked, its true time, its machine, what happened, and where it stands.
fn line<'l>(browser: &Browser, number: usize, occurrence: &Occurrence<'_>) -> Line<'l> {
    let row = &occurrence.row;
    let mark = if browser.marked.contains(&number) { "● " } else { "  " };
    let at = occurrence.at;
    let said = Some(occurrence.instant.earliest()).filter(|said| *said != at);
    let said = said.map(|said| format!(" ({})", said.strftime("%H:%M:%S"))).unwrap_or_default();
    let message = one_line(&row.message);
    let message = match row.times.iter().filter(|timed| timed.at.is_ok()).count() {
        0 | 1 => message,
        _ => format!("{}: {message}", one_line(occurrence.means)),
    };
    let message_style = match row.detection {
        Some(_) => Style::new().add_modifier(Modifier::BOLD),
        None => Style::new(),
    };
    let dim = Style::new().add_modifier(Modifier::DIM);
    let place = row.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let spans = vec![
        Span::raw(mark),
        Span::raw(at.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string()),
        Span::styled(said, dim),
        Span::styled(format!(" {} ", one_line(row.host.as_deref().unwrap_or("-"))), dim),
        Span::styled(message, message_style),
        Span::styled(format!(" {} {} {place}", occurrence.item, one_line(occurrence.path)), dim),
    ];
    let style = if number == browser.cursor { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
    Line::from(spans).style(style)
}

fn below(browser: &Browser) -> String {
    if let Some(typing) = &browser.typing {
        return format!("/{}", one_line(typing));
    }
    let marked = if browser.marked.is_empty() { String::new() } else { format!("  {} marked", browser.marked.len()) };
    format!("row {} of {}{marked}  {}", browser.cursor + 1, browser.count, browser.says)
}

/// Everything that a row says, in lines of at most this width.
fn fields(occurrence: &Occurrence<'_>, width: usize) -> Vec<Line<'static>> {
    let row = &occurrence.row;
    let written = format!("{} ({}, {})", occurrence.instant.raw, occurrence.means, occurrence.instant.zone);
    let place = row.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut lines = [
        named("time", &occurrence.at.to_string(), width),
        named("written", &written, width),
        named("message", &row.message, width),
        named("place", &format!("{} {} {place}", occurrence.item, occurrence.path), width),
    ]
    .concat();
    lines.extend(row.fields.iter().flat_map(|(name, value)| named(name, value, width)));
    lines
}

/// One field, with the line ends that its value has.
fn named(name: &str, value: &str, width: usize) -> Vec<Line<'static>> {
    let name = format!("{}: ", one_line(name));
    let value: Vec<String> = value.lines().map(|line| printable(line).replace('\t', "    ")).collect();
    let text = format!("{name}{}", value.join("\n"));
    let mut lines =
        textwrap::wrap(&text, width).into_iter().map(|line| Line::from(line.into_owned())).collect::<Vec<_>>();
    if let Some(rest) = lines.first().and_then(|line| line.to_string().strip_prefix(&name).map(str::to_owned)) {
        let name = Span::styled(name, Style::new().add_modifier(Modifier::BOLD));
        lines[0] = Line::from(vec![name, Span::raw(rest)]);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn kept() -> Kept {
        let at = "2020-09-19T02:21:48.891Z";
        let told = crate::ingest::instant::Told::default();
        let instant = crate::ingest::instant::read(at, crate::ingest::instant::Form::Iso, &told).unwrap();
        let row = crate::ingest::row::Row {
            place: Some("row:7".parse().unwrap()),
            message: "RDP logon \u{1b}[31m\u{202e}".to_owned(),
            host: Some("DC01".to_owned()),
            fields: vec![("LogonType".to_owned(), "10".to_owned())],
            ..Default::default()
        };
        let item = "x-7q2k9dm4".parse().unwrap();
        let occurrence =
            Occurrence { at: instant.earliest(), item, path: "hits.csv", instant: &instant, means: "logon", row: &row };
        Kept::of(&occurrence)
    }

    #[test]
    fn a_field_keeps_its_lines_and_fits() {
        let lines: Vec<String> =
            named("Script", "if (x)\r\n{\n\tgo 日本語 abcdefghijkl\n}", 12).iter().map(Line::to_string).collect();
        assert_eq!(lines, ["Script: if", "(x)", "{", "    go", "日本語", "abcdefghijkl", "}"]);
        assert_eq!(named("a long name of a field", "", 10).len(), 3);
    }

    #[test]
    fn a_row_is_drawn_and_steers_nothing() {
        let mut terminal = Terminal::new(TestBackend::new(100, 8)).unwrap();
        let mut browser = Browser::new(1);
        let drawn = |terminal: &mut Terminal<TestBackend>, browser: &mut Browser| {
            terminal.draw(|frame| draw(frame, browser, &[kept()])).unwrap();
            let buffer = terminal.backend().buffer().clone();
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        let text = drawn(&mut terminal, &mut browser);
        assert!(text.contains("2020-09-19 02:21:48.891 DC01 RDP logon"), "{text}");
        assert!(text.contains("x-7q2k9dm4 hits.csv row:7") && text.contains("row 1 of 1"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        browser.is_open = true;
        let text = drawn(&mut terminal, &mut browser);
        assert!(text.contains("written: 2020-09-19T02:21:48.891Z (logon, as written)"), "{text}");
        assert!(text.contains("row 1, lines 1 to 2 of 5") && !text.contains("LogonType"), "{text}");
        browser.scrolled = usize::MAX;
        let text = drawn(&mut terminal, &mut browser);
        assert!(text.contains("row 1, lines 4 to 5 of 5") && text.contains("LogonType: 10"), "{text}");
        assert_eq!(browser.scrolled, 3);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
