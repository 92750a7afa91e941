//! Boxes and the arrows between them: what all figures that are graphs have in common.

use super::Node;

pub struct Graph<'c> {
    pub nodes: Vec<Node<'c>>,
    pub arrows: Vec<Arrow>,
}

/// A curve with level ends from one box to another.
pub struct Arrow {
    /// Start, two points that draw the curve towards them, and end (a cubic Bézier curve).
    pub curve: [(i64, i64); 4],
    /// Its number and where that stands.
    pub number: Option<(usize, (i64, i64))>,
    /// What it says.
    pub title: String,
    pub has_head: bool,
}

/// How far the middles of two numbers are apart at least, and a number from a box.
const APART: i64 = 20;
const CLEAR: i64 = 11;

impl Arrow {
    /// A point of the curve, `eighths` of its way along.
    fn point(&self, eighths: i64) -> (i64, i64) {
        let (done, left) = (eighths, 8 - eighths);
        let weights = [left * left * left, 3 * left * left * done, 3 * left * done * done, done * done * done];
        let sum = |of: fn(&(i64, i64)) -> i64| {
            self.curve.iter().zip(weights).map(|(point, weight)| of(point) * weight).sum::<i64>() / 512
        };
        (sum(|point| point.0), sum(|point| point.1))
    }
}

impl Graph<'_> {
    /// Numbers the arrows in their order, each where nothing else stands.
    pub fn number(&mut self) {
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for (index, arrow) in self.arrows.iter_mut().enumerate() {
            let free = |(x, y): &(i64, i64)| {
                taken.iter().all(|(a, b)| (a - x).pow(2) + (b - y).pow(2) >= APART * APART)
                    && self.nodes.iter().all(|node| !node.is_near(*x, *y, CLEAR))
            };
            let places = [4, 3, 5, 2, 6, 1, 7].map(|eighths| arrow.point(eighths));
            let place = places.into_iter().find(free).unwrap_or(places[0]);
            taken.push(place);
            arrow.number = Some((index + 1, place));
        }
    }
}

impl Node<'_> {
    fn is_near(&self, x: i64, y: i64, distance: i64) -> bool {
        (self.x - distance..=self.x + self.width + distance).contains(&x)
            && (self.y - distance..=self.y + self.height + distance).contains(&y)
    }
}
