//! Figures: nothing covers anything else or leaves the picture, the order is that of time, and what is too much is counted.

use casebook::load::{NoMemory, load};
use casebook::model::Case;
use casebook::report::clock::Standing;
use casebook::report::figure::matrix::{CELL, Certainty};
use casebook::report::figure::timeline::Shape;
use casebook::report::figure::{Drawing, Figure, WIDTH, graph, matrix, measures, movement, proof, timeline};
use casebook::report::naming::Names;
use casebook::tree::MemoryTree;
use casebook::values::vocabulary::{Confidence, Naming};
use std::fmt::Write;

/// What a case is made of here: entries with ids that count.
#[derive(Default)]
struct Draft {
    tree: MemoryTree,
    events: usize,
    findings: usize,
}

fn id(prefix: char, number: usize) -> String {
    format!("{prefix}-{number:08}")
}

impl Draft {
    /// An event so many minutes after the first, with lines of its own.
    fn event(&mut self, minute: usize, actor: &str, more: &str) {
        let id = id('e', self.events);
        let (day, hour, rest) = (1 + minute / 1_440, minute / 60 % 24, minute % 60);
        let time = match more.contains("time =") {
            true => String::new(),
            false => format!("time = 2026-03-{day:02}T{hour:02}:{rest:02}:00Z\n"),
        };
        let text = format!("id = \"{id}\"\ntitle = \"Event\"\nactor = \"{actor}\"\n{time}{more}\n");
        self.tree.insert(&format!("events/{id}.toml"), text);
        self.events += 1;
    }

    fn hop(&mut self, minute: usize, from: usize, to: usize) {
        self.event(minute, "attacker", &format!("source = \"{}\"\ndestination = \"{}\"", id('a', from), id('a', to)));
    }

    fn assets(&mut self, count: usize) {
        for number in 0..count {
            let id = id('a', number);
            let text = format!("id = \"{id}\"\nname = \"host-{number}.example\"\nkind = \"host\"\n");
            self.tree.insert(&format!("assets/{id}.toml"), text);
        }
    }

    fn finding(&mut self, more: &str, exhibits: &[usize]) {
        let id = id('f', self.findings);
        let mut text = format!(
            "id = \"{id}\"\ntitle = \"Finding\"\nstatus = \"confirmed\"\nauthors = [\"bob\"]\nsummary = \"Seen.\"\n{more}\n"
        );
        for exhibit in exhibits {
            let _ = writeln!(text, "[[evidence]]\nitem = \"{}\"", self::id('x', *exhibit));
        }
        self.tree.insert(&format!("findings/{id}.toml"), text);
        self.findings += 1;
    }

    fn exhibits(&mut self, count: usize) {
        for number in 0..count {
            let id = id('x', number);
            let text = format!(
                "id = \"{id}\"\ntitle = \"Exhibit\"\nkind = \"log\"\nstorage = \"none\"\nfiles = 0\nbytes = 0\n\
                 [acquired]\nat = 2026-03-02T00:00:00Z\nby = \"bob\"\n"
            );
            self.tree.insert(&format!("evidence/{id}.toml"), text);
        }
    }

    fn case(&self) -> Case {
        let (case, _) = load(&self.tree, &mut NoMemory).unwrap();
        assert_eq!(case.of_kind(casebook::values::Kind::Event).count(), self.events, "an event cannot be read");
        assert_eq!(case.of_kind(casebook::values::Kind::Finding).count(), self.findings, "a finding cannot be read");
        case
    }
}

type Rect = (i64, i64, i64, i64);

fn cover((x, y, width, height): Rect, (a, b, w, h): Rect) -> bool {
    x < a + w && a < x + width && y < b + h && b < y + height
}

/// Nothing covers anything else, and all of it is in the picture.
fn stand_apart(rects: &[Rect], height: i64) {
    for (index, rect) in rects.iter().enumerate() {
        let (x, y, w, h) = *rect;
        assert!(x >= 0 && y >= 0 && x + w <= WIDTH && y + h <= height, "{rect:?} leaves a picture {height} high");
        for other in &rects[..index] {
            assert!(!cover(*rect, *other), "{rect:?} and {other:?} cover each other");
        }
    }
}

fn graph<'f, 'c>(figure: &'f Figure<'c>) -> &'f graph::Graph<'c> {
    let Drawing::Graph(graph) = &figure.drawing else { panic!("no graph") };
    let rects: Vec<Rect> = graph.nodes.iter().map(|node| (node.x, node.y, node.width, node.height)).collect();
    stand_apart(&rects, figure.height);
    graph
}

