//! What a page can quote.

use std::path::Path;

use serde_json::Value;

/// A quoted text and the language of its fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The word after the fence's back-ticks; a table has no fence.
    pub fence: Option<&'static str>,
    /// The text, without a line feed at its end.
    pub text: String,
}

/// Looks up a source, as it stands after the word `quote`:
///
/// - `PATH#anchor`: the lines between `ANCHOR: anchor` and its end;
/// - `PATH`: a whole file, without the lines of its anchors;
/// - `PATH.snap`: the body of a snapshot, and `PATH.snap#/POINTER` a part of
///   it, by JSON pointer;
/// - `help PACKAGE`: what the package's program prints for `--help`.
///
/// # Errors
///
/// A sentence that says what is missing.
pub fn look_up(root: &Path, source: &str) -> Result<Quoted, String> {
    if let Some(package) = source.strip_prefix("help ") {
        return help(root, package);
    }
    let (path, part) = match source.split_once('#') {
        Some((path, part)) => (path, Some(part)),
        None => (source, None),
    };
    let text = std::fs::read_to_string(root.join(path))
        .map_err(|error| format!("{path} cannot be read: {error}"))?;
    let quoted = match (Path::new(path).extension(), part) {
        (Some(extension), _) if extension == "snap" => {
            json(snapshot(&text), part)
        }
        (extension, Some(anchor)) => Ok(Quoted {
            fence: Some(fence(extension.and_then(|e| e.to_str()))),
            text: anchored(&text, anchor)?,
        }),
        (extension, None) => Ok(Quoted {
            fence: Some(fence(extension.and_then(|e| e.to_str()))),
            text: without_anchors(text.lines()),
        }),
    }?;
    if quoted.text.trim().is_empty() {
        return Err(format!("{source} is empty"));
    }
    Ok(quoted)
}

/// The names of the anchors in a source file.
pub fn anchors(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("// ANCHOR: "))
}

fn fence(extension: Option<&str>) -> &'static str {
    match extension {
        Some("rs") => "rust",
        Some("json") => "json",
        Some("toml") => "toml",
        _ => "text",
    }
}

fn anchored(text: &str, anchor: &str) -> Result<String, String> {
    let start = format!("// ANCHOR: {anchor}");
    let end = format!("// ANCHOR_END: {anchor}");
    let mut lines = text.lines().skip_while(|line| line.trim() != start);
    if lines.next().is_none() {
        return Err(format!("there is no anchor {anchor}"));
    }
    let mut is_closed = false;
    let inside = lines.take_while(|line| {
        is_closed = line.trim() == end;
        !is_closed
    });
    let text = without_anchors(inside.collect::<Vec<_>>().into_iter());
    if is_closed {
        Ok(text)
    } else {
        Err(format!("the anchor {anchor} has no end"))
    }
}

/// The lines without those of anchors, and without the indentation that all of
/// them have.
fn without_anchors<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<_> = lines
        .filter(|line| !line.trim().starts_with("// ANCHOR"))
        .collect();
    let indented = lines.iter().filter(|line| !line.trim().is_empty());
    let indentation = indented
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or_default();
    let lines = lines
        .iter()
        .map(|line| line.get(indentation..).unwrap_or(""));
    lines
        .collect::<Vec<_>>()
        .join("\n")
        .trim_matches('\n')
        .to_owned()
}

/// The body of an `insta` snapshot: what follows its header.
fn snapshot(text: &str) -> &str {
    text.split_once("\n---\n").map_or("", |(_, body)| body)
}

fn json(text: &str, pointer: Option<&str>) -> Result<Quoted, String> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| format!("the snapshot is not JSON: {error}"))?;
    let pointer = pointer.unwrap_or_default();
    let part = document
        .pointer(pointer)
        .ok_or_else(|| format!("the snapshot has nothing at {pointer}"))?;
    Ok(Quoted {
        fence: Some("json"),
        text: format!("{part:#}"),
    })
}

fn help(root: &Path, package: &str) -> Result<Quoted, String> {
    let output = crate::cargo(root)
        .args(["run", "--quiet", "--package", package, "--", "--help"])
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{package} --help` fails: {stderr}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Quoted {
        fence: Some("text"),
        text: text.trim_end().to_owned(),
    })
}
