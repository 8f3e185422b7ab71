//! The book's pictures, in both languages.
//!
//! Each picture is one function and a table of words for each language. What
//! a picture shows of times and values comes from [`recording`]s, so the same
//! recordings give the same pictures, byte for byte.

mod canvas;
mod chart;
mod choice;
mod costs;
mod palette;
mod pipeline;
pub mod recording;
mod sum_and_gauge;
mod sync_observable;
mod two_readers;

use std::fs;
use std::path::{Path, PathBuf};

use crate::costs::Costs;
use recording::Recordings;

/// A language of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Portuguese, as written in Brazil.
    Portuguese,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// The language's tag, which is also its folder in `docs`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }

    /// The language of a page, by its path.
    pub fn of(page: &Path) -> Self {
        let portuguese = page.to_string_lossy().contains("pt-BR");
        if portuguese {
            Self::Portuguese
        } else {
            Self::English
        }
    }

    /// Chooses the words of this language.
    pub(crate) fn choose<T>(self, english: T, portuguese: T) -> T {
        match self {
            Self::English => english,
            Self::Portuguese => portuguese,
        }
    }

    /// Writes a number as this language does, with three decimals at most.
    fn number(self, number: f64) -> String {
        let decimal_point = self.choose(".", ",");
        let number = (number * 1000.0).round() / 1000.0;
        number.to_string().replace('.', decimal_point)
    }
}

/// A picture as the book shows it.
#[derive(Debug)]
pub struct Picture {
    /// The name of its file, without `.svg`.
    pub name: &'static str,
    /// The text of its file.
    pub svg: String,
}

/// Draws all pictures in one language.
///
/// # Errors
///
/// A sentence that says which figure there is not.
pub fn draw(
    recordings: &Recordings,
    costs: &Costs,
    language: Language,
) -> Result<Vec<Picture>, String> {
    let [recording, exporting] = costs::draw(costs, language)?;
    Ok(vec![
        pipeline::draw(language),
        sync_observable::draw(language),
        choice::draw(language),
        two_readers::draw(&recordings.two_readers, language),
        sum_and_gauge::draw(recordings, language),
        recording,
        exporting,
    ])
}

/// The picture files that the book below `root` should have: their paths,
/// relative to `root`, and their texts.
///
/// # Errors
///
/// A sentence that says which recording or figure cannot be read.
pub fn files(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let recordings = Recordings::read(root)?;
    let costs = Costs::read(root)?;
    let mut files = Vec::new();
    for language in Language::ALL {
        let folder = Path::new("docs").join(language.tag());
        for picture in draw(&recordings, &costs, language)? {
            let name = format!("{}.svg", picture.name);
            let path = folder.join("src/pictures").join(name);
            files.push((path, picture.svg));
        }
    }
    Ok(files)
}

/// Says which pictures of the book are not those that would be drawn.
pub fn check(root: &Path) -> Vec<String> {
    let files = match files(root) {
        Ok(files) => files,
        Err(problem) => return vec![problem],
    };
    let differs = |(path, svg): &(PathBuf, String)| {
        !fs::read_to_string(root.join(path)).is_ok_and(|text| text == *svg)
    };
    files
        .iter()
        .filter(|file| differs(file))
        .map(|(path, _)| {
            let path = path.display();
            format!("{path} is not as drawn: run `just pictures draw`")
        })
        .collect()
}

/// Draws all pictures in both languages and writes them into the book.
///
/// # Errors
///
/// A sentence that says which file cannot be read or written.
pub fn write(root: &Path) -> Result<(), String> {
    for (path, svg) in files(root)? {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, svg))
            .map_err(|error| {
                format!("{} cannot be written: {error}", path.display())
            })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_shows_the_pictures_as_they_would_be_drawn() {
        assert_eq!(check(&crate::workspace()), [""; 0]);
    }

    #[test]
    fn a_book_without_recordings_has_a_problem() {
        let problems = check(Path::new("no such folder"));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("`just pictures`"), "{problems:?}");
    }

    #[test]
    fn a_number_is_written_as_the_language_does() {
        assert_eq!(Language::English.number(0.25), "0.25");
        assert_eq!(Language::Portuguese.number(0.25), "0,25");
        assert_eq!(Language::Portuguese.number(3.0 * 0.2), "0,6");
        assert_eq!(Language::Portuguese.number(4000.0), "4000");
    }
}