fn column(graph: &graph::Graph<'_>, number: usize) -> i64 {
    let wanted = id('a', number);
    graph.nodes.iter().find(|node| node.entry.is_some_and(|entry| entry.to_string() == wanted)).unwrap().x
}

#[test]
fn assets_stand_in_columns_by_the_hops_to_them_and_hops_are_numbered_by_time() {
    let mut draft = Draft::default();
    draft.assets(5);
    draft.hop(30, 1, 2);
    draft.hop(10, 0, 1);
    draft.hop(40, 2, 0);
    draft.hop(20, 0, 3);
    draft.hop(50, 0, 1);
    draft.hop(60, 3, 1);
    // Neither what responders do nor what a user does is a move of the attacker.
    for actor in ["responder", "user"] {
        draft.event(5, actor, &format!("source = \"{}\"\ndestination = \"{}\"", id('a', 0), id('a', 4)));
    }
    let case = draft.case();
    let names = Names::of(&case, Naming::Names);
    let movement = movement::of(&case, &names).unwrap();
    let graph = graph(&movement.figure);
    assert_eq!(graph.nodes.len(), 4);
    assert!(column(graph, 0) < column(graph, 1) && column(graph, 1) < column(graph, 2));
    assert_eq!(column(graph, 1), column(graph, 3));
    let hops: Vec<(String, String, usize)> =
        movement.hops.iter().map(|hop| (hop.from.to_string(), hop.to.to_string(), hop.events)).collect();
    let expected = [(0, 1, 2), (0, 3, 1), (1, 2, 1), (2, 0, 1), (3, 1, 1)];
    assert_eq!(hops, expected.map(|(from, to, events)| (id('a', from), id('a', to), events)));
    let mut numbers: Vec<Rect> =
        graph.arrows.iter().filter_map(|arrow| arrow.number).map(|(_, (x, y))| (x - 9, y - 9, 18, 18)).collect();
    numbers.extend(graph.nodes.iter().map(|node| (node.x, node.y, node.width, node.height)));
    assert_eq!(numbers.len(), 9);
    stand_apart(&numbers, movement.figure.height);
}

#[test]
fn of_many_hops_those_are_drawn_that_can_be_read_and_the_others_counted() {
    let mut draft = Draft::default();
    draft.assets(40);
    for minute in 0..500 {
        draft.hop(minute, minute * 7 % 31 % (1 + minute / 4).min(40), minute * 13 % 40);
    }
    let case = draft.case();
    let names = Names::of(&case, Naming::Names);
    let movement = movement::of(&case, &names).unwrap();
    let graph = graph(&movement.figure);
    assert!((8..=16).contains(&graph.nodes.len()), "{}", graph.nodes.len());
    assert!(graph.arrows.len() <= 20 && graph.arrows.len() == movement.hops.len());
    assert!(movement.further > 100);
    assert!(movement.figure.says.contains("are not drawn"), "{}", movement.figure.says);
    let columns: std::collections::BTreeSet<i64> = graph.nodes.iter().map(|node| node.x).collect();
    assert!((2..=5).contains(&columns.len()));
}

#[test]
fn a_technique_has_the_highest_confidence_of_what_names_it_under_the_tactic_that_it_served() {
    let mut draft = Draft::default();
    draft.event(1, "attacker", "tactic = \"lateral-movement\"\ntechniques = [\"T1021.001\", \"T1078\"]");
    draft.event(2, "attacker", "techniques = [\"T1110\", \"T1055\"]");
    draft.finding("type = \"observation\"\nconfidence = \"low\"\ntechniques = [\"T1021.001\"]", &[]);
    draft.finding("type = \"observation\"\nconfidence = \"moderate\"\ntechniques = [\"T1021.001\"]", &[]);
    // What is ruled out was not seen.
    draft.finding("type = \"exclusion\"\nconfidence = \"high\"\ntechniques = [\"T1486\", \"T1078\"]", &[]);
    let case = draft.case();
    let names = Names::of(&case, Naming::Names);
    let figure = matrix::of(&names).unwrap();
    let Drawing::Matrix(matrix) = &figure.drawing else { panic!() };
    let cells: Vec<(&str, Certainty)> = matrix.cells.iter().map(|cell| (cell.technique, cell.certainty)).collect();
    let moderate = Certainty::Finding(Confidence::Moderate);
    let events = Certainty::Events;
    assert_eq!(cells, [("T1110", events), ("T1021.001", moderate), ("T1078", events), ("T1055", events)]);
    let headings: Vec<&str> = matrix.headings.iter().map(|heading| heading.name.as_str()).collect();
    assert_eq!(headings, ["Credential access", "Lateral movement", "Tactic not said"]);
    assert_eq!(figure.says, "4 techniques: 1 with moderate confidence, 3 in events only.");
}

