//! What things cost: figures that were measured, and how a page shows them.
//!
//! `just bench-report` writes `docs/data/costs.json`, and `just bench-peers`
//! writes `docs/data/peers.json`. A page shows figures in a table, which is a
//! quoted region, or in a sentence, which is a region within a line:
//!
//! ```text
//! <!-- figure recording/atomic/1 -->5 ns<!-- /figure -->
//! ```

pub mod report;
mod tables;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::pictures::Language;
pub use tables::table;

const START: &str = "<!-- figure ";
const END: &str = "<!-- /figure -->";

/// A measured figure, or what was calculated from figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// In nanoseconds.
    Time(f64),
    /// In bytes.
    Size(f64),
    /// Of things.
    Number(f64),
}

/// All figures, by name: `recording/atomic/1`.
#[derive(Debug)]
pub struct Costs {
    figures: HashMap<String, Figure>,
    /// What was measured with: words for words.
    conditions: Vec<(String, String)>,
}

impl Costs {
    /// Reads the figures of the workspace below `root`.
    ///
    /// # Errors
    ///
    /// A sentence that says which file cannot be read.
    pub fn read(root: &Path) -> Result<Self, String> {
        let costs = file(root, "costs", "just bench-report")?;
        let peers = file(root, "peers", "just bench-peers")?;
        let mut figures = HashMap::new();
        for (name, time) in members(&costs["nanoseconds"]) {
            let median = time["median"].as_f64().unwrap_or(f64::NAN);
            figures.insert(name.clone(), Figure::Time(median));
        }
        for (name, number) in members(&costs["build"]) {
            figures.insert(format!("build/{name}"), of_unit(name, number));
        }
        for (name, sides) in members(&peers["figures"]) {
            for (side, number) in members(sides) {
                let figure = of_unit(name, number);
                figures.insert(format!("peers/{name}/{side}"), figure);
            }
        }
        let mut conditions = conditions(&costs);
        for (name, value) in self::conditions(&peers) {
            let is_same = |known: &&(String, String)| known.0 == name;
            match conditions.iter().find(is_same) {
                Some((_, known)) if *known == value => {}
                // Measured on another day, or with other versions.
                Some(_) => conditions.push((format!("{name}, Python"), value)),
                None => conditions.push((name, value)),
            }
        }
        Ok(Self {
            figures,
            conditions,
        })
    }

    /// Calculates with figures and numbers, from left to right, as in
    /// `exporting/json/100 - exporting/ordering/100 / 100`.
    ///
    /// # Errors
    ///
    /// A sentence that says which part is unknown.
    pub fn calculate(&self, expression: &str) -> Result<Figure, String> {
        let mut parts = expression.split(' ');
        let mut result = self.operand(parts.next().unwrap_or_default())?;
        while let Some(operator) = parts.next() {
            let operand = self.operand(parts.next().unwrap_or_default())?;
            result = result.combined(operator, operand).ok_or_else(|| {
                format!("`{expression}` cannot be calculated")
            })?;
        }
        Ok(result)
    }

    fn operand(&self, name: &str) -> Result<Figure, String> {
        let number = || name.parse().ok().map(Figure::Number);
        let figure = self.figures.get(name).copied();
        figure
            .or_else(number)
            .ok_or_else(|| format!("there is no figure {name}"))
    }
}

/// The object in a file of figures.
fn file(root: &Path, name: &str, command: &str) -> Result<Value, String> {
    let path = Path::new("docs/data").join(name).with_extension("json");
    let problem =
        |what: &str| format!("{} {what}: run `{command}`", path.display());
    let text = fs::read_to_string(root.join(&path))
        .map_err(|error| problem(&format!("cannot be read: {error}")))?;
    serde_json::from_str(&text).map_err(|_| problem("is not JSON"))
}

