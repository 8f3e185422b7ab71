//! Lesson runs recorded for the pictures: the values of one metric from each
//! run's documents. `docs/data/runs.json` lists the programs and metrics.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Result, cargo, files};

const RUNS: &str = "docs/data/runs.json";

/// A program to run, and the metric to record.
#[derive(Deserialize)]
pub struct Run {
    package: String,
    /// The name of the metric.
    pub metric: String,
    arguments: Vec<String>,
    /// Time from the start to the first document, as set by `arguments`.
    first_milliseconds: u64,
}

/// A metric's values in the documents of one run.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The metric's name.
    pub metric: String,
    /// One value per document, in document order.
    pub points: Vec<Point>,
}

/// The value in one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The reader that collected it, if there are two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Milliseconds since the program started.
    pub milliseconds: u32,
    /// The value, to three decimals; of a histogram, the count.
    pub value: f64,
    /// The buckets of a histogram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Buckets>,
}

/// A histogram's buckets, named as in the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the anatomy of a document explains them")]
pub struct Buckets {
    pub bucket_counts: Vec<u32>,
    pub explicit_bounds: Vec<f64>,
}

impl Point {
    /// Whether the fast reader collected it.
    pub fn is_fast(&self) -> bool {
        self.reader.as_deref() == Some("fast")
    }
}

impl Recording {
    /// The points that one reader collected.
    pub fn of_reader(&self, name: &str) -> Vec<Point> {
        let points = self.points.iter().cloned();
        points
            .filter(|point| point.reader.as_deref() == Some(name))
            .collect()
    }
}

/// All runs, by the name of their recording.
pub fn runs(root: &Path) -> Result<BTreeMap<String, Run>> {
    files::read_json(root, RUNS)
}

/// Runs the lessons, all during the same half minute, and writes their values
/// to `docs/data`.
pub fn record(root: &Path) -> Result<()> {
    let runs = runs(root)?;
    // Build all programs before running any.
    let mut build = vec!["build", "--quiet"];
    for run in runs.values() {
        build.extend(["--package", &run.package]);
    }
    cargo(root, &build)?;
    thread::scope(|scope| {
        let runs = runs.iter();
        let runs =
            runs.map(|(name, run)| scope.spawn(|| run.record(root, name)));
        for run in runs.collect::<Vec<_>>() {
            run.join().map_err(|_| "a recording panicked")??;
        }
        Ok(())
    })
}

/// Reads a recording by name.
pub(super) fn read(root: &Path, name: &str) -> Result<Recording> {
    let path = path(name);
    let recording: Recording = files::read_json(root, &path)
        .map_err(|problem| format!("{problem}: run `just pictures`"))?;
    let runs = runs(root)?;
    let run = runs
        .get(name)
        .ok_or_else(|| format!("{RUNS} has no {name}"))?;
    if recording.points.is_empty() || recording.metric != run.metric {
        let metric = &run.metric;
        return Err(format!("{path} has no {metric}: run `just pictures`"));
    }
    Ok(recording)
}

fn path(name: &str) -> String {
    format!("docs/data/{name}.json")
}

impl Run {
    fn record(&self, root: &Path, name: &str) -> Result<()> {
        let mut run = vec!["run", "--quiet", "--package", &self.package, "--"];
        run.extend(self.arguments.iter().map(String::as_str));
        let output = cargo(root, &run)?;
        let documents = serde_json::Deserializer::from_str(&output)
            .into_iter()
            .collect::<Result<Vec<Value>, _>>()
            .map_err(|error| format!("{} prints {error}", self.package))?;
        let recording = self.recording(&documents).ok_or_else(|| {
            format!("{} prints no {}", self.package, self.metric)
        })?;
        files::write_json(root, &path(name), &recording)
    }

    /// The metric's value in each document, with the time since the start.
    pub fn recording(&self, documents: &[Value]) -> Option<Recording> {
        let nanoseconds = |document: &Value| {
            self.data_point(document)?["time_unix_nano"].as_u64()
        };
        // A reader first collects one interval after it starts.
        let start = nanoseconds(documents.first()?)?
            .checked_sub(self.first_milliseconds * 1_000_000)?;
        let point = |document: &Value| {
            let time = nanoseconds(document)?.checked_sub(start)?;
            let data_point = self.data_point(document)?;
            let value = data_point.get("value").or(data_point.get("count"))?;
            let value = value.as_f64()?;
            Some(Point {
                reader: document["reader"].as_str().map(str::to_owned),
                milliseconds: (time / 1_000_000).try_into().ok()?,
                value: (value * 1000.0).round() / 1000.0,
                buckets: serde_json::from_value(data_point.clone()).ok(),
            })
        };
        Some(Recording {
            metric: self.metric.clone(),
            points: documents.iter().map(point).collect::<Option<_>>()?,
        })
    }

    fn data_point<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        document
            .pointer("/resource_metrics/0/scope_metrics/0/metrics")?
            .as_array()?
            .iter()
            .find(|metric| metric["name"] == *self.metric)?
            .pointer("/data/data_points/0")
    }
}
