//! The book's lines of `jq`, and what they print for recorded documents.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::pages::Page;
use crate::{Result, files, output};

const FILE: &str = "docs/data/jq.toml";

/// The lines, by name: a program, a pipe and `jq` with a filter.
pub fn lines(root: &Path) -> Result<BTreeMap<String, String>> {
    toml::from_str(&files::read(root, FILE)?)
        .map_err(|error| format!("{FILE} does not have its format: {error}"))
}

/// A line, and below it what it prints.
pub fn quote(root: &Path, name: &str) -> Result<String> {
    let lines = lines(root)?;
    let line = lines
        .get(name)
        .ok_or(format!("{FILE} has no line {name}"))?;
    let (program, jq) = line
        .split_once(" | ")
        .ok_or(format!("{FILE}: {name} has no pipe"))?;
    let path = recording(program);
    let documents = File::open(root.join(&path)).map_err(|error| {
        format!("{path} cannot be read: {error}: run `just jq-record`")
    })?;
    // The shell takes the filter out of its quotes.
    let mut shell = Command::new("bash");
    shell.args(["-c", jq]).current_dir(root).stdin(documents);
    let printed = output(&mut shell)?;
    let printed = printed.trim_end();
    Ok(format!("```sh\n{line}\n```\n\n```text\n{printed}\n```"))
}

/// The file with a program's documents: for `just lesson-6 --exports 1`, it is
/// named `lesson-6-exports-1`.
fn recording(program: &str) -> String {
    let program = program.trim_start_matches("just ");
    let name = program.replace(" --", "-").replace(' ', "-");
    format!("docs/data/jq/{name}.jsonl")
}

/// Names each filter on a page that is in no line, so that the page of all
/// filters lacks it.
pub fn missing(root: &Path, pages: &[Page]) -> Result<Vec<String>> {
    let lines = lines(root)?;
    let known: Vec<_> = lines.values().filter_map(|line| jq(line)).collect();
    let mut problems = Vec::new();
    for Page { path, text, .. } in pages {
        // `jq .` is no filter: it only indents.
        let used = text.lines().filter_map(jq).filter(|jq| *jq != ".");
        for jq in used.filter(|jq| !known.contains(jq)) {
            problems.push(format!("{path}: {FILE} has no line with `jq {jq}`"));
        }
    }
    Ok(problems)
}

/// What a line of shell passes to `jq`. A line of prose has backticks.
fn jq(line: &str) -> Option<&str> {
    let (program, jq) = line.split_once(" | jq ")?;
    (program.contains("just lesson-") && !line.contains('`')).then_some(jq)
}
