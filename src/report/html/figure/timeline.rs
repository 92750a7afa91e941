//! The timeline: lanes of numbered marks over an axis.

use super::Writer;
use crate::report::figure::WIDTH;
use crate::report::figure::timeline::{LEFT, Mark, ROW, Shape, Timeline};
use crate::values::vocabulary::Actor;
use std::fmt::Write;

/// What the colours mean.
pub(super) const KEY: &str = " <span class=\"key attacker\">attacker</span> <span class=\"key responder\">responder</span> \
     <span class=\"key other\">system, user or unknown</span>";

impl Writer<'_, '_> {
    pub(super) fn timeline(&mut self, chart: &Timeline<'_>) {
        let (top, bottom) = (chart.top, chart.bottom);
        for (index, lane) in chart.lanes.iter().enumerate() {
            let shade = if index % 2 == 0 { "lane" } else { "lane odd" };
            let (y, middle) = (lane.y, lane.y + lane.height / 2);
            let _ = write!(
                self.out,
                "<rect class=\"{shade}\" x=\"0\" y=\"{y}\" width=\"{WIDTH}\" height=\"{}\"/>\
                 <text class=\"name\" x=\"8\" y=\"{}\">",
                lane.height,
                middle + 4,
            );
            self.text(&lane.name);
            self.raw("</text>\n");
        }
        self.ticks(chart);
        for x in &chart.cuts {
            let _ =
                writeln!(self.out, "<path class=\"cut\" d=\"M{} {top}V{bottom}M{} {top}V{bottom}\"/>", x - 3, x + 3);
        }
        for flag in &chart.flags {
            let (x, y) = (flag.x, flag.y);
            let (class, text_x) = if flag.leftward { ("flag end", x - 4) } else { ("flag", x + 4) };
            let _ = write!(
                self.out,
                "<path class=\"flag\" d=\"M{x} {}V{bottom}\"/><text class=\"{class}\" x=\"{text_x}\" y=\"{y}\">",
                y - 10,
            );
            self.text(&flag.name);
            self.raw("</text>\n");
        }
        for mark in &chart.marks {
            self.mark(mark);
        }
    }

    fn ticks(&mut self, chart: &Timeline<'_>) {
        let bottom = chart.bottom;
        let _ = writeln!(self.out, "<path class=\"axis\" d=\"M{LEFT} {bottom}H{WIDTH}\"/>");
        for tick in &chart.ticks {
            let x = tick.x;
            let _ = write!(self.out, "<path class=\"tick\" d=\"M{x} {}V{}\"/>", chart.top, bottom + 5);
            let _ = write!(
                self.out,
                "<text class=\"time\" x=\"{}\" y=\"{}\">{}</text>",
                tick.below,
                bottom + 19,
                tick.time
            );
            if let Some((day, x)) = &tick.day {
                let _ = write!(self.out, "<text class=\"day\" x=\"{x}\" y=\"{}\">{day}</text>", bottom + 36);
            }
            self.raw("\n");
        }
    }

    fn mark(&mut self, mark: &Mark<'_>) {
        let class = match mark.actor {
            Actor::Attacker => "attacker",
            Actor::Responder => "responder",
            Actor::System | Actor::User | Actor::Unknown => "other",
        };
        let close = self.open_link(mark.entry);
        let (half, radius, middle, y) = (mark.half(), ROW / 2 - 2, mark.middle(), mark.y);
        let corner = if mark.shape == Shape::Action { 2 } else { radius };
        let extra = if mark.shape == Shape::Several { mark.width } else { 0 };
        let _ = write!(self.out, "<g class=\"mark {class}\">");
        if mark.has_bar() {
            let (from, to) = (mark.x, mark.x + mark.width);
            let _ =
                write!(self.out, "<path class=\"range\" d=\"M{from} {y}H{to}M{from} {}v8M{to} {}v8\"/>", y - 4, y - 4,);
        }
        let _ = write!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{corner}\"/><text x=\"{middle}\" y=\"{}\">{}{}</text><title>",
            middle - half,
            y - radius,
            2 * half + extra,
            2 * radius,
            y + 4,
            if mark.shape == Shape::Several { "×" } else { "" },
            mark.number,
        );
        self.text(&mark.time);
        self.raw(if mark.shape == Shape::Action { ", action done: " } else { ": " });
        self.text(&mark.title);
        self.raw("</title></g>");
        self.raw(close);
    }
}
