//! Bars against one line, which is the target of all.

use super::{LETTER, Writer};
use crate::report::clock::Standing;
use crate::report::figure::WIDTH;
use crate::report::figure::measures::{Bar, TARGET};
use std::fmt::Write;

impl Writer<'_, '_> {
    pub(super) fn measures(&mut self, bars: &[Bar<'_>], height: i64) {
        for bar in bars {
            self.bar(bar);
        }
        let _ = writeln!(
            self.out,
            "<path class=\"target\" d=\"M{TARGET} 18V{height}\"/><text class=\"target\" x=\"{TARGET}\" y=\"13\">target</text>",
        );
    }

    fn bar(&mut self, bar: &Bar<'_>) {
        let (y, left) = (bar.y, 8);
        let class = match bar.standing {
            Standing::Met => "good",
            Standing::Missed => "bad",
            Standing::NotYet => "plain",
            Standing::CannotBeSaid => "watch",
        };
        let _ = write!(self.out, "<g class=\"bar {class}\"><text class=\"name\" x=\"{left}\" y=\"{}\">", y + 13);
        self.fitted(bar.name, TARGET - left - 20, LETTER);
        let _ = write!(self.out, "</text><text class=\"end\" x=\"{}\" y=\"{}\">", WIDTH - left, y + 13);
        self.text(&bar.words);
        let (y, height, full) = (y + 20, 14, WIDTH - 2 * left);
        let _ = write!(
            self.out,
            "</text><rect class=\"track\" x=\"{left}\" y=\"{y}\" width=\"{full}\" height=\"{height}\"/>"
        );
        if let Some((sure, most)) = bar.ends {
            let _ = write!(
                self.out,
                "<rect class=\"sure\" x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{height}\"/>\
                 <rect class=\"maybe\" x=\"{sure}\" y=\"{y}\" width=\"{}\" height=\"{height}\"/>",
                sure - left,
                most - sure,
            );
            let middle = y + height / 2;
            if bar.is_cut {
                let _ = write!(self.out, "<path class=\"beyond\" d=\"M{} {}l8 5l-8 5\"/>", most - 14, middle - 5);
            } else if bar.is_running {
                let _ = write!(self.out, "<path class=\"grows\" d=\"M{} {}l8 5l-8 5\"/>", most + 4, middle - 5);
            }
        }
        self.raw("</g>\n");
    }
}
