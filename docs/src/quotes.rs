//! Quoted regions: code and output in a page, copied from their sources.
//!
//! A region lies between two comments. It holds one fence, for the source
//! `costs TABLE` a table of measured figures, and for `jq LINE` a line of shell
//! and what it prints:
//!
//! ````text
//! <!-- quote lessons/06-observable-counter/src/lib.rs#uptime -->
//! ```rust
//! ...
//! ```
//! <!-- /quote -->
//! ````

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::costs::Costs;
use crate::pages::{self, Page};
use crate::sources::{self, Quoted};
use crate::{Language, Result, files, jq};

const START: &str = "<!-- quote ";
const END: &str = "<!-- /quote -->";

/// The sources that a page quotes, in order.
pub fn sources(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(source)
}

fn source(line: &str) -> Option<&str> {
    line.strip_prefix(START)?.strip_suffix(" -->")
}

/// Looks up each source only once, because `--help` and `jq` take a moment.
struct Quotes<'a> {
    root: &'a Path,
    costs: Costs,
    /// The regions of the sources so far.
    known: HashMap<String, String>,
}

impl<'a> Quotes<'a> {
    fn new(root: &'a Path) -> Result<Self> {
        Ok(Self {
            root,
            costs: Costs::read(root)?,
            known: HashMap::new(),
        })
    }

    /// Fills each region and figure of a page from its source.
    fn fill(&mut self, page: &Page) -> Result<String> {
        let in_page = |problem| format!("{}: {problem}", page.path);
        let mut filled = Vec::new();
        let mut lines = page.text.lines();
        while let Some(line) = lines.next() {
            filled.push(self.costs.fill(line, page.language).map_err(in_page)?);
            let Some(source) = source(line) else {
                continue;
            };
            let region =
                self.region(source, page.language).map_err(|problem| {
                    in_page(format!("`{source}` cannot be quoted: {problem}"))
                })?;
            filled.extend([region, END.to_owned()]);
            // Skip the region's current content.
            if !lines.by_ref().any(|line| line == END) {
                return Err(in_page(format!("`{source}` has no `{END}`")));
            }
        }
        Ok(filled.join("\n") + "\n")
    }

    fn region(&mut self, source: &str, language: Language) -> Result<String> {
        // Only tables depend on the language.
        if let Some(name) = source.strip_prefix("costs ") {
            let table = self.costs.table(self.root, name, language)?;
            return Ok(format!("\n{table}\n"));
        }
        if let Some(region) = self.known.get(source) {
            return Ok(region.clone());
        }
        let region = if let Some(name) = source.strip_prefix("jq ") {
            jq::quote(self.root, name)?
        } else {
            let Quoted { fence, text } = sources::look_up(self.root, source)?;
            format!("```{fence}\n{text}\n```")
        };
        self.known.insert(source.to_owned(), region.clone());
        Ok(region)
    }
}

/// Everything wrong with a workspace's quoted regions.
pub fn problems(root: &Path) -> Vec<String> {
    find(root).unwrap_or_else(|problem| vec![problem])
}

fn find(root: &Path) -> Result<Vec<String>> {
    let pages = pages::all(root)?;
    let mut quotes = Quotes::new(root)?;
    let mut problems = Vec::new();
    for page in &pages {
        match quotes.fill(page) {
            Ok(filled) => problems.extend(differences(page, &filled)),
            Err(problem) => problems.push(problem),
        }
        problems.extend(fences_outside(page));
    }
    problems.extend(unquoted(root, &pages)?);
    problems.extend(jq::missing(root, &pages)?);
    Ok(problems)
}

/// Names each region of a page that differs from its source, and each line
/// with a figure that differs from the measured one.
fn differences(Page { path, text, .. }: &Page, filled: &str) -> Vec<String> {
    let mut problems = Vec::new();
    // Each piece is a region and the text after it; the first has no region.
    for (old, new) in text.split(START).zip(filled.split(START)) {
        let (old_region, old_text) = old.split_once(END).unwrap_or(("", old));
        let (new_region, new_text) = new.split_once(END).unwrap_or(("", new));
        if old_region != new_region {
            let source = old.split(" -->").next().unwrap_or_default();
            problems.push(format!(
                "{path}: the region of `{source}` differs from its source: \
                 `just quotes` updates it"
            ));
        }
        let lines = old_text.lines().zip(new_text.lines());
        for (line, _) in lines.filter(|(old, new)| old != new) {
            problems.push(format!(
                "{path}: a figure differs from the measured one: `just quotes` \
                 updates it: {line}"
            ));
        }
    }
    problems
}

/// Names each Rust or JSON fence outside a region: it could show code that does
/// not compile, or output that no program prints.
fn fences_outside(Page { path, text, .. }: &Page) -> Vec<String> {
    let mut in_region = false;
    let mut problems = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        in_region = (in_region || source(line).is_some()) && line != END;
        let fence = line.trim_start().strip_prefix("```").unwrap_or_default();
        let info = fence.trim_start_matches('`').trim_start();
        let language = info.split([',', ' ']).next().unwrap_or_default();
        if ["rust", "json"].contains(&language) && !in_region {
            problems.push(format!(
                "{path}, line {number}: a `{info}` fence outside a quoted \
                 region: quote a source instead"
            ));
        }
    }
    problems
}

/// Names each anchor, lesson snapshot and line of `jq` that no page quotes.
fn unquoted(root: &Path, pages: &[Page]) -> Result<Vec<String>> {
    let quoted: BTreeSet<_> =
        pages.iter().flat_map(|page| sources(&page.text)).collect();
    let mut problems = Vec::new();
    for folder in ["lessons", "shared"] {
        for path in files::list(root, folder, "rs")? {
            for anchor in sources::anchors(&files::read(root, &path)?) {
                let source = format!("{path}#{anchor}");
                if !quoted.contains(source.as_str()) {
                    problems.push(format!(
                        "{source} is quoted by no page: quote it or remove it"
                    ));
                }
            }
        }
    }
    for path in files::list(root, "lessons", "snap")? {
        let is_it = |source: &&str| source.split('#').next() == Some(&path);
        if !quoted.iter().any(is_it) {
            problems.push(format!("{path} is quoted by no page: quote it"));
        }
    }
    for name in jq::lines(root)?.into_keys() {
        let source = format!("jq {name}");
        if !quoted.contains(source.as_str()) {
            problems.push(format!("`{source}` is quoted by no page: quote it"));
        }
    }
    Ok(problems)
}

/// Rewrites every region and every figure on every page from its source.
pub fn rewrite(root: &Path) -> Result<(), Vec<String>> {
    let one = |problem| vec![problem];
    let mut quotes = Quotes::new(root).map_err(one)?;
    let rewrite = |page: Page| match quotes.fill(&page) {
        Ok(filled) if filled == page.text => None,
        Ok(filled) => files::write(root, &page.path, &filled).err(),
        Err(problem) => Some(problem),
    };
    let pages = pages::all(root).map_err(one)?.into_iter();
    let problems: Vec<_> = pages.filter_map(rewrite).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
