//! Making the experiments, in the working tree.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use super::{Change, Experiment, read};
use crate::{Result, files};

/// Makes all experiments, and returns what did not come out as promised.
pub fn all(root: &Path) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (page, experiments) in read(root)? {
        for experiment in experiments {
            let name = format!("{page}: `{}`", experiment.command);
            eprintln!("{name}");
            let output = changed(root, &experiment.changes, || {
                let mut bash = Command::new("bash");
                bash.args(["-c", &experiment.command]).current_dir(root);
                // A test that fails leaves no new snapshot behind.
                bash.env("INSTA_UPDATE", "no")
                    .output()
                    .map_err(|error| format!("{name} cannot be run: {error}"))
            })?;
            let found = experiment.broken(&output)?;
            broken.extend(found.iter().map(|what| format!("{name} {what}")));
        }
    }
    Ok(broken)
}

/// Runs `action` while the changes are made, and always restores the files.
fn changed<T>(
    root: &Path,
    changes: &[Change],
    action: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some((Change { file, old, new }, others)) = changes.split_first()
    else {
        return action();
    };
    let text = files::read(root, file)?;
    let done = files::write(root, file, &text.replace(old, new))
        .and_then(|()| changed(root, others, action));
    files::write(root, file, &text)?;
    done
}

impl Experiment {
    /// The promises that the output breaks.
    fn broken(&self, output: &Output) -> Result<Vec<String>> {
        // 130 after Ctrl-C.
        let status = output.status.code().filter(|status| *status != 130);
        let status = status.ok_or("interrupted")?;
        let text = [&output.stdout[..], &output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let failed = failed_tests(&text);

        let mut broken = Vec::new();
        let mut promise = |kept: bool, what: String| {
            if !kept {
                broken.push(what)
            }
        };
        promise(
            status == self.status,
            format!("ends with status {status}, not {}", self.status),
        );
        promise(
            failed == self.fails,
            format!("fails {failed:?}, not {:?}", self.fails),
        );
        for part in &self.shows {
            promise(text.contains(part), format!("does not show {part:?}"));
        }
        for part in &self.hides {
            promise(!text.contains(part), format!("shows {part:?}"));
        }
        Ok(broken)
    }
}

/// The names of the tests that failed, from what `cargo test` prints.
fn failed_tests(output: &str) -> BTreeSet<String> {
    let lines = output.lines();
    let tests = lines.filter_map(|l| l.strip_suffix(" ... FAILED"));
    let names = tests.filter_map(|test| test.rsplit([':', ' ']).next());
    names.map(str::to_owned).collect()
}
