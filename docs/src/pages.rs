//! The Markdown pages that are checked against the code.

use std::path::Path;

use crate::{Language, Result, files};

/// A page and its text.
pub struct Page {
    pub language: Language,
    /// Relative to the workspace root.
    pub path: String,
    /// Markdown.
    pub text: String,
}

impl Page {
    /// The page's file name.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// All pages in both languages.
pub fn all(root: &Path) -> Result<Vec<Page>> {
    let [english, portuguese] = Language::ALL.map(|l| of(root, l));
    Ok(english?.into_iter().chain(portuguese?).collect())
}

/// The README and the pages of the book in one language.
pub fn of(root: &Path, language: Language) -> Result<Vec<Page>> {
    let mut paths = files::list(root, &folder(language), "md")?;
    paths.push(readme(language).to_owned());
    let page = |path: String| {
        Ok(Page {
            language,
            text: files::read(root, &path)?,
            path,
        })
    };
    paths.into_iter().map(page).collect()
}

/// The folder of the book's pages.
pub fn folder(language: Language) -> String {
    format!("docs/{}/src", language.tag())
}

/// The path of the README.
pub fn readme(language: Language) -> &'static str {
    match language {
        Language::English => "README.md",
        Language::Portuguese => "README.pt-BR.md",
    }
}
