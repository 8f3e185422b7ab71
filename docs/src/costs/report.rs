//! Turns a benchmark run into `docs/data/costs.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

use super::{Costs, Figure, Figures, Unit};
use crate::{Result, cargo, files, output};

const RUN: &str = "docs/data/benchmarks.json";

/// The lesson whose build is measured.
const LESSON: &str = "observable-counter";

/// What a benchmark run consists of, and what is computed from it.
#[derive(Deserialize)]
struct Run {
    benchmarks: BTreeSet<String>,
    /// Each the quotient of two benchmarks.
    ratios: BTreeMap<String, [String; 2]>,
    /// Each a multiple of one benchmark.
    multiples: BTreeMap<String, (f64, String)>,
}

/// Writes the figures from the latest `just bench` run, and measures how long
/// lesson 6 takes to build.
pub fn write(root: &Path) -> Result<()> {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from);
    let mut figures = figures(root, &target)?;
    figures.extend(build(root, &target.join("cold"))?);
    let costs = Costs {
        conditions: conditions(root)?,
        figures,
    };
    files::write_json(root, super::FILE, &costs)
}

/// The medians of all benchmarks, and the figures computed from them.
pub fn figures(root: &Path, target: &Path) -> Result<Figures> {
    let run: Run = files::read_json(root, RUN)?;
    let medians = medians(target)?;
    let found = medians.keys().cloned().collect();
    if let Some(name) = run.benchmarks.difference(&found).next() {
        return Err(format!("the run has no benchmark {name}"));
    }
    if let Some(name) = found.difference(&run.benchmarks).next() {
        return Err(format!("{RUN} has no benchmark {name}"));
    }
    let median = |name: &String| {
        let median = medians.get(name).copied();
        median.ok_or_else(|| format!("{RUN} has no benchmark {name}"))
    };
    let mut figures = Figures::new();
    for (name, nanoseconds) in &medians {
        figures.insert(name.clone(), time(*nanoseconds));
    }
    for (name, [dividend, divisor]) in &run.ratios {
        let ratio = median(dividend)? / median(divisor)?;
        let value = (ratio * 1000.0).round() / 1000.0;
        let unit = Unit::Ratio;
        figures.insert(name.clone(), Figure { value, unit });
    }
    for (name, (times, benchmark)) in &run.multiples {
        figures.insert(name.clone(), time(times * median(benchmark)?));
    }
    Ok(figures)
}

/// The median of each benchmark that Criterion measured.
fn medians(target: &Path) -> Result<BTreeMap<String, f64>> {
    // `just bench` empties the folder, runs all benchmarks and then writes
    // this file. So nothing is older than the run, and anything newer than
    // this file belongs to another run.
    let end = modified(target, "criterion/run.done").map_err(
        |_| "there is no whole run to report: `just bench` makes one",
    )?;
    let mut medians = BTreeMap::new();
    for path in files::list(target, "criterion", "json")? {
        let Some(folder) = path.strip_suffix("/new/estimates.json") else {
            continue;
        };
        if modified(target, &path)? > end {
            return Err(format!("{path} is newer than the whole run"));
        }
        let estimates: Value = files::read_json(target, &path)?;
        let median = estimates["median"]["point_estimate"].as_f64();
        let median = median.filter(|median| *median > 0.0);
        let median = median.ok_or_else(|| format!("{path}: no median"))?;
        let path = format!("{folder}/new/benchmark.json");
        let benchmark: Value = files::read_json(target, &path)?;
        let name = benchmark["full_id"].as_str();
        let name = name.ok_or_else(|| format!("{path}: no full_id"))?;
        medians.insert(name.to_owned(), median);
    }
    Ok(medians)
}

fn modified(root: &Path, path: &str) -> Result<SystemTime> {
    let metadata = fs::metadata(root.join(path));
    let modified = metadata.and_then(|metadata| metadata.modified());
    modified.map_err(|error| format!("{path}: {error}"))
}

/// A time in nanoseconds, to two decimals.
fn time(nanoseconds: f64) -> Figure {
    let value = (nanoseconds * 100.0).round() / 100.0;
    let unit = Unit::Ns;
    Figure { value, unit }
}

/// Builds the lesson into an empty folder, then rebuilds it after a change.
fn build(root: &Path, folder: &Path) -> Result<Figures> {
    let problem = |e: io::Error| format!("cannot measure the build: {e}");
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(problem)?;
    }
    let lesson = ["--package", LESSON];
    let target = format!("--target-dir={}", folder.display());
    let build = [&["build", "--quiet", &target], &lesson[..]].concat();
    let measure = || {
        let start = Instant::now();
        cargo(root, &build)?;
        Ok::<_, String>(time(start.elapsed().as_secs_f64() * 1e9))
    };
    // Downloading is not part of a build.
    cargo(root, &["fetch", "--quiet", "--locked"])?;
    let cold = measure()?;
    let source = root.join("lessons/06-observable-counter/src/lib.rs");
    File::options()
        .append(true)
        .open(source)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .map_err(problem)?;
    let warm = measure()?;
    fs::remove_dir_all(folder).map_err(problem)?;
    // One line per crate, including the lesson's own two.
    let edges = ["tree", "--edges=normal,build"];
    let format = ["--prefix=none", "--format={p}", "--no-dedupe"];
    let tree = cargo(root, &[&edges[..], &format, &lesson].concat())?;
    let crates: BTreeSet<_> = tree.lines().collect();
    let value = crates.iter().map(|_| 1.0).sum();
    let unit = Unit::Count;
    let crates = Figure { value, unit };
    let figures = [("crates", crates), ("cold", cold), ("warm", warm)];
    Ok(figures.map(|(name, f)| (format!("build/{name}"), f)).into())
}

/// Measurement conditions by name: date, machine and versions.
fn conditions(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut conditions = BTreeMap::new();
    let mut add = |name: &str, value: &str| {
        conditions.insert(name.to_owned(), value.trim().to_owned());
    };
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    add("date", now.split('T').next().unwrap_or_default());
    let cpu = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
    let unknown = |error| format!("cannot describe the machine: {error}");
    let system = System::new_with_specifics(cpu).map_err(unknown)?;
    let cpus = system.cpus();
    add("cpu", cpus.first().map_or("unknown", |cpu| cpu.brand()));
    add("cores", &cpus.len().to_string());
    add("os", &System::long_os_version().map_err(unknown)?);
    let rustc = output(Command::new("rustc").arg("--version"))?;
    add("rustc", rustc.split(' ').nth(1).unwrap_or_default());
    for name in ["criterion", "opentelemetry_sdk", "serde_json", "sysinfo"] {
        // A package ID ends in `#name@version`.
        let id = cargo(root, &["pkgid", name])?;
        add(name, id.rsplit('@').next().unwrap_or_default());
    }
    Ok(conditions)
}
