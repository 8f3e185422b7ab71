//! Checks of two pages for looking things up: each trap is a row of the same
//! form, and each term of the glossary is used in the course.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{Language, Result, agreement, files, length, pages};

/// Every trap of another form, and every term that the course does not use.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let tests = agreement::all_tests(root)?;
    let mut problems = Vec::new();
    for language in Language::ALL {
        let folder = pages::folder(language);
        let path = format!("{folder}/traps.md");
        let page = files::read(root, &path)?;
        let others = rows(&page).filter(|row| !is_trap(row, &tests));
        problems.extend(others.map(|row| {
            let row = row.join(" | ");
            format!("{path}: not what you see, why, what to do, tests: {row}")
        }));
        let path = format!("{folder}/glossary.md");
        let page = files::read(root, &path)?;
        let course = words(&length::course(root, language)?);
        let terms = rows(&page).flat_map(|row| row[0].split(", "));
        let unused = terms.filter(|term| !course.contains(&words(term)));
        problems.extend(unused.map(|term| {
            format!("{path}: the course never says {term}: remove it")
        }));
    }
    Ok(problems)
}

/// The rows of a page's tables, without their heads, as trimmed cells.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let tables = page.split("\n| --- ").skip(1);
    let rows = tables.flat_map(|table| {
        table
            .lines()
            .skip(1)
            .take_while(|line| line.starts_with('|'))
    });
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
}

/// Whether a row has what one sees, why, what to do, and tests that exist.
fn is_trap(row: &[&str], tests: &BTreeSet<String>) -> bool {
    let is_test = |name: &str| tests.contains(name.trim_matches('`'));
    row.len() == 4
        && row.iter().all(|cell| !cell.is_empty())
        && row[3].split(", ").all(is_test)
}

/// The words of a text, each between two spaces.
fn words(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}
