//! Experiments: what pages ask the learner to change and to type, and what
//! they promise then.

pub mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::{Language, Result, files, pages};

const FILE: &str = "docs/data/experiments.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Experiment {
    changes: Vec<Change>,
    command: String,
    status: i32,
    /// All tests that fail.
    #[serde(default)]
    fails: BTreeSet<String>,
    /// What the output contains.
    #[serde(default)]
    shows: Vec<String>,
    /// What the output does not contain.
    #[serde(default)]
    hides: Vec<String>,
}

/// What to replace in a file, and by what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    file: String,
    old: String,
    new: String,
}

/// Reads the experiments of each page, by its name in both languages.
fn read(root: &Path) -> Result<BTreeMap<String, Vec<Experiment>>> {
    toml::from_str(&files::read(root, FILE)?)
        .map_err(|error| format!("{FILE} does not have its format: {error}"))
}

/// Every disagreement of the experiments with the pages, or with the code.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let experiments = read(root)?;
    let mut problems = Vec::new();
    for page in pages::all(root)? {
        let own = experiments.get(page.name()).map_or(&[][..], Vec::as_slice);
        for command in test_commands(&page.text) {
            if !own.iter().any(|experiment| experiment.command == command) {
                let path = &page.path;
                problems.push(format!("{path}: {FILE} lacks `{command}`"));
            }
        }
    }
    for (name, own) in &experiments {
        for language in Language::ALL {
            let path = format!("{}/{name}", pages::folder(language));
            let page = files::read(root, &path)?;
            let parts = own.iter().flat_map(|e| {
                // Several lines of output are a block that the page prints.
                let blocks =
                    e.shows.iter().filter(|part| part.lines().count() > 2);
                e.fails.iter().chain([&e.command]).chain(blocks)
            });
            for part in parts.filter(|part| !page.contains(*part)) {
                problems.push(format!("{path} lacks `{part}`, as in {FILE}"));
            }
        }
        for Change { file, old, .. } in own.iter().flat_map(|e| &e.changes) {
            if files::read(root, file)?.matches(old).count() != 1 {
                problems.push(format!("{FILE}: {file} must have {old:?} once"));
            }
        }
    }
    Ok(problems)
}

/// The commands that run tests, in a page's section "Exercises".
fn test_commands(page: &str) -> impl Iterator<Item = &str> {
    let mut sections = page.split("\n## ");
    let section = sections.find(|section| {
        section.starts_with("Exercises\n")
            || section.starts_with("Exercícios\n")
    });
    let literals = section.unwrap_or_default().split(['`', '\n']);
    let literals = literals.map(str::trim);
    literals.filter(|l| *l == "just test" || l.starts_with("just test "))
}
