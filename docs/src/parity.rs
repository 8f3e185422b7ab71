//! The two books are one: same pages, same shape, same quotes.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use crate::{LANGUAGES, costs, pages, quotes};

/// What two pages in different languages have in common.
#[derive(Debug, Default)]
struct Shape {
    /// The levels of the headings, in order.
    headings: Vec<String>,
    /// The sources of the quoted regions, in order.
    quotes: Vec<String>,
    /// The expressions of the figures, in order.
    figures: Vec<String>,
    /// The languages of the fences, in order.
    fences: Vec<String>,
    /// The pictures and what links lead to, in order.
    links: Vec<String>,
    /// The literals in inline code.
    literals: BTreeSet<String>,
}

/// Everything in which the two books, or the two READMEs, differ.
pub fn problems(root: &Path) -> Vec<String> {
    let [one, other] = LANGUAGES.map(|language| names(root, language));
    let mut problems = Vec::new();
    for name in one.symmetric_difference(&other) {
        let missing = LANGUAGES[usize::from(one.contains(name))];
        problems.push(format!(
            "docs/{missing}/src/{name} is missing: write it, or remove it from \
             the other language"
        ));
    }
    for name in one.intersection(&other) {
        let shapes = LANGUAGES.map(|language| {
            let page = Path::new("docs").join(language).join("src").join(name);
            shape(&pages::read(root, &page))
        });
        problems.extend(differences(name, &shapes));
    }
    let readmes = ["README.md", "README.pt-BR.md"];
    let shapes = readmes.map(|page| {
        let mut shape = shape(&pages::read(root, Path::new(page)));
        // Each links to the other.
        shape.links.retain(|link| !readmes.contains(&link.as_str()));
        shape
    });
    problems.extend(differences("README", &shapes));
    problems
}

fn names(root: &Path, language: &str) -> BTreeSet<String> {
    let folder = Path::new("docs").join(language).join("src");
    pages::book(root, language)
        .iter()
        .filter_map(|page| page.strip_prefix(&folder).ok())
        .map(|name| name.display().to_string())
        .collect()
}

fn differences(name: &str, [one, other]: &[Shape; 2]) -> Vec<String> {
    let first_difference = |one: &[String], other: &[String]| {
        let length = one.len().max(other.len());
        (0..length).find(|at| one.get(*at) != other.get(*at))
    };
    let mut problems = Vec::new();
    for (what, one, other) in [
        ("heading levels", &one.headings, &other.headings),
        ("quotes", &one.quotes, &other.quotes),
        ("figures", &one.figures, &other.figures),
        ("fences", &one.fences, &other.fences),
        ("links and pictures", &one.links, &other.links),
    ] {
        if let Some(at) = first_difference(one, other) {
            problems.push(differ(name, what, &(one.get(at), other.get(at))));
        }
    }
    let literals: Vec<_> =
        one.literals.symmetric_difference(&other.literals).collect();
    if !literals.is_empty() {
        problems.push(differ(name, "inline-code literals", &literals));
    }
    problems
}

fn differ(name: &str, what: &str, difference: &impl Debug) -> String {
    format!(
        "{name}: the {what} of the two languages differ, mend one of them: \
         {difference:?}"
    )
}

fn shape(page: &str) -> Shape {
    let mut shape = Shape {
        quotes: quotes::sources(page).map(str::to_owned).collect(),
        figures: costs::expressions(page).map(str::to_owned).collect(),
        ..Shape::default()
    };
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                shape.headings.push(level.to_string());
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                shape.fences.push(match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Event::Start(
                Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. },
            ) => {
                // The name of a section is a word of its language.
                let page = dest_url.split('#').next().unwrap_or_default();
                shape.links.push(page.to_owned());
            }
            Event::Code(literal) => {
                shape.literals.insert(literal.into_string());
            }
            _ => {}
        }
    }
    shape
}
