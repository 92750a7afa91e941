//! `casebook timeline --interactive` in a real terminal, as whoever sits before it sees it.

use super::support::{CASEBOOK, Desk, tool};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A terminal of 80 columns and 12 lines with a server of its own, which ends with the value.
struct Terminal<'d> {
    desk: &'d Desk,
    tmux: PathBuf,
}

impl<'d> Terminal<'d> {
    /// With a command in it, and a shell that says how it ended.
    fn with(desk: &'d Desk, command: &str) -> Option<Self> {
        let terminal = Self { desk, tmux: tool("tmux")? };
        let command = format!("{command}; echo ended with $?; exec cat");
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "12", "sh", "-c", &command]);
        Some(terminal)
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let socket = self.desk.sandbox.path("tmux");
        let arguments = [&["-u", "-S", socket.to_str().unwrap()], arguments].concat();
        let mut command = self.desk.sandbox.command(&self.tmux, &self.desk.top);
        super::support::ran(command.env("SHELL", "/bin/sh").args(arguments).output().unwrap()).ok().stdout
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows these texts and not those: what is drawn may be seen half drawn.
    #[track_caller]
    fn shows(&self, texts: &[&str], hidden: &[&str]) {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if texts.iter().all(|text| screen.contains(text)) && !hidden.iter().any(|text| screen.contains(text)) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "not {texts:?} without {hidden:?}:\n{screen}");
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn a_timeline_is_scrolled_searched_read_and_promoted_on_a_terminal() {
    let desk = Desk::new();
    let fields: Vec<String> = (1..=9).map(|number| format!("\"field{number}\": \"value {number}\"")).collect();
    let row = |minute: usize| {
        format!(
            "{{\"message\": \"row of minute {minute}\", \"datetime\": \"2026-03-01T10:{minute:02}:00Z\", \"timestamp_desc\": \"Logged\", {}}}\n",
            fields.join(", ")
        )
    };
    let rows: String = (0..40).map(row).collect();
    let item = desk.add(&[&desk.source("rows.jsonl", rows.as_bytes())], &[]);
    let Some(terminal) = Terminal::with(&desk, &format!("'{CASEBOOK}' timeline {item} --interactive")) else { return };

    let first = "  2026-03-01 10:00:00.000 - row of minute 0 x-";
    terminal.shows(&["row 1 of 40", first, "row of minute 9 "], &["row of minute 10 "]);
    terminal.press(&["Down", "j", "NPage"]);
    terminal.shows(&["row 12 of 40", "row of minute 11 "], &["row of minute 1 "]);
    terminal.press(&["End"]);
    terminal.shows(&["row 40 of 40", "row of minute 39 "], &[]);
    terminal.press(&["/", "MINUTE 7"]);
    terminal.shows(&["/MINUTE 7", "enter find"], &[]);
    terminal.press(&["Enter"]);
    terminal.shows(&["row 8 of 40"], &[]);
    terminal.press(&["/", "no such", "Enter"]);
    terminal.shows(&["no row holds “no such”"], &[]);

    terminal.press(&["Enter"]);
    terminal.shows(&["row 8, lines 1 to 6 of ", "message: row of minute 7", "↑↓ scroll"], &["field9"]);
    terminal.press(&["Down"]);
    terminal.shows(&["row 8, lines 2 to 7 of "], &[]);
    terminal.press(&["End"]);
    terminal.shows(&["field9: value 9"], &["message: "]);
    terminal.press(&["Right"]);
    terminal.shows(&["row 9, lines 1 to 6 of "], &[]);
    terminal.press(&["Escape"]);
    terminal.shows(&["enter read  q quit"], &["row 9, lines"]);

    terminal.press(&["Space", "Space", "p"]);
    terminal.shows(&["made 2 events: e-"], &[]);
    terminal.press(&["Up", "p"]);
    terminal.shows(&["nothing is new"], &[]);
    terminal.press(&["q"]);
    terminal.shows(&["2 events made; next: casebook check", "ended with 0"], &[]);
    let titles: Vec<String> =
        desk.json(&["list", "events"]).as_array().unwrap().iter().map(|event| event["title"].to_string()).collect();
    for title in ["row of minute 8", "row of minute 9"] {
        assert!(titles.iter().any(|found| found.contains(title)), "{titles:?}");
    }
}
