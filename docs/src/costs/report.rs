//! Turns a run of the benchmarks into `docs/data/costs.json`.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value, json};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// The lesson whose build is measured.
const LESSON: &str = "observable-counter";

/// Writes the figures of the latest run of `just bench`, and measures how long
/// lesson 6 takes to build.
///
/// # Errors
///
/// A sentence that says what cannot be read, run or written.
pub fn write(root: &Path) -> Result<(), String> {
    let costs = json!({
        "date": today(),
        "machine": machine(),
        "versions": versions(root)?,
        "nanoseconds": benchmarks(&target(root).join("criterion"))?,
        "build": build(root)?,
    });
    let path = root.join("docs/data/costs.json");
    fs::write(&path, format!("{costs:#}\n")).map_err(|error| {
        format!("{} cannot be written: {error}", path.display())
    })
}

fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}

fn machine() -> Value {
    let cpu = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
    let system = System::new_with_specifics(cpu).ok();
    let cpus = system.as_ref().map_or(&[][..], System::cpus);
    let kernel = System::kernel_version().unwrap_or_default();
    let release: Vec<_> = kernel.split('.').take(2).collect();
    json!({
        "cpu": cpus.first().map_or("unknown", |cpu| cpu.brand()),
        "cores": cpus.len(),
        "os": format!("{} {}", os(), release.join(".")),
    })
}

fn os() -> &'static str {
    match env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    }
}

fn versions(root: &Path) -> Result<Value, String> {
    let rustc =
        output(Command::new("rustc").arg("--version").current_dir(root))?;
    let number = rustc.split(' ').nth(1).unwrap_or_default();
    let mut versions = Map::from_iter([("rustc".to_owned(), json!(number))]);
    let metadata = ["metadata", "--locked", "--format-version=1"];
    let metadata: Value = serde_json::from_str(&cargo(root, &metadata)?)
        .map_err(|error| format!("cargo prints no JSON: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if ["criterion", "opentelemetry_sdk", "serde_json", "sysinfo"]
            .contains(&name)
        {
            versions.insert(name.to_owned(), package["version"].clone());
        }
    }
    Ok(versions.into())
}

/// The median of each benchmark, and the range that it is in with a confidence
/// of 95 %.
fn benchmarks(folder: &Path) -> Result<Value, String> {
    let mut figures = Map::new();
    for folder in runs(folder) {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path)
                .map_err(|error| error.to_string())
                .and_then(|json| {
                    serde_json::from_slice::<Value>(&json)
                        .map_err(|error| error.to_string())
                })
                .map_err(|error| format!("{}: {error}", path.display()))
        };
        let name = read("benchmark.json")?["full_id"].clone();
        let median = &read("estimates.json")?["median"];
        let range = &median["confidence_interval"];
        let digits = |time: &Value| {
            let time = time.as_f64().unwrap_or(f64::NAN);
            (time * 100.0).round() / 100.0
        };
        figures.insert(
            name.as_str().unwrap_or_default().to_owned(),
            json!({
                "median": digits(&median["point_estimate"]),
                "low": digits(&range["lower_bound"]),
                "high": digits(&range["upper_bound"]),
            }),
        );
    }
    if figures.is_empty() {
        return Err("there is no run to report: `just bench` makes one".into());
    }
    Ok(figures.into())
}

/// The folders of the latest run of each benchmark.
fn runs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    let mut folders: Vec<_> = folders.collect();
    folders.sort();
    let is_run = |path: &PathBuf| path.ends_with("new");
    let runs = folders.iter().flat_map(|folder| {
        if is_run(folder) {
            vec![folder.clone()]
        } else {
            runs(folder)
        }
    });
    runs.collect()
}

/// Builds the lesson into an empty folder, then again after a change in it.
fn build(root: &Path) -> Result<Value, String> {
    let folder = target(root).join("cold");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    let target_dir = format!("--target-dir={}", folder.display());
    let build = ["build", "--quiet", "--package", LESSON, &target_dir];
    // What is downloaded here is not part of a build.
    cargo(root, &["fetch", "--quiet", "--locked"])?;
    let cold = seconds(|| cargo(root, &build))?;
    let source = root.join("lessons/06-observable-counter/src/lib.rs");
    File::options()
        .append(true)
        .open(&source)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .map_err(|error| format!("{}: {error}", source.display()))?;
    let warm = seconds(|| cargo(root, &build))?;
    fs::remove_dir_all(&folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(json!({
        "crates": crates(root)?,
        "cold_seconds": cold,
        "warm_seconds": warm,
    }))
}

fn seconds(
    work: impl FnOnce() -> Result<String, String>,
) -> Result<f64, String> {
    let start = Instant::now();
    work()?;
    Ok((start.elapsed().as_secs_f64() * 100.0).round() / 100.0)
}

/// How many crates the lesson is built from, its own two among them.
fn crates(root: &Path) -> Result<usize, String> {
    let tree = cargo(
        root,
        &[
            "tree",
            "--package",
            LESSON,
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}",
            "--no-dedupe",
        ],
    )?;
    Ok(tree.lines().collect::<BTreeSet<_>>().len())
}

fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<String, String> {
    output(crate::cargo(root).args(arguments))
}

fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let problem = |what: String| format!("{program} {what}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| problem(format!("cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(problem(format!("fails: {}", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| problem("prints no text".to_owned()))
}