#[test]
fn a_matrix_of_every_technique_is_cut_and_says_so() {
    let mut draft = Draft::default();
    let techniques = casebook::values::attack::techniques();
    for (minute, technique) in techniques.iter().filter(|technique| !technique.tactics.is_empty()).enumerate().take(500)
    {
        let tactic = technique.tactics[0].word();
        draft.event(minute, "attacker", &format!("tactic = \"{tactic}\"\ntechniques = [\"{}\"]", technique.id));
    }
    let case = draft.case();
    let names = Names::of(&case, Naming::Names);
    let figure = matrix::of(&names).unwrap();
    let Drawing::Matrix(matrix) = &figure.drawing else { panic!() };
    let mut rects: Vec<Rect> = matrix.cells.iter().map(|cell| (cell.x, cell.y, matrix.width, CELL)).collect();
    rects.extend(matrix.headings.iter().map(|heading| (heading.x, heading.y - 12, matrix.width, 14)));
    let further =
        matrix.headings.iter().filter_map(|heading| Some((heading.x, heading.further?.1 - 10, matrix.width, 13)));
    rects.extend(further);
    stand_apart(&rects, figure.height);
    let left_out: usize = matrix.headings.iter().filter_map(|heading| heading.further).map(|(count, _)| count).sum();
    assert_eq!(matrix.cells.len() + left_out, 500);
    assert!(matrix.cells.len() <= 14 * 7 && figure.height < 1_700, "{} cells", matrix.cells.len());
}

#[test]
fn exhibits_and_findings_are_joined_until_nobody_could_tell_the_lines_apart() {
    let draw = |findings: usize| {
        let mut draft = Draft::default();
        draft.exhibits(4);
        draft.finding("type = \"observation\"", &[]);
        for number in 1..findings {
            draft.finding("type = \"observation\"", &[number % 3, number % 3, (number + 1) % 3]);
        }
        draft.case()
    };
    let case = draw(5);
    let names = Names::of(&case, Naming::Names);
    let Some(proof::Proof::Drawn(figure)) = proof::of(&case, &names) else { panic!("not drawn") };
    let graph = graph(&figure);
    assert_eq!((graph.nodes.len(), graph.arrows.len()), (3 + 5, 8));
    assert!(graph.nodes.iter().any(|node| node.note.contains("cites no evidence")));
    assert!(figure.says.ends_with("1 cites none. No finding cites 1 further exhibit."), "{}", figure.says);
    let case = draw(17);
    let Some(proof::Proof::Said(words)) = proof::of(&case, &Names::of(&case, Naming::Names)) else { panic!("drawn") };
    assert!(words.starts_with("16 findings cite 48 places in 3 exhibits. 1 cites none."), "{words}");
}

#[test]
fn a_bar_is_as_long_as_its_part_of_the_target_and_stays_in_the_picture() {
    let mut draft = Draft::default();
    let mut text = "format = 1\nid = \"C-1\"\ntitle = \"Case\"\nseverity = \"high\"\ntlp = \"red\"\nstatus = \"contained\"\nsummary = \"Text.\"\n\
         [milestones]\noccurred = { from = 2026-03-01T00:00:00Z, to = 2026-03-01T01:00:00Z }\n\
         detected = 2026-03-01T02:00:00Z\ncontained = 2026-03-05T00:00:00Z\n"
        .to_owned();
    for (measure, target) in
        [("time-to-detect", "2h"), ("time-to-contain", "1h"), ("time-to-recover", "30d"), ("time-to-detect", "90m")]
    {
        let _ = writeln!(text, "[[objectives]]\nname = \"{measure}\"\nmeasure = \"{measure}\"\ntarget = \"{target}\"");
    }
    draft.tree.insert("case.toml", text);
    let case = draft.case();
    let record = &case.record.as_ref().unwrap().value;
    let now = "2026-03-07T00:00:00Z".parse().unwrap();
    let figure = measures::of(record.milestones.as_ref().unwrap(), &record.objectives, now).unwrap();
    let Drawing::Measures(bars) = &figure.drawing else { panic!() };
    let standings: Vec<Standing> = bars.iter().map(|bar| bar.standing).collect();
    assert_eq!(standings, [Standing::Met, Standing::Missed, Standing::NotYet, Standing::CannotBeSaid]);
    let half = 8 + (measures::TARGET - 8) / 2;
    assert_eq!(bars[0].ends, Some((half, measures::TARGET)));
    assert!(bars[1].is_cut && bars[1].ends == Some((WIDTH - 8, WIDTH - 8)));
    assert!(bars[2].is_running && bars[2].ends.unwrap().1 < half);
    let (sure, most) = bars[3].ends.unwrap();
    assert!(sure < measures::TARGET && measures::TARGET < most);
    assert_eq!(figure.says, "4 objectives: 1 met, 1 missed, 1 not yet, 1 cannot be said.");
    assert!(bars.iter().all(|bar| bar.y + 46 <= figure.height));
}

