//! The picture of the timeline as inline SVG: colours come from the style sheet, and no colour says anything alone.

use super::Writer;
use crate::report::chart::{Chart, LEFT, Mark, ROW, WIDTH};
use crate::values::vocabulary::Actor;
use std::fmt::Write;

impl Writer<'_, '_> {
    pub(super) fn chart(&mut self, chart: &Chart<'_>) {
        let (height, top, bottom) = (chart.height(), chart.top, chart.bottom);
        let _ = writeln!(
            self.out,
            "<figure class=\"chart\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture of the timeline\">\n\
             <svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" aria-labelledby=\"chart-title chart-text\">\n\
             <title id=\"chart-title\">Timeline of the incident</title>",
        );
        self.within("<desc id=\"chart-text\">", &chart.description, "</desc>\n");
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
        self.raw("</svg>\n</div>\n<figcaption>");
        self.text(&chart.description);
        self.raw(
            " The numbers are those of the events below. \
             <span class=\"key attacker\">attacker</span> <span class=\"key responder\">responder</span> \
             <span class=\"key other\">system, user or unknown</span></figcaption>\n</figure>\n",
        );
    }

    fn ticks(&mut self, chart: &Chart<'_>) {
        let bottom = chart.bottom;
        let _ = writeln!(self.out, "<path class=\"axis\" d=\"M{LEFT} {bottom}H{WIDTH}\"/>");
        for tick in &chart.ticks {
            let x = tick.x;
            let _ = write!(self.out, "<path class=\"tick\" d=\"M{x} {}V{}\"/>", chart.top, bottom + 5);
            let _ = write!(self.out, "<text class=\"time\" x=\"{x}\" y=\"{}\">{}</text>", bottom + 19, tick.time);
            if let Some(day) = &tick.day {
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
        if let Some(id) = mark.entry {
            let _ = write!(self.out, "<a href=\"#{id}\">");
        }
        let radius = ROW / 2 - 2;
        let _ = write!(
            self.out,
            "<g class=\"mark {class}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/><text x=\"{}\" y=\"{}\">{}</text><title>",
            mark.x - radius,
            mark.y - radius,
            2 * radius + mark.width,
            2 * radius,
            mark.x,
            mark.y + 4,
            mark.number,
        );
        self.text(&mark.time);
        self.raw(": ");
        self.text(&mark.title);
        self.raw("</title></g>");
        self.raw(if mark.entry.is_some() { "</a>\n" } else { "\n" });
    }
}
