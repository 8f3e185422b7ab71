//! Checks that the course is short enough to be read to its end, and that the
//! introduction says how long each part takes.

use std::path::Path;

use crate::{Language, Result, files, pages};

/// Reading speed, with code.
const WORDS_PER_MINUTE: usize = 200;
/// A quarter of an hour.
const PAGE_LIMIT: usize = 15 * WORDS_PER_MINUTE;
/// Two and a half hours.
const COURSE_LIMIT: usize = 150 * WORDS_PER_MINUTE;

/// Every page or part that is too long, and every wrong number of minutes.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for language in Language::ALL {
        let folder = pages::folder(language);
        let summary = files::read(root, &format!("{folder}/SUMMARY.md"))?;
        let introduction = format!("{folder}/introduction.md");
        let told = files::read(root, &introduction)?;
        for (number, (title, names)) in parts(&summary).iter().enumerate() {
            // Only the first part, the course, is read from beginning to end.
            let is_course = number == 0;
            let mut total = 0;
            for name in names {
                let path = format!("{folder}/{name}");
                let words = words(&files::read(root, &path)?);
                total += words;
                if is_course {
                    problems.extend(too_long(&path, words, PAGE_LIMIT));
                }
            }
            if is_course {
                let path = format!("{folder}/SUMMARY.md, {title}");
                problems.extend(too_long(&path, total, COURSE_LIMIT));
            }
            let row = format!("| {title} | {} min |", minutes(total));
            if !told.contains(&row) {
                problems.push(format!("{introduction} lacks `{row}`"));
            }
        }
    }
    Ok(problems)
}

/// The text of what is read and done: the course, and the workshop.
pub fn course(root: &Path, language: Language) -> Result<String> {
    let folder = pages::folder(language);
    let summary = files::read(root, &format!("{folder}/SUMMARY.md"))?;
    let names = parts(&summary).into_iter().take(2).flat_map(|(_, n)| n);
    names
        .map(|n| files::read(root, &format!("{folder}/{n}")))
        .collect()
}

/// The titles of a summary's parts, and the names of their pages.
fn parts(summary: &str) -> Vec<(&str, Vec<&str>)> {
    let mut parts = Vec::new();
    for line in summary.lines().skip(1) {
        if let Some(title) = line.strip_prefix("# ") {
            parts.push((title, Vec::new()));
        }
        let link = line.strip_suffix(')').and_then(|l| l.rsplit_once("]("));
        if let (Some((_, name)), Some((_, names))) = (link, parts.last_mut()) {
            names.push(name);
        }
    }
    parts
}

/// The words of a page: what has a letter or a digit, prose and code alike.
/// What is folded away is for those who ask for it.
fn words(page: &str) -> usize {
    let mut is_folded = false;
    let lines = page.lines().map(str::trim).filter(|line| {
        is_folded |= line.starts_with("<details");
        let is_read = !is_folded && !line.starts_with("<!--");
        is_folded &= !line.starts_with("</details");
        is_read
    });
    let words = lines.flat_map(str::split_whitespace);
    words.filter(|w| w.contains(char::is_alphanumeric)).count()
}

fn too_long(path: &str, words: usize, limit: usize) -> Option<String> {
    (words > limit)
        .then(|| format!("{path} has {words} words, and may have {limit}"))
}

/// The minutes that it takes to read so many words, in steps of five.
fn minutes(words: usize) -> usize {
    words.div_ceil(5 * WORDS_PER_MINUTE) * 5
}
