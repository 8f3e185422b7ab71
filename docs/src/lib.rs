//! Keeps the book and the READMEs in step with the workspace's code.
//!
//! Each check returns a list of problems, sentences that name a file and say
//! how to fix it. An empty list means that the book passes.

#![allow(clippy::missing_errors_doc, reason = "`Result` documents errors")]

pub mod agreement;
pub mod costs;
pub mod exercises;
pub mod experiments;
mod files;
mod jq;
pub mod length;
mod pages;
pub mod parity;
pub mod pictures;
pub mod quotes;
pub mod reference;
mod sources;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An error is a sentence that names what is missing or broken.
pub type Result<T, E = String> = std::result::Result<T, E>;

/// A language of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Brazilian Portuguese.
    Portuguese,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// The language tag, which also names its folder in `docs`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }

    /// Formats a number with at most three decimals.
    fn number(self, number: f64) -> String {
        self.localize(&((number * 1000.0).round() / 1000.0).to_string())
    }

    /// Gives a number this language's decimal separator.
    fn localize(self, number: &str) -> String {
        match self {
            Self::English => number.to_owned(),
            Self::Portuguese => number.replace('.', ","),
        }
    }
}

/// The root of this workspace.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Runs Cargo in the workspace at `root` and returns its output.
fn cargo(root: &Path, arguments: &[&str]) -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    output(Command::new(cargo).args(arguments).current_dir(root))
}

/// Runs a program and returns its standard output.
fn output(command: &mut Command) -> Result<String> {
    let result = command.output();
    let line = format!("{command:?}").replace('"', "");
    let output = result.map_err(|e| format!("{line} cannot be run: {e}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{line} fails: {errors}"));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("the output of {line} is not UTF-8"))
}
