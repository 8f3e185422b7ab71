//! Checks that the two books match: same pages, same shape, same quotes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use crate::pages::{self, Page};
use crate::{Language, Result, costs, quotes};

/// What a page must share with its counterpart: items in page order, by kind.
type Shape = BTreeMap<&'static str, Vec<String>>;

/// Every difference between the two books, or the two READMEs.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let english = shapes(root, Language::English)?;
    let portuguese = shapes(root, Language::Portuguese)?;
    let names: BTreeSet<_> = english.keys().chain(portuguese.keys()).collect();
    let mut problems = Vec::new();
    for name in names {
        let language = match (english.get(name), portuguese.get(name)) {
            (Some(one), Some(other)) => {
                problems.extend(differences(name, one, other));
                continue;
            }
            (None, _) => Language::English,
            (_, None) => Language::Portuguese,
        };
        problems.push(format!(
            "{}/{name} is missing: write it, or remove it from the other \
             language",
            pages::folder(language)
        ));
    }
    Ok(problems)
}

/// The shapes of a book's pages and its README, by name.
fn shapes(root: &Path, language: Language) -> Result<BTreeMap<String, Shape>> {
    let folder = pages::folder(language);
    let mut shapes = BTreeMap::new();
    for Page { path, text, .. } in pages::of(root, language)? {
        let name = match path.strip_prefix(&folder) {
            Some(name) => name.trim_start_matches('/'),
            None => "README",
        };
        shapes.insert(name.to_owned(), shape(&text));
    }
    Ok(shapes)
}

/// Names each list that differs between two shapes, with the first difference.
fn differences(name: &str, one: &Shape, other: &Shape) -> Vec<String> {
    let kinds: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    let problem = |kind: &&str| {
        let [one, other] = [one, other]
            .map(|shape| shape.get(kind).map_or(&[][..], Vec::as_slice));
        let length = one.len().max(other.len());
        let mut pairs = (0..length).map(|at| (one.get(at), other.get(at)));
        let (one, other) = pairs.find(|(one, other)| one != other)?;
        Some(format!(
            "{name}: the {kind} of the two languages differ; change one of \
             them: {one:?}, {other:?}"
        ))
    };
    kinds.into_iter().filter_map(problem).collect()
}

fn shape(page: &str) -> Shape {
    let mut shape = Shape::new();
    let mut literals = BTreeSet::new();
    let mut add = |kind, item| shape.entry(kind).or_default().push(item);
    quotes::sources(page).for_each(|s| add("quotes", s.to_owned()));
    costs::names(page).for_each(|name| add("figures", name.to_owned()));
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                add("heading levels", level.to_string());
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                add("fences", language.into_string());
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                add("fences", String::new());
            }
            Event::Start(
                Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. },
            ) => {
                // Section names differ between the languages.
                let page = dest_url.split('#').next().unwrap_or_default();
                // Each README links to the other.
                if !page.starts_with("README") {
                    add("links and pictures", page.to_owned());
                }
            }
            Event::Code(literal) => {
                literals.insert(literal.into_string());
            }
            _ => {}
        }
    }
    shape.insert("inline-code literals", literals.into_iter().collect());
    shape
}
