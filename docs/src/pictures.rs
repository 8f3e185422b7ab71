//! The book's pictures, in both languages.
//!
//! Each picture is a file in `docs/pictures` that a browser can open. Its
//! placeholders, such as `{{title}}`, stand for words, kept in one file per
//! language, and for what [`chart`] draws from recorded data. The same files
//! always give the same pictures, byte for byte.

pub mod chart;
mod data;
pub mod recording;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::{Language, Result, files};

const FOLDER: &str = "docs/pictures";

/// How a template imports the shared style sheet. The book's pictures contain
/// the sheet itself, because each is shown on its own.
const STYLE: &str = "@import \"style.css\";";

/// Texts by placeholder name.
type Parts = BTreeMap<String, String>;

/// The pictures that the book under `root` should have, as (path, text).
pub fn files(root: &Path) -> Result<Vec<(String, String)>> {
    let style = files::read(root, &format!("{FOLDER}/style.css"))?;
    let templates = files::list(root, FOLDER, "svg")?;
    let mut pictures = Vec::new();
    for language in Language::ALL {
        let words_file = format!("{FOLDER}/words.{}.json", language.tag());
        let mut all_words: BTreeMap<String, Parts> =
            files::read_json(root, &words_file)?;
        for template_file in &templates {
            let file = template_file.rsplit('/').next().unwrap_or_default();
            let name = file.trim_end_matches(".svg");
            let words = all_words.remove(name).ok_or_else(|| {
                format!("{words_file} has no words for {name}")
            })?;
            let template = files::read(root, template_file)?;
            if !template.contains(STYLE) {
                return Err(format!("{template_file} has no `{STYLE}`"));
            }
            let drawn = data::drawn(root, name, language)?;
            let svg = filled(&template, &words, drawn).map_err(|problem| {
                format!("{template_file} and {words_file}: {problem}")
            })?;
            let path = format!("docs/{}/src/pictures/{file}", language.tag());
            pictures.push((path, svg.replace(STYLE, &format!("\n{style}"))));
        }
        if let Some(name) = all_words.keys().next() {
            return Err(format!("{words_file}: there is no picture {name}"));
        }
    }
    Ok(pictures)
}

/// Names each of the book's pictures that differs from how it would be drawn.
pub fn check(root: &Path) -> Vec<String> {
    let problem = |(path, svg): (String, String)| match files::read(root, &path)
    {
        Ok(text) if text == svg => None,
        Ok(_) => Some(format!("{path} differs: run `just pictures draw`")),
        Err(problem) => Some(problem),
    };
    match files(root) {
        Ok(pictures) => pictures.into_iter().filter_map(problem).collect(),
        Err(problem) => vec![problem],
    }
}

/// Draws all pictures into the book, in both languages.
pub fn write(root: &Path) -> Result<()> {
    for (path, svg) in files(root)? {
        files::write(root, &path, &svg)?;
    }
    Ok(())
}

/// Fills a template's placeholders with words and drawings.
///
/// Words can contain placeholders too, for recorded numbers and names.
fn filled(template: &str, words: &Parts, drawn: Parts) -> Result<String> {
    let mut used = BTreeSet::new();
    let mut parts = Parts::new();
    for (name, word) in words {
        let word = fill(&escaped(word), &drawn, &mut used)?;
        parts.insert(name.clone(), word);
    }
    parts.extend(drawn);
    let picture = fill(template, &parts, &mut used)?;
    match parts.keys().find(|name| !used.contains(*name)) {
        Some(name) => Err(format!("`{name}` is used nowhere")),
        None => Ok(picture),
    }
}

/// Replaces the placeholders in a text and records which parts were used.
fn fill(
    text: &str,
    parts: &Parts,
    used: &mut BTreeSet<String>,
) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) =
            after.split_once("}}").ok_or("a `{{` has no `}}`")?;
        let part = parts
            .get(name)
            .ok_or_else(|| format!("there is no word for `{{{{{name}}}}}`"))?;
        used.insert(name.to_owned());
        filled += before;
        filled += part;
        rest = after;
    }
    Ok(filled + rest)
}

/// Escapes words for XML.
fn escaped(words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    words.replace('>', "&gt;").replace('"', "&quot;")
}
