//! `casebook timeline --interactive`: the timeline on the whole terminal, to scroll, search, mark and promote.

mod screen;
mod state;

use super::import;
use super::open::Open;
use super::promote::{self, Asked};
use super::wanted::ReadAs;
use super::{Failure, Surroundings};
use crate::timeline::kept::Kept;
use crate::timeline::shelf::Shelf;
use crate::timeline::{Occurrence, Timeline};
use crate::values::wording::counted;
use crate::values::{EntryId, Selector};
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use state::{Browser, Wish};
use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;

/// Rows that are looked through before the screen is drawn again.
const AT_ONCE: usize = 20_000;

/// Shows a timeline until whoever looks at it has seen enough. Gives the number of events that were made; none where there is no
/// row to show.
pub fn browse(
    timeline: Timeline<'_>,
    read_as: &ReadAs,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Option<usize>, Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(Failure::new("there is no terminal to show it on")
            .help("leave out `--interactive`; `--format csv` and `--format jsonl` are for programs"));
    }
    let shelf = Shelf::of(timeline)?;
    if shelf.is_empty() {
        return Ok(None);
    }
    let mut browser = Browser::new(shelf.len());
    let mut terminal = ratatui::try_init()?;
    let seen = show(&mut browser, &shelf, &mut terminal, &Promoter { read_as, open, surroundings });
    ratatui::restore();
    seen.map(Some)
}

fn show(
    browser: &mut Browser,
    shelf: &Shelf,
    terminal: &mut ratatui::DefaultTerminal,
    promoter: &Promoter<'_>,
) -> Result<usize, Failure> {
    let mut made = 0;
    loop {
        let height = usize::from(terminal.size()?.height);
        browser.settle(screen::rows_of(height));
        let rows = browser.window(screen::rows_of(height));
        let rows = rows.map(|row| shelf.row(row)).collect::<Result<Vec<_>, _>>()?;
        terminal.draw(|frame| screen::draw(frame, browser, &rows))?;
        let key = match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => key,
            _ => continue,
        };
        match browser.press(key, screen::rows_of(height)) {
            Wish::Nothing => {}
            Wish::Quit => return Ok(made),
            Wish::Find { text, from, forward } => {
                let found = find(shelf, &text, from, forward)?;
                browser.found(&text, found);
            }
            Wish::Promote(rows) => {
                let rows = rows.into_iter().map(|row| shelf.row(row)).collect::<Result<Vec<_>, _>>()?;
                let (new, says) = promoter.rows(&rows);
                made += new;
                browser.promoted(says);
                // Hashing has drawn its progress on the same terminal.
                terminal.clear()?;
            }
        }
    }
}

/// The next row that holds a text, upper and lower case alike.
fn find(shelf: &Shelf, text: &str, from: usize, forward: bool) -> Result<Option<usize>, Failure> {
    let wanted = text.to_lowercase();
    let holds = |occurrence: &Occurrence<'_>| {
        let row = &occurrence.row;
        let texts = std::iter::once(&row.message).chain(row.fields.iter().map(|(_, value)| value)).chain(&row.host);
        texts.into_iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let all = shelf.len();
    for step in 1..=all {
        let row = if forward { (from + step) % all } else { (from + all - step) % all };
        if holds(&shelf.row(row)?.occurrence()) {
            return Ok(Some(row));
        }
        // Whoever does not want to wait for the end of a million rows presses a key.
        if step % AT_ONCE == 0 && event::poll(std::time::Duration::ZERO)? {
            break;
        }
    }
    Ok(None)
}

/// What makes events of rows.
struct Promoter<'p> {
    read_as: &'p ReadAs,
    open: &'p Open,
    surroundings: &'p Surroundings,
}

impl Promoter<'_> {
    /// Makes events of rows. Gives how many are new, and what is to be said.
    fn rows(&self, rows: &[Kept]) -> (usize, String) {
        let mut asked: BTreeMap<(EntryId, &str, &str), BTreeSet<Selector>> = BTreeMap::new();
        for row in rows.iter().map(Kept::occurrence) {
            let places = asked.entry((row.item, row.path, row.means)).or_default();
            places.extend(row.row.place.clone());
        }
        let mut new = BTreeMap::new();
        for ((item, path, means), places) in asked {
            match self.places(item, path, means, &places) {
                Ok(titles) => new.extend(titles),
                Err(failure) => return (new.len(), failure.message),
            }
        }
        let known = rows.len().saturating_sub(new.len());
        let ids: Vec<String> = new.keys().take(3).map(ToString::to_string).collect();
        let more = if new.len() > ids.len() { " …" } else { "" };
        let made = format!("made {}: {}{more}", counted(new.len() as u64, "event"), ids.join(" "));
        let says = match (new.len(), known) {
            (0, known) => format!("nothing is new: {} in the case already, or no event", counted(known as u64, "row")),
            (_, 0) => made,
            (_, known) => format!("{made}; not new: {known}"),
        };
        (new.len(), says)
    }

    fn places(
        &self,
        item: EntryId,
        path: &str,
        means: &str,
        places: &BTreeSet<Selector>,
    ) -> Result<BTreeMap<EntryId, String>, Failure> {
        let (case, _) = self.open.case()?;
        let lines = import::lines_of(&self.open.tree(), item)?;
        let Some(line) = lines.iter().find(|line| import::inside(item, line) == path) else {
            return Err(Failure::new(format!("{item} has no such file any more")));
        };
        let source = &import::source_of(self.open, item, line)?;
        // A row whose times are alike has them joined: any of them is meant.
        let means = means.split(", ").next().filter(|means| !means.is_empty());
        let asked = Asked { item, source, is_only: lines.len() == 1, places, means };
        Ok(promote::promote(&asked, self.read_as, self.open, &case, self.surroundings)?.titles)
    }
}
