//! Book, READMEs, recipes and folders name the same lessons in the same order,
//! and the tests that the book names exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};

use crate::{LANGUAGES, pages};

/// A lesson, as its folder says: `06-observable-counter`.
#[derive(Debug)]
struct Lesson {
    folder: String,
    number: String,
    /// Its package, and its chapter without `.md`.
    name: String,
}

/// Everything in which book, READMEs, `justfile` and folders disagree.
pub fn problems(root: &Path) -> Vec<String> {
    let lessons = lessons(root);
    let mut problems = Vec::new();

    let recipes: Vec<_> = lessons
        .iter()
        .map(|l| format!("lesson-{}", l.number))
        .collect();
    let justfile = pages::read(root, Path::new("justfile"));
    let found = recipes_of(&justfile);
    problems.extend(compare("justfile", "recipes", &recipes, &found));

    let folders: Vec<_> = lessons
        .iter()
        .map(|l| format!("lessons/{}", l.folder))
        .collect();
    for readme in ["README.md", "README.pt-BR.md"] {
        let text = pages::read(root, Path::new(readme));
        let found = links(&text, |link| link.starts_with("lessons/"));
        problems.extend(compare(readme, "rows", &folders, &found));
    }

    let chapters: Vec<_> =
        lessons.iter().map(|l| format!("{}.md", l.name)).collect();
    for language in LANGUAGES {
        let summary = format!("docs/{language}/src/SUMMARY.md");
        let text = pages::read(root, Path::new(&summary));
        let found = links(&text, |link| chapters.iter().any(|c| c == link));
        problems.extend(compare(&summary, "chapters", &chapters, &found));
        problems.extend(not_in_summary(root, language, &text));
        problems.extend(other_titles(root, language, &text));
    }
    problems.extend(unknown_tests(root));
    problems.extend(unlisted_traps(root));
    problems
}

fn lessons(root: &Path) -> Vec<Lesson> {
    let entries = std::fs::read_dir(root.join("lessons"));
    let folders = entries.into_iter().flatten().flatten();
    let mut lessons: Vec<_> = folders
        .filter_map(|folder| {
            let folder = folder.file_name().into_string().ok()?;
            let (number, name) = folder.split_once('-')?;
            Some(Lesson {
                number: number.trim_start_matches('0').to_owned(),
                name: name.to_owned(),
                folder,
            })
        })
        .collect();
    lessons.sort_by(|left, right| left.folder.cmp(&right.folder));
    lessons
}

fn compare(
    file: &str,
    what: &str,
    expected: &[String],
    found: &[String],
) -> Option<String> {
    (expected != found).then(|| {
        format!(
            "{file}: its {what} are not those of the folders in `lessons`, in \
             that order: {expected:?} expected, {found:?} found"
        )
    })
}

fn recipes_of(justfile: &str) -> Vec<String> {
    let recipes = justfile.lines().filter_map(|line| {
        let (name, _) = line.split_once([' ', ':'])?;
        name.starts_with("lesson-").then(|| name.to_owned())
    });
    recipes.collect()
}

fn links(page: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let links = Parser::new_ext(page, pulldown_cmark::Options::ENABLE_TABLES)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        });
    links.filter(|link| is_wanted(link)).collect()
}

/// A page outside the summary is in no book.
fn not_in_summary(root: &Path, language: &str, summary: &str) -> Vec<String> {
    let listed: BTreeSet<_> = links(summary, |_| true).into_iter().collect();
    pages::book(root, language)
        .iter()
        .filter_map(|page| page.file_name()?.to_str())
        .filter(|name| *name != "SUMMARY.md" && !listed.contains(*name))
        .map(|name| {
            format!("docs/{language}/src/SUMMARY.md: {name} is missing: add it")
        })
        .collect()
}

/// The summary calls each page what its first line calls it.
fn other_titles(root: &Path, language: &str, summary: &str) -> Vec<String> {
    let entries = summary.lines().filter_map(|line| {
        let (title, rest) =
            line.trim().strip_prefix("- [")?.split_once("](")?;
        Some((title, rest.strip_suffix(')')?))
    });
    entries
        .filter_map(|(title, name)| {
            let page = format!("docs/{language}/src/{name}");
            let text = pages::read(root, Path::new(&page));
            let heading = text.lines().next()?.strip_prefix("# ")?;
            (heading != title).then(|| {
                format!("{page}: its title is not that of the summary: {title}")
            })
        })
        .collect()
}

/// The page of traps lists the test of each trap.
fn unlisted_traps(root: &Path) -> Vec<String> {
    let is_traps = |path: &&PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("traps"))
    };
    let files = pages::files(root, Path::new("lessons"), "rs");
    let mut problems = Vec::new();
    for path in files.iter().filter(is_traps) {
        let text = pages::read(root, path);
        for language in LANGUAGES {
            let page = format!("docs/{language}/src/traps.md");
            let listed = pages::read(root, Path::new(&page));
            for name in tests(&text) {
                if !listed.contains(&format!("`{name}`")) {
                    problems.push(format!(
                        "{page}: the trap `{name}` is missing: list it"
                    ));
                }
            }
        }
    }
    problems
}

/// The names of the tests in a source file.
fn tests(source: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    source.lines().map(str::trim).filter_map(move |line| {
        is_test |= line == "#[test]";
        let name = line.strip_prefix("fn ")?.split('(').next()?;
        std::mem::take(&mut is_test).then_some(name)
    })
}

/// A literal with three or more underscores is the name of a test, unless it
/// is a key of the documents.
fn unknown_tests(root: &Path) -> Vec<String> {
    let snapshots = pages::files(root, Path::new("lessons"), "snap");
    let documents: String = snapshots
        .iter()
        .map(|path| pages::read(root, path))
        .collect();
    let is_key = |name: &str| documents.contains(&format!("\"{name}\""));
    let mut known = BTreeSet::new();
    for folder in ["lessons", "shared", "docs"] {
        for path in pages::files(root, Path::new(folder), "rs") {
            let text = pages::read(root, &path);
            known.extend(tests(&text).map(str::to_owned));
        }
    }
    let mut problems = Vec::new();
    for page in pages::all(root) {
        for event in Parser::new_ext(
            &pages::read(root, &page),
            pulldown_cmark::Options::ENABLE_TABLES,
        ) {
            let Event::Code(literal) = event else {
                continue;
            };
            let is_name = literal.chars().all(|letter| {
                letter.is_ascii_lowercase()
                    || letter.is_ascii_digit()
                    || letter == '_'
            });
            let is_test = is_name && literal.matches('_').count() >= 3;
            if is_test && !known.contains(&*literal) && !is_key(&literal) {
                problems.push(format!(
                    "{}: there is no test `{literal}`: name one that exists",
                    page.display()
                ));
            }
        }
    }
    problems
}
