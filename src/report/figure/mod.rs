//! Figures: what a report draws, as numbers and texts, laid out before any dialect writes them. All of it comes from the case
//! that may be told; lengths are in units of the picture, from its upper left corner.

pub mod graph;
pub mod matrix;
pub mod measures;
pub mod movement;
pub mod proof;
pub mod rows;
pub mod timeline;

use crate::values::EntryId;
use std::borrow::Cow;

/// The width of every figure.
pub const WIDTH: i64 = 960;
/// What stays free at its edges.
const MARGIN: i64 = 8;

pub struct Figure<'c> {
    pub title: &'static str,
    /// What it shows, in a sentence that stands where there are no pictures.
    pub says: String,
    /// How to read it.
    pub reading: &'static str,
    pub height: i64,
    pub drawing: Drawing<'c>,
}

pub enum Drawing<'c> {
    Timeline(timeline::Timeline<'c>),
    Graph(graph::Graph<'c>),
    Matrix(matrix::Matrix<'c>),
    Measures(Vec<measures::Bar<'c>>),
}

/// A box with a name and a note below it.
pub struct Node<'c> {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    /// What it stands for: it leads there where the report shows it.
    pub entry: Option<EntryId>,
    pub name: Cow<'c, str>,
    pub note: String,
    pub look: Look,
}

/// How a box looks; its note says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Plain,
    Good,
    Watch,
    Bad,
}
