//! Runs of the lessons, recorded for the pictures: what their documents said
//! of one metric.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

/// A program to run, and the metric to record.
struct Run {
    /// The name of the recording's file, without `.json`.
    name: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
    /// Milliseconds before the first document, as `arguments` say.
    first: u64,
    metric: &'static str,
}

const TWO_READERS: Run = Run {
    name: "two-readers",
    package: "reader-intervals",
    arguments: &["--fast", "1s", "--slow", "3s", "--exports", "12"],
    first: 1000,
    metric: "coletas.total",
};

const ALLOCATIONS: Run = Run {
    name: "allocations",
    package: "observable-counter",
    arguments: HALF_A_MINUTE,
    first: 500,
    metric: "app.alocacoes",
};

const PENDING_TASKS: Run = Run {
    name: "pending-tasks",
    package: "observable-up-down-counter",
    arguments: HALF_A_MINUTE,
    first: 500,
    metric: "fila.tarefas.pendentes",
};

const CPU_USAGE: Run = Run {
    name: "cpu-usage",
    package: "observable-gauge",
    arguments: HALF_A_MINUTE,
    first: 500,
    metric: "processo.cpu.uso",
};

const HALF_A_MINUTE: &[&str] = &["--interval", "500ms", "--exports", "60"];

const RUNS: [Run; 4] = [TWO_READERS, ALLOCATIONS, PENDING_TASKS, CPU_USAGE];

/// One value of one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The reader that collected it, where there are two.
    pub reader: Option<String>,
    /// Milliseconds since the program started.
    pub milliseconds: u32,
    /// The value, to three decimals.
    pub value: f64,
}

impl Point {
    /// Seconds since the program started.
    pub fn seconds(&self) -> f64 {
        f64::from(self.milliseconds) / 1000.0
    }
}

/// What the documents of one run said of a metric, in their order.
#[derive(Debug)]
pub struct Recording {
    /// The metric's name.
    pub metric: String,
    /// A value for each document.
    pub points: Vec<Point>,
}

/// All recordings of the book.
#[derive(Debug)]
pub struct Recordings {
    /// `coletas.total` of lesson 9.
    pub two_readers: Recording,
    /// `app.alocacoes` of lesson 6.
    pub allocations: Recording,
    /// `fila.tarefas.pendentes` of lesson 7.
    pub pending_tasks: Recording,
    /// `processo.cpu.uso` of lesson 8.
    pub cpu_usage: Recording,
}

impl Recordings {
    /// Reads what [`record`] has written.
    ///
    /// # Errors
    ///
    /// A sentence that says which file is missing or broken.
    pub fn read(root: &Path) -> Result<Self, String> {
        Ok(Self {
            two_readers: TWO_READERS.read(root)?,
            allocations: ALLOCATIONS.read(root)?,
            pending_tasks: PENDING_TASKS.read(root)?,
            cpu_usage: CPU_USAGE.read(root)?,
        })
    }
}

/// Runs the lessons, all over the same half minute, and writes what they said
/// into `docs/data`.
///
/// # Errors
///
/// A sentence that says which program failed or which file cannot be written.
pub fn record(root: &Path) -> Result<(), String> {
    build(root)?;
    thread::scope(|scope| {
        let runs = RUNS.each_ref().map(|run| scope.spawn(|| run.record(root)));
        for run in runs {
            run.join().map_err(|_| "a recording panicked")??;
        }
        Ok(())
    })
}

/// Builds all programs before any of them runs.
fn build(root: &Path) -> Result<(), String> {
    let mut build = cargo(root, "build");
    for run in &RUNS {
        build.args(["--package", run.package]);
    }
    let status = build.status().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err("the lessons cannot be built".to_owned())
    }
}

fn cargo(root: &Path, command: &str) -> Command {
    let mut cargo = crate::cargo(root);
    cargo.args([command, "--quiet"]);
    cargo
}

impl Run {
    fn path(&self, root: &Path) -> PathBuf {
        root.join("docs/data")
            .join(self.name)
            .with_extension("json")
    }

    fn record(&self, root: &Path) -> Result<(), String> {
        let documents = self.documents(root)?;
        let points = self.points(&documents).ok_or_else(|| {
            format!("{} prints no {}", self.package, self.metric)
        })?;
        let path = self.path(root);
        fs::create_dir_all(path.parent().unwrap_or(root))
            .and_then(|()| fs::write(&path, self.to_json(&points)))
            .map_err(|error| {
                format!("{} cannot be written: {error}", path.display())
            })
    }

