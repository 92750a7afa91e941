//! What is seen of a timeline and what a key does, without a terminal.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeSet;
use std::ops::Range;

/// Lines of the list that are above and below what an open row says.
const FRAME: usize = 4;

/// What is shown of how many rows.
pub struct Browser {
    pub count: usize,
    /// The first row on the screen, and the one that is looked at.
    pub top: usize,
    pub cursor: usize,
    pub marked: BTreeSet<usize>,
    /// Whether everything that the row says is shown, and how many lines of that are above what is seen.
    pub is_open: bool,
    pub scrolled: usize,
    /// What is being typed after `/`.
    pub typing: Option<String>,
    pub sought: Option<String>,
    pub says: String,
}

/// What whoever pressed a key wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    Nothing,
    Quit,
    Find {
        text: String,
        from: usize,
        forward: bool,
    },
    /// Make events of these rows.
    Promote(Vec<usize>),
}

impl Browser {
    pub fn new(count: usize) -> Self {
        Self {
            count,
            top: 0,
            cursor: 0,
            marked: BTreeSet::new(),
            is_open: false,
            scrolled: 0,
            typing: None,
            sought: None,
            says: String::new(),
        }
    }

    /// The rows on a screen that has room for so many.
    pub fn window(&self, room: usize) -> Range<usize> {
        self.top..(self.top + room).min(self.count)
    }

