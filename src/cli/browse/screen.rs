//! The timeline as it is drawn.

use super::state::Browser;
use crate::cli::table::one_line;
use crate::timeline::Occurrence;
use crate::timeline::kept::Kept;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph, Wrap};

const KEYS: &str = "↑↓ move  space mark  p promote  / find  n next  N before  enter all fields  q quit";

/// The rows that a screen of this height has room for: the line of keys and the line below it are no rows.
pub fn rows_of(height: usize) -> usize {
    height.saturating_sub(2).max(1)
}

pub fn draw(frame: &mut Frame<'_>, browser: &Browser, rows: &[Kept]) {
    let [list, state, keys] =
        Layout::vertical([Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)]).areas(frame.area());
    let lines: Vec<Line<'_>> =
        rows.iter().enumerate().map(|(at, kept)| line(browser, browser.top + at, &kept.occurrence())).collect();
    frame.render_widget(Paragraph::new(lines), list);
    frame.render_widget(Paragraph::new(below(browser)).style(Style::new().add_modifier(Modifier::REVERSED)), state);
    frame.render_widget(Paragraph::new(KEYS).style(Style::new().add_modifier(Modifier::DIM)), keys);
    if browser.is_open
        && let Some(kept) = rows.get(browser.cursor - browser.top)
    {
        let area = inner(list);
        frame.render_widget(Clear, area);
        let block = Block::new().borders(Borders::ALL).title(format!(" row {} ", browser.cursor + 1));
        frame.render_widget(Paragraph::new(fields(&kept.occurrence())).block(block).wrap(Wrap { trim: false }), area);
    }
}

/// Most of an area, in its middle.
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

/// Everything that a row says.
fn fields<'l>(occurrence: &Occurrence<'_>) -> Vec<Line<'l>> {
    let row = &occurrence.row;
    let written = format!("{} ({}, {})", occurrence.instant.raw, occurrence.means, occurrence.instant.zone);
    let place = row.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let named = |name: &str, value: &str| {
        let name = Span::styled(format!("{}: ", one_line(name)), Style::new().add_modifier(Modifier::BOLD));
        Line::from(vec![name, Span::raw(one_line(value))])
    };
    let mut lines = vec![
        named("time", &occurrence.at.to_string()),
        named("written", &written),
        named("message", &row.message),
        named("place", &format!("{} {} {place}", occurrence.item, occurrence.path)),
    ];
    lines.extend(row.fields.iter().map(|(name, value)| named(name, value)));
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
    fn a_row_is_drawn_and_steers_nothing() {
        let mut terminal = Terminal::new(TestBackend::new(100, 8)).unwrap();
        let mut browser = Browser::new(1);
        let drawn = |terminal: &mut Terminal<TestBackend>, browser: &Browser| {
            terminal.draw(|frame| draw(frame, browser, &[kept()])).unwrap();
            let buffer = terminal.backend().buffer().clone();
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        let text = drawn(&mut terminal, &browser);
        assert!(text.contains("2020-09-19 02:21:48.891 DC01 RDP logon"), "{text}");
        assert!(text.contains("x-7q2k9dm4 hits.csv row:7") && text.contains("row 1 of 1"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        browser.is_open = true;
        let text = drawn(&mut terminal, &browser);
        assert!(text.contains("written: 2020-09-19T02:21:48.891Z (logon, as written)"), "{text}");
    }
}
