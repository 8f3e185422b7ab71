//! Finding and reading the files of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use crate::LANGUAGES;

/// All Markdown pages that are held to the code: both READMEs and both books.
/// Paths are relative to `root`, in a stable order.
pub fn all(root: &Path) -> Vec<PathBuf> {
    let mut pages = vec!["README.md".into(), "README.pt-BR.md".into()];
    for language in LANGUAGES {
        pages.extend(book(root, language));
    }
    pages
}

/// The pages of one book, relative to `root`.
pub fn book(root: &Path, language: &str) -> Vec<PathBuf> {
    let folder = Path::new("docs").join(language).join("src");
    files(root, &folder, "md")
}

/// The files below `folder` whose names end in `extension`, relative to `root`.
pub fn files(root: &Path, folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        if root.join(&path).is_dir() {
            if entry.file_name() != "target" {
                found.extend(files(root, &path, extension));
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text of a file. One that is missing is empty: what it lacks is reported
/// by the checks.
pub fn read(root: &Path, path: &Path) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_default()
}