    /// Does what a key asks for, on a screen with room for so many rows.
    pub fn press(&mut self, key: KeyEvent, room: usize) -> Wish {
        self.says.clear();
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return Wish::Quit;
        }
        if let Some(typing) = &mut self.typing {
            match key.code {
                KeyCode::Char(c) => typing.push(c),
                KeyCode::Backspace => _ = typing.pop(),
                KeyCode::Esc => self.typing = None,
                KeyCode::Enter => {
                    let text = self.typing.take().unwrap_or_default();
                    return self.find(if text.is_empty() { self.sought.clone() } else { Some(text) }, true);
                }
                _ => {}
            }
            return Wish::Nothing;
        }
        let page = room.saturating_sub(1).max(1);
        if self.is_open && self.scroll(key.code, page.saturating_sub(FRAME).max(1)) {
            return Wish::Nothing;
        }
        match key.code {
            KeyCode::Char('q') => return Wish::Quit,
            KeyCode::Esc if self.is_open => self.is_open = false,
            KeyCode::Esc => return Wish::Quit,
            KeyCode::Enter => (self.is_open, self.scrolled) = (!self.is_open, 0),
            KeyCode::Down | KeyCode::Right | KeyCode::Char('j') => self.go(self.cursor + 1, room),
            KeyCode::Up | KeyCode::Left | KeyCode::Char('k') => self.go(self.cursor.saturating_sub(1), room),
            KeyCode::PageDown => self.go(self.cursor + page, room),
            KeyCode::PageUp => self.go(self.cursor.saturating_sub(page), room),
            KeyCode::Home | KeyCode::Char('g') => self.go(0, room),
            KeyCode::End | KeyCode::Char('G') => self.go(self.count, room),
            KeyCode::Char(' ') => {
                if !self.marked.remove(&self.cursor) {
                    self.marked.insert(self.cursor);
                }
                self.go(self.cursor + 1, room);
            }
            KeyCode::Char('/') => self.typing = Some(String::new()),
            KeyCode::Char('n') => return self.find(self.sought.clone(), true),
            KeyCode::Char('N') => return self.find(self.sought.clone(), false),
            KeyCode::Char('p') => {
                let rows =
                    if self.marked.is_empty() { vec![self.cursor] } else { self.marked.iter().copied().collect() };
                return Wish::Promote(rows);
            }
            _ => {}
        }
        Wish::Nothing
    }

    /// Moves through what an open row says; whoever draws it knows where its end is. `false` where the key does not do that.
    fn scroll(&mut self, key: KeyCode, page: usize) -> bool {
        self.scrolled = match key {
            KeyCode::Down | KeyCode::Char('j') => self.scrolled.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => self.scrolled.saturating_sub(1),
            KeyCode::PageDown => self.scrolled.saturating_add(page),
            KeyCode::PageUp => self.scrolled.saturating_sub(page),
            KeyCode::Home | KeyCode::Char('g') => 0,
            KeyCode::End | KeyCode::Char('G') => usize::MAX,
            _ => return false,
        };
        true
    }

    fn find(&mut self, text: Option<String>, forward: bool) -> Wish {
        match text {
            Some(text) => {
                self.sought = Some(text.clone());
                Wish::Find { text, from: self.cursor, forward }
            }
            None => {
                self.says = "type / and a text first".to_owned();
                Wish::Nothing
            }
        }
    }

    /// Moves to a row, and the screen with it.
    fn go(&mut self, row: usize, room: usize) {
        (self.cursor, self.scrolled) = (row.min(self.count.saturating_sub(1)), 0);
        self.settle(room);
    }

    /// Moves the screen so that the row that is looked at is on it.
    pub fn settle(&mut self, room: usize) {
        let least = (self.cursor + 1).saturating_sub(room.max(1));
        self.top = self.top.clamp(least, self.cursor);
    }

    /// Takes in what a search found.
    pub fn found(&mut self, text: &str, row: Option<usize>) {
        match row {
            Some(row) => {
                (self.cursor, self.scrolled) = (row, 0);
                // Some rows before it show what led to it.
                self.top = row.saturating_sub(5);
            }
            None => self.says = format!("no row holds “{text}”"),
        }
    }

    /// Takes in what came of a promotion.
    pub fn promoted(&mut self, says: String) {
        self.marked.clear();
        self.says = says;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(browser: &mut Browser, keys: &str) -> Wish {
        let mut last = Wish::Nothing;
        for c in keys.chars() {
            let code = match c {
                '⏎' => KeyCode::Enter,
                '⎋' => KeyCode::Esc,
                '⇟' => KeyCode::PageDown,
                '→' => KeyCode::Right,
                c => KeyCode::Char(c),
            };
            last = browser.press(KeyEvent::new(code, KeyModifiers::NONE), 10);
        }
        last
    }

    #[test]
    fn the_screen_follows_the_row() {
        let mut browser = Browser::new(100);
        press(&mut browser, "jjj");
        assert_eq!((browser.cursor, browser.window(10)), (3, 0..10));
        press(&mut browser, "⇟");
        assert_eq!((browser.cursor, browser.window(10)), (12, 3..13));
        press(&mut browser, "G");
        assert_eq!((browser.cursor, browser.window(10)), (99, 90..100));
        press(&mut browser, "gk");
        assert_eq!((browser.cursor, browser.window(10)), (0, 0..10));
        let mut short = Browser::new(2);
        press(&mut short, "jjj");
        assert_eq!((short.cursor, short.window(10)), (1, 0..2));
    }

    #[test]
    fn an_open_row_scrolls_and_the_next_one_begins_at_its_top() {
        let mut browser = Browser::new(100);
        press(&mut browser, "⏎jj⇟k");
        assert_eq!((browser.cursor, browser.scrolled), (0, 6));
        press(&mut browser, "→");
        assert_eq!((browser.cursor, browser.scrolled), (1, 0));
        press(&mut browser, "j⏎j");
        assert_eq!((browser.cursor, browser.scrolled, browser.is_open), (2, 0, false));
    }

    #[test]
    fn what_is_typed_is_sought_forwards_and_backwards() {
        let mut browser = Browser::new(100);
        assert_eq!(press(&mut browser, "n"), Wish::Nothing);
        let find = |from, forward| Wish::Find { text: "jp".to_owned(), from, forward };
        assert_eq!(press(&mut browser, "/jp⏎"), find(0, true));
        browser.found("jp", Some(40));
        assert_eq!(browser.window(10), 35..45);
        browser.settle(3);
        assert_eq!(browser.window(3), 38..41, "a small screen shows the row, too");
        browser.settle(10);
        assert_eq!(press(&mut browser, "n"), find(40, true));
        assert_eq!(press(&mut browser, "N"), find(40, false));
        assert_eq!(press(&mut browser, "/q⎋"), Wish::Nothing);
        assert_eq!(browser.typing, None);
        assert_eq!(press(&mut browser, "/⏎"), find(40, true));
    }

    #[test]
    fn marked_rows_are_promoted_or_the_one_that_is_looked_at() {
        let mut browser = Browser::new(100);
        assert_eq!(press(&mut browser, "jp"), Wish::Promote(vec![1]));
        assert_eq!(press(&mut browser, "  jp"), Wish::Promote(vec![1, 2]));
        press(&mut browser, "g");
        browser.promoted("made 2 events".to_owned());
        assert!(browser.marked.is_empty());
        assert_eq!(press(&mut browser, "⏎⎋"), Wish::Nothing);
        assert_eq!(press(&mut browser, "⎋"), Wish::Quit);
    }
}
