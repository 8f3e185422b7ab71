//! Costs: measured figures, and how a page shows them.
//!
//! `just bench-report` writes `docs/data/costs.json`. A page shows figures in
//! a table, which is a quoted region, or by name within a sentence:
//!
//! ```text
//! <!-- figure recording/atomic/1 -->5 ns<!-- /figure -->
//! ```

pub mod report;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Language, Result, files};

const FILE: &str = "docs/data/costs.json";
const TABLES: &str = "docs/data/tables.json";

const START: &str = "<!-- figure ";
const END: &str = "<!-- /figure -->";

/// The figures of one run of the benchmarks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Costs {
    /// Measurement conditions by name: date, machine and versions.
    conditions: BTreeMap<String, String>,
    /// All figures, under names such as `recording/atomic/1`.
    figures: Figures,
}

/// Figures by name.
pub type Figures = BTreeMap<String, Figure>;

/// A figure, either measured or computed from measured ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// The unit of the number.
    pub unit: Unit,
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// A plain count.
    Count,
    /// One figure divided by another.
    Ratio,
}

impl Costs {
    /// Reads the figures of the latest report.
    pub fn read(root: &Path) -> Result<Self> {
        files::read_json(root, FILE)
            .map_err(|problem| format!("{problem}: run `just bench-report`"))
    }

    /// Looks up a figure by name.
    pub fn figure(&self, name: &str) -> Result<Figure> {
        let figure = self.figures.get(name).copied();
        figure.ok_or_else(|| format!("there is no figure {name}"))
    }

    /// Formats a figure or a condition.
    fn written(&self, name: &str, language: Language) -> Result<String> {
        match self.conditions.get(name) {
            Some(condition) => Ok(condition.clone()),
            None => Ok(self.figure(name)?.written(language)),
        }
    }

    /// Updates the figures in a line.
    pub fn fill(&self, line: &str, language: Language) -> Result<String> {
        let Some((before, rest)) = line.split_once(START) else {
            return Ok(line.to_owned());
        };
        let no_end = || format!("`{START}` has no `{END}` in its line");
        let (name, rest) = rest.split_once(" -->").ok_or_else(no_end)?;
        let (_, rest) = rest.split_once(END).ok_or_else(no_end)?;
        let figure = self.written(name, language)?;
        let rest = self.fill(rest, language)?;
        Ok(format!("{before}{START}{name} -->{figure}{END}{rest}"))
    }

    /// Renders a table as Markdown.
    pub fn table(
        &self,
        root: &Path,
        name: &str,
        language: Language,
    ) -> Result<String> {
        let tables: BTreeMap<String, Vec<Row>> =
            files::read_json(root, TABLES)?;
        let rows = tables
            .get(name)
            .ok_or_else(|| format!("{TABLES} has no table {name}"))?;
        let mut lines = Vec::new();
        for row in rows {
            let mut cells = match language {
                Language::English => row.en.clone(),
                Language::Portuguese => row.pt_br.clone(),
            };
            for figure in &row.figures {
                cells.push(self.written(figure, language)?);
            }
            lines.push(format!("| {} |", cells.join(" | ")));
            if lines.len() == 1 {
                let figures = " ---: |".repeat(cells.len().saturating_sub(1));
                lines.push(format!("| --- |{figures}"));
            }
        }
        Ok(lines.join("\n"))
    }
}

/// A table row: words, then figures. The first row is the header.
#[derive(Deserialize)]
struct Row {
    en: Vec<String>,
    #[serde(rename = "pt-BR")]
    pt_br: Vec<String>,
    #[serde(default)]
    figures: Vec<String>,
}

impl Figure {
    /// Formats the figure with its unit: a time to three digits, and a ratio to
    /// only as many as would hold on another machine.
    pub fn written(self, language: Language) -> String {
        let value = self.value;
        let written = match self.unit {
            Unit::Ns if value < 999.5 => three_digits(value) + " ns",
            Unit::Ns if value < 999.5e3 => three_digits(value / 1e3) + " µs",
            Unit::Ns if value < 999.5e6 => three_digits(value / 1e6) + " ms",
            Unit::Ns => three_digits(value / 1e9) + " s",
            Unit::Count => format!("{value:.0}"),
            Unit::Ratio if (1.0..2.0).contains(&value) => {
                ((value * 10.0).round() / 10.0).to_string()
            }
            Unit::Ratio => one_digit(value).to_string(),
        };
        language.localize(&written)
    }
}

/// At most two decimals, and none for a whole number.
fn three_digits(number: f64) -> String {
    let decimals = match number {
        _ if number.fract() == 0.0 => 0,
        _ if number < 9.995 => 2,
        _ if number < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

/// Rounds to one significant digit: 700, 5 or 0.03.
fn one_digit(number: f64) -> f64 {
    // Scientific notation with one digit: 4.83 becomes `5e0`.
    format!("{number:.0e}").parse().unwrap_or(number)
}

/// The names of the figures in a page's sentences, in order.
pub fn names(page: &str) -> impl Iterator<Item = &str> {
    let starts = page.split(START).skip(1);
    starts.map(|rest| rest.split(" -->").next().unwrap_or_default())
}
