//! The sources that a page can quote.

use std::path::Path;

use serde_json::Value;

use crate::{Result, files};

/// A quoted text and the language of its fence.
pub struct Quoted {
    /// The word after the fence's backticks.
    pub fence: &'static str,
    /// The text, without a trailing line feed.
    pub text: String,
}

/// Looks up a source, as written after the word `quote`:
///
/// - `PATH#anchor`: the lines between `ANCHOR: anchor` and its end;
/// - `PATH`: a whole file, without its anchor lines;
/// - `PATH.snap`: the body of a snapshot, and `PATH.snap#/POINTER` a part of
///   it, by JSON pointer, if it is JSON;
/// - `help PACKAGE`: what the package's program prints for `--help`.
pub fn look_up(root: &Path, source: &str) -> Result<Quoted> {
    if let Some(package) = source.strip_prefix("help ") {
        let run = ["run", "--quiet", "--package", package, "--", "--help"];
        let text = crate::cargo(root, &run)?.trim_end().to_owned();
        return Ok(Quoted {
            fence: "text",
            text,
        });
    }
    let (path, part) = match source.split_once('#') {
        Some((path, part)) => (path, Some(part)),
        None => (source, None),
    };
    let file = files::read(root, path)?;
    let (fence, text) = match path.rsplit_once('.').map(|(_, e)| e) {
        Some("snap") => snapshot(&file, part)?,
        Some("rs") => ("rust", lines(&file, part)?),
        Some("json") => ("json", lines(&file, part)?),
        Some("sh") => ("sh", lines(&file, part)?),
        Some("toml") => ("toml", lines(&file, part)?),
        Some("yaml") => ("yaml", lines(&file, part)?),
        _ => ("text", lines(&file, part)?),
    };
    if text.trim().is_empty() {
        return Err(format!("{source} is empty"));
    }
    Ok(Quoted { fence, text })
}

/// The names of the anchors in a source file.
pub fn anchors(text: &str) -> impl Iterator<Item = &str> {
    let comments = text.lines().filter_map(comment);
    comments.filter_map(|comment| comment.strip_prefix("ANCHOR: "))
}

/// The text of a line that holds only a comment, in Rust or TOML.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    line.strip_prefix("// ").or(line.strip_prefix("# "))
}

/// The lines of a file or of one anchor, without anchor lines and without the
/// indentation they all share.
fn lines(text: &str, anchor: Option<&str>) -> Result<String> {
    let mut lines: Vec<_> = text.lines().collect();
    if let Some(anchor) = anchor {
        let position = |marker: String| {
            let is_marker = |line: &&str| comment(line) == Some(&marker);
            lines.iter().position(is_marker)
        };
        let start = position(format!("ANCHOR: {anchor}"))
            .ok_or_else(|| format!("there is no anchor {anchor}"))?;
        let end = position(format!("ANCHOR_END: {anchor}"))
            .filter(|end| *end > start)
            .ok_or_else(|| format!("the anchor {anchor} has no end"))?;
        lines = lines[start + 1..end].to_vec();
    }
    lines.retain(|line| !comment(line).is_some_and(is_marker));
    let code = lines.iter().filter(|line| !line.trim().is_empty());
    let indentation = code.map(|line| line.len() - line.trim_start().len());
    let shared = indentation.min().unwrap_or_default();
    let lines = lines.iter().map(|line| line.get(shared..).unwrap_or(""));
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(text.trim_matches('\n').to_owned())
}

fn is_marker(comment: &str) -> bool {
    comment.starts_with("ANCHOR: ") || comment.starts_with("ANCHOR_END: ")
}

/// The body of an `insta` snapshot, or the part of it at a JSON pointer.
fn snapshot(
    file: &str,
    pointer: Option<&str>,
) -> Result<(&'static str, String)> {
    let body = file.split_once("\n---\n").map_or("", |(_, body)| body);
    match (serde_json::from_str::<Value>(body), pointer) {
        (Ok(document), pointer) => {
            let pointer = pointer.unwrap_or_default();
            let part = document.pointer(pointer).ok_or_else(|| {
                format!("the snapshot has nothing at {pointer}")
            })?;
            Ok(("json", format!("{part:#}")))
        }
        (Err(_), None) => Ok(("text", body.trim_end().to_owned())),
        (Err(error), Some(_)) => {
            Err(format!("the snapshot is not JSON: {error}"))
        }
    }
}
