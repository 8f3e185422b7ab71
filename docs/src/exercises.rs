//! Exercises: each is one file beside its lesson, with a solution.

pub mod run;

use std::path::Path;

use serde::Deserialize;

use crate::pages::{self, Page};
use crate::{Language, Result, files};

/// The tests, with which an exercise and its solution end.
const TESTS: &str = "\nmod tests {\n";

/// The page of exercises that begin with a symptom, from all lessons.
const CLINIC: &str = "clinic.md";

/// An exercise, as its lesson's manifest lists it.
struct Exercise {
    /// The lesson's folder, such as `lessons/01-first-metric`.
    lesson: String,
    name: String,
}

impl Exercise {
    fn path(&self) -> String {
        format!("{}/exercises/{}.rs", self.lesson, self.name)
    }

    fn solution(&self) -> String {
        format!("{}/exercises/solutions/{}.rs", self.lesson, self.name)
    }

    /// The command that runs it, as pages name it.
    fn command(&self) -> String {
        format!("`just exercise {}`", self.name)
    }
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    test: Vec<Target>,
}

/// A file with tests.
#[derive(Deserialize, PartialEq, Eq)]
struct Target {
    name: String,
    #[serde(default)]
    path: String,
    /// Whether `cargo test` runs it without being asked to.
    #[serde(default)]
    test: bool,
}

/// The target that runs the solution of an exercise.
fn solution_target(name: &str) -> String {
    format!("{name}_solution")
}

/// The lessons' manifests, in the lessons' order.
fn manifests(root: &Path) -> Result<Vec<(String, Manifest)>> {
    let paths = files::list(root, "lessons", "toml")?;
    let manifests = paths.into_iter().map(|path| {
        let manifest = toml::from_str(&files::read(root, &path)?)
            .map_err(|error| format!("{path} cannot be read: {error}"))?;
        Ok((path.trim_end_matches("/Cargo.toml").to_owned(), manifest))
    });
    manifests.collect()
}

fn of(lesson: &str, manifest: &Manifest) -> Vec<Exercise> {
    let exercise = |target: &Target| {
        let file = target.path.strip_prefix("exercises/")?;
        (!file.starts_with("solutions/")).then(|| Exercise {
            lesson: lesson.to_owned(),
            name: target.name.clone(),
        })
    };
    manifest.test.iter().filter_map(exercise).collect()
}

/// The exercises, in the order of the lessons and of their manifests.
fn all(root: &Path) -> Result<Vec<Exercise>> {
    let manifests = manifests(root)?;
    Ok(manifests.iter().flat_map(|(l, m)| of(l, m)).collect())
}

/// Everything wrong with the exercises that shows without running them.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let pages = pages::all(root)?;
    let mut problems = Vec::new();
    let mut listed = Vec::new();
    for (lesson, manifest) in manifests(root)? {
        for exercise in of(&lesson, &manifest) {
            problems.extend(not_on_demand(&exercise, &manifest));
            problems.extend(other_tests(root, &exercise)?);
            problems.extend(unnamed(&pages, &exercise));
            listed.extend([exercise.path(), exercise.solution()]);
        }
    }
    for path in files::list(root, "lessons", "rs")? {
        if path.contains("/exercises/") && !listed.contains(&path) {
            problems.push(format!(
                "{path} is no exercise: its lesson's Cargo.toml must list the \
                 exercise as a [[test]]"
            ));
        }
    }
    Ok(problems)
}

/// Names each target that the manifest lacks, or that all tests would run.
fn not_on_demand(
    Exercise { lesson, name }: &Exercise,
    manifest: &Manifest,
) -> Vec<String> {
    let targets = [
        (name.clone(), format!("exercises/{name}.rs")),
        (
            solution_target(name),
            format!("exercises/solutions/{name}.rs"),
        ),
    ];
    let mut problems = Vec::new();
    for (name, path) in targets {
        let test = false;
        let target = Target { name, path, test };
        if !manifest.test.contains(&target) {
            let Target { name, path, .. } = target;
            problems.push(format!(
                "{lesson}/Cargo.toml lacks the [[test]] `{name}` with the path \
                 \"{path}\" and `test = false`"
            ));
        }
    }
    problems
}

fn other_tests(root: &Path, exercise: &Exercise) -> Result<Option<String>> {
    let (path, solution) = (exercise.path(), exercise.solution());
    let text = files::read(root, &path)?;
    let solved = files::read(root, &solution)?;
    let tests = text.split_once(TESTS);
    let same = solved.split_once(TESTS).map(|(_, tests)| tests)
        == tests.map(|(_, tests)| tests);
    Ok((tests.is_none() || !same).then(|| {
        format!("{path}: its `mod tests` differs from the one in {solution}")
    }))
}

/// Names what the exercise's chapter, or the clinic, does not say of it.
fn unnamed(pages: &[Page], exercise: &Exercise) -> Vec<String> {
    let (_, chapter) = exercise.lesson.split_once('-').unwrap_or_default();
    let chapter = format!("{chapter}.md");
    let command = exercise.command();
    let solution = format!("<!-- quote {}#solution -->", exercise.solution());
    let mut problems = Vec::new();
    for language in Language::ALL {
        let names = |page: &Page, part: &str| {
            page.language == language
                && [CLINIC, &chapter].contains(&page.name())
                && page.text.contains(part)
        };
        for part in [&command, &solution] {
            if !pages.iter().any(|page| names(page, part)) {
                let folder = pages::folder(language);
                problems.push(format!(
                    "{folder}/{chapter} lacks {part}, and so does {CLINIC}"
                ));
            }
        }
    }
    problems
}
