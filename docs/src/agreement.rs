//! Checks that book, READMEs, recipes and folders list the same lessons in the
//! same order, and that the tests named in the book exist.

use std::collections::BTreeSet;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::pages::{self, Page};
use crate::{Language, Result, files};

/// Every disagreement between book, READMEs, `justfile` and folders.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let sources = files::list(root, "lessons", "rs")?;
    // Lesson 6, for example, is in `06-observable-counter`.
    let lessons: BTreeSet<_> =
        sources.iter().filter_map(|s| s.split('/').nth(1)).collect();
    let (mut recipes, mut folders, mut chapters) = (vec![], vec![], vec![]);
    for (number, name) in lessons.iter().filter_map(|l| l.split_once('-')) {
        recipes.push(format!("lesson-{}", number.trim_start_matches('0')));
        folders.push(format!("lessons/{number}-{name}"));
        chapters.push(format!("{name}.md"));
    }

    let mut problems = Vec::new();
    let justfile = files::read(root, "justfile")?;
    let found = justfile.lines().filter(|l| l.starts_with("lesson-"));
    let found = found.filter_map(|line| line.split([' ', ':']).next());
    let found: Vec<_> = found.map(str::to_owned).collect();
    problems.extend(compare("justfile", "recipes", &recipes, &found));
    for language in Language::ALL {
        let readme = pages::readme(language);
        let mut found = links(&files::read(root, readme)?);
        found.retain(|link| link.starts_with("lessons/"));
        problems.extend(compare(readme, "rows", &folders, &found));

        let path = format!("{}/SUMMARY.md", pages::folder(language));
        let summary = files::read(root, &path)?;
        let pages = pages::of(root, language)?;
        let mut found = links(&summary);
        problems.extend(not_in_summary(&path, &pages, &found));
        found.retain(|link| chapters.contains(link));
        problems.extend(compare(&path, "chapters", &chapters, &found));
        problems.extend(other_titles(&summary, &pages));
    }
    problems.extend(unknown_tests(root)?);
    problems.extend(unlisted_traps(root, &sources)?);
    Ok(problems)
}

fn compare(
    file: &str,
    what: &str,
    expected: &[String],
    found: &[String],
) -> Option<String> {
    (expected != found).then(|| {
        format!(
            "{file}: its {what} do not match the folders in `lessons`, in that \
            order: expected {expected:?}, found {found:?}"
        )
    })
}

fn links(page: &str) -> Vec<String> {
    let events = Parser::new_ext(page, Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    });
    links.collect()
}

/// Names each page that is missing from the book because the summary does not
/// list it.
fn not_in_summary(
    summary: &str,
    pages: &[Page],
    listed: &[String],
) -> Vec<String> {
    let mut names: Vec<_> = pages.iter().map(Page::name).collect();
    names.retain(|name| *name != "SUMMARY.md" && !name.starts_with("README"));
    names.retain(|name| !listed.iter().any(|link| link == name));
    let problem = |name| format!("{summary}: {name} is missing: add it");
    names.into_iter().map(problem).collect()
}

/// Names each page whose heading differs from its title in the summary.
fn other_titles(summary: &str, pages: &[Page]) -> Vec<String> {
    let problem = |line: &str| {
        let entry = line.trim().strip_prefix("- [")?.strip_suffix(')')?;
        let (title, name) = entry.split_once("](")?;
        let page = pages.iter().find(|page| page.name() == name)?;
        let heading = page.text.lines().next()?.strip_prefix("# ")?;
        let path = &page.path;
        (heading != title).then(|| {
            format!("{path}: its title differs from the summary's: {title}")
        })
    };
    summary.lines().filter_map(problem).collect()
}

/// Names each trap whose test is missing from the traps page.
fn unlisted_traps(root: &Path, sources: &[String]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in sources.iter().filter(|path| path.contains("/traps")) {
        let source = files::read(root, path)?;
        for language in Language::ALL {
            let page = format!("{}/traps.md", pages::folder(language));
            let listed = files::read(root, &page)?;
            let mut traps = tests(&source);
            traps.retain(|name| !listed.contains(&format!("`{name}`")));
            let problem =
                |name| format!("{page}: the trap `{name}` is missing: list it");
            problems.extend(traps.into_iter().map(problem));
        }
    }
    Ok(problems)
}

/// The names of the tests in a source file.
fn tests(source: &str) -> Vec<String> {
    let mut is_test = false;
    let names = source.lines().map(str::trim).filter_map(|line| {
        is_test |= matches!(line, "#[test]" | "#[tokio::test]");
        let name = line.trim_start_matches("async ").strip_prefix("fn ")?;
        let name = name.split('(').next()?;
        std::mem::take(&mut is_test).then(|| name.to_owned())
    });
    names.collect()
}

/// The names of all tests.
pub fn all_tests(root: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in ["lessons", "shared", "docs"] {
        for path in files::list(root, folder, "rs")? {
            names.extend(tests(&files::read(root, &path)?));
        }
    }
    Ok(names)
}

/// A literal with three or more underscores is taken for the name of a test,
/// unless it is a word of a snapshot.
fn unknown_tests(root: &Path) -> Result<Vec<String>> {
    let mut documents = String::new();
    for path in files::list(root, "lessons", "snap")? {
        documents += &files::read(root, &path)?;
    }
    let known = all_tests(root)?;
    let is_letter = |c| matches!(c, 'a'..='z' | '0'..='9' | '_');
    let words: BTreeSet<_> = documents.split(|c| !is_letter(c)).collect();
    let is_unknown = |name: &str| {
        name.chars().all(is_letter)
            && name.matches('_').count() >= 3
            && !known.contains(name)
            && !words.contains(name)
    };
    let mut problems = Vec::new();
    for Page { path, text, .. } in pages::all(root)? {
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            if let Event::Code(name) = event
                && is_unknown(&name)
            {
                problems.push(format!(
                    "{path}: there is no test `{name}`: name one that exists"
                ));
            }
        }
    }
    Ok(problems)
}
