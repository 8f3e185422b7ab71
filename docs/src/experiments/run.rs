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
            let Experiment {
                changes, command, ..
            } = &experiment;
            eprintln!("{page}: {command}");
            let output = changed(root, changes, || run(root, command))?;
            let what = experiment.broken_promises(&output);
            let name = |what| format!("{page}: `{command}` {what}");
            broken.extend(what.into_iter().map(name));
        }
    }
    Ok(broken)
}

/// Runs `action` while the changes are made, and restores the files, whatever
/// comes of it.
fn changed<T>(
    root: &Path,
    changes: &[Change],
    action: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some((change, others)) = changes.split_first() else {
        return action();
    };
    let Change { file, old, new } = change;
    let original = files::read(root, file)?;
    let result = files::write(root, file, &original.replace(old, new))
        .and_then(|()| changed(root, others, action));
    files::write(root, file, &original)?;
    result
}

fn run(root: &Path, command: &str) -> Result<Output> {
    let mut bash = Command::new("bash");
    bash.args(["-c", command]).current_dir(root);
    // A test that fails shall leave no new snapshot behind.
    bash.env("INSTA_UPDATE", "no");
    let output = bash.output().map_err(|e| format!("{bash:?} fails: {e}"))?;
    match output.status.code() {
        // Ctrl-C, which this program survives to restore the files.
        None | Some(130) => Err(format!("{command} was interrupted")),
        Some(_) => Ok(output),
    }
}

impl Experiment {
    fn broken_promises(&self, output: &Output) -> Vec<String> {
        let status = output.status.code().unwrap_or_default();
        let text = [&output.stdout[..], &output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let failed = failed_tests(&text);
        let (expected, fails) = (self.status, &self.fails);
        let mut promises = vec![
            (
                status == expected,
                format!("ends with status {status}, not {expected}"),
            ),
            (failed == *fails, format!("fails {failed:?}, not {fails:?}")),
        ];
        promises.extend(self.shows.iter().map(|part| {
            (text.contains(part), format!("does not show {part:?}"))
        }));
        promises.extend(
            self.hides
                .iter()
                .map(|part| (!text.contains(part), format!("shows {part:?}"))),
        );
        promises.retain(|(is_kept, _)| !is_kept);
        promises.into_iter().map(|(_, broken)| broken).collect()
    }
}

/// The names of the tests that failed, from what `cargo test` prints.
fn failed_tests(output: &str) -> BTreeSet<String> {
    let lines = output.lines();
    let tests = lines.filter_map(|l| l.strip_suffix(" ... FAILED"));
    let names = tests.filter_map(|test| test.rsplit([':', ' ']).next());
    names.map(str::to_owned).collect()
}
