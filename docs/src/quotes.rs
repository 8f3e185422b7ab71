//! Quoted regions: code and output in a page, copied from their sources.
//!
//! A region stands between two comments, and holds one fence, or, with the
//! source `costs TABLE`, a table of measured figures:
//!
//! ````text
//! <!-- quote lessons/06-observable-counter/src/lib.rs#uptime -->
//! ```rust
//! ...
//! ```
//! <!-- /quote -->
//! ````

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::costs::{self, Costs};
use crate::pages;
use crate::pictures::Language;
use crate::sources::{self, Quoted};

const START: &str = "<!-- quote ";
const END: &str = "<!-- /quote -->";

/// The command that mends a region.
const MEND: &str = "`just quotes` mends it";

/// The sources that a page quotes, in order.
pub fn sources(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(source)
}

fn source(line: &str) -> Option<&str> {
    line.strip_prefix(START)?.strip_suffix(" -->")
}

/// Finds sources, each once: `--help` takes a moment.
#[derive(Debug, Default)]
pub struct Quotes {
    known: HashMap<String, Result<Quoted, String>>,
    costs: Option<Result<Costs, String>>,
}

impl Quotes {
    /// The page with each region filled from its source.
    ///
    /// # Errors
    ///
    /// The problems of a page that cannot be filled. `name` is the page's.
    pub fn fill(
        &mut self,
        root: &Path,
        name: &Path,
        page: &str,
    ) -> Result<String, Vec<String>> {
        let mut filled = String::new();
        let mut problems = Vec::new();
        let mut lines = page.lines();
        let language = Language::of(name);
        while let Some(line) = lines.next() {
            match self.with_figures(root, line, language) {
                Ok(line) => filled.push_str(&line),
                Err(problem) => {
                    problems.push(format!("{}: {problem}", name.display()));
                }
            }
            filled.push('\n');
            let Some(source) = source(line) else {
                continue;
            };
            match self.look_up(root, source, language) {
                Ok(quoted) => filled.push_str(&fenced(&quoted)),
                Err(problem) => problems.push(format!(
                    "{}: the source `{source}` cannot be quoted: {problem}",
                    name.display()
                )),
            }
            // What stands in the region is replaced.
            if lines.by_ref().any(|line| line == END) {
                filled.push_str(END);
                filled.push('\n');
            } else {
                problems.push(format!(
                    "{}: the region of `{source}` has no `{END}`",
                    name.display()
                ));
            }
        }
        if problems.is_empty() {
            Ok(filled)
        } else {
            Err(problems)
        }
    }

    fn with_figures(
        &mut self,
        root: &Path,
        line: &str,
        language: Language,
    ) -> Result<String, String> {
        if !costs::has_figures(line) {
            return Ok(line.to_owned());
        }
        costs::fill(line, self.costs(root)?, language)
    }

    fn costs(&mut self, root: &Path) -> Result<&Costs, String> {
        let costs = self.costs.get_or_insert_with(|| Costs::read(root));
        costs.as_ref().map_err(Clone::clone)
    }

    fn look_up(
        &mut self,
        root: &Path,
        source: &str,
        language: Language,
    ) -> Result<Quoted, String> {
        // Only a table differs from language to language.
        if let Some(table) = source.strip_prefix("costs ") {
            let text = costs::table(self.costs(root)?, table, language)?;
            return Ok(Quoted { fence: None, text });
        }
        self.known
            .entry(source.to_owned())
            .or_insert_with(|| sources::look_up(root, source))
            .clone()
    }
}

fn fenced(quoted: &Quoted) -> String {
    match quoted.fence {
        Some(language) => format!("```{language}\n{}\n```\n", quoted.text),
        None => format!("\n{}\n\n", quoted.text),
    }
}

/// Everything that is wrong with the quoted regions of a workspace.
pub fn problems(root: &Path) -> Vec<String> {
    let mut quotes = Quotes::default();
    let mut problems = Vec::new();
    for page in pages::all(root) {
        let text = pages::read(root, &page);
        match quotes.fill(root, &page, &text) {
            Ok(filled) => problems.extend(differences(&page, &text, &filled)),
            Err(broken) => problems.extend(broken),
        }
        problems.extend(fences_outside(&page, &text));
    }
    problems.extend(unquoted(root));
    problems
}

/// Names each region of a page that is not what its source says, and each line
/// with a figure that is not what was measured.
fn differences(page: &Path, text: &str, filled: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (old, new) in text.split(START).zip(filled.split(START)) {
        // Each piece is a region and the text after it; the first has no region.
        let (old_region, old_text) = old.split_once(END).unwrap_or(("", old));
        let (new_region, new_text) = new.split_once(END).unwrap_or(("", new));
        if old_region != new_region {
            let source = old.split(" -->").next().unwrap_or_default();
            problems.push(format!(
                "{}: the region of `{source}` differs from its source: {MEND}",
                page.display()
            ));
        }
        let lines = old_text.lines().zip(new_text.lines());
        for (_, line) in lines.filter(|(old, new)| old != new) {
            problems.push(format!(
                "{}: a figure is not what was measured: {MEND}: {line}",
                page.display()
            ));
        }
    }
    problems
}

/// Rust and JSON outside a region could say what no program prints.
fn fences_outside(page: &Path, text: &str) -> Vec<String> {
    let mut in_region = false;
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        in_region = (in_region || source(line).is_some()) && line != END;
        let fence = line.trim_start().strip_prefix("```").unwrap_or_default();
        let language = fence.trim_start_matches('`').trim_start();
        let is_quoted = ["rust", "json"]
            .iter()
            .any(|quoted| language.split([',', ' ']).next() == Some(quoted));
        if is_quoted && !in_region {
            problems.push(format!(
                "{}, line {}: a `{language}` fence outside a quoted region: \
                 quote a source instead",
                page.display(),
                number + 1
            ));
        }
    }
    problems
}

/// Names each anchor, and each snapshot of a lesson, that no page quotes.
fn unquoted(root: &Path) -> Vec<String> {
    let mut quoted = BTreeSet::new();
    for page in pages::all(root) {
        let text = pages::read(root, &page);
        quoted.extend(sources(&text).map(str::to_owned));
    }
    let files = |folder: &str, extension: &str| -> Vec<PathBuf> {
        pages::files(root, Path::new(folder), extension)
    };
    let mut problems = Vec::new();
    for path in [files("lessons", "rs"), files("shared", "rs")].concat() {
        for anchor in sources::anchors(&pages::read(root, &path)) {
            let source = format!("{}#{anchor}", path.display());
            if !quoted.contains(&source) {
                problems.push(format!(
                    "{source} is quoted by no page: quote it or remove it"
                ));
            }
        }
    }
    for path in files("lessons", "snap") {
        let path = path.display().to_string();
        let is_quoted =
            |source: &String| source.split('#').next() == Some(&path);
        if !quoted.iter().any(is_quoted) {
            problems.push(format!("{path} is quoted by no page: quote it"));
        }
    }
    problems
}

/// Rewrites every region of every page from its source.
///
/// # Errors
///
/// The problems of the pages that could not be rewritten; the others are.
pub fn rewrite(root: &Path) -> Result<(), Vec<String>> {
    let mut quotes = Quotes::default();
    let mut problems = Vec::new();
    for page in pages::all(root) {
        let text = pages::read(root, &page);
        match quotes.fill(root, &page, &text) {
            Ok(filled) if filled == text => {}
            Ok(filled) => {
                if let Err(error) = std::fs::write(root.join(&page), filled) {
                    problems.push(format!("{}: {error}", page.display()));
                }
            }
            Err(broken) => problems.extend(broken),
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
