//! What pictures are made of: a panel, boxes, arrows, words.

use svg::Document;
use svg::Node;
use svg::node::element::{
    Circle, Description, Line, Polygon, Polyline, Rectangle, Style, Text, Title,
};

use super::{Language, Picture, palette};

/// All pictures are as wide, so that words are as large in each. On a telephone
/// they shrink to three quarters.
pub const WIDTH: f64 = 480.0;

/// From one line of words to the next.
pub const LEADING: f64 = 21.0;

/// What is read aloud in place of a picture.
pub struct ReadAloud<'a> {
    /// What the picture is, in a few words.
    pub title: &'a str,
    /// What it shows.
    pub description: &'a str,
}

/// A picture while it is drawn. Lengths and places are in pixels at full
/// width, from the upper left corner.
pub struct Canvas {
    name: &'static str,
    svg: Document,
}

impl Canvas {
    /// An empty panel. It covers the page, so that the colours on it are right
    /// whatever the page's are.
    pub fn new(
        name: &'static str,
        height: f64,
        language: Language,
        read_aloud: &ReadAloud<'_>,
    ) -> Self {
        let title = format!("{name}-title");
        let description = format!("{name}-description");
        let svg = Document::new()
            .set("viewBox", (0, 0, WIDTH, height))
            .set("width", WIDTH)
            .set("height", height)
            .set("lang", language.tag())
            .set("role", "img")
            .set("aria-labelledby", format!("{title} {description}"))
            .add(Title::new(read_aloud.title).set("id", title))
            .add(described(read_aloud.description).set("id", description))
            .add(Style::new(palette::style_sheet()));
        let mut canvas = Self { name, svg };
        canvas.rectangle("panel grey-line thin", 0.5, 0.5, {
            (WIDTH - 1.0, height - 1.0)
        });
        canvas
    }

    /// The finished picture.
    pub fn finish(self) -> Picture {
        Picture {
            name: self.name,
            svg: format!("{}\n", self.svg),
        }
    }

    /// Writes one line of words; `y` is its base line.
    pub fn words(&mut self, class: &str, x: f64, y: f64, words: &str) {
        let class = format!("{class} {}", default_ink(class));
        self.add(
            Text::new(words)
                .set("class", class.trim())
                .set("x", rounded(x))
                .set("y", rounded(y)),
        );
    }

    /// Writes several lines of words; `y` is the base line of the first.
    pub fn lines(&mut self, class: &str, x: f64, y: f64, lines: &[&str]) {
        let base_lines = (0_u8..).map(|line| y + f64::from(line) * LEADING);
        for (line, y) in lines.iter().zip(base_lines) {
            self.words(class, x, y, line);
        }
    }

    /// A rectangle with round corners, from its upper left one.
    pub fn rectangle(
        &mut self,
        class: &str,
        x: f64,
        y: f64,
        (width, height): (f64, f64),
    ) {
        self.add(
            Rectangle::new()
                .set("class", class)
                .set("x", rounded(x))
                .set("y", rounded(y))
                .set("width", rounded(width))
                .set("height", rounded(height))
                .set("rx", 8),
        );
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.add(
            Line::new()
                .set("class", format!("line {class}"))
                .set("x1", rounded(from.0))
                .set("y1", rounded(from.1))
                .set("x2", rounded(to.0))
                .set("y2", rounded(to.1)),
        );
    }

    /// A line through several places.
    pub fn path(&mut self, class: &str, places: &[(f64, f64)]) {
        self.add(
            Polyline::new()
                .set("class", format!("line {class}"))
                .set("points", joined(places)),
        );
    }

    /// A filled shape between several places.
    pub fn shape(&mut self, class: &str, places: &[(f64, f64)]) {
        self.add(
            Polygon::new()
                .set("class", class)
                .set("points", joined(places)),
        );
    }

    /// A circle around a place.
    pub fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.add(
            Circle::new()
                .set("class", class)
                .set("cx", rounded(x))
                .set("cy", rounded(y))
                .set("r", rounded(radius)),
        );
    }

    /// A line with a head at its end, which points along the last part of it.
    pub fn arrow(&mut self, colour: &str, places: &[(f64, f64)]) {
        self.path(&format!("{colour}-line"), places);
        self.arrow_head(colour, places);
    }

    /// The same with a dashed line.
    pub fn dashed_arrow(&mut self, colour: &str, places: &[(f64, f64)]) {
        self.path(&format!("{colour}-line dashed"), places);
        self.arrow_head(colour, places);
    }

    fn arrow_head(&mut self, colour: &str, places: &[(f64, f64)]) {
        let [.., before, tip] = places else { return };
        // Along the arrow, and across it.
        let along = (
            direction(tip.0 - before.0) * 10.0,
            direction(tip.1 - before.1) * 10.0,
        );
        let across = (along.1 / 2.0, along.0 / 2.0);
        let back = (tip.0 - along.0, tip.1 - along.1);
        self.shape(
            colour,
            &[
                (tip.0 + along.0 / 5.0, tip.1 + along.1 / 5.0),
                (back.0 + across.0, back.1 + across.1),
                (back.0 - across.0, back.1 - across.1),
            ],
        );
    }

    /// A sheet of paper with a folded corner: a document.
    pub fn sheet(
        &mut self,
        class: &str,
        x: f64,
        y: f64,
        (width, height): (f64, f64),
    ) {
        const FOLD: f64 = 12.0;
        let (right, bottom) = (x + width, y + height);
        self.shape(
            &format!("{class} line"),
            &[
                (x, y),
                (right - FOLD, y),
                (right, y + FOLD),
                (right, bottom),
                (x, bottom),
            ],
        );
        self.path(
            "ink-line",
            &[
                (right - FOLD, y),
                (right - FOLD, y + FOLD),
                (right, y + FOLD),
            ],
        );
    }

    fn add(&mut self, element: impl Into<Box<dyn Node>>) {
        self.svg.append(element);
    }
}

/// Words without a colour are in ink.
fn default_ink(class: &str) -> &'static str {
    let coloured = class
        .split(' ')
        .any(|name| matches!(name, "grey" | "blue" | "orange" | "green"));
    if coloured { "" } else { "ink" }
}

/// `Description` has no text of its own, unlike `Title`.
fn described(text: &str) -> Description {
    Description::new().add(svg::node::Text::new(text))
}

/// -1, 0 or 1: arrows go up, down, left and right only.
fn direction(length: f64) -> f64 {
    if length == 0.0 { 0.0 } else { length.signum() }
}

/// More than a tenth of a pixel cannot be seen.
fn rounded(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn joined(places: &[(f64, f64)]) -> String {
    let places: Vec<String> = places
        .iter()
        .map(|(x, y)| format!("{},{}", rounded(*x), rounded(*y)))
        .collect();
    places.join(" ")
}
