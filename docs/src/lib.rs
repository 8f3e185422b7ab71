//! Holds the book and the READMEs to the code of the workspace.
//!
//! Each check returns a list of problems, each a sentence that names the page
//! and what mends it; an empty list is a book in order.

pub mod agreement;
pub mod costs;
pub mod pages;
pub mod parity;
pub mod pictures;
pub mod quotes;
pub mod sources;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two languages, as their folders in `docs` are called.
pub const LANGUAGES: [&str; 2] = ["en", "pt-BR"];

/// The root of this workspace.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Cargo, in the workspace below `root`.
fn cargo(root: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.current_dir(root);
    cargo
}