    /// Runs the program to its end.
    fn documents(&self, root: &Path) -> Result<Vec<Value>, String> {
        let failed = |why: &dyn ToString| {
            format!("{} cannot be run: {}", self.package, why.to_string())
        };
        let output = cargo(root, "run")
            .args(["--package", self.package, "--"])
            .args(self.arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| failed(&error))?;
        if !output.status.success() {
            return Err(failed(&output.status));
        }
        serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))
    }

    /// The metric's value in each document, at times since the start.
    fn points(&self, documents: &[Value]) -> Option<Vec<Point>> {
        let nanoseconds =
            |document| self.data_point(document)?["time_unix_nano"].as_u64();
        // A reader's first collection is one interval after its start.
        let start = nanoseconds(documents.first()?)? - self.first * 1_000_000;
        let point = |document| {
            let milliseconds = (nanoseconds(document)? - start) / 1_000_000;
            let value = self.data_point(document)?["value"].as_f64()?;
            Some(Point {
                reader: document["reader"].as_str().map(str::to_owned),
                milliseconds: milliseconds.try_into().ok()?,
                value: (value * 1000.0).round() / 1000.0,
            })
        };
        documents.iter().map(point).collect()
    }

    fn data_point<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        document
            .pointer("/resource_metrics/0/scope_metrics/0/metrics")?
            .as_array()?
            .iter()
            .find(|metric| metric["name"] == self.metric)?
            .pointer("/data/data_points/0")
    }

    /// The text of the recording's file: a line for each point.
    fn to_json(&self, points: &[Point]) -> String {
        let points: Vec<String> = points.iter().map(Point::to_json).collect();
        format!(
            "{{\n\"package\": {},\n\"arguments\": {},\n\"metric\": {},\n\
            \"points\": [\n{}\n]\n}}\n",
            json!(self.package),
            json!(self.arguments),
            json!(self.metric),
            points.join(",\n"),
        )
    }

    fn read(&self, root: &Path) -> Result<Recording, String> {
        let path = self.path(root);
        let problem = |what: String| {
            format!("{} {what}: run `just pictures`", path.display())
        };
        let text = fs::read_to_string(&path)
            .map_err(|error| problem(format!("cannot be read: {error}")))?;
        let file: Value = serde_json::from_str(&text)
            .map_err(|error| problem(format!("is not JSON: {error}")))?;
        let points = file["points"]
            .as_array()
            .and_then(|points| points.iter().map(Point::from_json).collect());
        Ok(Recording {
            metric: self.metric.to_owned(),
            points: points
                .ok_or_else(|| problem("is no recording".to_owned()))?,
        })
    }
}

impl Point {
    fn to_json(&self) -> String {
        let mut point = json!({
            "milliseconds": self.milliseconds,
            "value": self.value,
        });
        if let Some(reader) = &self.reader {
            point["reader"] = reader.as_str().into();
        }
        point.to_string()
    }

    fn from_json(point: &Value) -> Option<Self> {
        let milliseconds = point["milliseconds"].as_u64()?;
        Some(Self {
            reader: point["reader"].as_str().map(str::to_owned),
            milliseconds: milliseconds.try_into().ok()?,
            value: point["value"].as_f64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_since_an_interval_before_the_first_document() {
        let documents = [
            document("fast", 7_000_000_000, 1),
            document("slow", 9_000_999_999, 2),
        ];
        let points = TWO_READERS.points(&documents);
        let expected = [point("fast", 1000, 1.0), point("slow", 3000, 2.0)];
        assert_eq!(points.as_deref(), Some(&expected[..]));
    }

    #[test]
    fn a_document_without_the_metric_is_no_recording() {
        let documents = [document("fast", 7_000_000_000, 1)];
        assert_eq!(ALLOCATIONS.points(&documents), None);
        assert_eq!(TWO_READERS.points(&[]), None);
    }

    #[test]
    fn a_point_is_read_as_it_was_written() {
        for expected in [
            point("slow", 3000, 3.0),
            Point {
                reader: None,
                milliseconds: 500,
                value: 0.25,
            },
        ] {
            let point = serde_json::from_str(&expected.to_json())
                .expect("a point is written as JSON");
            assert_eq!(Point::from_json(&point), Some(expected));
        }
    }

    fn point(reader: &str, milliseconds: u32, value: f64) -> Point {
        Point {
            reader: Some(reader.to_owned()),
            milliseconds,
            value,
        }
    }

    fn document(reader: &str, nanoseconds: u64, value: u64) -> Value {
        json!({
            "reader": reader,
            "resource_metrics": [{ "scope_metrics": [{ "metrics": [{
                "name": "coletas.total",
                "data": { "data_points": [{
                    "time_unix_nano": nanoseconds,
                    "value": value,
                }]},
            }]}]}],
        })
    }
}