#[test]
fn what_responders_did_has_a_lane_of_its_own_and_what_is_uncertain_a_bar() {
    let mut draft = Draft::default();
    draft.event(0, "attacker", "tactic = \"execution\"");
    draft.event(
        0,
        "attacker",
        "time = { from = 2026-03-01T00:10:00Z, to = 2026-03-01T03:00:00Z }\ntactic = \"impact\"",
    );
    draft.event(200, "responder", "tactic = \"execution\"");
    let action = "id = \"r-00000000\"\ntitle = \"Isolate\"\nphase = \"contain\"\nstatus = \"done\"\ndone_at = 2026-03-01T04:00:00Z\n";
    draft.tree.insert("actions/r-00000000.toml", action);
    let case = draft.case();
    let names = Names::of(&case, Naming::Names);
    let figure = timeline::of(&case, &names).unwrap();
    let Drawing::Timeline(timeline) = &figure.drawing else { panic!() };
    let lanes: Vec<&str> = timeline.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(lanes, ["Execution", "Impact", "Response"]);
    let response = &timeline.lanes[2];
    let inside: Vec<Shape> = timeline
        .marks
        .iter()
        .filter(|mark| (response.y..response.y + response.height).contains(&mark.y))
        .map(|mark| mark.shape)
        .collect();
    assert_eq!(inside, [Shape::Event, Shape::Action]);
    let bars: Vec<(i64, i64)> = timeline
        .marks
        .iter()
        .filter(|mark| mark.has_bar())
        .map(|mark| (mark.middle() - mark.x, mark.x + mark.width - mark.middle()))
        .collect();
    assert_eq!(bars.len(), 1);
    assert!((bars[0].0 - bars[0].1).abs() <= 1, "{bars:?}");
    assert!(figure.says.ends_with("and 1 action done."), "{}", figure.says);
}

#[test]
fn marks_of_five_and_of_five_hundred_events_stand_apart() {
    for count in [5, 500] {
        let mut draft = Draft::default();
        for number in 0..count {
            let tactic = ["execution", "impact", "discovery", "persistence"][number % 4];
            draft.event(number * 37 + number % 11 * 9, "attacker", &format!("tactic = \"{tactic}\""));
        }
        let case = draft.case();
        let names = Names::of(&case, Naming::Names);
        let figure = timeline::of(&case, &names).unwrap();
        let Drawing::Timeline(timeline) = &figure.drawing else { panic!() };
        let rects: Vec<Rect> = timeline
            .marks
            .iter()
            .map(|mark| {
                let extra = if mark.shape == Shape::Several { mark.width } else { 0 };
                (mark.middle() - mark.half(), mark.y - 9, 2 * mark.half() + extra, 18)
            })
            .collect();
        stand_apart(&rects, figure.height);
        let events: usize =
            timeline.marks.iter().map(|mark| if mark.shape == Shape::Several { mark.number } else { 1 }).sum();
        assert_eq!(events, count);
    }
}

/// Half a value would be recognised by nobody, and could still be opened.
#[test]
fn a_value_is_taken_apart_before_it_is_shortened() {
    let long = "evil.example/a/path/that/is/far/too/long/for/any/box/of/any/figure";
    let mut draft = Draft::default();
    draft.assets(1);
    draft.tree.insert(
        "indicators/i-00000000.toml",
        format!("id = \"i-00000000\"\ntype = \"url\"\nvalue = \"https://{long}\"\nverdict = \"malicious\"\n"),
    );
    draft.tree.insert(
        "assets/a-00000001.toml",
        format!("id = \"a-00000001\"\nname = \"https://{long}\"\nkind = \"application\"\n"),
    );
    draft.hop(1, 0, 1);
    draft.hop(2, 1, 0);
    let files: Vec<(String, Vec<u8>)> =
        draft.tree.files().map(|(path, content)| (path.to_owned(), content.to_vec())).collect();
    let source = super::source(&files);
    assert_eq!(source.case.indicators().count(), 1);
    let report = super::report_for(&source, super::TECHNICAL);
    let html = &report.files[0].content;
    assert!(html.contains("class=\"chart graph\""));
    assert!(!html.contains("https://evil") && html.contains("evil[.]exa"), "a value stands as it is");
}
