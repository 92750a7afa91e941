//! Incoming webhooks of chats. What a notice says is never markup there: it stands where the chat reads nothing as a mention, a link or
//! a format.

use super::posting::Post;
use super::{Channel, Settings, WrongSetting};
use crate::notice::Notice;
use crate::notice::ledger::Parcel;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The chats that are known, and the most characters of a text that each takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    Slack,
    Mattermost,
    Discord,
    Teams,
}

pub struct ChatChannel {
    chat: Chat,
    post: Post,
}

impl Chat {
    /// What is posted.
    fn body(self, notice: &Notice) -> Value {
        let text = notice.text();
        match self {
            Chat::Slack => slack(notice, &text),
            // Nothing in a block of code is a mention or a format.
            Chat::Mattermost => json!({ "text": code(&text, 16_000) }),
            Chat::Discord => {
                const WITHOUT_PREVIEWS: u32 = 1 << 2;
                let content = code(&text, 1_900);
                json!({ "content": content, "allowed_mentions": { "parse": [] }, "flags": WITHOUT_PREVIEWS })
            }
            Chat::Teams => teams(&text),
        }
    }
}

impl ChatChannel {
    /// `secret`: the name of the variable that holds the address, since whoever knows it can post there.
    pub fn of(chat: Chat, settings: &Settings<'_>) -> Result<Self, WrongSetting> {
        settings.demand("secret")?;
        let url = settings.secret("secret")?.unwrap_or_default();
        Ok(Self { chat, post: Post::to(url, "secret", settings)? })
    }
}

impl Channel for ChatChannel {
    fn place(&self) -> String {
        self.post.host()
    }

    fn deliver(&self, parcel: &Parcel, _: Timestamp) -> Result<String, String> {
        self.post.send(&[], &self.chat.body(&parcel.notice).to_string())
    }
}

/// Blocks of plain text (<https://docs.slack.dev/reference/block-kit/composition-objects/text-object>), and the subject for the
/// notification, in which `&`, `<` and `>` are escaped.
fn slack(notice: &Notice, text: &str) -> Value {
    const MOST: usize = 3_000;
    let subject = notice.message.subject.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let characters: Vec<char> = text.chars().collect();
    let block = |chunk: &[char]| {
        let text: String = chunk.iter().collect();
        json!({ "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } })
    };
    let blocks: Vec<Value> = characters.chunks(MOST).map(block).collect();
    json!({ "text": subject, "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

/// An Adaptive Card of runs of text, in which nothing is Markdown, other than in its blocks of text
/// (<https://adaptivecards.io/explorer/TextRun.html>).
fn teams(text: &str) -> Value {
    let run =
        |paragraph: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": paragraph }] });
    let body: Vec<Value> = text.trim_end().split("\n\n").map(run).collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    json!({
        "type": "message",
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }],
    })
}

/// A text as a block of code of at most so many characters, which nothing in it can end.
fn code(text: &str, most: usize) -> String {
    let mut inner = text.trim_end().replace('`', "\u{2019}");
    if let Some((end, _)) = inner.char_indices().nth(most) {
        inner.truncate(end);
        inner.push_str("\n… (the report has the rest)");
    }
    format!("```\n{inner}\n```")
}
