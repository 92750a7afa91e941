//! `casebook serve`: a real server asked over real connections, while real files are edited, and a real browser.

use super::support::{CASEBOOK, Desk, tool};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const FINDING: &str = "findings/f-7q2k9dm4.toml";
const LATER: &str = "findings/f-1aaaaaa1.toml";

/// A server over the case of a desk.
struct Served {
    child: Child,
    /// `127.0.0.1:PORT`.
    host: String,
    /// The path of the page, with the secret in it.
    page: String,
}

/// An answer, its head and its body.
#[derive(Debug)]
struct Answer {
    head: String,
    body: String,
}

impl Served {
    fn of(desk: &Desk) -> Self {
        let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
        command.args(["serve", "--format", "json"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let (host, page) = said["url"].as_str().unwrap().strip_prefix("http://").unwrap().split_once('/').unwrap();
        Self { host: host.to_owned(), page: format!("/{page}"), child }
    }

    fn url(&self) -> String {
        format!("http://{}{}", self.host, self.page)
    }

    /// The path of something beside the page.
    fn at(&self, path: &str) -> String {
        self.page.replace("technical/", path)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// What is answered to bytes, whatever they are.
    fn answer(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer { head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.answer(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).as_bytes())
    }

    fn report(&self, audience: &str) -> String {
        self.get(&self.at(&format!("{audience}/report"))).body
    }

    /// The stream of events, past its head.
    fn events(&self) -> Events {
        let mut stream = self.connect();
        let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", self.at("events"), self.host);
        stream.write_all(request.as_bytes()).unwrap();
        Events(BufReader::new(stream))
    }

    /// Ends it as Ctrl-C does.
    fn end(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Events(BufReader<TcpStream>);

impl Events {
    /// The next event; a time-out of the connection fails the test.
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    /// The preview for an audience once it is as it is to be: a file that is saved may be seen half written first.
    fn until(&mut self, served: &Served, audience: &str, is_there: impl Fn(&str) -> bool) -> String {
        loop {
            let page = served.report(audience);
            if is_there(&page) {
                return page;
            }
            self.next();
        }
    }

    fn has_ended(mut self) -> bool {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).is_ok()
    }
}

/// A case with two findings.
fn desk() -> Desk {
    Desk::with(|desk| {
        let text =
            desk.read(FINDING).replace("7q2k9dm4\"\ntitle", "1aaaaaa1\"\ntitle").replace("logged on", "looked around");
        desk.write(LATER, text.replace("version = 1\n", ""));
    })
}

/// What stands in the card of an entry.
fn card<'p>(page: &'p str, id: &str) -> &'p str {
    let card = page.split(&format!("<article class=\"card\" id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("{page}"));
    card.split("</article>").next().unwrap()
}

fn title(page: &str) -> &str {
    page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap()
}

/// Everything in a folder but Git's own, with its content.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files =
        walk.filter(|entry| entry.file_type().is_file() && !entry.path().components().any(|c| c.as_os_str() == ".git"));
    files.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn what_is_saved_is_shown_with_what_is_wrong_beside_it() {
    let desk = desk();
    let before = files(&desk.top);
    let served = Served::of(&desk);
    let mut events = served.events();
    assert_eq!(events.next()["version"], 1);
    let page = served.report("technical");
    assert!(title(&page).starts_with("no problems – "), "{}", title(&page));
    assert!(page.contains("Not committed: a preview."));
    assert!(served.get(&served.page).body.contains("no problems – preview for technical"));
    assert_eq!(files(&desk.top), before);

    // As many editors save: another file, renamed over the first.
    let sound = desk.read(FINDING);
    let save = |text: &str| {
        desk.write("findings/.f.toml.swp", text);
        fs::rename(desk.path("findings/.f.toml.swp"), desk.path(FINDING)).unwrap();
    };
    save(&sound.replace("a-7q2k9dm4", "a-00000000"));
    let page = events.until(&served, "technical", |page| title(page).starts_with("1 error – "));
    let shown = card(&page, "f-7q2k9dm4");
    assert!(shown.contains("findings/f-7q2k9dm4.toml:7:11"), "{shown}");
    assert!(shown.contains("<pre>assets = [<em>&quot;a-00000000&quot;</em>]</pre>"), "{shown}");
    assert!(shown.contains("<strong>help</strong>"), "{shown}");
    assert!(!card(&page, "f-1aaaaaa1").contains("class=\"problem"), "{page}");

    // A file that is no TOML any more, written in place.
    desk.write(FINDING, sound.replace("confidence", "").replace("authors = [\"bob\"]", "authors = [\"bob\""));
    let page = events.until(&served, "technical", |page| page.contains("cannot be read"));
    let shown = card(&page, "f-7q2k9dm4");
    assert!(shown.contains("findings/f-7q2k9dm4.toml:") && shown.contains("<em>"), "{shown}");
    assert!(card(&page, "f-1aaaaaa1").contains("looked around"));

    // What nothing on the page is about stands at its top.
    save(&sound);
    desk.write("case.toml", desk.read("case.toml").replace("\"high\"", "\"hihg\""));
    let page = events.until(&served, "technical", |page| page.contains("hihg") && !page.contains("cannot be read"));
    let header = page.split("</header>").next().unwrap();
    assert!(header.contains("case.toml:4:12") && header.contains("<em>&quot;hihg&quot;</em>"), "{header}");
    served.end();
    assert!(events.has_ended());
}

#[test]
fn a_preview_is_no_report() {
    let desk = desk();
    // Prose may say what the footer of a report says.
    let claim = format!("Rebuilt anywhere, this report has the same bytes: `casebook report --rev {}`", desk.head());
    desk.write("notes/claim.md", format!("# Claim\n\n{claim}\n"));
    let served = Served::of(&desk);
    for audience in ["technical", "legal"] {
        let page = served.report(audience);
        let file = desk.source("preview.html", page.as_bytes());
        let ran = desk.casebook(&["report", "verify", &file]);
        assert!(ran.code != 0 && !ran.stdout.contains("unaltered,"), "{}", ran.text());
        assert!(!page.split("<footer>").nth(1).unwrap().contains("Rebuilt anywhere"));
    }
}

#[test]
fn git_makes_it_new_as_well() {
    let desk = desk();
    desk.write(LATER, desk.read(LATER).replace("looked around", "looked into everything"));
    let served = Served::of(&desk);
    let mut events = served.events();
    assert!(served.report("technical").contains("looked into everything"));
    desk.git(&["checkout", "-q", "--", "findings"]).ok();
    events.until(&served, "technical", |page| page.contains("looked around"));
}

#[test]
fn an_audience_is_not_shown_what_it_must_not_know() {
    let desk = desk();
    desk.write(LATER, format!("tlp = \"red\"\n{}", desk.read(LATER).replace("a-7q2k9dm4", "a-00000000")));
    let served = Served::of(&desk);
    let page = served.report("customer");
    assert!(page.contains("<strong>1 error</strong>") && !page.contains("looked around"), "{page}");
    assert!(!page.contains("a-00000000") && !page.contains("f-1aaaaaa1"), "{page}");
    assert!(card(&served.report("technical"), "f-1aaaaaa1").contains("a-00000000"));

    // Somebody says it in what the customers are told.
    let mut events = served.events();
    desk.write(
        "case.toml",
        desk.read("case.toml").replace("mail server\"", "mail server: The attacker looked around to mail01\""),
    );
    let page = events.until(&served, "customer", |page| page.contains("<details>"));
    let (before, after) = page.split_once("<details>").unwrap_or_else(|| panic!("{page}"));
    assert!(before.contains("No report would be written, for "), "{page}");
    assert!(!before.contains("looked around") && after.contains("looked around"), "{page}");
    assert!(!page.contains("<section"), "{page}");
    // Those who work on the case see it, and why.
    assert!(served.report("technical").contains("<section id=\"findings\">"));

    // What a broken policy lets an audience know, nobody knows.
    desk.write("policy.toml", "version = 1\n[[audiences]]\nhandle = \"customer\"\ntlp = \"gren\"\n");
    let page = events.until(&served, "customer", |page| page.contains("No preview"));
    assert!(page.contains("policy.toml has errors") && !page.contains("mail server"), "{page}");
    assert!(served.report("technical").contains("gren"));
    assert!(served.report("nobody").contains("No preview"));
}

#[test]
fn every_answer_keeps_the_case_to_itself() {
    let desk = desk();
    let served = Served::of(&desk);
    for path in ["technical/", "customer/", "technical/report", "page.css", "page.js"] {
        let answer = served.get(&served.at(path));
        assert!(answer.head.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {}", answer.head);
        for header in [
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            "Cross-Origin-Opener-Policy: same-origin",
            "Cross-Origin-Resource-Policy: same-origin",
            "Connection: close",
        ] {
            assert!(answer.head.lines().any(|line| line == header), "{path}: {}", answer.head);
        }
        assert!(!answer.head.to_lowercase().contains("access-control"), "{}", answer.head);
        let own = path.split('/').next_back().unwrap();
        match own {
            "" => assert!(answer.head.contains("frame-ancestors 'none'") && !answer.head.contains("unsafe")),
            "report" => assert!(answer.head.contains("Content-Security-Policy: default-src 'none'; style-src")),
            _ => {}
        }
        let head = format!("HEAD {} HTTP/1.1\r\nHost: {}\r\n\r\n", served.at(path), served.host);
        let only_head = served.answer(head.as_bytes());
        assert_eq!((only_head.head, only_head.body.as_str()), (answer.head, ""), "{path}");
    }
}

#[test]
fn nobody_else_is_answered() {
    let desk = desk();
    let served = Served::of(&desk);
    let (page, host) = (served.page.clone(), served.host.clone());
    let token = page.split('/').nth(1).unwrap();
    let request = |line: &str, headers: &str| format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    let other = token.replace(|c: char| c == token.chars().next().unwrap(), "x");
    for (request, status) in [
        (request("GET /", ""), "404"),
        (request(&format!("GET /{token}"), ""), "404"),
        (request(&format!("GET /{token}/"), ""), "404"),
        (request(&format!("GET /{other}/technical/report"), ""), "404"),
        (request(&format!("GET /{}/technical/report", &token[1..]), ""), "404"),
        (request(&format!("GET /{token}/../../etc/passwd"), ""), "404"),
        (request(&format!("GET /{token}/..%2f..%2fetc%2fpasswd"), ""), "404"),
        (request(&format!("GET /{token}/technical/../../case.toml"), ""), "404"),
        (request(&format!("GET /{token}/../"), ""), "404"),
        (request(&format!("GET /{token}/<script>/"), ""), "404"),
        (request(&format!("GET {page}report?x"), ""), "404"),
        (request(&format!("POST {page}report"), "Content-Length: 3\r\n\r\nabc"), "405"),
        (request(&format!("DELETE {page}report"), ""), "405"),
        (request(&format!("GET {page}report"), "Sec-Fetch-Site: cross-site\r\n"), "403"),
        (request(&format!("GET {page}report"), "Transfer-Encoding: chunked\r\n"), "400"),
        (request(&format!("GET http://{host}{page}report"), ""), "400"),
        (format!("GET {page}report HTTP/1.1\r\nHost: rebound.example:80\r\n\r\n"), "421"),
        (format!("GET {page}report HTTP/1.1\r\n\r\n"), "421"),
        (request("GET /", &format!("A: {}\r\n", "a".repeat(9000))), "431"),
        ("\u{16}\u{3}\u{1}\0\0\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = served.answer(request.as_bytes());
        assert!(answer.head.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {}", answer.head);
        assert!(answer.body.len() < 100, "{}", answer.body);
    }
    // A request that never ends is not waited for without end.
    assert!(served.answer(b"GET / HTTP/1.1\r\nHost: x").head.starts_with("HTTP/1.1 408 "));
    served.get(&page);
}

#[test]
fn a_thousand_idle_connections_keep_nobody_out() {
    let desk = desk();
    let served = Served::of(&desk);
    let mut events = served.events();
    events.next();
    // No more at once than the test itself may have open.
    let mut idle = VecDeque::new();
    for number in 0..1000 {
        let mut stream = served.connect();
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
        }
        idle.push_back(stream);
        if idle.len() > 500 {
            idle.pop_front();
        }
    }
    assert!(served.get(&served.page).head.starts_with("HTTP/1.1 200 OK"));
    let open = Path::new("/proc").join(served.child.id().to_string()).join("fd");
    // On a busy machine those that were closed are not all let go of yet.
    let held = || fs::read_dir(&open).map_or(0, Iterator::count);
    let mut looks = 0..100;
    while held() >= 300 && looks.next().is_some() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(held() < 300, "{} files are open", held());
    desk.write(FINDING, desk.read(FINDING).replace("logged on", "came in"));
    events.until(&served, "technical", |page| page.contains("came in"));
    // More streams than there may be: the newest are told.
    let mut streams: Vec<Events> = (0..40).map(|_| served.events()).collect();
    desk.write(FINDING, desk.read(FINDING).replace("came in", "got in"));
    streams.last_mut().unwrap().until(&served, "technical", |page| page.contains("got in"));
    served.end();
}

#[test]
fn what_cannot_be_served_is_said() {
    let desk = desk();
    let said = desk.casebook(&["serve", "--audience", "legl"]).code(2).stderr;
    assert!(said.contains("no audience `legl`") && said.contains("`legal`"), "{said}");
    let served = Served::of(&desk);
    let port = served.host.rsplit(':').next().unwrap();
    let said = desk.casebook(&["serve", "--port", port]).code(2).stderr;
    assert!(said.contains(&format!("port {port} of 127.0.0.1 cannot be had")), "{said}");
    let nothing = desk.sandbox.path("empty");
    fs::create_dir(&nothing).unwrap();
    desk.sandbox.git(&nothing, &["init", "-q"]).ok();
    desk.sandbox.casebook(&nothing, &["serve"]).code(2);
}

/// A browser without a window that has opened an address, and lets itself be asked which titles its pages have.
struct Browser {
    child: Child,
    profile: std::path::PathBuf,
    log: std::path::PathBuf,
}

impl Browser {
    fn open(chromium: &Path, desk: &Desk, name: &str, url: &str) -> Self {
        let (profile, log) = (desk.sandbox.path(name), desk.sandbox.path(&format!("{name}.json")));
        let mut command = desk.sandbox.command(chromium, &desk.top);
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        // Nothing outside is there, so that a test asks for nothing of it either.
        command.arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1").arg("--remote-debugging-port=0");
        command.arg(format!("--user-data-dir={}", profile.display())).arg(format!("--log-net-log={}", log.display()));
        let child = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, profile, log }
    }

    /// Waits until a page has a title with a text in it.
    fn wait_for(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        let mut seen = String::new();
        while Instant::now() < end {
            seen = self.pages().unwrap_or_default();
            if serde_json::from_str::<Value>(&seen).is_ok_and(|pages| {
                pages.as_array().is_some_and(|pages| {
                    pages.iter().any(|page| page["title"].as_str().is_some_and(|title| title.contains(text)))
                })
            }) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("no page is called {text}: {seen}");
    }

    /// What its DevTools say of its pages.
    fn pages(&self) -> Option<String> {
        let port = fs::read_to_string(self.profile.join("DevToolsActivePort")).ok()?;
        let host = format!("127.0.0.1:{}", port.lines().next()?);
        let mut stream = TcpStream::connect(&host).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
        write!(stream, "GET /json/list HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Some(String::from_utf8_lossy(&answer).split_once("\r\n\r\n")?.1.to_owned())
    }

    /// Ends it and gives the addresses that it asked for.
    fn asked(mut self) -> Vec<String> {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap();
        let log = fs::read_to_string(&self.log).unwrap();
        let urls = log.split("\"url\":\"").skip(1).filter_map(|piece| piece.split('"').next());
        urls.filter(|url| url.starts_with("http")).map(str::to_owned).collect()
    }
}

#[test]
fn a_browser_shows_what_is_saved_and_asks_nobody_else() {
    let Some(chromium) = tool("chromium") else { return };
    let desk = desk();
    let hostile = "![a](https://outside.example/a.png) <img src=\"https://outside.example/b.png\"> \
                   <script>fetch('https://outside.example/c')</script> [d](https://outside.example/d)";
    let sound = desk.read(LATER);
    desk.write(LATER, sound.replace("summary = \"", &format!("summary = '''{hostile}'''\nanalysis = \"")));
    let served = Served::of(&desk);
    let browser = Browser::open(&chromium, &desk, "browser", &served.url());
    browser.wait_for("no problems – 2026-0142");
    desk.write(FINDING, desk.read(FINDING).replace("a-7q2k9dm4", "a-00000000"));
    browser.wait_for("1 error – 2026-0142");
    desk.write(FINDING, desk.read(FINDING).replace("\"proposed\"", "\"proposd\""));
    browser.wait_for("2 errors");
    let outside = |asked: &[String]| asked.iter().filter(|url| url.contains("outside.example")).count();
    let asked = browser.asked();
    assert!(asked.iter().any(|url| url.ends_with("/events")), "{asked:?}");
    assert!(asked.iter().any(|url| url.ends_with("/technical/report")), "{asked:?}");
    assert_eq!(outside(&asked), 0, "{asked:?}");

    // The same in a page that nothing holds back is seen.
    let page = desk.source("page.html", format!("<title>plain</title>{hostile}").as_bytes());
    let browser = Browser::open(&chromium, &desk, "other", &format!("file://{page}"));
    browser.wait_for("plain");
    assert!(outside(&browser.asked()) > 0);
}
