//! The files of the workspace.
//!
//! Paths are relative to the root, with `/` on every platform, because they
//! also appear in messages and quotes.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Result;

/// Reads a text file.
pub fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path))
        .map_err(|error| format!("{path} cannot be read: {error}"))
}

/// Reads a JSON file.
pub fn read_json<T: DeserializeOwned>(root: &Path, path: &str) -> Result<T> {
    serde_json::from_str(&read(root, path)?)
        .map_err(|error| format!("{path} does not have its format: {error}"))
}

/// Writes a text file, creating its folder if necessary.
pub fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let file = root.join(path);
    let folder = file.parent().unwrap_or(root);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&file, text))
        .map_err(|error| format!("{path} cannot be written: {error}"))
}

/// Writes a JSON file.
pub fn write_json(
    root: &Path,
    path: &str,
    value: &impl Serialize,
) -> Result<()> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| format!("{path} cannot be written: {error}"))?;
    write(root, path, &(json + "\n"))
}

/// The files under `folder` with this extension, in a stable order.
pub fn list(root: &Path, folder: &str, extension: &str) -> Result<Vec<String>> {
    let unreadable = |e: io::Error| format!("{folder} cannot be read: {e}");
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().into_string().map_err(|name| {
            format!("{folder}: the name {} is not UTF-8", name.display())
        })?;
        let path = format!("{folder}/{name}");
        if entry.file_type().map_err(unreadable)?.is_dir() {
            if !["target", "node_modules"].contains(&name.as_str()) {
                found.extend(list(root, &path, extension)?);
            }
        } else if name.rsplit_once('.').is_some_and(|(_, e)| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