/// With what and when the figures of a file were measured.
fn conditions(file: &Value) -> Vec<(String, String)> {
    let mut conditions = vec![("date".to_owned(), text(&file["date"]))];
    for part in ["machine", "versions"] {
        let members = members(&file[part]);
        conditions.extend(members.map(|(name, v)| (name.clone(), text(v))));
    }
    conditions
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The unit of a figure is in its name: `start_ms`, `export_cpu_us_100`.
fn of_unit(name: &str, number: &Value) -> Figure {
    let number = number.as_f64().unwrap_or(f64::NAN);
    let has = |unit: &str| name.split('_').any(|part| part == unit);
    if has("seconds") {
        Figure::Time(number * 1e9)
    } else if has("ms") {
        Figure::Time(number * 1e6)
    } else if has("us") {
        Figure::Time(number * 1e3)
    } else if has("mib") {
        Figure::Size(number * 1024.0 * 1024.0)
    } else if has("bytes") {
        Figure::Size(number)
    } else {
        Figure::Number(number)
    }
}

impl Figure {
    fn combined(self, operator: &str, other: Self) -> Option<Self> {
        match (self, operator, other) {
            (Self::Time(a), "-", Self::Time(b)) => Some(Self::Time(a - b)),
            (Self::Time(a), "/", Self::Number(b)) => Some(Self::Time(a / b)),
            (Self::Time(a), "*", Self::Number(b)) => Some(Self::Time(a * b)),
            (Self::Time(a), "/", Self::Time(b))
            | (Self::Size(a), "/", Self::Size(b)) => Some(Self::Number(a / b)),
            _ => None,
        }
    }

    /// Writes the figure as the language does, with its unit, to three digits.
    pub fn written(self, language: Language) -> String {
        let (number, unit) = match self {
            Self::Time(time) if time < 999.5 => (time, " ns"),
            Self::Time(time) if time < 999.5e3 => (time / 1e3, " µs"),
            Self::Time(time) if time < 999.5e6 => (time / 1e6, " ms"),
            Self::Time(time) => (time / 1e9, " s"),
            Self::Size(size) if size < 1e6 => (size, " B"),
            Self::Size(size) => (size / 1024.0 / 1024.0, " MiB"),
            Self::Number(number) => (number, ""),
        };
        format!("{}{unit}", three_digits(number, language))
    }
}

/// Whole if that has three digits or more; a whole number stays one.
fn three_digits(number: f64, language: Language) -> String {
    let decimals = match number.abs() {
        _ if number.fract() == 0.0 => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    let point = language.choose(".", ",");
    format!("{number:.decimals$}").replace('.', point)
}

/// What the figures in the sentences of a page are calculated from, in order.
pub fn expressions(page: &str) -> impl Iterator<Item = &str> {
    let starts = page.split(START).skip(1);
    starts.filter_map(|rest| Some(rest.split_once(" -->")?.0))
}

/// Whether there is a figure in the text.
pub fn has_figures(text: &str) -> bool {
    text.contains(START)
}

/// A line with the figures in it written anew.
///
/// # Errors
///
/// A sentence that says which figure is unknown or has no end.
pub fn fill(
    line: &str,
    costs: &Costs,
    language: Language,
) -> Result<String, String> {
    let Some((before, rest)) = line.split_once(START) else {
        return Ok(line.to_owned());
    };
    let no_end = || format!("`{START}` has no `{END}` in its line");
    let (expression, rest) = rest.split_once(" -->").ok_or_else(no_end)?;
    let (_, rest) = rest.split_once(END).ok_or_else(no_end)?;
    let figure = costs.calculate(expression)?.written(language);
    let rest = fill(rest, costs, language)?;
    Ok(format!(
        "{before}{START}{expression} -->{figure}{END}{rest}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_three_digits_and_the_unit_that_suits_it() {
        for (figure, written) in [
            (Figure::Time(0.514), "0,51 ns"),
            (Figure::Time(5.0), "5 ns"),
            (Figure::Time(47.26), "47,3 ns"),
            (Figure::Time(999.7), "1,00 µs"),
            (Figure::Time(1_999_900.0), "2,00 ms"),
            (Figure::Time(14.3e9), "14,3 s"),
            (Figure::Size(2040.0), "2040 B"),
            (Figure::Size(20.1 * 1024.0 * 1024.0), "20,1 MiB"),
            (Figure::Number(8.407), "8,41"),
            (Figure::Number(123.4), "123"),
        ] {
            assert_eq!(figure.written(Language::Portuguese), written);
        }
        let english = Figure::Number(1.1).written(Language::English);
        assert_eq!(english, "1.10");
    }

    #[test]
    fn a_calculation_goes_from_left_to_right() {
        let figures = [("a/1", 300.0), ("b/1", 100.0)];
        let costs = Costs {
            figures: figures
                .map(|(name, time)| (name.to_owned(), Figure::Time(time)))
                .into(),
            conditions: vec![],
        };
        let calculated = |expression| costs.calculate(expression);
        assert_eq!(calculated("a/1"), Ok(Figure::Time(300.0)));
        assert_eq!(calculated("a/1 - b/1 / 4"), Ok(Figure::Time(50.0)));
        assert_eq!(calculated("a/1 / b/1"), Ok(Figure::Number(3.0)));
        assert_eq!(
            calculated("a/1 / c/1"),
            Err("there is no figure c/1".to_owned())
        );
        assert!(calculated("a/1 - 3").is_err());
    }
}
